/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A timeline as Chrome's trace events ("Trace Event Format", the JSON object
 * form), for Perfetto: process 0 has a track for each CPU with what it ran,
 * each process a track for each thread with what it did; samples are instants
 * of their thread, wakeups are flows.
 */
#include <inttypes.h>

#include "base/cleanup.h"
#include "out/chrome.h"
#include "out/members.h"
#include "out/timeline.h"

enum { CPUS_PID = 0 };		/* the idle task's, of which there is no track */

struct writer {
	struct chrome_json c;
	const struct timeline *t;
	const struct export *e;
	uint64_t flows;
};

static uint32_t pid_of(const struct timeline_task *task)
{
	return task->pid != NO_ID ? task->pid : task->tid;
}

static void begin_span(struct writer *w, const char *name, const char *category, const struct track_span *span)
{
	chrome_begin(&w->c, "X", name, category, span->start);
	json_key(&w->c.j, "dur");
	chrome_time(&w->c, span->end - span->start);
	json_key(&w->c.j, "args");
	json_object_begin(&w->c.j);
}

static void end_span(struct writer *w)
{
	json_object_end(&w->c.j);
	chrome_end(&w->c);
}

static void write_cpu(struct writer *w, const struct track *track)
{
	autostrbuf struct strbuf name = { 0 };

	strbuf_printf(&name, "CPU %u", track->id);
	w->c.pid = CPUS_PID;
	w->c.tid = track->id;
	chrome_name(&w->c, "thread_name", strbuf_str(&name));
	for (size_t i = 0; i < track->spans.len; i++) {
		const struct track_span *span = &track->spans.data[i];
		strbuf_truncate(&name, 0);
		timeline_task_name(w->t, span->what, &name);
		begin_span(w, strbuf_str(&name), "cpu", span);
		member_number(&w->c.j, "pid", pid_of(&w->t->tasks.data[span->what]));
		member_number(&w->c.j, "tid", w->t->tasks.data[span->what].tid);
		end_span(w);
	}
}

/* An arrow from who woke it to where it runs. */
static void write_wakeup(struct writer *w, const struct track *track, const struct track_span *span)
{
	const struct timeline_task *waker = &w->t->tasks.data[span->more], *task = &w->t->tasks.data[track->id];

	w->flows++;
	w->c.pid = pid_of(waker);
	w->c.tid = waker->tid;
	chrome_begin(&w->c, "s", "wakes", "wakeup", span->start);
	member_number(&w->c.j, "id", w->flows);
	chrome_end(&w->c);
	w->c.pid = pid_of(task);
	w->c.tid = task->tid;
	chrome_begin(&w->c, "f", "wakes", "wakeup", span->start);
	member_number(&w->c.j, "id", w->flows);
	member_text(&w->c.j, "bp", "e");
	chrome_end(&w->c);
}

static void write_task_span(struct writer *w, const struct track *track, const struct track_span *span)
{
	begin_span(w, timeline_state_name(span->what), "task", span);
	if (span->what == TASK_RUNS && span->more != NO_ID)
		member_number(&w->c.j, "cpu", span->more);
	if (span->what != TASK_RUNS && span->more != NO_ID) {
		autostrbuf struct strbuf name = { 0 };
		timeline_task_name(w->t, span->more, &name);
		member_text(&w->c.j, "woken by", strbuf_str(&name));
	}
	end_span(w);
	if (span->what == TASK_WAITS && span->more != NO_ID && w->t->tasks.data[span->more].wanted)
		write_wakeup(w, track, span);
}

static void write_task(struct writer *w, const struct track *track)
{
	const struct timeline_task *task = &w->t->tasks.data[track->id];
	autostrbuf struct strbuf name = { 0 };

	timeline_task_name(w->t, track->id, &name);
	w->c.pid = pid_of(task);
	w->c.tid = task->tid;
	chrome_name(&w->c, "thread_name", strbuf_str(&name));
	if (w->c.pid == w->c.tid)
		chrome_name(&w->c, "process_name", strbuf_str(&name));
	for (size_t i = 0; i < track->spans.len; i++) {
		write_task_span(w, track, &track->spans.data[i]);
		w->c.pid = pid_of(task);
		w->c.tid = task->tid;
	}
}

static void write_sample(struct writer *w, const struct export_event *event, const struct profile_sample *s)
{
	const struct profile *p = w->e->profile;
	const struct profile_origin *origin = &p->origins.data[s->origin];
	const struct profile_task *task = &p->tasks.data[origin->task];
	autostrbuf struct strbuf name = { 0 }, stack = { 0 };

	if (timeline_task_of(w->t, w->e, s) == NO_ID)
		return;
	w->c.pid = task->pid;
	w->c.tid = task->tid;
	export_frame_name(p, p->stacks.data[s->stack].frame, &name);
	for (uint32_t at = p->stacks.data[s->stack].parent; at != STACK_EMPTY; at = p->stacks.data[at].parent) {
		strbuf_adds(&stack, stack.len ? " < " : "");
		export_frame_name(p, p->stacks.data[at].frame, &stack);
	}
	chrome_begin(&w->c, "i", strbuf_str(&name), "sample", origin->time);
	member_text(&w->c.j, "s", "t");
	json_key(&w->c.j, "args");
	json_object_begin(&w->c.j);
	member_text(&w->c.j, "event", export_event_name(w->e, event));
	if (stack.len)
		member_text(&w->c.j, "called by", strbuf_str(&stack));
	if (origin->cpu != NO_ID)
		member_number(&w->c.j, "cpu", origin->cpu);
	member_number(&w->c.j, "samples", s->count);
	end_span(w);
}

void timeline_chrome(const struct timeline *t, const struct export *e, FILE *out)
{
	struct writer w = { .t = t, .e = e };
	struct tracks tracks;

	tracks_init(&tracks, t, 0, 0);
	chrome_open(&w.c, e, t->first_ns, out);
	w.c.pid = CPUS_PID;
	if (tracks.cpus.len)
		chrome_name(&w.c, "process_name", "CPUs");
	for (size_t i = 0; i < tracks.cpus.len; i++)
		write_cpu(&w, &tracks.cpus.data[i]);
	for (size_t i = 0; i < tracks.tasks.len; i++)
		write_task(&w, &tracks.tasks.data[i]);
	for (size_t i = 0; i < e->events.len; i++)
		for (size_t n = 0; n < e->events.data[i].n; n++)
			write_sample(&w, &e->events.data[i], export_sample(e, &e->events.data[i], n));
	chrome_close(&w.c);
	tracks_deinit(&tracks);
}
