/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tasks and CPUs over time, with the samples that were taken: as a page, and
 * as Chrome's trace events.
 */
#ifndef PTK_OUT_TIMELINE_H
#define PTK_OUT_TIMELINE_H

#include <stdio.h>

#include "out/export.h"
#include "profile/timeline.h"

/* The export's profile must tell threads, CPUs and times apart. It may have no events. */
void timeline_page(const struct timeline *t, const struct export *e, FILE *out);
void timeline_chrome(const struct timeline *t, const struct export *e, FILE *out);

/* ---- what both share */

/* The task that a sample of the export's profile is of; NO_ID where the timeline has none, or the filter does not want it. */
uint32_t timeline_task_of(const struct timeline *t, const struct export *e, const struct profile_sample *s);
/* The task's name: its command, or ":TID". Clean; appended. */
void timeline_task_name(const struct timeline *t, uint32_t task, struct strbuf *out);

/* A row of the picture: what a CPU ran, or what a task did. */
struct track_span {
	uint64_t start, end;
	uint32_t what;		/* of a CPU: the task; of a task: its state */
	uint32_t more;		/* of a running task: its CPU; of one that waits: who woke it. NO_ID: none */
	uint64_t busy;		/* 0: one span. Else several short ones, put together: ns in which the CPU or task ran */
};

struct track {
	uint32_t id;		/* the CPU's number, or the task */
	VEC(struct track_span) spans;
};

typedef VEC(struct track) track_list;

struct tracks {
	track_list cpus, tasks;
	uint64_t together;	/* shorter spans are put together, ns; 0: none */
	size_t left_out;	/* tasks that have no row */
};

/*
 * Tasks by the time they ran, the longest first. `most` spans at most, of all
 * tracks together, as far as that can be had by putting short ones together,
 * and most_tasks tasks; 0: all.
 */
void tracks_init(struct tracks *tracks, const struct timeline *t, size_t most, size_t most_tasks);
void tracks_deinit(struct tracks *tracks);

#endif
