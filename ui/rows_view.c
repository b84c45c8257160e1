/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/rows_view.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"

static const char *const sort_choices[] = {
	"dso,sym", "sym", "comm", "comm,dso,sym", "pid", "tid", "tid,sym", "dso", "cpu", "cpu,sym",
};

/* ---- the selected line ---- */

static struct rows_line *selected(struct rows_view *v)
{
	return v->view.list.selected < v->lines.len ? &v->lines.data[v->view.list.selected] : NULL;
}

static const struct row *selected_row(struct rows_view *v)
{
	const struct rows_line *line = selected(v);

	return line ? &v->grouping.rows.data[line->row] : NULL;
}

/* The frame of the line, if lines tell functions (or images) apart; else NO_ID. */
static uint32_t selected_frame(struct rows_view *v, enum column what)
{
	const struct rows_line *line = selected(v);
	const bool *mask = v->columns.mask;

	if (!line)
		return NO_ID;
	if (line->frame != NO_ID)
		return line->frame;
	bool told = mask[COLUMN_SYMBOL] || (what == COLUMN_DSO && mask[COLUMN_DSO]);
	return told ? v->grouping.rows.data[line->row].frame : NO_ID;
}

/* ---- its listing ---- */

static void act_annotate(struct view *view)
{
	struct rows_view *v = rows_of(view);
	uint32_t frame = selected_frame(v, COLUMN_SYMBOL);
	const struct profile_symbol *symbol = frame == NO_ID ? NULL : profile_frame_symbol(v->grouping.profile, frame);

	if (!symbol || !symbol->name) {
		browser_say(view->browser, symbol ? "no symbol is known for this code" : "these rows are no functions: s, then sym");
		return;
	}
	if (symbol->inlined) {
		browser_say(view->browser, "it was inlined: its instructions are those of its callers");
		return;
	}
	const struct strtab *strings = &v->grouping.profile->strings;
	/* names that outlive the profile: it may be made anew */
	autofree char *name = xstrdup(strtab_text(strings, symbol->name));
	autofree char *image = xstrdup(strtab_text(strings, profile_frame_image(v->grouping.profile, frame)->name));
	struct browser_function function = { .name = name, .image = image, .address = symbol->start, .zoom = v->zoom };
	struct view *listing = listing_view_create(view->browser, &function);
	if (listing)
		browser_push(view->browser, listing);
}

/* ---- folding ---- */

static void set_fold(struct rows_view *v, enum fold fold)
{
	uint64_t name = rows_line_name(v, v->view.list.selected);

	*map64_put(&v->folds, name, NULL) = fold;
	v->view.list.moved = true;
	rows_rebuild(v, name);
}

/* And says so. */
static bool no_chains(struct rows_view *v)
{
	struct browser *b = v->view.browser;

	if (v->calltree.mode == CALLTREE_NONE)
		browser_say(b, "there are no call chains: %s with -g", b->source.live ? "run ptk top" : "record");
	return v->calltree.mode == CALLTREE_NONE;
}

static void act_unfold(struct view *view)
{
	struct rows_view *v = rows_of(view);
	const struct rows_line *line = selected(v);

	if (line && line->opens)
		set_fold(v, line->open ? FOLD_CLOSED : FOLD_OPEN);
	else if (line && v->calltree.mode == CALLTREE_NONE && v->columns.mask[COLUMN_SYMBOL])
		act_annotate(view);
	else if (line)
		no_chains(v);
}

static void act_unfold_all(struct view *view)
{
	const struct rows_line *line = selected(rows_of(view));

	if (line && line->opens)
		set_fold(rows_of(view), FOLD_ALL_OPEN);
	else if (line)
		no_chains(rows_of(view));
}

static void act_fold_all(struct view *view)
{
	struct rows_view *v = rows_of(view);
	const struct rows_line *line = selected(v);
	uint64_t held = 0;

	if (line) {
		/* back to the row that the node is of */
		while (v->lines.data[view->list.selected].frame != NO_ID)
			list_select(&view->list, view->list.selected - 1);
		held = rows_line_name(v, view->list.selected);
	}
	map64_clear(&v->folds);
	if (v->grouped)
		rows_rebuild(v, held);
}

