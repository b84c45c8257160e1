/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the profile to the grouping that is shown, and again whenever the profile or the question changes. */
#include <string.h>

#include "ui/rows_view.h"

const struct profile *rows_profile(const struct rows_view *v)
{
	return v->view.browser->source.profile(v->view.browser->source.ctx);
}

/* An event that has samples, as long as nobody has said which. */
static void choose_event(struct rows_view *v, const struct profile *p)
{
	if (v->view.event >= p->events.len)
		v->view.event = 0;
	for (uint32_t e = 0; !v->event_chosen && e < p->events.len && !p->events.data[v->view.event].count; e++)
		v->view.event = e;
}

void rows_forget(struct rows_view *v)
{
	rows_lines_deinit(v);
	v->grouped = false;
	list_count(&v->view.list, 0);
}

void rows_rebuild(struct rows_view *v, uint64_t held)
{
	rows_lines_build(v);
	for (size_t i = 0; held && i < v->lines.len; i++) {
		if (rows_line_known(v, i) != held)
			continue;
		list_hold(&v->view.list, i);
		break;
	}
	v->regrouped = false;
}

uint64_t rows_held(const struct rows_view *v)
{
	return v->view.list.moved && v->view.list.selected < v->lines.len ? v->lines.data[v->view.list.selected].name : 0;
}

static void group(struct rows_view *v)
{
	const struct browser_source *source = &v->view.browser->source;
	const struct profile *p = rows_profile(v);

	choose_event(v, p);
	if (!p->events.len)
		return;
	struct browser_query query = { .event = v->view.event, .columns = &v->columns, .zoom = v->zoom, .children = v->children,
				       .flat = v->choice };
	source->group(source->ctx, &query, &v->grouping);
	v->grouped = true;
	rows_lines_reset(v);
	if (source->live && !column_is_key(v->columns.order[0]))
		rows_keep_order(v);
}

void rows_refresh(struct view *view)
{
	struct rows_view *v = rows_of(view);
	struct list list = view->list;
	uint64_t held = rows_held(v);

	rows_forget(v);
	group(v);
	if (!v->grouped)
		return;
	view->list = list;	/* forgetting has moved it */
	rows_rebuild(v, held);
}

bool rows_arrange(struct rows_view *v, const char *sort, bool children)
{
	struct browser *b = v->view.browser;
	struct columns columns;

	rows_forget(v);
	bool fine = b->source.columns(b->source.ctx, sort, children, &columns);
	if (fine) {
		v->columns = columns;
		v->children = children;
	}
	memset(v->widths, 0, sizeof(v->widths));
	map64_clear(&v->places);
	v->view.list = (struct list){ .page = v->view.list.page };
	v->view.generation = 0;
	return fine;
}
