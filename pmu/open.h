/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening events on a target. What is done with them then: pmu/counters.h.
 *
 * perf_event_open(2) fails in many ways, most of them with EINVAL. What the
 * kernel does not know is dropped in the order of one table; what the user
 * may not do is explained with the setting that would allow it; limits are
 * raised first and explained after.
 */
#ifndef PTK_PMU_OPEN_H
#define PTK_PMU_OPEN_H

#include <stdbool.h>

#include "base/error.h"
#include "base/notes.h"
#include "pmu/counters.h"
#include "pmu/event.h"
#include "pmu/target.h"

struct split_kernel;

struct open_options {
	bool inherit;			/* children of the tasks too */
	bool sampling;			/* attr has a period or a frequency; each fd is to get a ring, so a task is opened once a CPU */
	bool tolerate;			/* stat: an event that cannot be opened is marked and the rest go on */
	const struct split_kernel *split;	/* pmu/syscall_split.h. Not NULL: many tracepoints of system calls may be one program; no reads of single tasks then */
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

#endif