/* ---- other rows ---- */

static void look_again(struct rows_view *v, const char *sort, bool children, bool caller)
{
	v->calltree.caller = caller;
	map64_clear(&v->folds);
	if (!rows_arrange(v, sort, children))
		browser_say(v->view.browser, "cannot sort by %s here", sort ? sort : "that");
}

static void act_callers(struct view *view)
{
	struct rows_view *v = rows_of(view);

	if (!no_chains(v))
		look_again(v, v->sort, true, true);
}

static void act_callees(struct view *view)
{
	struct rows_view *v = rows_of(view);

	if (!no_chains(v))
		look_again(v, v->sort, false, false);
}

static void sort_chosen(struct view *view, size_t word)
{
	struct rows_view *v = rows_of(view);

	free(v->sort);
	v->sort = xstrdup(sort_choices[word]);
	look_again(v, v->sort, v->children, v->calltree.caller);
}

static void act_sort(struct view *view)
{
	const char *now = rows_of(view)->sort;
	struct view *menu = menu_view_create(view->browser, sort_choices, ARRAY_SIZE(sort_choices), sort_chosen);

	for (size_t i = 0; now && i < ARRAY_SIZE(sort_choices); i++)
		if (!strcmp(sort_choices[i], now))
			list_select(&menu->list, i);
	browser_push(view->browser, menu);
}

static void show_event(struct view *view, uint32_t event)
{
	struct rows_view *v = rows_of(view);

	v->event_chosen = true;
	view->event = event;
	view->generation = 0;
	view->list = (struct list){ .page = view->list.page };
}

static void event_chosen(struct view *view, size_t event)
{
	show_event(view, (uint32_t)event);
}

static void act_next_event(struct view *view)
{
	const struct profile *p = rows_profile(rows_of(view));
	uint32_t event = view->event;

	for (size_t i = 0; i < p->events.len; i++) {
		event = (event + 1) % (uint32_t)p->events.len;
		if (p->events.data[event].count)
			break;
	}
	show_event(view, event);
}

static void act_events(struct view *view)
{
	const struct profile *p = rows_profile(rows_of(view));
	VEC(char *) words = { 0 };

	for (size_t i = 0; i < p->events.len; i++)
		vec_push(&words, xasprintf("%12llu samples  %s", (unsigned long long)p->events.data[i].count,
					   strtab_text(&p->strings, p->events.data[i].name)));
	struct view *menu = menu_view_create(view->browser, (const char *const *)words.data, words.len, event_chosen);
	list_select(&menu->list, view->event);
	browser_push(view->browser, menu);
	for (size_t i = 0; i < words.len; i++)
		free(words.data[i]);
	vec_deinit(&words);
}

/* ---- parts of the profile ---- */

static void zoom_into(struct view *view, struct zoom zoom)
{
	browser_push(view->browser, rows_view_create(view->browser, &zoom));
}

static bool task_zoom(struct rows_view *v, struct zoom *zoom)
{
	const struct row *row = selected_row(v);
	const bool *mask = v->columns.mask;

	if (!row || !(mask[COLUMN_TID] || mask[COLUMN_PID] || mask[COLUMN_COMM]))
		return false;
	const struct profile *p = v->grouping.profile;
	const struct profile_task *task = &p->tasks.data[p->origins.data[row->origin].task];
	*zoom = zoom_task(p, mask[COLUMN_TID] ? ZOOM_THREAD : mask[COLUMN_PID] ? ZOOM_PROCESS : ZOOM_COMM, task, v->zoom);
	return true;
}

static void act_thread(struct view *view)
{
	struct zoom zoom;

	if (task_zoom(rows_of(view), &zoom))
		zoom_into(view, zoom);
	else
		browser_push(view->browser, tasks_view_create(view->browser, rows_view_create));
}

static void act_tasks(struct view *view)
{
	browser_push(view->browser, tasks_view_create(view->browser, rows_view_create));
}

