/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes and, below those that have several, their threads. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "ui/browser.h"

struct task_line {
	uint32_t pid, tid;	/* NO_ID: not known */
	bool thread;		/* else the process */
	size_t threads;		/* of a process */
	uint64_t process;	/* period of the process: what lines are ordered by first */
	uint64_t count, period;
};

struct tasks_view {
	struct view view;
	const struct zoom *zoom;
	struct view *(*open)(struct browser *browser, const struct zoom *part);
	struct columns columns;
	struct grouping grouping;
	bool grouped;
	VEC(struct task_line) lines;
};

enum { NUMBER_WIDTH = 8, BAR = 8, SAMPLES = 12, ID = 9 };

/* ---- lines ---- */

static struct task_line *process_of(struct tasks_view *v, struct map64 *processes, uint32_t pid)
{
	bool added;
	uint64_t *at = map64_put(processes, pid, &added);

	if (added) {
		*at = v->lines.len;
		vec_push(&v->lines, (struct task_line){ .pid = pid, .tid = pid });
	}
	return &v->lines.data[*at];
}

static int compare_lines(const void *x, const void *y)
{
	const struct task_line *a = x, *b = y;

	if (a->process != b->process)
		return a->process > b->process ? -1 : 1;
	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	if (a->thread != b->thread)
		return a->thread ? 1 : -1;
	if (a->period != b->period)
		return a->period > b->period ? -1 : 1;
	return a->tid < b->tid ? -1 : a->tid > b->tid;
}

/* Of a process with one thread the process alone is shown. */
static void drop_single_threads(struct tasks_view *v, const struct map64 *processes)
{
	size_t kept = 0;

	for (size_t i = 0; i < v->lines.len; i++)
		v->lines.data[i].process = v->lines.data[*map64_get(processes, v->lines.data[i].pid)].period;
	vec_sort(&v->lines, compare_lines);
	for (size_t i = 0; i < v->lines.len; i++) {
		struct task_line line = v->lines.data[i];
		bool single = line.thread && i && !v->lines.data[i - 1].thread &&
			      (i + 1 == v->lines.len || !v->lines.data[i + 1].thread);
		if (!single)
			v->lines.data[kept++] = line;
	}
	v->lines.len = kept;
}

static void make_lines(struct tasks_view *v)
{
	const struct profile *p = v->grouping.profile;
	struct map64 processes = { 0 };

	vec_clear(&v->lines);
	for (size_t i = 0; i < v->grouping.rows.len; i++) {
		const struct row *row = &v->grouping.rows.data[i];
		const struct profile_task *task = &p->tasks.data[p->origins.data[row->origin].task];
		struct task_line *process = process_of(v, &processes, task->pid);
		process->count += row->self_count;
		process->period += row->self_period;
		process->threads++;
		vec_push(&v->lines, (struct task_line){ .pid = task->pid, .tid = task->tid, .thread = true,
							.count = row->self_count, .period = row->self_period });
	}
	drop_single_threads(v, &processes);
	map64_deinit(&processes);
}

static void hold(struct tasks_view *v, struct task_line held)
{
	for (size_t i = 0; i < v->lines.len; i++)
		if (v->lines.data[i].pid == held.pid && v->lines.data[i].tid == held.tid &&
		    v->lines.data[i].thread == held.thread)
			list_hold(&v->view.list, i);
}

static void refresh(struct view *view)
{
	struct tasks_view *v = (struct tasks_view *)view;
	const struct browser_source *source = &view->browser->source;
	struct browser_query query = { .event = view->event, .columns = &v->columns, .zoom = v->zoom, .flat = true };
	struct task_line held = { 0 };
	bool holds = view->list.moved && view->list.selected < v->lines.len;

	if (holds)
		held = v->lines.data[view->list.selected];
	v->grouped = view->event < source->profile(source->ctx)->events.len;
	if (!v->grouped) {
		vec_clear(&v->lines);
		list_count(&view->list, 0);
		return;
	}
	source->group(source->ctx, &query, &v->grouping);
	make_lines(v);
	list_count(&view->list, v->lines.len);
	if (holds)
		hold(v, held);
}

/* ---- drawing ---- */

static const char *comm_of(const struct profile *p, uint32_t id)
{
	const uint64_t *comm = map64_get(&p->pid_comms, id);

	return comm ? strtab_text(&p->strings, (uint32_t)*comm) : "";
}

