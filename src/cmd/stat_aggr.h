/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk stat, the adding up: counts of CPUs and threads as rows of what was asked for. */
#ifndef PTK_CMD_STAT_AGGR_H
#define PTK_CMD_STAT_AGGR_H

#include "cmd/stat_run.h"
#include "os/root.h"

enum stat_by {
	STAT_BY_ALL,		/* one row an event */
	STAT_BY_CPU, STAT_BY_CORE, STAT_BY_DIE, STAT_BY_SOCKET, STAT_BY_NODE,
	STAT_BY_THREAD,
};

/* What rows are counted by: "S0-D1-C3", "CPU7", "bash-4711". All-zero: everything together. */
struct stat_groups {
	enum stat_by by;
	VEC(char *) labels;
	VEC(int) of;		/* group of a CPU's number (of a task's index with STAT_BY_THREAD); -1: in none */
	VEC(int) core;		/* with STAT_BY_CPU, group of a CPU's core: rows of an event with the term percore are of cores */
	bool cpus_show_core;	/* --percore-show-thread: such an event has rows of CPUs, each with the sum of its core */
	bool hide_zero;		/* STAT_BY_THREAD of the whole machine: threads that did nothing have no row */
};

/*
 * Reads the topology below os for CPUs, names of threads for the tasks of
 * the target. To be called before tasks end.
 */
void stat_groups_read(const struct os *os, enum stat_by by, const struct target *target, struct stat_groups *groups);
/* "NAME-TID" of a thread; what is not printable in its name (at most 15 bytes) becomes a ?. For the caller to free. */
char *stat_thread_label(const char *comm, long long tid) MUST_CHECK;
struct machine;
/* CPUs of a machine that was read already. */
void stat_groups_of_machine(const struct machine *m, enum stat_by by, struct stat_groups *groups);
void stat_groups_deinit(struct stat_groups *groups);

/*
 * Sums the rows of a result in place: one for each event and group. Boxes of
 * one uncore unit that one word opened (equal names, different PMUs) are one
 * event, unless `keep_boxes`. Rows are ordered as they are printed: by group and
 * event; CPUs and threads by event first, threads with the largest count first.
 */
void stat_aggregate(const struct stat_groups *groups, bool keep_boxes, struct stat_result *result);

#endif
