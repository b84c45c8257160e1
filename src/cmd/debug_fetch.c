/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/debug_fetch.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"

enum { MIB = 1 << 20 };

static sigset_t interrupt(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	return set;
}

/* Held back, Ctrl-C waits to be asked for. */
static bool interrupted(struct debug_fetch *f)
{
	static const struct timespec at_once = { 0 };
	sigset_t set = interrupt();

	if (!f->waiting)
		sigprocmask(SIG_BLOCK, &set, &f->mask);
	f->waiting = true;
	return sigtimedwait(&set, NULL, &at_once) == SIGINT;
}

static void show(struct debug_fetch *f, const char *what, uint64_t done, uint64_t total)
{
	const char *slash = strrchr(what, '/');
	char name[40];

	if (!f->terminal)
		return;
	snprintf(name, sizeof(name), "%s", slash ? slash + 1 : what);
	utf8_tame(name, strlen(name));
	fprintf(stderr, "\rdebug information of %s: %.1f", name, (double)done / MIB);
	if (total)
		fprintf(stderr, " of %.1f", (double)total / MIB);
	fprintf(stderr, " MiB (Ctrl-C skips it) ");
	fflush(stderr);
	f->shown = true;
}

static void finish(struct debug_fetch *f)
{
	if (f->shown)
		fprintf(stderr, "\r%*s\r", 100, "");
	if (f->waiting)
		sigprocmask(SIG_SETMASK, &f->mask, NULL);
	f->shown = f->waiting = false;
}

static bool progress(void *ctx, const char *what, uint64_t done, uint64_t total)
{
	struct debug_fetch *f = ctx;

	if (total && done == total) {
		finish(f);
		return true;
	}
	if (interrupted(f))
		return false;
	show(f, what, done, total);
	return true;
}

struct debug_server *debug_fetch_begin(struct debug_fetch *f)
{
	*f = (struct debug_fetch){ .terminal = isatty(STDERR_FILENO) };
	return f->server = debug_server_create(progress, f);
}

void debug_fetch_end(struct debug_fetch *f)
{
	debug_server_destroy(f->server);
	f->server = NULL;
}
