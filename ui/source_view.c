/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A source file, with the samples that the lines got in one function. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "ui/listing_view.h"

struct source_view {
	struct view view;
	struct view *below;		/* whose listing it is */
	const struct listing *listing;
	char *file;
	struct listing_lines hit;
	VEC(uint32_t) hot;		/* line numbers, the hottest first */
	size_t at_hot;
};

static struct source_view *source_of(struct view *view)
{
	return (struct source_view *)view;
}

static const struct listing *listing_below(const struct source_view *v)
{
	return ((const struct listing_view *)v->below)->listing;
}

static void take(struct source_view *v, const struct listing *listing)
{
	v->listing = listing;
	listing_lines_init(&v->hit, listing);
	for (size_t i = 0; v->view.event < listing->n_events && i < v->hit.all.len; i++)
		if (v->hit.all.data[i].file && !strcmp(v->hit.all.data[i].file, v->file))
			vec_push(&v->hot, v->hit.all.data[i].line);
	v->at_hot = v->hot.len ? v->hot.len - 1 : 0;	/* the first Tab goes to the hottest */
}

static void drop(struct source_view *v)
{
	listing_lines_deinit(&v->hit);
	v->hit = (struct listing_lines){ 0 };
	vec_clear(&v->hot);
}

/* Lines stay where they are, numbers change. */
static void refresh(struct view *view)
{
	struct source_view *v = source_of(view);
	size_t at_hot = v->at_hot;

	if (!view->browser->source.live)
		return;
	drop(v);
	v->below->type->refresh(v->below);	/* the listing of before is gone */
	take(v, listing_below(v));
	v->at_hot = at_hot < v->hot.len ? at_hot : v->at_hot;
}

static const struct listing_line *hit_line(const struct source_view *v, uint32_t line)
{
	for (size_t i = 0; i < v->hit.all.len; i++)
		if (v->hit.all.data[i].line == line && v->hit.all.data[i].file && !strcmp(v->hit.all.data[i].file, v->file))
			return &v->hit.all.data[i];
	return NULL;
}

static void draw(struct view *view, struct grid *g, unsigned top, unsigned rows)
{
	const struct source_view *v = source_of(view);

	view->list_top = top + 1;
	list_fit(&view->list, rows - 1);
	grid_put(g, top, 1, STYLE_DIM, "Percent");
	grid_put(g, top, 10, STYLE_TITLE, v->file);
	for (unsigned i = 0; i + 1 < rows && view->list.top + i < view->list.n; i++) {
		autostrbuf struct strbuf text = { 0 };
		uint32_t number = (uint32_t)(view->list.top + i + 1);
		const struct listing_line *hit = hit_line(v, number);
		if (hit && view->event < v->listing->n_events)
			listing_draw_number(v->listing, &hit->amounts[view->event], view->event, false, g, top + 1 + i, 0);
		const char *line = source_line(v->listing->sources, v->file, number);
		enum grid_style style = hit ? STYLE_PLAIN : STYLE_DIM;
		strbuf_printf(&text, "%5" PRIu32 "  ", number);
		unsigned x = grid_put(g, top + 1 + i, 9, style, strbuf_str(&text));
		strbuf_truncate(&text, 0);
		listing_add_source(&text, line);
		browser_put_long(view, g, top + 1 + i, x, style, strbuf_str(&text));
		if (view->list.top + i == view->list.selected)
			grid_style_row(g, top + 1 + i, STYLE_SELECTED);
	}
}

static void step(struct view *view, size_t more)
{
	struct source_view *v = source_of(view);

	if (!v->hot.len)
		return;
	v->at_hot = (v->at_hot + more) % v->hot.len;
	list_show(&view->list, v->hot.data[v->at_hot] - 1);
}

static void act_hotter(struct view *view)
{
	step(view, 1);
}

static void act_colder(struct view *view)
{
	step(view, source_of(view)->hot.len - 1);
}

static void leave(struct view *view)
{
	browser_pop(view->browser);
}

static const struct view_key keys[] = {
	{ KEY_TAB, "the hottest line; again: the next one after it", act_hotter },
	{ KEY_BACK_TAB, "the hotter one before", act_colder },
	{ 'v', "back to the instructions", leave },
};

static void foot(struct view *view, struct strbuf *out)
{
	(void)view;
	strbuf_adds(out, "Tab hottest line  Escape back  ? keys");
}

static void destroy(struct view *view)
{
	struct source_view *v = source_of(view);

	drop(v);
	vec_deinit(&v->hot);
	free(v->file);
	free(v);
}

static const struct view_type source_type = {
	.name = "source", .keys = keys, .n_keys = ARRAY_SIZE(keys), .refresh = refresh, .draw = draw, .titles = 1, .foot = foot,
	.destroy = destroy,
};

struct view *source_view_create(struct browser *b, struct view *below, const char *file, uint32_t line)
{
	const struct listing *listing = ((const struct listing_view *)below)->listing;
	struct source_view *v;
	uint32_t lines = 0;

	while (listing->sources && lines < UINT32_MAX - 1 && source_line(listing->sources, file, lines + 1))
		lines++;
	if (!lines)
		return NULL;
	v = xcalloc(1, sizeof(*v));
	v->view = (struct view){ .type = &source_type, .browser = b, .event = browser_top(b)->event, .list = { .page = 20 },
				 .generation = b->generation };
	v->below = below;
	v->file = xstrdup(file);
	take(v, listing);
	list_count(&v->view.list, lines);
	list_show(&v->view.list, line ? line - 1 : 0);
	return &v->view;
}
