/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/browse.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "out/flame.h"

enum { DEAF = 100 };

static bool has_terminal(void)
{
	autoclose int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

	return fd >= 0;
}

bool browse_possible(bool data)
{
	const char *term = getenv("TERM");

	return term && *term && strcmp(term, "dumb") && isatty(STDOUT_FILENO) &&
	       (isatty(STDIN_FILENO) || (data && has_terminal()));
}

struct error *browse_or_text(bool stdio, bool tui, const char *script)
{
	return stdio && (tui || script) ? error_usage("--stdio and the screen exclude each other") : NULL;
}

int64_t browse_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Blocks the signals that end the program, and those of a screen, which then come by the descriptor; -1: a new one. */
static int take_signals(int fd, bool screen, bool stops)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	if (screen)
		sigaddset(&set, SIGCHLD);
	if (stops)
		sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(fd, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int browse_signals(void)
{
	/* a shell starts background jobs with SIGINT ignored */
	signal(SIGINT, SIG_DFL);
	return take_signals(-1, false, false);
}

/* ---- Ctrl-Z ---- */

static void never_called(int signal)
{
	(void)signal;
}

/*
 * Where SIGTSTP is as it was when the program began, ncurses handles it, and
 * ignores it while it draws: Ctrl-Z at that time is lost. So it has a handler
 * here, is blocked, and is read between two drawings.
 */
static bool take_stops(void)
{
	struct sigaction action;

	/* ignored: there is no job control */
	if (sigaction(SIGTSTP, NULL, &action) || action.sa_handler == SIG_IGN)
		return false;
	signal(SIGTSTP, never_called);
	return true;
}

/* By SIGTSTP and not SIGSTOP: nobody could continue a group without a shell, which the kernel then does not stop. */
static void stop(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	signal(SIGTSTP, SIG_DFL);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGTSTP, never_called);
}

bool browse_signal(struct browse *b, int signals)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return false;
	if (info.ssi_signo == SIGCHLD)
		browser_written(&b->browser, false);
	else if (info.ssi_signo != SIGTSTP)
		return true;
	else if (b->screen)
		screen_suspend(b->screen, stop);
	return false;
}

/* ---- the terminal ---- */

struct error *browse_open(struct browse *b, int signals)
{
	signal(SIGCHLD, SIG_DFL);	/* whoever started it may have ignored it */
	if (signals >= 0)
		take_signals(signals, true, take_stops());
	TRY(screen_open(&b->screen));
	grid_init(&b->grid);
	return NULL;
}

void browse_draw(struct browse *b)
{
	unsigned rows, cols;

	do {
		screen_size(b->screen, &rows, &cols);
		grid_reset(&b->grid, rows, cols);
		browser_draw(&b->browser, &b->grid);
		screen_draw(b->screen, &b->grid);
	} while (browser_later(&b->browser));
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

	while (browser_later(&b->browser))
		;
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