static void act_image(struct view *view)
{
	struct rows_view *v = rows_of(view);
	uint32_t frame = selected_frame(v, COLUMN_DSO);

	if (frame != NO_ID)
		zoom_into(view, zoom_image(v->grouping.profile, frame, v->zoom));
	else
		browser_push(view->browser, choice_view_create(view->browser, "dso"));
}

static void act_symbol(struct view *view)
{
	struct rows_view *v = rows_of(view);
	uint32_t frame = selected_frame(v, COLUMN_SYMBOL);

	if (frame != NO_ID)
		zoom_into(view, zoom_symbol(v->grouping.profile, frame, v->zoom));
	else
		browser_push(view->browser, choice_view_create(view->browser, "sym"));
}

/* Enter, where rows are to be chosen from. */
static void act_choose(struct view *view)
{
	struct rows_view *v = rows_of(view);
	uint32_t frame = selected_frame(v, COLUMN_DSO);

	if (frame != NO_ID)
		zoom_into(view, v->columns.mask[COLUMN_SYMBOL] ? zoom_symbol(v->grouping.profile, frame, v->zoom)
							       : zoom_image(v->grouping.profile, frame, v->zoom));
}

static void draw_flame(struct view *view, FILE *out)
{
	const struct browser_source *source = &view->browser->source;

	source->flame(source->ctx, view->event, rows_of(view)->zoom, out);
}

static void act_flame(struct view *view)
{
	if (rows_of(view)->grouped)
		browser_write(view, "html", draw_flame);
}

/* ---- the filter ---- */

static void act_filter(struct view *view)
{
	rows_of(view)->typing = true;
}

static void filter_changed(struct rows_view *v)
{
	if (v->grouped)
		rows_rebuild(v, rows_held(v));
}

static bool type_filter(struct view *view, int key)
{
	struct rows_view *v = rows_of(view);

	if (!v->typing)
		return false;
	if (key == KEY_RETURN || key == KEY_ESCAPE)
		v->typing = false;
	if (key == KEY_RETURN)
		return true;
	if (key == KEY_ESCAPE)
		strbuf_truncate(&v->filter, 0);
	else if (key == KEY_ERASE && v->filter.len)
		strbuf_truncate(&v->filter, v->filter.len - 1);
	else if (key >= ' ' && key < 256 && key != 127)
		strbuf_addc(&v->filter, (char)key);
	else
		return key < KEY_GO_UP;
	filter_changed(v);
	return true;
}

static bool back(struct view *view)
{
	struct rows_view *v = rows_of(view);

	if (v->filter.len) {
		strbuf_truncate(&v->filter, 0);
		filter_changed(v);
		return true;
	}
	if (view->browser->views.len > 1)
		return false;
	view->list = (struct list){ .n = view->list.n, .page = view->list.page };
	return true;
}

/* ---- the view ---- */

static void act_of_source(struct view *view, const struct source_key *key)
{
	key->act(view->browser->source.ctx);
	view->browser->generation++;
}

static bool key(struct view *view, int key)
{
	const struct browser_source *source = &view->browser->source;

	if (type_filter(view, key))
		return true;
	for (size_t i = 0; i < source->n_keys; i++) {
		if (source->keys[i].key != key)
			continue;
		act_of_source(view, &source->keys[i]);
		return true;
	}
	return false;
}

static const struct view_key keys[] = {
	{ KEY_RETURN, "unfold or fold the call tree; without call chains: annotate", act_unfold },
	{ '+', NULL, act_unfold },
	{ 'E', "unfold everything below it", act_unfold_all },
	{ 'C', "fold all call trees", act_fold_all },
	{ 'c', "callers have rows, too; call trees from the outermost inwards", act_callers },
	{ 'e', "rows of what was sampled; call trees from the function outwards", act_callees },
	{ 's', "other rows: by function, program, thread, CPU", act_sort },
	{ '/', "only rows with these letters", act_filter },
	{ 't', "zoom into the row's thread or program", act_thread },
	{ 'd', "zoom into the row's program or library", act_image },
	{ 'z', "zoom into what went through the row's function", act_symbol },
	{ 'a', "annotate the function: its instructions and source lines", act_annotate },
	{ 'T', "processes and threads", act_tasks },
	{ 'f', "write a flame graph, to ptk-1.html or the next free number", act_flame },
	{ KEY_TAB, "the next event", act_next_event },
	{ 'v', "all events", act_events },
};

