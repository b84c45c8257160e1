/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening events on a target, and reading their counts.
 *
 * perf_event_open(2) fails in many ways, most of them with EINVAL. What the
 * kernel does not know is dropped in the order of one table; what the user
 * may not do is explained with the setting that would allow it; limits are
 * raised first and explained after.
 */
#ifndef PTK_PMU_OPEN_H
#define PTK_PMU_OPEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/notes.h"
#include "pmu/event.h"
#include "pmu/target.h"

enum event_state {
	EVENT_OPEN,
	EVENT_NOT_SUPPORTED,	/* this machine has no such counter: `reason` says why */
	EVENT_NOT_PERMITTED,
	EVENT_GONE,		/* the task or CPU went away */
};

/* The descriptors of one event: fds[cpu_index * n_tasks + task_index], -1 where it is not open. */
struct opened {
	enum event_state state;
	struct error *reason;	/* why it is not open, or NULL */
	int *fds;
	int *cpus;		/* CPU of each cpu_index, -1 for "any" */
	size_t n_cpus, n_tasks;
};

struct counters {
	struct event_list *list;	/* borrowed; attrs are changed to what was really opened */
	struct opened *opened;		/* one an event */
};

struct open_options {
	bool inherit;			/* children of the tasks too */
	bool sampling;			/* attr has a period or a frequency; each fd is to get a ring, so a task is opened once a CPU */
	bool tolerate;			/* stat: an event that cannot be opened is marked and the rest go on */
	bool enable_on_exec;
};

struct error *counters_open(const struct os *os, struct event_list *list, const struct target *target,
			    const struct open_options *options, struct notes *notes,
			    struct counters **counters) MUST_CHECK;
void counters_destroy(struct counters *counters);

/* ioctl(PERF_EVENT_IOC_ENABLE or _DISABLE) on all. */
void counters_enable(struct counters *counters);
void counters_disable(struct counters *counters);

struct count {
	uint64_t value, enabled, running;	/* running < enabled: the counter was shared, value is not scaled */
};
/* Sums over tasks for one cpu_index; false when nothing could be read. */
bool counters_read(struct counters *counters, size_t event, size_t cpu_index, struct count *count);

#endif
