/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/timeline.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "profile/builder.h"

enum { SETTLED_NS = 50000 };	/* a switch has mostly come to its end by then */

/* What on_cpu has where it has no task. */
enum { CPU_UNKNOWN = NO_ID, CPU_IDLE = NO_ID - 1 };

/* How an event's samples are read. */
enum reader_kind { READER_NONE, READER_SWITCH, READER_WAKE, READER_OTHER };

struct reader {
	enum reader_kind kind;
	struct tracepoint_field prev_tid, prev_comm, prev_state, next_tid, next_comm;	/* READER_SWITCH */
	struct tracepoint_field tid, comm;						/* READER_WAKE */
};

/* include/linux/sched.h: bits of prev_state that are reported. */
enum { STATE_UNINTERRUPTIBLE = 2, STATE_DEAD = 0x10 | 0x20, STATE_REPORTED = 0xff };

void timeline_init(struct timeline *t, struct tracepoint_formats *formats)
{
	*t = (struct timeline){ .formats = formats, .first_ns = UINT64_MAX };
}

void timeline_deinit(struct timeline *t)
{
	for (size_t i = 0; t->readers.slots && i <= t->readers.mask; i++)
		if (t->readers.taken[i])
			free((void *)(uintptr_t)t->readers.slots[i].value);
	strtab_deinit(&t->strings);
	vec_deinit(&t->tasks);
	vec_deinit(&t->spans);
	vec_deinit(&t->on_cpu);
	map64_deinit(&t->by_tid);
	map64_deinit(&t->readers);
}

const char *timeline_state_name(enum timeline_state state)
{
	static const char *const names[] = { "unknown", "runs", "waits for a CPU", "sleeps", "is blocked" };

	return names[state];
}

/* ---- tasks */

static uint32_t task_of(struct timeline *t, uint32_t tid)
{
	bool added;
	uint64_t *place = map64_put(&t->by_tid, tid, &added);

	if (added) {
		*place = t->tasks.len;
		vec_push(&t->tasks, (struct timeline_task){ .pid = NO_ID, .tid = tid, .parent = NO_ID, .cpu = NO_ID, .waker = NO_ID });
	}
	return (uint32_t)*place;
}

static void set_comm(struct timeline *t, uint32_t task, const char *comm, size_t len)
{
	if (len && *comm != ':')	/* ":123" is what a task without a name is called */
		t->tasks.data[task].comm = strtab_id_n(&t->strings, comm, len);
}

/* The task is in another state from `time` on. */
static void set_state(struct timeline *t, uint32_t index, enum timeline_state state, uint64_t time, uint32_t cpu, uint32_t waker)
{
	struct timeline_task *task = &t->tasks.data[index];

	if (task->state != TASK_UNKNOWN && time > task->since)
		vec_push(&t->spans, (struct timeline_span){ .start = task->since, .end = time, .task = index, .cpu = task->cpu,
							    .waker = task->waker, .state = task->state });
	task->state = state;
	task->since = time;
	task->cpu = state == TASK_RUNS ? cpu : NO_ID;
	task->waker = waker;
}

static void see_time(struct timeline *t, uint64_t time)
{
	t->first_ns = time < t->first_ns ? time : t->first_ns;
	t->last_ns = time > t->last_ns ? time : t->last_ns;
}

static uint32_t on_cpu(const struct timeline *t, uint32_t cpu)
{
	return cpu < t->on_cpu.len ? t->on_cpu.data[cpu] : CPU_UNKNOWN;
}

/* The CPU has another task now: one that was thought to run there stopped, nobody knows when and why, before `time`. */
static void take_cpu(struct timeline *t, uint32_t cpu, uint32_t task, uint64_t time)
{
	if (cpu >= TIMELINE_CPUS)
		return;
	while (t->on_cpu.len <= cpu)
		vec_push(&t->on_cpu, CPU_UNKNOWN);
	uint32_t before = t->on_cpu.data[cpu];
	if (before < CPU_IDLE && before != task && t->tasks.data[before].state == TASK_RUNS && t->tasks.data[before].cpu == cpu)
		set_state(t, before, TASK_UNKNOWN, time, NO_ID, NO_ID);
	t->on_cpu.data[cpu] = task;
}

/* Are all switches of all CPUs in the file, and not those of some tasks alone? */
static bool sees_all(const struct timeline *t)
{
	return t->has_switch_event && !t->sampled_switches && t->chained > 8 * t->broken;
}