static const struct view_key choice_keys[] = {
	{ KEY_RETURN, "zoom into it", act_choose },
	{ '/', "only rows with these letters", act_filter },
};

static void foot(struct view *view, struct strbuf *out)
{
	const struct rows_view *v = rows_of(view);

	if (v->typing)
		strbuf_printf(out, "/%s_", strbuf_str(&v->filter));
	else if (v->filter.len)
		strbuf_printf(out, "filter: %s (Escape ends it)", strbuf_str(&v->filter));
	else if (v->choice)
		strbuf_adds(out, "Enter zooms into it  Escape back  / filter");
	else
		strbuf_printf(out, "? keys  q end  %s  / filter  s sort  a annotate  t d z zoom  f flame",
			      v->calltree.mode == CALLTREE_NONE ? "T tasks" : "Enter unfold");
}

static const struct zoom *zoom_of(const struct view *view)
{
	return ((const struct rows_view *)view)->zoom;
}

static void destroy(struct view *view)
{
	struct rows_view *v = rows_of(view);

	rows_forget(v);
	grouping_deinit(&v->grouping);
	if (v->zoom == &v->own)
		zoom_deinit(&v->own);
	map64_deinit(&v->folds);
	map64_deinit(&v->places);
	strbuf_deinit(&v->filter);
	strbuf_deinit(&v->text);
	free(v->sort);
	free(v);
}

static const struct view_type rows_type = {
	.name = "rows", .keys = keys, .n_keys = ARRAY_SIZE(keys), .key = key, .refresh = rows_refresh, .draw = rows_draw,
	.titles = 1, .back = back, .foot = foot, .zoom = zoom_of, .destroy = destroy,
};

static const struct view_type choice_type = {
	.name = "choice", .keys = choice_keys, .n_keys = ARRAY_SIZE(choice_keys), .key = type_filter, .refresh = rows_refresh,
	.draw = rows_draw, .titles = 1, .back = back, .foot = foot, .zoom = zoom_of, .destroy = destroy,
};

static struct rows_view *create(struct browser *b, const struct view_type *type)
{
	struct rows_view *v = xcalloc(1, sizeof(*v));
	struct view *below = b->views.len ? browser_top(b) : NULL;

	v->view = (struct view){ .type = type, .browser = b, .event = below ? below->event : 0, .list = { .page = 20 } };
	v->event_chosen = below != NULL;
	v->calltree = b->calltree;
	v->zoom = below ? browser_zoom(below) : NULL;
	return v;
}

/* Sorted and arranged as the rows that it is opened from, be it over a list of choices. */
static void take_over(struct rows_view *v, const struct browser *b)
{
	for (size_t i = b->views.len; i-- > 0;) {
		const struct rows_view *from = (const struct rows_view *)b->views.data[i];
		if (from->view.type != &rows_type)
			continue;
		v->sort = from->sort ? xstrdup(from->sort) : NULL;
		v->children = from->children;
		v->calltree = from->calltree;
		return;
	}
}

struct view *rows_view_create(struct browser *b, const struct zoom *zoom)
{
	struct rows_view *v = create(b, &rows_type);

	v->children = b->children;
	take_over(v, b);
	if (zoom) {
		v->own = *zoom;
		v->zoom = &v->own;
	}
	rows_arrange(v, v->sort, v->children);
	return &v->view;
}

struct view *choice_view_create(struct browser *b, const char *sort)
{
	struct rows_view *v = create(b, &choice_type);

	v->choice = true;
	v->calltree.mode = CALLTREE_NONE;
	v->sort = xstrdup(sort);
	rows_arrange(v, v->sort, false);
	return &v->view;
}
