/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why an event did not open, in words: what happened, why, and the command
 * or setting that helps. perf_event_open(2) gives a number that stands for
 * a dozen things; what the machine says of itself tells them apart.
 */
#ifndef PTK_PMU_EXPLAIN_H
#define PTK_PMU_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "os/limits.h"
#include "os/privilege.h"
#include "os/root.h"
#include "os/virt.h"
#include "pmu/event.h"
#include "pmu/counters.h"

/* The machine and what we may do on it: each part is read once, and only when a failure asks for it. */
struct explain_facts {
	const struct os *os;
	bool privilege_known, virt_known, watchdog_known;
	struct privilege privilege;
	struct virt virt;
	bool watchdog;		/* kernel.nmi_watchdog is on: it holds a counter on every CPU */
};

const struct privilege *explain_privilege(struct explain_facts *facts);

struct open_failure {
	int os;			/* errno of perf_event_open */
	const struct event *event;
	pid_t task;		/* that it was opened on, or -1 */
	int cpu;		/* or -1 */
	bool command;		/* the task is the command's */
	bool sampling;
	bool filter;		/* it opened, and its filter was refused */
	bool alone_opens;	/* EINVAL: without its group it opens */
	bool all_modes_open;	/* EINVAL: without exclude_user, exclude_kernel … it opens */
	bool imprecise_opens;	/* EINVAL: without precise_ip it opens */
	bool branchless_opens;	/* without branch stacks it opens */
	bool counts_only;	/* it opens as a count, without sampling */
};

/* The reason; its message does not name the event, and fits behind "cannot open NAME: ". */
struct error *explain_failure(struct explain_facts *facts, const struct open_failure *failure) MUST_CHECK;
enum event_state explain_state(const struct open_failure *failure);

/*
 * Counted where the kernel does something with tasks (context switches …):
 * with exclude_kernel it opens, and counts a 0 that is not true.
 */
bool event_kernel_only(const struct event *event);
/* Such a software event with ":u" typed behind it. */
bool event_counts_nothing(const struct event *event);

/* Descriptors ran out: `wanted` are needed in all. */
struct error *explain_files(const struct limits_files *files, int os, size_t wanted, size_t n_events, size_t n_cpus,
			    size_t n_tasks) MUST_CHECK;

#endif
