/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tasks did over time: ran on a CPU, could have run, slept. Built from
 * sched:sched_switch, sched_waking and sched_wakeup samples where a file has
 * them, else from SWITCH records; a task that a sample finds running ran
 * then, whatever else is known of it.
 *
 * Feed it every sample and record of a session in the order of time.
 */
#ifndef PTK_PROFILE_TIMELINE_H
#define PTK_PROFILE_TIMELINE_H

#include "base/hash.h"
#include "base/strtab.h"
#include "base/vec.h"
#include "session/session.h"
#include "session/tracepoint_formats.h"

enum timeline_state {
	TASK_UNKNOWN,		/* not begun, ended, or nothing is known */
	TASK_RUNS,
	TASK_WAITS,		/* could run, and has no CPU */
	TASK_SLEEPS,
	TASK_BLOCKED,		/* in a wait that no signal ends: for a disk, mostly */
	TASK_STATES
};

struct timeline_span {
	uint64_t start, end;	/* ns, perf clock */
	uint32_t task;		/* index */
	uint32_t cpu;		/* of TASK_RUNS; else NO_ID */
	uint32_t waker;		/* of TASK_WAITS: the task that woke it; else NO_ID */
	enum timeline_state state;
};

struct timeline_task {
	uint32_t pid, tid;	/* pid NO_ID: nobody said */
	uint32_t comm;		/* string: the last name */
	uint32_t parent;	/* task that forked it, or NO_ID */
	bool wanted;		/* by the filter */
	bool exited;
	uint64_t exit_time;
	/* in the time that the filter leaves, ns */
	uint64_t spent[TASK_STATES], longest_wait;
	uint64_t runs;		/* how often it got a CPU */
	/* while it is built */
	enum timeline_state state;
	uint64_t since;
	uint32_t cpu, waker;
};

struct timeline_filter {
	const char *const *comms;
	size_t n_comms;
	const uint32_t *pids, *tids, *cpus;
	size_t n_pids, n_tids, n_cpus;
	uint64_t time_from, time_to;	/* time_to 0: to the end */
	const char *const *follow;	/* names or pids: those, and what they forked */
	size_t n_follow;
};

enum { TIMELINE_CPUS = 1 << 16 };	/* CPUs beyond are no CPUs */

struct timeline {
	struct strtab strings;
	VEC(struct timeline_task) tasks;
	VEC(struct timeline_span) spans;	/* by their ends; of a task in the order of time */
	uint64_t first_ns, last_ns;		/* of all that was fed; what the filter leaves once it was applied */
	uint64_t switches;			/* that were understood */
	bool sampled_switches;			/* not every switch was recorded */
	uint64_t unreadable;			/* samples of sched events without the fields or the CPU that are needed */
	/* while it is built */
	struct tracepoint_formats *formats;
	struct map64 by_tid;			/* tid to task */
	struct map64 readers;			/* event + 1 to how its samples are read */
	VEC(uint32_t) on_cpu;			/* the task that each CPU was last seen to run, or one of CPU_* */
	uint64_t chained, broken;		/* switches from the task that the CPU was switched to before, and from another */
	bool has_switch_event;
};

/* The formats are borrowed until the last sample. */
void timeline_init(struct timeline *t, struct tracepoint_formats *formats);
void timeline_deinit(struct timeline *t);

/*
 * True: it is one of the scheduler's, and no sample of a program. `name` and
 * `attr` are its event's. comm: the task's name, at this moment.
 */
bool timeline_sample(struct timeline *t, const struct session_sample *sample, const char *name,
		     const struct perf_event_attr *attr, const char *comm);
void timeline_record(struct timeline *t, const struct perf_event_header *record, const struct sample_id *id, size_t trailer);
/* Ends the spans that are open, drops what the filter does not want, and sums up. */
void timeline_finish(struct timeline *t, const struct timeline_filter *filter);

/* "sleeps" and so on. */
const char *timeline_state_name(enum timeline_state state);

#endif
