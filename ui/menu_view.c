/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One of several words: sort keys, events. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "ui/browser.h"

struct menu_view {
	struct view view;
	VEC(char *) words;
	void (*chosen)(struct view *below, size_t word);
};

static void draw(struct view *view, struct grid *g, unsigned top, unsigned rows)
{
	struct menu_view *v = (struct menu_view *)view;

	view->list_top = top;
	list_fit(&view->list, rows);
	for (unsigned i = 0; i < rows && view->list.top + i < v->words.len; i++) {
		browser_put_long(view, g, top + i, 2, STYLE_PLAIN, v->words.data[view->list.top + i]);
		if (view->list.top + i == view->list.selected)
			grid_style_row(g, top + i, STYLE_SELECTED);
	}
}

static void choose(struct view *view)
{
	struct browser *b = view->browser;
	void (*chosen)(struct view *, size_t) = ((struct menu_view *)view)->chosen;
	size_t word = view->list.selected;

	browser_pop(b);
	chosen(browser_top(b), word);
}

static void foot(struct view *view, struct strbuf *out)
{
	(void)view;
	strbuf_adds(out, "Enter takes the selected one  Escape back  ? keys");
}

static void destroy(struct view *view)
{
	struct menu_view *v = (struct menu_view *)view;

	for (size_t i = 0; i < v->words.len; i++)
		free(v->words.data[i]);
	vec_deinit(&v->words);
	free(v);
}

static const struct view_key keys[] = {
	{ KEY_RETURN, "take the selected one", choose },
};

static const struct view_type menu_type = {
	.name = "menu", .keys = keys, .n_keys = 1, .draw = draw, .foot = foot, .destroy = destroy,
};

struct view *menu_view_create(struct browser *browser, const char *const *words, size_t n,
			      void (*chosen)(struct view *below, size_t word))
{
	struct menu_view *v = xcalloc(1, sizeof(*v));

	v->view = (struct view){ .type = &menu_type, .browser = browser, .generation = browser->generation,
				 .event = browser_top(browser)->event };
	v->chosen = chosen;
	for (size_t i = 0; i < n; i++)
		vec_push(&v->words, xstrdup(words[i]));
	list_count(&v->view.list, n);
	return &v->view;
}
