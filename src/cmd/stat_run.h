/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk stat, the counting: one run of a command, or some time of what runs already. */
#ifndef PTK_CMD_STAT_RUN_H
#define PTK_CMD_STAT_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/notes.h"
#include "base/vec.h"
#include "os/root.h"
#include "pmu/open.h"

struct stat_plan {
	const struct os *os;
	struct event_list *events;
	struct target *target;		/* empty: the command is the target */
	char *const *command;		/* NULL: until a signal, or until all tasks of the target have ended */
	bool inherit;
	uint64_t interval;		/* nanoseconds between calls of `report`; 0: none but the last */
	uint64_t interval_count;	/* end after so many; 0: no limit */
	uint64_t timeout;		/* nanoseconds; 0: none */
};

/* The counts of one event on one CPU (or all it has, cpu -1). */
struct stat_count {
	size_t event;
	int cpu;
	bool counted;		/* it ran at least for a moment */
	struct count count;
};

struct stat_result {
	VEC(struct stat_count) counts;	/* by event, then by CPU */
	double at;			/* seconds since the start */
	double seconds;			/* that these counts took: all of it, or the interval */
	bool last;			/* of the intervals: the command has ended, or we were told to */
	bool interrupted;		/* by a signal: no more runs will follow */
	bool usage;			/* user and system are known */
	double user, system;		/* seconds of the command and the children it waited for */
	const struct counters *counters;
};

/* What is done with each result. */
typedef void stat_report(void *ctx, const struct stat_result *result);

struct stat_run {
	struct counters *counters;	/* the last ones: states and reasons; to be destroyed */
	int status;			/* the command's exit status, 128 + n for signal n; 0 without one */
	int signal;			/* that ended the command, or 0 */
	bool interrupted;		/* a signal told us to end */
};

/*
 * Opens, counts, reports. A second call takes the place of the first in
 * `run`: its counters are closed after the new ones are open, because the
 * first and last users of a tracepoint are the expensive ones.
 */
struct error *stat_run(const struct stat_plan *plan, struct notes *notes, stat_report *report, void *ctx,
		       struct stat_run *run) MUST_CHECK;

#endif
