/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts that are read at once.
 *
 * To read an event that counts on another CPU the kernel interrupts that CPU
 * and waits for its answer, which costs more than all else that an interval
 * of ptk stat -I does. PERF_FORMAT_GROUP brings a whole group for one such
 * wait. So the events of a user's group are read at once; and as software
 * events and tracepoints never compete for a counter, those of a CPU that are
 * in no group are made one behind the scenes: they count what they would
 * count alone, and all the time.
 *
 * Only on CPUs: an inherited task's event is read child by child anyway.
 */
#include "pmu/together.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"

/* The kernel takes 16 KiB for one read; far fewer keep the other CPU's interrupts off no longer than a moment. */
enum { TOGETHER_MAX = 64 };

static bool on_same_cpus(const struct opened *a, const struct opened *b)
{
	return a->n_cpus == b->n_cpus && !memcmp(a->cpus, b->cpus, a->n_cpus * sizeof(*a->cpus));
}

static bool alone(const struct event_list *list, size_t e)
{
	return list->events.data[e].leader == e && (e + 1 >= list->events.len || list->events.data[e + 1].leader != e);
}

/* No counter of the hardware, nothing that has to be scheduled: can stand in any group. */
static bool never_competes(const struct event *event)
{
	const struct perf_event_attr *a = &event->attr;

	return (event->kind == EVENT_SOFTWARE || event->kind == EVENT_TRACEPOINT) && !a->pinned && !a->exclusive;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Joins what stands alone to the set that begins at `first`; so many more. */
static size_t join(struct counters *counters, size_t first)
{
	const struct event_list *list = counters->list;
	const struct event *head = &list->events.data[first];
	size_t n = 1;

	for (size_t e = first + 1; e < list->events.len && n < TOGETHER_MAX; e++) {
		const struct event *event = &list->events.data[e];
		if (counters->opened[e].first != e || counters->opened[e].split || !alone(list, e) || !never_competes(event) ||
		    !same_text(event->cgroup, head->cgroup) || !on_same_cpus(&counters->opened[e], &counters->opened[first]))
			continue;
		counters->opened[e].first = first;
		n++;
	}
	return n;
}

/* Of a user's group: how many events, or 1 where they cannot be read at once. */
static size_t take_group(struct counters *counters, size_t first)
{
	const struct event_list *list = counters->list;
	size_t n = 1;

	for (; first + n < list->events.len && list->events.data[first + n].leader == first; n++)
		if (n >= TOGETHER_MAX || list->events.data[first + n].kind == EVENT_TOOL ||
		    !on_same_cpus(&counters->opened[first + n], &counters->opened[first]))
			return 1;
	for (size_t e = first; e < first + n; e++)
		counters->opened[e].first = first;
	return n;
}

void together_choose(struct counters *counters)
{
	struct event_list *list = counters->list;

	for (size_t e = 0; e < list->events.len; e++)
		list->events.data[e].attr.read_format &= ~(uint64_t)PERF_FORMAT_GROUP;
	for (size_t e = 0; e < list->events.len; e++) {
		const struct event *event = &list->events.data[e];
		const struct opened *opened = &counters->opened[e];
		if (opened->first != e || opened->split || event->leader != e || !opened->n_cpus || opened->tasks || event->kind == EVENT_TOOL)
			continue;
		size_t n = !alone(list, e) ? take_group(counters, e) : never_competes(event) ? join(counters, e) : 1;
		for (size_t i = e; n > 1 && i < list->events.len; i++)
			if (counters->opened[i].first == e)
				list->events.data[i].attr.read_format |= PERF_FORMAT_GROUP;
	}
}

void together_pass_on(struct counters *counters, size_t event)
{
	size_t next = 0;

	for (size_t e = event + 1; e < counters->list->events.len; e++) {
		if (counters->opened[e].first != event || counters->list->events.data[e].leader != e)
			continue;
		next = next ? next : e;
		counters->opened[e].first = next;
	}
}

void together_break(struct counters *counters, size_t event)
{
	counters->opened[event].first = event;
	counters->list->events.data[event].attr.read_format &= ~(uint64_t)PERF_FORMAT_GROUP;
}

/* ---- reading */

static int descriptor(const struct counters *counters, size_t event, size_t cpu_index)
{
	const struct opened *o = &counters->opened[event];

	return o->state == EVENT_OPEN ? o->fds[cpu_index] : -1;
}

/*
 * perf_event_open(2), "Reading results": number, enabled, running, then the
 * values in the order in which the events joined, which is that of the list.
 */
static bool read_values(const struct counters *counters, size_t first, size_t cpu_index, uint64_t values[3 + TOGETHER_MAX])
{
	uint64_t n = 0;
	int fd = descriptor(counters, first, cpu_index);

	for (size_t e = first; e < counters->list->events.len; e++)
		n += counters->opened[e].first == first && descriptor(counters, e, cpu_index) >= 0;
	size_t size = (3 + n) * sizeof(*values);
	return fd >= 0 && n <= TOGETHER_MAX && file_read_full(fd, values, size) == (ssize_t)size && values[0] == n;
}

void counters_read_group(struct counters *counters, size_t first, size_t cpu_index, counters_put *put, void *ctx)
{
	uint64_t values[3 + TOGETHER_MAX];
	bool whole = counters->list->events.data[first].attr.read_format & PERF_FORMAT_GROUP &&
		     read_values(counters, first, cpu_index, values);
	const uint64_t *value = values + 3;

	for (size_t e = first; e < counters->list->events.len; e++) {
		struct count count = { 0 };
		if (counters->opened[e].first != first)
			continue;
		if (!whole) {
			if (counters_read(counters, e, cpu_index, &count))
				put(ctx, e, cpu_index, &count);
		} else if (descriptor(counters, e, cpu_index) >= 0) {
			count_add(&count, *value++, values[1], values[2]);
			put(ctx, e, cpu_index, &count);
		}
	}
}