/*
 * A sample found it there. For some time after sched_switch the kernel still
 * runs as the task that leaves, and wakes the recorder, for example: that
 * does not bring it back.
 */
static void see_running(struct timeline *t, uint32_t index, uint64_t time, uint32_t cpu)
{
	const struct timeline_task *task = &t->tasks.data[index];
	bool left = task->state != TASK_UNKNOWN && task->state != TASK_RUNS;

	if (left && (time < task->since + SETTLED_NS || (sees_all(t) && on_cpu(t, cpu) != CPU_UNKNOWN)))
		return;
	take_cpu(t, cpu, index, time);
	if (task->state != TASK_RUNS)
		set_state(t, index, TASK_RUNS, time, cpu, NO_ID);
}

/* Of a task that nothing was known of when it left the CPU: it had that from the beginning, unless others had it. */
static void leave(struct timeline *t, uint32_t index, enum timeline_state state, uint64_t time, uint32_t cpu)
{
	struct timeline_task *task = &t->tasks.data[index];
	bool first = on_cpu(t, cpu) == CPU_UNKNOWN;

	if (task->state == TASK_UNKNOWN && !task->runs && first) {
		task->state = TASK_RUNS;
		task->since = t->first_ns;
		task->cpu = cpu;
	}
	set_state(t, index, state, time, NO_ID, NO_ID);
}

static void enter(struct timeline *t, uint32_t task, uint64_t time, uint32_t cpu)
{
	t->tasks.data[task].runs++;
	take_cpu(t, cpu, task, time);
	set_state(t, task, TASK_RUNS, time, cpu, NO_ID);
}

/* ---- samples of the scheduler's events */

static enum reader_kind kind_of(const char *name)
{
	static const struct { const char *name; enum reader_kind kind; } known[] = {
		{ "sched:sched_switch", READER_SWITCH },
		{ "sched:sched_waking", READER_WAKE },
		{ "sched:sched_wakeup", READER_WAKE },
		{ "sched:sched_wakeup_new", READER_WAKE },
	};
	size_t len = strlen(name);

	while (len && name[len - 1] != ':' && strchr("ukhpP", name[len - 1]))	/* a modifier: "sched:sched_switch:u" */
		len--;
	len -= len && name[len - 1] == ':';
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(known[i].name, name) || (strlen(known[i].name) == len && !strncmp(known[i].name, name, len)))
			return known[i].kind;
	return strncmp(name, "sched:", 6) ? READER_NONE : READER_OTHER;
}

static void find_fields(struct timeline *t, struct reader *r, const struct perf_event_attr *attr, const char *name)
{
	struct tracing_piece text;
	bool found = tracepoint_formats_find(t->formats, attr->config, name, &text);

	if (found && r->kind == READER_SWITCH)
		found = tracepoint_field_find(t->formats, text, "prev_pid", &r->prev_tid) &&
			tracepoint_field_find(t->formats, text, "prev_state", &r->prev_state) &&
			tracepoint_field_find(t->formats, text, "prev_comm", &r->prev_comm) &&
			tracepoint_field_find(t->formats, text, "next_pid", &r->next_tid) &&
			tracepoint_field_find(t->formats, text, "next_comm", &r->next_comm);
	else if (found)
		found = tracepoint_field_find(t->formats, text, "pid", &r->tid) && tracepoint_field_find(t->formats, text, "comm", &r->comm);
	if (!found)
		r->kind = READER_OTHER;
	if (r->kind == READER_SWITCH) {
		t->has_switch_event = true;
		t->sampled_switches = attr->freq || attr->sample_period != 1;
	}
}

static const struct reader *reader_of(struct timeline *t, uint32_t event, const char *name, const struct perf_event_attr *attr)
{
	bool added;
	uint64_t *place = map64_put(&t->readers, event, &added);

	if (added) {
		struct reader *r = xcalloc(1, sizeof(*r));
		r->kind = kind_of(name);
		if (r->kind == READER_SWITCH || r->kind == READER_WAKE)
			find_fields(t, r, attr, name);
		*place = (uintptr_t)r;
	}
	return (const struct reader *)(uintptr_t)*place;
}

static bool named_task(struct timeline *t, const struct sample *s, const struct tracepoint_field *tid,
		       const struct tracepoint_field *comm, uint32_t *task, uint32_t *number)
{
	uint64_t value;
	size_t len;
	const char *name = tracepoint_field_bytes(comm, s->raw, s->raw_size, &len);

	if (!name || !tracepoint_field_number(tid, s->raw, s->raw_size, &value))
		return false;
	*number = (uint32_t)value;
	if (*number) {		/* 0 is the idle task of each CPU, and no task here */
		*task = task_of(t, *number);
		set_comm(t, *task, name, len);
	}
	return true;
}

