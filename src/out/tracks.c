/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A timeline as rows: of CPUs and of tasks, with what is too short to be seen put together. */
#include "out/timeline.h"

#include <stdlib.h>

#include "base/cleanup.h"

uint32_t timeline_task_of(const struct timeline *t, const struct export *e, const struct profile_sample *s)
{
	const struct profile *p = e->profile;
	const uint64_t *task = map64_get(&t->by_tid, p->tasks.data[p->origins.data[s->origin].task].tid);

	return task && t->tasks.data[*task].wanted ? (uint32_t)*task : NO_ID;
}

void timeline_task_name(const struct timeline *t, uint32_t task, struct strbuf *out)
{
	const char *comm = strtab_text(&t->strings, t->tasks.data[task].comm);

	if (*comm)
		export_clean(comm, out);
	else
		strbuf_printf(out, ":%u", t->tasks.data[task].tid);
}

static int by_number(const void *x, const void *y)
{
	const struct track *a = x, *b = y;

	return a->id < b->id ? -1 : a->id > b->id;
}

static int by_start(const void *x, const void *y)
{
	const struct track_span *a = x, *b = y;

	return a->start < b->start ? -1 : a->start > b->start;
}

struct ran {
	struct track track;
	uint64_t ran;
};

static int by_time(const void *x, const void *y)
{
	const struct ran *a = x, *b = y;

	if (a->ran != b->ran)
		return a->ran > b->ran ? -1 : 1;
	return by_number(&a->track, &b->track);
}

/* `places` knows where an id's track is. */
static struct track *track_of(track_list *tracks, struct map64 *places, uint32_t id)
{
	bool added;
	uint64_t *place = map64_put(places, id, &added);

	if (added) {
		*place = tracks->len;
		vec_push(tracks, (struct track){ .id = id });
	}
	return &tracks->data[*place];
}

static void take_spans(struct tracks *tracks, const struct timeline *t)
{
	struct map64 cpus = { 0 }, tasks = { 0 };

	for (size_t i = 0; i < t->spans.len; i++) {
		const struct timeline_span *span = &t->spans.data[i];
		struct track *task = track_of(&tracks->tasks, &tasks, span->task);
		vec_push(&task->spans, (struct track_span){ .start = span->start, .end = span->end, .what = span->state,
							    .more = span->state == TASK_RUNS ? span->cpu : span->waker });
		if (span->state != TASK_RUNS || span->cpu == NO_ID)
			continue;
		struct track *cpu = track_of(&tracks->cpus, &cpus, span->cpu);
		vec_push(&cpu->spans, (struct track_span){ .start = span->start, .end = span->end, .what = span->task, .more = NO_ID });
	}
	map64_deinit(&cpus);
	map64_deinit(&tasks);
}

static void sort_tasks(struct tracks *tracks, const struct timeline *t)
{
	size_t n = tracks->tasks.len;
	autofree struct ran *list = xreallocarray(NULL, n + 1, sizeof(*list));

	for (size_t i = 0; i < n; i++)
		list[i] = (struct ran){ tracks->tasks.data[i], t->tasks.data[tracks->tasks.data[i].id].spent[TASK_RUNS] };
	qsort(list, n, sizeof(*list), by_time);
	for (size_t i = 0; i < n; i++)
		tracks->tasks.data[i] = list[i].track;
}

static bool runs(const struct track_span *span, bool cpu)
{
	return cpu || span->what == TASK_RUNS;
}

/* What is shorter than `limit`, and begins in the same stretch of that length, becomes one. How many there are then; `to` NULL: only counts. */
static size_t put_together(const struct track *from, bool cpu, uint64_t limit, struct track *to)
{
	size_t n = 0;

	for (size_t i = 0, next; i < from->spans.len; i = next, n++) {
		struct track_span span = from->spans.data[i];
		uint64_t busy = runs(&span, cpu) ? span.end - span.start : 0;
		bool small = span.end - span.start < limit;
		for (next = i + 1; small && next < from->spans.len; next++) {
			const struct track_span *more = &from->spans.data[next];
			if (more->end - more->start >= limit || more->start / limit != span.start / limit)
				break;
			busy += runs(more, cpu) ? more->end - more->start : 0;
			span.end = more->end;
		}
		if (next - i > 1)
			span.busy = busy ? busy : 1;
		if (to)
			vec_push(&to->spans, span);
	}
	return n;
}

static size_t count_spans(const struct tracks *tracks, uint64_t limit)
{
	size_t n = 0;

	for (size_t i = 0; i < tracks->cpus.len; i++)
		n += put_together(&tracks->cpus.data[i], true, limit, NULL);
	for (size_t i = 0; i < tracks->tasks.len; i++)
		n += put_together(&tracks->tasks.data[i], false, limit, NULL);
	return n;
}

static void shorten(struct track *track, bool cpu, uint64_t limit)
{
	struct track shorter = { .id = track->id };

	put_together(track, cpu, limit, &shorter);
	vec_deinit(&track->spans);
	*track = shorter;
}

void tracks_init(struct tracks *tracks, const struct timeline *t, size_t most, size_t most_tasks)
{
	*tracks = (struct tracks){ 0 };
	take_spans(tracks, t);
	vec_sort(&tracks->cpus, by_number);
	/* tasks have theirs in the order of time; those of a CPU came as the tasks ended them */
	for (size_t i = 0; i < tracks->cpus.len; i++)
		vec_sort(&tracks->cpus.data[i].spans, by_start);
	sort_tasks(tracks, t);
	for (; most_tasks && tracks->tasks.len > most_tasks; tracks->left_out++, tracks->tasks.len--)
		vec_deinit(&vec_last(&tracks->tasks).spans);
	uint64_t limit = 0, lasted = t->last_ns - t->first_ns;
	while (most && limit < lasted && count_spans(tracks, limit) > most)
		limit = limit ? limit * 2 : lasted / 1000000 + 1;
	if (!limit)
		return;
	tracks->together = limit;
	for (size_t i = 0; i < tracks->cpus.len; i++)
		shorten(&tracks->cpus.data[i], true, limit);
	for (size_t i = 0; i < tracks->tasks.len; i++)
		shorten(&tracks->tasks.data[i], false, limit);
}

void tracks_deinit(struct tracks *tracks)
{
	for (size_t i = 0; i < tracks->cpus.len; i++)
		vec_deinit(&tracks->cpus.data[i].spans);
	for (size_t i = 0; i < tracks->tasks.len; i++)
		vec_deinit(&tracks->tasks.data[i].spans);
	vec_deinit(&tracks->cpus);
	vec_deinit(&tracks->tasks);
}
