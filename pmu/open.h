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

enum { SYSCALL_SPLIT_MIN = 64 };	/* so many tracepoints of system calls are worth a program; fewer open, count and close in no time */

/* Tracepoints that count system calls, and follow the tasks whose they are. */
enum split_tracepoint { SPLIT_ENTER, SPLIT_FORK, SPLIT_EXIT, SPLIT_EXEC, SPLIT_TRACEPOINTS };

/* What its type information (BTF) says of this kernel. */
struct split_kernel {
	uint32_t tracepoints[SPLIT_TRACEPOINTS];	/* ids of their types, btf_trace_… */
	size_t pid;			/* bytes from the beginning of struct task_struct */
	size_t compat;			/* the same, of 32 bits, of which those of */
	uint32_t compat_mask;		/* say that the call is one of another architecture */
};

struct open_options {
	bool inherit;			/* children of the tasks too */
	bool sampling;			/* attr has a period or a frequency; each fd is to get a ring, so a task is opened once a CPU */
	bool tolerate;			/* stat: an event that cannot be opened is marked and the rest go on */
	const struct split_kernel *split;	/* not NULL: many tracepoints of system calls may be one program; no reads of single tasks then */
	bool enable_on_exec;		/* on the command's exec; else counters_enable starts them */
};

/*
 * Opens every event of the list on the target, all of them disabled; the
 * list and the target outlive the counters. Sets attr.size, inherit,
 * disabled and enable_on_exec; drops from the attrs what this kernel does
 * not know; an event that may only count user space gets exclude_kernel and
 * ":u" behind its name. What was given up is said in the notes.
 *
 * An event that does not open is an error naming it, with the reason and
 * what to do; with `tolerate` it is marked in `opened` instead, and only
 * running out of descriptors or memory is an error.
 */
struct error *counters_open(const struct os *os, struct event_list *list, const struct target *target,
			    const struct open_options *options, struct notes *notes,
			    struct counters **counters) MUST_CHECK;
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

/*
 * Counts of all events on one cpu_index whose opened.first is `first`, by one read where the kernel has them in a
 * group; put is not called for those that could not be read.
 */
typedef void counters_put(void *ctx, size_t event, size_t cpu_index, const struct count *count);
void counters_read_group(struct counters *counters, size_t first, size_t cpu_index, counters_put *put, void *ctx);

#endif
