/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What views ask of their browser: another view on top, or themselves gone; words to the person; files. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

#include "ui/browser.h"

enum { FILES = 1000 };		/* ptk-1 to ptk-999 */

void browser_push(struct browser *b, struct view *view)
{
	view->browser = b;
	vec_push(&b->views, view);
}

void browser_pop(struct browser *b)
{
	if (b->views.len < 2)
		return;
	struct view *view = b->views.data[--b->views.len];
	view->type->destroy(view);
}

const struct zoom *browser_zoom(const struct view *view)
{
	const struct browser *b = view->browser;
	size_t i = b->views.len;

	while (i && b->views.data[i - 1] != view)
		i--;
	for (; i > 0; i--)
		if (b->views.data[i - 1]->type->zoom)
			return b->views.data[i - 1]->type->zoom(b->views.data[i - 1]);
	return NULL;
}

/* ---- words to the person */

void browser_say(struct browser *b, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(b->message, sizeof(b->message), fmt, args);
	va_end(args);
}

void browser_say_error(struct browser *b, struct error *err)
{
	browser_say(b, "%s", err->message);
	error_destroy(err);
}

/* ---- lines longer than the screen */

void browser_put_long(struct view *view, struct grid *g, unsigned y, unsigned x, enum grid_style style, const char *text)
{
	const char *shown = text + grid_fit(g, text, view->list.shift);

	view->list.beyond |= x < g->cols && grid_width(g, shown) > g->cols - x;
	grid_put(g, y, x, style, shown);
}

/* ---- files */

static FILE *new_file(const char *suffix, char path[32])
{
	int fd = -1;

	for (unsigned i = 1; fd < 0 && i < FILES; i++) {
		snprintf(path, 32, "ptk-%u.%s", i, suffix);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	return fd < 0 ? NULL : fdopen(fd, "w");
}

void browser_write(struct view *view, const char *suffix, void (*write)(struct view *view, FILE *out))
{
	char path[32];
	FILE *out = new_file(suffix, path);

	if (out)
		write(view, out);
	bool failed = out && ferror(out);
	if (!out || fclose(out) || failed)
		browser_say(view->browser, "cannot write %s: %s", path, strerror(errno));
	else
		browser_say(view->browser, "written to %s", path);
}
