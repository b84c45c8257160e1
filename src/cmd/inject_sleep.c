/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a thread slept is known when it is switched out, and has a stack
 * there; for how long is known when somebody wakes it, in a sample of the
 * waker's. So the last switch of each thread is held back, and goes out with
 * the time and the period of the sched_stat sample that tells of its end.
 *
 * A recording of single tasks has no such samples: the kernel (6.12) gives
 * them to the waker alone. There a sleep ends when the thread is seen to run
 * again.
 */
#include "cmd/inject.h"

#include <string.h>

#include "base/cleanup.h"
#include "data/tracing.h"

/* Bits of sched_switch's prev_state (TASK_INTERRUPTIBLE and _UNINTERRUPTIBLE of linux/sched.h); none: it could run. */
enum { STATE_SLEEPS = 1, STATE_BLOCKED = 2, STATE_RUNS = 4 };

/* To add one: its row. What is not here, as sched_stat_runtime, tells of no sleep. */
static const struct { const char *name; enum sleep_role role; uint64_t states; } roles[] = {
	{ "sched:sched_switch", SLEEP_SWITCH, 0 },
	{ "sched:sched_process_exit", SLEEP_EXIT, 0 },
	{ "sched:sched_stat_sleep", SLEEP_STAT, STATE_SLEEPS },
	{ "sched:sched_stat_blocked", SLEEP_STAT, STATE_BLOCKED },
	{ "sched:sched_stat_iowait", SLEEP_STAT, STATE_BLOCKED },
	{ "sched:sched_stat_wait", SLEEP_STAT, STATE_RUNS },
};

static bool find_format(const struct data_features *f, const struct data_event *event, struct tracing_event *format)
{
	struct tracing tracing;

	if (!f->tracing_data || !tracing_begin(&tracing, f->tracing_data, f->tracing_size))
		return false;
	while (tracing_next(&tracing, format))
		if (format->id == event->attr.config)
			return true;
	return false;
}

static bool find_fields(const struct data_features *f, const struct data_event *event, struct sleep_event *e)
{
	const char *pid = e->role == SLEEP_SWITCH ? "next_pid" : "pid";
	struct tracing_event format;
	struct tracing_field field;

	if (e->role == SLEEP_EXIT)
		return true;
	if (!find_format(f, event, &format) || !tracing_find_field(&format, pid, &field) || field.size != sizeof(uint32_t))
		return false;
	e->pid_at = field.offset;
	if (e->role == SLEEP_STAT)
		return true;
	bool found = tracing_find_field(&format, "prev_state", &field) && field.size == sizeof(uint64_t);
	e->state_at = field.offset;
	return found;
}

static struct error *add_event(struct sleeps *s, const struct data_features *f, const struct data_event *event)
{
	const uint64_t needs = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_PERIOD;
	struct sleep_event *e = vec_add(&s->events);

	for (size_t i = 0; i < ARRAY_SIZE(roles) && event->attr.type == PERF_TYPE_TRACEPOINT; i++)
		if (!strcmp(event->name, roles[i].name)) {
			e->role = roles[i].role;
			s->states |= roles[i].states;
		}
	if (e->role && !find_fields(f, event, e))
		return error_create("the file does not say where the fields of %s stand", event->name);
	if (e->role == SLEEP_SWITCH && (event->attr.sample_type & needs) != needs)
		return error_create("samples of %s lack the thread, the time or the period", event->name);
	return NULL;
}

struct error *sleeps_begin(struct sleeps *s, const struct data_reader *reader)
{
	bool switches = false;

	for (size_t i = 0; i < data_n_events(reader); i++) {
		TRY(add_event(s, data_features(reader), data_event(reader, i)));
		switches |= vec_last(&s->events).role == SLEEP_SWITCH;
	}
	if (switches && s->states)
		return NULL;
	return error_hint(error_create("-s: the file has no samples of sched:%s", switches ? "sched_stat_sleep" : "sched_switch"),
			  "ptk record -a -e sched:sched_switch -e sched:sched_stat_sleep -g records what it takes "
			  "(after sysctl kernel.sched_schedstats=1)");
}

