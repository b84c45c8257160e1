/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/listing_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum { HOT = 200 };		/* instructions that Tab goes round */

static struct listing_view *listing_of(struct view *view)
{
	return (struct listing_view *)view;
}

/* ---- lines ---- */

static void show_rows(struct listing_view *v)
{
	vec_clear(&v->shown);
	for (uint32_t i = 0; i < v->listing->rows.len; i++)
		if (!v->no_source || v->listing->rows.data[i].kind == LISTING_CODE)
			vec_push(&v->shown, i);
	list_count(&v->view.list, v->shown.len);
}

/* The line that has the row, or the first one behind where it is hidden. */
static size_t line_of(const struct listing_view *v, uint32_t row)
{
	size_t line = 0;

	while (line < v->shown.len && v->shown.data[line] < row)
		line++;
	return line;
}

static uint32_t selected_row(const struct listing_view *v)
{
	return v->view.list.selected < v->shown.len ? v->shown.data[v->view.list.selected] : 0;
}

static void go_to(struct listing_view *v, uint32_t row)
{
	list_show(&v->view.list, line_of(v, row));
}

static int hotter(const void *x, const void *y, void *ctx)
{
	const struct listing_view *v = ctx;
	const uint32_t *a = x, *b = y;
	uint64_t p = listing_amount(v->listing, *a, v->view.event)->period, q = listing_amount(v->listing, *b, v->view.event)->period;

	if (p != q)
		return p > q ? -1 : 1;
	return *a < *b ? -1 : *a > *b;
}

static void find_hot(struct listing_view *v)
{
	vec_clear(&v->hot);
	for (uint32_t i = 0; v->view.event < v->listing->n_events && i < v->listing->rows.len; i++)
		if (v->listing->rows.data[i].kind == LISTING_CODE && listing_amount(v->listing, i, v->view.event)->period)
			vec_push(&v->hot, i);
	if (v->hot.len)
		qsort_r(v->hot.data, v->hot.len, sizeof(*v->hot.data), hotter, v);
	v->hot.len = v->hot.len < HOT ? v->hot.len : HOT;
	v->at_hot = v->hot.len;
}

static void take(struct listing_view *v, struct listing *listing)
{
	listing_destroy(v->listing);
	v->listing = listing;
	vec_clear(&v->events);
	for (unsigned e = 0; e < listing->n_events; e++)
		if (listing->sums[e].count)
			vec_push(&v->events, e);
	show_rows(v);
	find_hot(v);
}

static struct error *read_listing(struct listing_view *v, bool quick)
{
	const struct browser_source *source = &v->view.browser->source;
	const struct browser_function function = { .name = v->name, .image = v->image, .address = v->address, .zoom = v->zoom };
	struct listing *listing = NULL;

	TRY(source->listing(source->ctx, &function, quick, &listing));
	take(v, listing);
	return NULL;
}

/* The machine goes on: rows stay what they were, numbers change. */
static void refresh(struct view *view)
{
	struct listing_view *v = listing_of(view);
	struct list list = view->list;
	uint32_t at = v->at_hot < v->hot.len ? v->hot.data[v->at_hot] : NO_ID;

	if (!view->browser->source.live)
		return;
	struct error *err = read_listing(v, false);
	if (err) {
		browser_say_error(view->browser, err);
		return;
	}
	if (list.selected < v->shown.len)
		view->list = list;
	/* Tab goes on from where it was */
	for (size_t i = 0; i < v->hot.len; i++)
		if (v->hot.data[i] == at)
			v->at_hot = i;
}

/* The row of the instruction at that address; 0: none. */
static uint32_t row_at(const struct listing *l, uint64_t address)
{
	uint32_t row = 0;

	while (row < l->rows.len && (l->rows.data[row].kind != LISTING_CODE || l->rows.data[row].address != address))
		row++;
	return row < l->rows.len ? row : 0;
}

/* Source lines, which were left out so that the instructions came at once. */
static bool later(struct view *view)
{
	struct listing_view *v = listing_of(view);

	if (!v->listing->partial)
		return false;
	uint64_t selected = v->shown.len ? v->listing->rows.data[selected_row(v)].address : 0;
	bool at_hot = v->at_hot < v->hot.len;
	size_t hot = v->at_hot;
	struct error *err = read_listing(v, false);
	if (err) {
		v->listing->partial = false;	/* what is there stays */
		browser_say_error(view->browser, err);
		return true;
	}
	v->at_hot = at_hot && hot < v->hot.len ? hot : v->hot.len;
	go_to(v, row_at(v->listing, selected));
	return true;
}

/* ---- keys ---- */

static void act_hotter(struct view *view)
{
	struct listing_view *v = listing_of(view);

	if (!v->hot.len) {
		browser_say(view->browser, "no sample hit an instruction of it");
		return;
	}
	v->at_hot = v->at_hot + 1 < v->hot.len ? v->at_hot + 1 : 0;
	go_to(v, v->hot.data[v->at_hot]);
}