static void add_id(struct strbuf *out, bool shown, uint32_t id)
{
	if (shown && id != NO_ID)
		strbuf_printf(out, "%*" PRIu32 "  ", ID, id);
	else
		strbuf_printf(out, "%*s  ", ID, shown ? "-" : "");
}

static void line_text(const struct tasks_view *v, const struct task_line *line, struct strbuf *out)
{
	strbuf_printf(out, "%*" PRIu64 "  ", SAMPLES, line->count);
	add_id(out, !line->thread, line->pid);
	add_id(out, line->thread, line->tid);
	strbuf_printf(out, "%s%s", line->thread ? "  " : "", comm_of(v->grouping.profile, line->tid));
	if (line->threads > 1)
		strbuf_printf(out, " (%zu threads)", line->threads);
}

static void draw_line(const struct tasks_view *v, struct grid *g, unsigned y, const struct task_line *line)
{
	autostrbuf struct strbuf text = { 0 };
	double percent = grouping_percent(&v->grouping, line->period);
	double largest = grouping_percent(&v->grouping, v->lines.data[0].period);

	strbuf_printf(&text, "%*.2f%%", NUMBER_WIDTH - 1, percent);
	unsigned x = grid_put(g, y, 0, percent >= 5 ? STYLE_HOT : STYLE_WARM, strbuf_str(&text)) + 1;
	if (!line->thread)
		grid_bar(g, y, x, BAR, largest > 0 ? percent / largest : 0);
	strbuf_truncate(&text, 0);
	line_text(v, line, &text);
	grid_put(g, y, x + BAR + 1, STYLE_PLAIN, strbuf_str(&text));
}

static void draw(struct view *view, struct grid *g, unsigned top, unsigned rows)
{
	const struct tasks_view *v = (const struct tasks_view *)view;
	autostrbuf struct strbuf titles = { 0 };

	view->list_top = top + 1;
	list_fit(&view->list, rows - 1);
	strbuf_printf(&titles, "%*s %*s %*s  %*s  %*s  Command", NUMBER_WIDTH, "Overhead", BAR, "", SAMPLES, "Samples", ID, "PID", ID, "TID");
	grid_put(g, top, 0, STYLE_DIM, strbuf_str(&titles));
	for (unsigned i = 0; i + 1 < rows && view->list.top + i < v->lines.len; i++) {
		draw_line(v, g, top + 1 + i, &v->lines.data[view->list.top + i]);
		if (view->list.top + i == view->list.selected)
			grid_style_row(g, top + 1 + i, STYLE_SELECTED);
	}
}

/* ---- keys ---- */

static void act_zoom(struct view *view)
{
	const struct tasks_view *v = (const struct tasks_view *)view;

	if (view->list.selected >= v->lines.len)
		return;
	const struct task_line *line = &v->lines.data[view->list.selected];
	struct profile_task task = { .pid = line->pid, .tid = line->tid };
	struct zoom zoom = zoom_task(v->grouping.profile, line->thread ? ZOOM_THREAD : ZOOM_PROCESS, &task, v->zoom);
	browser_push(view->browser, v->open(view->browser, &zoom));
}

static void foot(struct view *view, struct strbuf *out)
{
	(void)view;
	strbuf_adds(out, "Enter zooms into the process or thread  Escape back  ? keys");
}

static const struct zoom *zoom_of(const struct view *view)
{
	return ((const struct tasks_view *)view)->zoom;
}

static void destroy(struct view *view)
{
	struct tasks_view *v = (struct tasks_view *)view;

	grouping_deinit(&v->grouping);
	vec_deinit(&v->lines);
	free(v);
}

static const struct view_key keys[] = {
	{ KEY_RETURN, "zoom into the process or thread", act_zoom },
	{ 't', NULL, act_zoom },
};

static const struct view_type tasks_type = {
	.name = "tasks", .keys = keys, .n_keys = ARRAY_SIZE(keys), .refresh = refresh, .draw = draw, .titles = 1,
	.foot = foot, .zoom = zoom_of, .destroy = destroy,
};

struct view *tasks_view_create(struct browser *b, struct view *(*open)(struct browser *browser, const struct zoom *part))
{
	struct tasks_view *v = xcalloc(1, sizeof(*v));

	v->view = (struct view){ .type = &tasks_type, .browser = b, .event = browser_top(b)->event, .list = { .page = 20 } };
	v->zoom = browser_zoom(browser_top(b));
	v->open = open;
	if (!b->source.columns(b->source.ctx, "pid,tid", false, &v->columns))
		browser_say(b, "threads are not told apart here");
	return &v->view;
}