static enum timeline_state state_left(uint64_t prev_state)
{
	if (!(prev_state & STATE_REPORTED))
		return TASK_WAITS;
	if (prev_state & STATE_DEAD)
		return TASK_UNKNOWN;
	return prev_state & STATE_UNINTERRUPTIBLE ? TASK_BLOCKED : TASK_SLEEPS;
}

static bool take_switch(struct timeline *t, const struct reader *r, const struct sample *s)
{
	uint32_t prev, next, prev_tid, next_tid;
	uint64_t state;

	if (s->cpu >= TIMELINE_CPUS || !tracepoint_field_number(&r->prev_state, s->raw, s->raw_size, &state) ||
	    !named_task(t, s, &r->prev_tid, &r->prev_comm, &prev, &prev_tid) ||
	    !named_task(t, s, &r->next_tid, &r->next_comm, &next, &next_tid))
		return false;
	uint32_t before = on_cpu(t, s->cpu);
	if (before != CPU_UNKNOWN)
		*(before == (prev_tid ? prev : CPU_IDLE) ? &t->chained : &t->broken) += 1;
	if (prev_tid)
		leave(t, prev, state_left(state), s->time, s->cpu);
	if (next_tid)
		enter(t, next, s->time, s->cpu);
	else
		take_cpu(t, s->cpu, CPU_IDLE, s->time);
	t->switches++;
	return true;
}

static bool take_wake(struct timeline *t, const struct reader *r, const struct sample *s)
{
	uint32_t task, tid;

	if (!named_task(t, s, &r->tid, &r->comm, &task, &tid))
		return false;
	enum timeline_state state = tid ? t->tasks.data[task].state : TASK_RUNS;
	/* sched_waking comes first, and sched_wakeup says it again */
	if (state != TASK_RUNS && state != TASK_WAITS)
		set_state(t, task, TASK_WAITS, s->time, NO_ID, s->tid && s->tid != NO_ID ? task_of(t, s->tid) : NO_ID);
	return true;
}

bool timeline_sample(struct timeline *t, const struct session_sample *sample, const char *name,
		     const struct perf_event_attr *attr, const char *comm)
{
	const struct sample *s = sample->s;
	const struct reader *r = reader_of(t, sample->event, name, attr);

	see_time(t, s->time);
	if (s->tid && s->tid != NO_ID) {
		uint32_t task = task_of(t, s->tid);
		t->tasks.data[task].pid = s->pid;
		set_comm(t, task, comm, strlen(comm));
		see_running(t, task, s->time, s->cpu);
	}
	if (r->kind == READER_NONE)
		return false;
	bool good = r->kind == READER_OTHER || (s->raw && (r->kind == READER_SWITCH ? take_switch : take_wake)(t, r, s));
	t->unreadable += !good;
	return true;
}

/* ---- records */

static void take_switch_record(struct timeline *t, const struct record_switch *r, const struct sample_id *id)
{
	if (t->has_switch_event || !id->tid || id->tid == NO_ID)
		return;
	uint32_t task = task_of(t, id->tid);
	t->tasks.data[task].pid = id->pid;
	if (r->out)	/* what it waits for, the record does not say */
		leave(t, task, r->preempt ? TASK_WAITS : TASK_SLEEPS, id->time, id->cpu);
	else
		enter(t, task, id->time, id->cpu);
	t->switches++;
}

static void take_fork(struct timeline *t, const struct record_fork *f)
{
	uint64_t *known = map64_get(&t->by_tid, f->tid);

	/* a number that is used again is another task; a thread is not forked by its process, but belongs to it */
	if (known && t->tasks.data[*known].exited)
		*known = t->tasks.len, vec_push(&t->tasks, (struct timeline_task){ .tid = f->tid, .parent = NO_ID, .cpu = NO_ID, .waker = NO_ID });
	uint32_t child = task_of(t, f->tid), parent = task_of(t, f->ptid);
	t->tasks.data[child].pid = f->pid;
	t->tasks.data[child].parent = parent;
	if (!t->tasks.data[child].comm)
		t->tasks.data[child].comm = t->tasks.data[parent].comm;
}

