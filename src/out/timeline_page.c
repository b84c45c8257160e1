/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A timeline as a page. Times are in units that keep numbers short, counted
 * from the beginning of the recording; spans are [gap to the one before,
 * length, what, more, busy] in one list a row (page/timeline.js reads them).
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "out/members.h"
#include "out/page.h"
#include "out/timeline.h"

enum {
	PAGE_SPANS = 60000,
	PAGE_TASKS = 1000,
	PAGE_SAMPLES = 40000,
	UNITS = 100000000,	/* of a recording at most, so that times have no more than nine digits */
};

struct writer {
	struct json j;
	const struct timeline *t;
	const struct export *e;
	uint64_t unit;		/* ns */
	uint64_t every;		/* only one of so many samples is in the page */
	struct labels labels;
};

static uint64_t unit_of(const struct timeline *t)
{
	uint64_t unit = 1, lasted = t->last_ns - t->first_ns;

	while (lasted / unit > UNITS)
		unit *= 10;
	return unit;
}

static uint64_t at(const struct writer *w, uint64_t time)
{
	return (time > w->t->first_ns ? time - w->t->first_ns : 0) / w->unit;
}

/* Numbers of tasks are their places in `tasks`; -1: none that has a row. */
static int64_t number_of(const int64_t *rows, uint32_t task)
{
	return task == NO_ID ? -1 : rows[task];
}

static void write_spans(struct writer *w, const struct track *track, bool cpu, const int64_t *rows)
{
	uint64_t last = 0;

	json_key(&w->j, "spans");
	json_array_begin(&w->j);
	for (size_t i = 0; i < track->spans.len; i++) {
		const struct track_span *span = &track->spans.data[i];
		uint64_t start = at(w, span->start), end = at(w, span->end);
		if (end == start)
			continue;
		json_u64(&w->j, start - last);
		json_u64(&w->j, end - start);
		json_i64(&w->j, cpu ? number_of(rows, span->what) : (int64_t)span->what);
		json_i64(&w->j, cpu || span->more == NO_ID ? -1 : span->what == TASK_RUNS ? (int64_t)span->more : number_of(rows, span->more));
		json_u64(&w->j, span->busy ? (span->busy + w->unit - 1) / w->unit : 0);
		last = end;
	}
	json_array_end(&w->j);
}

static void write_cpus(struct writer *w, const struct tracks *tracks, const int64_t *rows)
{
	json_key(&w->j, "cpus");
	json_array_begin(&w->j);
	for (size_t i = 0; i < tracks->cpus.len; i++) {
		json_object_begin(&w->j);
		member_number(&w->j, "cpu", tracks->cpus.data[i].id);
		write_spans(w, &tracks->cpus.data[i], true, rows);
		json_object_end(&w->j);
	}
	json_array_end(&w->j);
}

static void write_task(struct writer *w, const struct track *track, const int64_t *rows)
{
	const struct timeline_task *task = &w->t->tasks.data[track->id];
	autostrbuf struct strbuf name = { 0 };

	timeline_task_name(w->t, track->id, &name);
	json_object_begin(&w->j);
	member_text(&w->j, "name", strbuf_str(&name));
	if (task->pid != NO_ID)
		member_number(&w->j, "pid", task->pid);
	member_number(&w->j, "tid", task->tid);
	json_key(&w->j, "spent");
	json_array_begin(&w->j);
	for (size_t i = TASK_RUNS; i < TASK_STATES; i++)
		json_u64(&w->j, task->spent[i]);
	json_array_end(&w->j);
	member_number(&w->j, "runs", task->runs);
	member_number(&w->j, "longest", task->longest_wait);
	write_spans(w, track, false, rows);
	json_object_end(&w->j);
}

static int64_t *rows_of(const struct timeline *t, const struct tracks *tracks)
{
	int64_t *rows = xreallocarray(NULL, t->tasks.len + 1, sizeof(*rows));

	for (size_t i = 0; i < t->tasks.len; i++)
		rows[i] = -1;
	for (size_t i = 0; i < tracks->tasks.len; i++)
		rows[tracks->tasks.data[i].id] = (int64_t)i;
	return rows;
}

static void write_tasks(struct writer *w, const struct tracks *tracks, const int64_t *rows)
{
	json_key(&w->j, "tasks");
	json_array_begin(&w->j);
	for (size_t i = 0; i < tracks->tasks.len; i++)
		write_task(w, &tracks->tasks.data[i], rows);
	json_array_end(&w->j);
}

