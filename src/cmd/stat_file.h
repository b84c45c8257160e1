/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ptk stat record and stat report: counts in a perf.data file, in perf's
 * STAT records (tools/lib/perf/include/perf/event.h). A STAT record is what
 * one counter has counted so far, a STAT_ROUND closes an interval or the run.
 */
#ifndef PTK_CMD_STAT_FILE_H
#define PTK_CMD_STAT_FILE_H

#include "cmd/stat_aggr.h"
#include "cmd/stat_run.h"

struct stat_recorder;

/* path: created like a recording's (a file that was there becomes PATH.old); "-" is standard output, in perf's pipe form. */
struct error *stat_recorder_create(const char *path, const struct os *os, const struct target *target, enum stat_by by,
				   uint64_t interval_ms, char *const *argv, struct stat_recorder **recorder) MUST_CHECK;
/* Adds a result as it was counted, before it is summed. Errors are kept for stat_recorder_finish. */
void stat_recorder_put(struct stat_recorder *recorder, const struct stat_result *result);
struct error *stat_recorder_finish(struct stat_recorder *recorder) MUST_CHECK;
void stat_recorder_destroy(struct stat_recorder *recorder);	/* NULL is fine */

/*
 * Reads a file and hands out each round as the run that was recorded did.
 * by: replaced by what the file says when it is STAT_BY_ALL. begin is called
 * once before the first round, when groups and intervals are known.
 */
struct stat_replay {
	const struct stat_groups *groups;
	uint64_t interval_ms;
	const char *command;		/* what was counted */
};
typedef void stat_replay_begin(void *ctx, const struct stat_replay *replay);
struct error *stat_file_replay(const char *path, enum stat_by by, struct notes *notes, stat_replay_begin *begin,
			       stat_report *report, void *ctx) MUST_CHECK;

#endif