void timeline_record(struct timeline *t, const struct perf_event_header *record, const struct sample_id *id, size_t trailer)
{
	struct record_switch sw;
	struct record_fork fork;
	struct record_comm comm;

	switch (record->type) {
	case PERF_RECORD_SWITCH:
	case PERF_RECORD_SWITCH_CPU_WIDE:
		if (record_switch(record, trailer, &sw)) {
			see_time(t, id->time);
			take_switch_record(t, &sw, id);
		}
		return;
	case PERF_RECORD_FORK:
		if (record_fork(record, trailer, &fork))
			take_fork(t, &fork);
		return;
	case PERF_RECORD_EXIT:
		if (record_fork(record, trailer, &fork) && fork.tid) {
			struct timeline_task *task = &t->tasks.data[task_of(t, fork.tid)];
			task->exited = true;
			task->exit_time = fork.time;
		}
		return;
	case PERF_RECORD_COMM:
		if (record_comm(record, trailer, &comm) && comm.tid) {
			uint32_t task = task_of(t, comm.tid);
			t->tasks.data[task].pid = comm.pid;
			set_comm(t, task, comm.comm, strlen(comm.comm));
		}
		return;
	default:
		return;
	}
}

/* ---- the end */

static bool has_name(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

/* Named itself, or forked by one that is: parents may stand behind their children when numbers are used again. */
static bool followed(const struct timeline *t, const struct timeline_filter *f, uint32_t task)
{
	char number[16];

	for (size_t steps = 0; task != NO_ID && steps < 1000; task = t->tasks.data[task].parent, steps++) {
		const struct timeline_task *at = &t->tasks.data[task];
		snprintf(number, sizeof(number), "%u", at->pid);
		if (has_name(f->follow, f->n_follow, number) || has_name(f->follow, f->n_follow, strtab_text(&t->strings, at->comm)))
			return true;
	}
	return !f->n_follow;
}

static bool task_wanted(const struct timeline *t, const struct timeline_filter *f, uint32_t index)
{
	const struct timeline_task *task = &t->tasks.data[index];

	return task->tid && profile_filter_has(f->pids, f->n_pids, task->pid) && profile_filter_has(f->tids, f->n_tids, task->tid) &&
	       (!f->n_comms || has_name(f->comms, f->n_comms, strtab_text(&t->strings, task->comm))) && followed(t, f, index);
}

/* The part of a span that is wanted; false: none. */
static bool clip(const struct timeline *t, const struct timeline_filter *f, struct timeline_span *span)
{
	uint64_t to = f->time_to ? f->time_to : UINT64_MAX;

	span->start = span->start > f->time_from ? span->start : f->time_from;
	span->end = span->end < to ? span->end : to;
	return span->end > span->start && t->tasks.data[span->task].wanted &&
	       (!f->n_cpus || (span->state == TASK_RUNS && profile_filter_has(f->cpus, f->n_cpus, span->cpu)));
}

static void sum_up(struct timeline *t, const struct timeline_filter *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->tasks.len; i++)
		t->tasks.data[i].runs = 0;
	for (size_t i = 0; i < t->spans.len; i++) {
		struct timeline_span span = t->spans.data[i];
		struct timeline_task *task = &t->tasks.data[span.task];
		if (!clip(t, f, &span))
			continue;
		task->spent[span.state] += span.end - span.start;
		task->runs += span.state == TASK_RUNS;
		if (span.state == TASK_WAITS && span.end - span.start > task->longest_wait)
			task->longest_wait = span.end - span.start;
		t->spans.data[kept++] = span;
	}
	t->spans.len = kept;
}

void timeline_finish(struct timeline *t, const struct timeline_filter *filter)
{
	for (uint32_t i = 0; i < t->tasks.len; i++) {
		const struct timeline_task *task = &t->tasks.data[i];
		bool ended = task->exited && task->exit_time >= task->since && task->exit_time < t->last_ns;
		set_state(t, i, TASK_UNKNOWN, ended ? task->exit_time : t->last_ns, NO_ID, NO_ID);
	}
	for (uint32_t i = 0; i < t->tasks.len; i++)
		t->tasks.data[i].wanted = task_wanted(t, filter, i);
	sum_up(t, filter);
	if (t->first_ns > t->last_ns)
		t->first_ns = t->last_ns;
	if (filter->time_from > t->first_ns)
		t->first_ns = filter->time_from;
	if (filter->time_to && filter->time_to < t->last_ns)
		t->last_ns = filter->time_to;
}
