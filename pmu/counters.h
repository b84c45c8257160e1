/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events that are open on a target: starting and stopping them, reading their counts, closing them. */
#ifndef PTK_PMU_COUNTERS_H
#define PTK_PMU_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "pmu/event.h"

enum event_state {
	EVENT_OPEN,
	EVENT_NOT_SUPPORTED,	/* this machine has no such counter: `reason` says why */
	EVENT_NOT_PERMITTED,
	EVENT_GONE,		/* the task or CPU went away */
};

/* The descriptors of one event: fds[cpu_index * n_tasks + task_index], -1 where it is not open. */
struct opened {
	enum event_state state;
	struct error *reason;	/* why it is not open, without the event's name in it; or NULL */
	int *fds;
	int *cpus;		/* CPU of each cpu_index, ascending; a single -1 for "any" */
	const pid_t *tasks;	/* of each task_index; NULL: every task (-1). Borrowed from the target */
	size_t n_cpus;		/* 0 for an EVENT_TOOL, which has no descriptor */
	size_t n_tasks;		/* 1 when there are no tasks */
	unsigned split;		/* 1 + number of the system call that a program counts instead (pmu/syscall_split.c); 0: it is opened itself */
	size_t first;		/* event whose read brings this one's count as well (pmu/together.c); its own index: by itself */
};

struct counters {
	struct event_list *list;	/* borrowed; attrs are changed to what was really opened */
	struct opened *opened;		/* one an event */
	struct syscall_split *split;	/* or NULL; then */
	size_t split_first;		/* the event whose times are those of all that are split */
	struct perf_event_attr split_attr;	/* its own attr, while a dummy's is in its place */
};

/* The event that leads the group of this one in the kernel. */
static inline size_t counters_leader(const struct counters *counters, size_t event)
{
	size_t leader = counters->list->events.data[event].leader;

	return leader != event ? leader : counters->opened[event].first;
}

void counters_destroy(struct counters *counters);
/*
 * counters_destroy without the wait: the kernel takes some 40 ms to close
 * the last user of a tracepoint or probe, one after the other. Where there
 * are any, a child of its own session holds the descriptors and closes them
 * behind our back. Nothing else of ours stays open in it.
 */
void counters_destroy_behind(struct counters *counters);

/* The descriptor, or -1. */
static inline int counters_fd(const struct counters *counters, size_t event, size_t cpu_index, size_t task_index)
{
	const struct opened *o = &counters->opened[event];

	return o->fds[cpu_index * o->n_tasks + task_index];
}
/* The id that samples of this descriptor carry (PERF_EVENT_IOC_ID); false with errno. */
bool counter_id(int fd, uint64_t *id);

/* ioctl(PERF_EVENT_IOC_ENABLE or _DISABLE) on all. */
void counters_enable(struct counters *counters);
void counters_disable(struct counters *counters);

struct count {
	uint64_t value, enabled, running;	/* sums; nanoseconds. running < enabled: the counter was shared */
	double scaled;			/* what value would be had it counted all the time: each part scaled by its own times */
};
/* A reading on top. */
static inline void count_add(struct count *count, uint64_t value, uint64_t enabled, uint64_t running)
{
	count->value += value;
	count->enabled += enabled;
	count->running += running;
	if (running)
		count->scaled += running < enabled ? (double)value * (double)enabled / (double)running : (double)value;
}
/* Sums over tasks for one cpu_index; false when nothing could be read. */
bool counters_read(struct counters *counters, size_t event, size_t cpu_index, struct count *count);
/* Of one task_index. */
bool counters_read_task(struct counters *counters, size_t event, size_t cpu_index, size_t task_index, struct count *count);

#endif
