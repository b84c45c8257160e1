/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/browse.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "out/flame.h"

enum { DEAF = 100 };

bool browse_possible(void)
{
	const char *term = getenv("TERM");

	return term && *term && strcmp(term, "dumb") && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

int64_t browse_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int browse_signals(void)
{
	sigset_t set;

	/* a shell starts background jobs with SIGINT ignored */
	signal(SIGINT, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* ---- the terminal ---- */

struct error *browse_open(struct browse *b)
{
	TRY(screen_open(&b->screen));
	grid_init(&b->grid);
	return NULL;
}

void browse_draw(struct browse *b)
{
	unsigned rows, cols;

	screen_size(b->screen, &rows, &cols);
	grid_reset(&b->grid, rows, cols);
	browser_draw(&b->browser, &b->grid);
	screen_draw(b->screen, &b->grid);
}

bool browse_keys(struct browse *b, short events)
{
	bool any = false;
	int key;

	while (!b->browser.over && (key = screen_key(b->screen)) != KEY_NOTHING) {
		browser_key(&b->browser, key);
		any = true;
	}
	/* readable, and nothing to read: the terminal is gone */
	b->deaf = any || !events ? 0 : b->deaf + 1;
	if (b->deaf > DEAF || (!any && (events & (POLLHUP | POLLERR | POLLNVAL))))
		b->browser.over = true;
	return any;
}

void browse_close(struct browse *b)
{
	screen_close(b->screen);
	b->screen = NULL;
	grid_deinit(&b->grid);
}

/* ---- by script ---- */

static void print(struct browse *b, unsigned rows, unsigned cols)
{
	autostrbuf struct strbuf text = { 0 };

	grid_reset(&b->grid, rows, cols);
	browser_draw(&b->browser, &b->grid);
	grid_text(&b->grid, true, &text);
	fputs(strbuf_str(&text), stdout);
	fflush(stdout);
}

void browse_script(struct browse *b, const char *keys, const char *size, void (*wait)(void *ctx), void *ctx)
{
	unsigned rows = 24, cols = 80;

	if (size && sscanf(size, "%3ux%3u", &cols, &rows) != 2)
		rows = 24, cols = 80;
	grid_init(&b->grid);
	print(b, rows, cols);	/* pages are as long as the screen */
	for (int key; !b->browser.over && (key = key_next(&keys)) != KEY_NOTHING;) {
		if (key == KEY_WAIT && wait)
			wait(ctx);
		browser_key(&b->browser, key);
		puts("----");
		print(b, rows, cols);
	}
	grid_deinit(&b->grid);
}

/* ---- pictures ---- */

/* Only the samples of the part. */
static void keep(struct export *e, const struct zoom *zoom)
{
	struct zoom_filter filter;
	size_t kept = 0;

	zoom_filter_init(&filter, e->profile, zoom);
	for (size_t i = 0; i < e->events.len; i++) {
		struct export_event *event = &e->events.data[i];
		size_t first = event->first, n = event->n;
		*event = (struct export_event){ .event = event->event, .first = kept };
		for (size_t s = first; s < first + n; s++) {
			const struct profile_sample *sample = &e->profile->samples.data[e->samples.data[s]];
			if (!sample->count || !zoom_passes(&filter, sample))
				continue;
			event->count += sample->count;
			event->period += sample->period;
			e->samples.data[kept++] = e->samples.data[s];
		}
		event->n = kept - event->first;
	}
	e->samples.len = kept;
	zoom_filter_deinit(&filter);
}

void browse_flame(const struct profile *p, uint32_t event, const struct zoom *zoom, const char *title, FILE *out)
{
	const struct export_about about = { .file = title };
	const struct place_filter all = { 0 };
	struct export e;

	export_init(&e, p, &about, &all, strtab_text(&p->strings, p->events.data[event].name));
	e.options.by_period = true;
	keep(&e, zoom);
	flame_page(&e, NULL, out);
	export_deinit(&e);
}
