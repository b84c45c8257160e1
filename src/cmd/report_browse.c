/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk report on the screen, or, by --script, as screens of text. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/report.h"
#include "ui/browser.h"
#include "ui/screen.h"

struct browsing {
	const struct report_file *file;
	const struct report_options *o;
	struct grouping_options grouped;
	struct columns columns;
	struct browser browser;
	struct grid grid;
};

static void header_of(void *ctx, struct strbuf *out)
{
	const struct browsing *b = ctx;
	const struct profile_event *e = &b->file->profile.events.data[b->browser.event];

	strbuf_printf(out, "ptk report: %s, %llu samples of %s, %llu lost", b->file->path, (unsigned long long)e->count,
		      strtab_text(&b->file->profile.strings, e->name),
		      (unsigned long long)session_counts(b->file->session)->lost_samples);
	strbuf_tame(out, 0);
}

static void group(void *ctx, uint32_t event, struct grouping *g)
{
	const struct browsing *b = ctx;

	grouping_init(g, &b->file->profile, event, &b->grouped);
}

static bool sort(void *ctx, const char *keys)
{
	struct browsing *b = ctx;
	struct columns_request request = { .sort = keys, .children = b->grouped.children, .samples = b->o->samples };
	struct error *err = columns_parse(&request, &b->columns);
	bool fine = !err;

	error_destroy(err);
	return fine;
}

static const struct profile *profile_of(void *ctx)
{
	return &((struct browsing *)ctx)->file->profile;
}

/* ---- --script: characters are keys, and <Down> and the like; a screen after each ---- */

static const struct { const char *name; int key; } named_keys[] = {
	{ "<Up>", KEY_GO_UP }, { "<Down>", KEY_GO_DOWN }, { "<PgUp>", KEY_PAGE_UP }, { "<PgDn>", KEY_PAGE_DOWN },
	{ "<Home>", KEY_FIRST }, { "<End>", KEY_LAST }, { "<Enter>", '\n' }, { "<Escape>", 27 }, { "<Tab>", '\t' },
};

static void dump(struct browsing *b)
{
	autostrbuf struct strbuf text = { 0 };
	unsigned rows = 24, cols = 80;

	if (b->o->screen_size && sscanf(b->o->screen_size, "%3ux%3u", &cols, &rows) != 2)
		rows = 24, cols = 80;
	grid_reset(&b->grid, rows, cols);
	browser_draw(&b->browser, &b->grid);
	grid_text(&b->grid, &text);
	fputs(strbuf_str(&text), stdout);
}

static void play(struct browsing *b, const char *keys)
{
	dump(b);	/* pages are as long as the screen */
	while (*keys && !b->browser.over) {
		size_t n = 1;
		int key = (unsigned char)*keys;
		for (size_t i = 0; i < ARRAY_SIZE(named_keys); i++) {
			size_t len = strlen(named_keys[i].name);
			if (strncmp(keys, named_keys[i].name, len))
				continue;
			key = named_keys[i].key;
			n = len;
		}
		keys += n;
		browser_key(&b->browser, key);
		puts("----");
		dump(b);
	}
}

/* ---- the screen ---- */

static int signals_as_file(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void draw(struct browsing *b, struct screen *screen)
{
	unsigned rows, cols;

	screen_size(screen, &rows, &cols);
	grid_reset(&b->grid, rows, cols);
	browser_draw(&b->browser, &b->grid);
	screen_draw(screen, &b->grid);
}

static struct error *show(struct browsing *b)
{
	struct screen *screen;
	struct pollfd fds[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = -1, .events = POLLIN } };

	TRY(screen_open(&screen));
	fds[1].fd = signals_as_file();
	draw(b, screen);
	while (!b->browser.over) {
		int n = poll(fds, 2, -1), key;
		bool any = false;
		if ((n < 0 && errno != EINTR) || (n > 0 && fds[1].revents))
			break;
		while ((key = screen_key(screen)) != KEY_NOTHING) {
			browser_key(&b->browser, key);
			any = true;
		}
		/* readable, and no key: the terminal is gone */
		if (n > 0 && fds[0].revents & (POLLHUP | POLLERR | POLLNVAL) && !any)
			break;
		draw(b, screen);
	}
	screen_close(screen);
	if (fds[1].fd >= 0)
		close(fds[1].fd);
	return NULL;
}

struct error *report_browse(const struct report_file *file, const struct report_options *o,
			    const struct grouping_options *grouped, const struct calltree_spec *calltree)
{
	struct browsing b = { .file = file, .o = o, .grouped = *grouped, .columns = *grouped->columns };
	struct browser_source source = {
		.ctx = &b, .header = header_of, .group = group, .sort = sort, .profile = profile_of };
	struct error *err = NULL;

	b.grouped.columns = &b.columns;
	browser_init(&b.browser, &source, calltree);
	browser_refresh(&b.browser);
	if (o->script)
		play(&b, o->script);
	else
		err = show(&b);
	browser_deinit(&b.browser);
	grid_deinit(&b.grid);
	return err;
}