static void act_colder(struct view *view)
{
	struct listing_view *v = listing_of(view);

	if (!v->hot.len)
		return;
	v->at_hot = v->at_hot ? v->at_hot - 1 : v->hot.len - 1;
	if (v->at_hot >= v->hot.len)
		v->at_hot = v->hot.len - 1;
	go_to(v, v->hot.data[v->at_hot]);
}

/* What is called: another listing. */
static void open_callee(struct listing_view *v, const struct listing_row *row)
{
	autofree char *name = xstrdup(row->name);
	struct browser_function function = { .image = v->image, .address = row->to, .zoom = v->zoom };

	/* "main+0x1d" is in main */
	char *plus = strrchr(name, '+');
	if (plus && !strncmp(plus, "+0x", 3))
		*plus = '\0';
	function.name = name;
	struct view *callee = listing_view_create(v->view.browser, &function);
	if (callee)
		browser_push(v->view.browser, callee);
}

static void act_follow(struct view *view)
{
	struct listing_view *v = listing_of(view);
	const struct listing_row *row = v->shown.len ? &v->listing->rows.data[selected_row(v)] : NULL;

	if (!row || row->kind != LISTING_CODE || (row->target == NO_ID && !(row->flow != FLOW_NEXT && row->name))) {
		browser_say(view->browser, "this is no jump and no call");
		return;
	}
	if (row->target == NO_ID) {
		open_callee(v, row);
		return;
	}
	vec_push(&v->trail, selected_row(v));
	go_to(v, row->target);
}

static bool back(struct view *view)
{
	struct listing_view *v = listing_of(view);

	if (!v->trail.len)
		return false;
	go_to(v, v->trail.data[--v->trail.len]);
	return true;
}

static void act_source_lines(struct view *view)
{
	struct listing_view *v = listing_of(view);
	uint32_t row = selected_row(v);

	v->no_source = !v->no_source;
	show_rows(v);
	go_to(v, row);
}

static void act_counts(struct view *view)
{
	listing_of(view)->counts = !listing_of(view)->counts;
}

static void act_source_file(struct view *view)
{
	struct listing_view *v = listing_of(view);
	const struct listing_row *row = v->shown.len ? &v->listing->rows.data[selected_row(v)] : NULL;

	if (!row || !row->file) {
		browser_say(view->browser, "no source line is known for this: it wants debug information");
		return;
	}
	struct view *source = source_view_create(view->browser, view, row->file, row->line);
	if (source)
		browser_push(view->browser, source);
	else
		browser_say(view->browser, "cannot read %s", row->file);
}

static const struct view_key keys[] = {
	{ KEY_TAB, "the hottest instruction; again: the next one after it", act_hotter },
	{ KEY_BACK_TAB, "the hotter one before", act_colder },
	{ KEY_RETURN, "follow the jump or the call; Escape comes back", act_follow },
	{ 's', "without source lines, and with", act_source_lines },
	{ 'n', "numbers of samples in place of percentages, and back", act_counts },
	{ 'v', "the source file, with the samples of its lines", act_source_file },
};

static void foot(struct view *view, struct strbuf *out)
{
	if (listing_of(view)->listing->partial)
		strbuf_adds(out, "reading source lines ...");
	else
		strbuf_adds(out, "Tab hottest  Enter follows  Escape back  s source  v file  n numbers  ? keys");
}

static void destroy(struct view *view)
{
	struct listing_view *v = listing_of(view);

	listing_destroy(v->listing);
	vec_deinit(&v->shown);
	vec_deinit(&v->events);
	vec_deinit(&v->hot);
	vec_deinit(&v->trail);
	free(v->name);
	free(v->image);
	free(v);
}

static const struct view_type listing_type = {
	.name = "listing", .keys = keys, .n_keys = ARRAY_SIZE(keys), .refresh = refresh, .later = later, .draw = listing_draw, .titles = 1,
	.back = back, .foot = foot, .destroy = destroy,
};

struct view *listing_view_create(struct browser *b, const struct browser_function *function)
{
	struct listing_view *v = xcalloc(1, sizeof(*v));

	v->view = (struct view){ .type = &listing_type, .browser = b, .event = browser_top(b)->event, .list = { .page = 20 },
				 .generation = b->generation };
	v->name = xstrdup(function->name);
	v->image = xstrdup(function->image);
	v->address = function->address;
	v->zoom = function->zoom;
	struct error *err = read_listing(v, true);
	if (err) {
		browser_say_error(b, err);
		destroy(&v->view);
		return NULL;
	}
	if (v->hot.len) {
		v->at_hot = 0;
		go_to(v, v->hot.data[0]);
	}
	return &v->view;
}