/* ---- samples */

struct mark {
	uint64_t time;
	uint32_t label;
	int64_t row;
	int64_t cpu;
};

static int by_time(const void *x, const void *y)
{
	const struct mark *a = x, *b = y;

	return a->time < b->time ? -1 : a->time > b->time;
}

static struct mark *marks_of(struct writer *w, const struct export_event *event, const int64_t *rows, size_t *n)
{
	const struct profile *p = w->e->profile;
	struct mark *marks = xreallocarray(NULL, event->n + 1, sizeof(*marks));

	*n = 0;
	for (size_t i = 0; i < event->n; i += w->every) {
		const struct profile_sample *s = export_sample(w->e, event, i);
		const struct profile_origin *origin = &p->origins.data[s->origin];
		uint32_t task = timeline_task_of(w->t, w->e, s);
		if (task == NO_ID)
			continue;
		marks[(*n)++] = (struct mark){
			.time = at(w, origin->time), .row = number_of(rows, task), .cpu = origin->cpu == NO_ID ? -1 : (int64_t)origin->cpu,
			.label = labels_frame(&w->labels, p, p->stacks.data[s->stack].frame),
		};
	}
	qsort(marks, *n, sizeof(*marks), by_time);
	return marks;
}

/* [gap to the one before, label, row of its task, CPU] each, in the order of time. */
static void write_marks(struct writer *w, const struct export_event *event, const int64_t *rows, struct page_labels *used)
{
	size_t n;
	autofree struct mark *marks = marks_of(w, event, rows, &n);
	uint64_t last = 0;

	json_key(&w->j, "marks");
	json_array_begin(&w->j);
	for (size_t i = 0; i < n; i++) {
		json_u64(&w->j, marks[i].time - last);
		json_u64(&w->j, page_label(used, marks[i].label));
		json_i64(&w->j, marks[i].row);
		json_i64(&w->j, marks[i].cpu);
		last = marks[i].time;
	}
	json_array_end(&w->j);
}

/* All labels have to be there before the first is numbered. */
static void find_labels(struct writer *w)
{
	const struct profile *p = w->e->profile;

	for (size_t i = 0; i < w->e->samples.len; i++)
		labels_frame(&w->labels, p, p->stacks.data[p->samples.data[w->e->samples.data[i]].stack].frame);
}

static void write_events(struct writer *w, const int64_t *rows)
{
	struct page_labels used;

	find_labels(w);
	page_labels_init(&used, &w->labels);
	json_key(&w->j, "events");
	json_array_begin(&w->j);
	for (size_t i = 0; i < w->e->events.len; i++) {
		json_object_begin(&w->j);
		page_event(&w->j, w->e, &w->e->events.data[i]);
		write_marks(w, &w->e->events.data[i], rows, &used);
		json_object_end(&w->j);
	}
	json_array_end(&w->j);
	page_labels_write(&used, &w->j);
	labels_deinit(&w->labels);
}

void timeline_page(const struct timeline *t, const struct export *e, FILE *out)
{
	static const struct page_file *const styles[] = { &page_page_css, &page_timeline_css, NULL },
		*const bodies[] = { &page_header_html, &page_timeline_html, NULL }, *const scripts[] = { &page_page_js, &page_timeline_js, NULL };
	struct writer w = { .t = t, .e = e, .unit = unit_of(t), .every = e->samples.len / PAGE_SAMPLES + 1 };
	struct tracks tracks;
	struct page page;

	tracks_init(&tracks, t, PAGE_SPANS, PAGE_TASKS);
	autofree int64_t *rows = rows_of(t, &tracks);
	page_begin(&page, out, e->about->command ? e->about->command : e->about->file, styles, bodies);
	w.j = page.j;
	page_about(&w.j, e, NULL);
	member_number(&w.j, "unit", w.unit);
	member_number(&w.j, "length", at(&w, t->last_ns) + 1);
	member_number(&w.j, "switches", t->switches);
	member_number(&w.j, "together", tracks.together);
	member_number(&w.j, "left_out", tracks.left_out);
	member_number(&w.j, "every", w.every);
	write_cpus(&w, &tracks, rows);
	write_tasks(&w, &tracks, rows);
	write_events(&w, rows);
	page.j = w.j;
	page_end(&page, scripts);
	tracks_deinit(&tracks);
}
