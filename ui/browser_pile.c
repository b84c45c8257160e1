/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What views ask of their browser: another view on top, or themselves gone; words to the person. */
#include <stdarg.h>

#include "ui/browser.h"

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
