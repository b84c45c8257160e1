/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk stat, the counting: one run of a command, or some time of what runs already. */
#ifndef PTK_CMD_STAT_RUN_H
#define PTK_CMD_STAT_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/notes.h"
#include "base/vec.h"
#include "cmd/control.h"
#include "os/root.h"
#include "pmu/open.h"

struct stat_plan {
	const struct os *os;
	struct event_list *events;
	struct target *target;		/* empty: the command is the target */
	char *const *command;		/* NULL: until a signal, or until all tasks of the target have ended */
	bool inherit;
	const struct split_kernel *split;	/* see struct open_options; or NULL */
	bool per_task;			/* counts of each task of the target apart */
	uint64_t interval;		/* nanoseconds between calls of `report`; 0: none but the last */
	uint64_t gather;		/* nanoseconds that an interval may wait to be reported together with those behind it */
	uint64_t interval_count;	/* end after so many; 0: no limit */
	uint64_t timeout;		/* nanoseconds; 0: none */
	int64_t delay;			/* nanoseconds before counting begins; -1: the control says when */
	bool summary;			/* after intervals, report the whole time as well */
	struct control *control;	/* or NULL */
};

/* The counts of one event on one CPU (or all it has, cpu -1), of one task (or all, task -1). */
struct stat_count {
	size_t event;
	int cpu, task;		/* task: index in the target */
	int group;		/* of a row that was summed (cmd/stat_aggr.h); -1: of all */
	unsigned counters;	/* summed here: 1 as read */
	bool counted;		/* it ran at least for a moment */
	struct count count;
};

struct stat_result {
	VEC(struct stat_count) counts;	/* as read: by event, by CPU, by task */
	double at;			/* seconds since the start */
	double seconds;			/* that these counts took: all of it, or the interval */
	bool last;			/* of the intervals: the command has ended, or we were told to */
	bool more;			/* the next one is reported right behind it */
	bool summary;			/* of all intervals together */
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