static bool read_field(const struct sample *d, uint32_t at, void *into, size_t size)
{
	if (!d->raw || d->raw_size < size || at > d->raw_size - size)
		return false;
	memcpy(into, (const char *)d->raw + at, size);
	return true;
}

static struct held_switch *held_of(struct sleeps *s, uint32_t tid)
{
	const uint64_t *place = map64_get(&s->by_tid, tid);

	return place && *place ? &s->held.data[*place - 1] : NULL;
}

static struct held_switch *hold(struct sleeps *s, const struct sample_layout *layout, const struct session_sample *sample)
{
	uint64_t *place = map64_put(&s->by_tid, sample->s->tid, NULL);

	if (!*place && s->unused.len) {
		*place = s->unused.data[--s->unused.len] + 1;
	} else if (!*place) {
		(void)vec_add(&s->held);
		*place = s->held.len;
	}
	struct held_switch *held = &s->held.data[*place - 1];
	held->time_at = (uint8_t)layout->time_at;
	held->period_at = layout->fixed_words - 1;	/* the last of the words that every sample has */
	strbuf_truncate(&held->record, 0);
	strbuf_add(&held->record, sample->record, sample->record->size);
	return held;
}

static uint64_t *words_of(struct held_switch *held)
{
	return (uint64_t *)(held->record.data + sizeof(struct perf_event_header));
}

static void put(struct held_switch *held, uint64_t time, uint64_t period, struct strbuf *out)
{
	uint64_t *words = words_of(held);

	words[held->time_at] = time;
	words[held->period_at] = period;
	strbuf_add(out, held->record.data, held->record.len);
	held->told = true;
}

void sleeps_run(struct sleeps *s, uint32_t tid, uint64_t now, struct strbuf *out)
{
	struct held_switch *held = held_of(s, tid);

	if (!held || held->told)
		return;
	uint64_t since = words_of(held)[held->time_at];
	put(held, now, now > since ? now - since : 0, out);
	s->by_return++;
}

static void take_switch(struct sleeps *s, const struct sample_layout *layout, const struct session_sample *sample,
			struct strbuf *out)
{
	const struct sleep_event *e = &s->events.data[sample->event];
	uint64_t state = 0;
	uint32_t next;

	read_field(sample->s, e->state_at, &state, sizeof(state));
	state &= STATE_SLEEPS | STATE_BLOCKED;
	hold(s, layout, sample)->told = !((state ? state : STATE_RUNS) & s->states);
	if (read_field(sample->s, e->pid_at, &next, sizeof(next)) && next != sample->s->tid)
		sleeps_run(s, next, sample->s->time, out);
}

static void take_stat(struct sleeps *s, const struct session_sample *sample, struct strbuf *out)
{
	struct held_switch *held = NULL;
	uint32_t tid;

	if (read_field(sample->s, s->events.data[sample->event].pid_at, &tid, sizeof(tid)))
		held = held_of(s, tid);
	if (held)
		put(held, sample->s->time, sample->s->period, out);
	s->merged += held != NULL;
	s->without_switch += held == NULL;
}

void sleeps_exit(struct sleeps *s, uint32_t tid)
{
	uint64_t *place = map64_get(&s->by_tid, tid);

	if (!place || !*place)
		return;
	vec_push(&s->unused, (uint32_t)*place - 1);
	*place = 0;
}

bool sleeps_take(struct sleeps *s, const struct data_reader *reader, const struct session_sample *sample, struct strbuf *out)
{
	sleeps_run(s, sample->s->tid, sample->s->time, out);
	switch (s->events.data[sample->event].role) {
	case SLEEP_SWITCH:
		take_switch(s, &data_event(reader, sample->event)->layout, sample, out);
		return true;
	case SLEEP_STAT:
		take_stat(s, sample, out);
		return true;
	case SLEEP_EXIT:
		sleeps_exit(s, sample->s->tid);
		return true;
	default:
		return false;
	}
}

void sleeps_deinit(struct sleeps *s)
{
	for (size_t i = 0; i < s->held.len; i++)
		strbuf_deinit(&s->held.data[i].record);
	vec_deinit(&s->held);
	vec_deinit(&s->unused);
	vec_deinit(&s->events);
	map64_deinit(&s->by_tid);
}
