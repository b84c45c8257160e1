/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines to read: the keys, what is known of the recording. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/vec.h"
#include "ui/browser.h"

struct text_view {
	struct view view;
	char *text;			/* lines, each NUL-ended */
	VEC(const char *) lines;
};

static void draw(struct view *view, struct grid *g, unsigned top, unsigned rows)
{
	struct text_view *v = (struct text_view *)view;

	list_fit(&view->list, rows);
	for (unsigned i = 0; i < rows && view->list.top + i < v->lines.len; i++)
		browser_put_long(view, g, top + i, 0, STYLE_PLAIN, v->lines.data[view->list.top + i]);
}

/* A page moves at once: nothing is selected here. */
static bool scroll(struct view *view, int key)
{
	struct list *list = &view->list;
	size_t last = list->n > list->page ? list->n - list->page : 0;

	list->selected = list->top;
	if (!list_key(list, key))
		return false;
	list->top = list->selected = list->selected < last ? list->selected : last;
	return true;
}

static void foot(struct view *view, struct strbuf *out)
{
	const struct list *list = &view->list;

	if (list->n > list->top + list->page)
		strbuf_printf(out, "PgDn: %zu more lines  ", list->n - list->top - list->page);
	strbuf_adds(out, list->beyond || list->shift ? "Right, Left  Escape back  q end" : "Escape back  q end  ? keys");
}

static void leave(struct view *view)
{
	browser_pop(view->browser);
}

static void destroy(struct view *view)
{
	struct text_view *v = (struct text_view *)view;

	vec_deinit(&v->lines);
	free(v->text);
	free(v);
}

static const struct view_key keys[] = {
	{ KEY_RETURN, NULL, leave },
	{ '?', NULL, leave },
};

static const struct view_type text_type = {
	.name = "text", .keys = keys, .n_keys = ARRAY_SIZE(keys), .key = scroll, .draw = draw, .foot = foot, .destroy = destroy,
};

struct view *text_view_create(struct browser *browser, char *text)
{
	struct text_view *v = xcalloc(1, sizeof(*v));

	v->view = (struct view){ .type = &text_type, .browser = browser, .generation = browser->generation,
				 .event = browser_top(browser)->event };
	v->text = text;
	for (char *line; (line = strsep(&text, "\n"));)
		if (text || *line)
			vec_push(&v->lines, line);
	list_count(&v->view.list, v->lines.len);
	return &v->view;
}
