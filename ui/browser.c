/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/browser.h"

#include <string.h>

#include "base/cleanup.h"

enum { HEAD_LINES = 1, FOOT_LINES = 1, WRITTEN_ROWS = 100, WRITTEN_COLS = 400 };

void browser_init(struct browser *b, const struct browser_source *source, const struct calltree_spec *calltree, bool children)
{
	*b = (struct browser){ .source = *source, .calltree = *calltree, .children = children, .generation = 1 };
	browser_push(b, rows_view_create(b, NULL));
}

void browser_deinit(struct browser *b)
{
	browser_written(b, true);
	vec_deinit(&b->writings);
	while (b->views.len) {
		struct view *view = b->views.data[--b->views.len];
		view->type->destroy(view);
	}
	vec_deinit(&b->views);
}

static void bring_up_to_date(struct browser *b)
{
	struct view *view = browser_top(b);

	if (view->generation == b->generation)
		return;
	view->generation = b->generation;
	if (view->type->refresh)
		view->type->refresh(view);
}

bool browser_later(struct browser *b)
{
	struct view *view = browser_top(b);

	return !b->over && view->type->later && view->type->later(view);
}

void browser_refresh(struct browser *b)
{
	b->generation++;
	bring_up_to_date(b);
}

/* ---- keys that every view has ---- */

static void act_end(struct view *view)
{
	view->browser->over = true;
}

static void act_back(struct view *view)
{
	if (!view->type->back || !view->type->back(view))
		browser_pop(view->browser);
}

static char *help_text(const struct browser *b);

static void act_help(struct view *view)
{
	browser_push(view->browser, text_view_create(view->browser, help_text(view->browser)));
}

static void act_about(struct view *view)
{
	struct browser *b = view->browser;

	browser_push(b, text_view_create(b, b->source.about(b->source.ctx)));
}

/* What a screen would show that is as large as it needs to be, drawn page by page. */
static void write_lines(struct view *view, FILE *out)
{
	unsigned titles = view->type->titles;
	struct list list = view->list;
	struct grid page;

	grid_init(&page);
	view->list.shift = 0;
	for (size_t from = 0; from < list.n || !from; from += WRITTEN_ROWS) {
		autostrbuf struct strbuf text = { 0 };
		size_t left = list.n > from ? list.n - from : 0;
		unsigned rows = titles + (left < WRITTEN_ROWS ? (unsigned)left : WRITTEN_ROWS);
		grid_reset(&page, rows, WRITTEN_COLS);
		view->list.top = view->list.selected = from;
		if (rows)
			view->type->draw(view, &page, 0, rows);
		grid_text(&page, false, &text);
		const char *body = strbuf_str(&text);
		for (unsigned i = 0; from && i < titles; i++)
			body = strchr(body, '\n') + 1;
		fputs(body, out);
	}
	grid_deinit(&page);
	view->list = list;
}

static void write_view(struct view *view, FILE *out)
{
	const struct browser_source *source = &view->browser->source;
	autostrbuf struct strbuf header = { 0 };

	source->header(source->ctx, view->event, &header);
	fprintf(out, "# %s\n", strbuf_str(&header));
	write_lines(view, out);
}

static void act_write(struct view *view)
{
	browser_write(view, "txt", write_view);
}

static const struct view_key common_keys[] = {
	{ KEY_ESCAPE, "back: no filter, the view before, no selection", act_back },
	{ 'P', "write this as text, to ptk-1.txt or the next free number", act_write },
	{ 'i', "about the machine and the run", act_about },
	{ '?', "these keys", act_help },
	{ 'q', "end", act_end },
};

static bool key_of_table(struct view *view, int key, const struct view_key *keys, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (keys[i].key != key)
			continue;
		keys[i].act(view);
		return true;
	}
	return false;
}

static void click(struct view *view, int key)
{
	size_t line = (size_t)(key - KEY_CLICK);

	if (line >= view->list_top && line < view->list_top + view->list.page)
		list_select(&view->list, view->list.top + line - view->list_top);
}

void browser_key(struct browser *b, int key)
{
	struct view *view = browser_top(b);
	const struct view_type *type = view->type;

	if (key == KEY_NOTHING || key == KEY_NEW_SIZE || key == KEY_WAIT)
		return;
	b->message[0] = '\0';
	if (type->key && type->key(view, key))
		;
	else if (key >= KEY_CLICK)
		click(view, key);
	else if (!key_of_table(view, key, type->keys, type->n_keys) && !list_key(&view->list, key))
		key_of_table(view, key == 'h' ? '?' : key, common_keys, ARRAY_SIZE(common_keys));
	if (!b->over)
		bring_up_to_date(b);
}

static void add_help(struct strbuf *out, int key, const char *help)
{
	char buffer[8];

	strbuf_printf(out, "  %-12s %s\n", key_word(key, buffer), help);
}

/* The keys of the view on top, those of every view, and the source's. */
static char *help_text(const struct browser *b)
{
	const struct view_type *type = browser_top(b)->type;
	struct strbuf out = { 0 };

	for (size_t i = 0; i < type->n_keys; i++)
		if (type->keys[i].help)
			add_help(&out, type->keys[i].key, type->keys[i].help);
	for (size_t i = 0; i < ARRAY_SIZE(common_keys); i++)
		add_help(&out, common_keys[i].key, common_keys[i].help);
	for (size_t i = 0; i < b->source.n_keys; i++)
		add_help(&out, b->source.keys[i].key, b->source.keys[i].help);
	strbuf_adds(&out, "\n  Arrows, j, k, PgUp, PgDn, Space, Home, End, g, G and the mouse wheel move;\n"
			  "  Right and Left show the rest of long lines, and their beginning again;\n"
			  "  the selected line stays where it is on the screen when numbers change.\n");
	return strbuf_take(&out);
}

/* ---- drawing ---- */

static void draw_foot(struct browser *b, struct grid *g)
{
	const struct view *view = browser_top(b);
	autostrbuf struct strbuf text = { 0 };

	if (b->message[0])
		strbuf_adds(&text, b->message);
	else if (view->type->foot)
		view->type->foot(browser_top(b), &text);
	else
		strbuf_adds(&text, "Escape back  q end  ? keys");
	grid_put(g, g->rows - 1, 0, STYLE_DIM, strbuf_str(&text));
}

/* What part of the profile is looked at, if it is one. */
static bool draw_zoom(struct browser *b, struct grid *g)
{
	const struct zoom *zoom = browser_zoom(browser_top(b));
	autostrbuf struct strbuf text = { 0 };

	if (!zoom)
		return false;
	strbuf_adds(&text, "only ");
	zoom_text(zoom, &text);
	grid_put(g, HEAD_LINES, 0, STYLE_TITLE, strbuf_str(&text));
	return true;
}

void browser_draw(struct browser *b, struct grid *g)
{
	autostrbuf struct strbuf header = { 0 };
	struct view *view = browser_top(b);
	unsigned top = HEAD_LINES;

	if (!g->rows)
		return;
	b->source.header(b->source.ctx, view->event, &header);
	grid_put(g, 0, 0, STYLE_TITLE, strbuf_str(&header));
	top += draw_zoom(b, g);
	if (g->rows > top + FOOT_LINES)
		view->type->draw(view, g, top, g->rows - top - FOOT_LINES);
	if (g->rows > 1)
		draw_foot(b, g);
}
