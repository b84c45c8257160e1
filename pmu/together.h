/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which counts are read at once (pmu/open.h, counters_read_group). */
#ifndef PTK_PMU_TOGETHER_H
#define PTK_PMU_TOGETHER_H

#include "pmu/open.h"

/* Sets opened[].first, and PERF_FORMAT_GROUP in the attrs of what is read at once. Before any event is opened. */
void together_choose(struct counters *counters);
/* One that was to be first does not open: the next of those behind it takes its place. Groups of the user's are left alone. */
void together_pass_on(struct counters *counters, size_t event);
/* A user's group was broken up: each of its events is read by itself. */
void together_break(struct counters *counters, size_t event);

/* The event that leads the group of this one in the kernel. */
static inline size_t together_leader(const struct counters *counters, size_t event)
{
	size_t leader = counters->list->events.data[event].leader;

	return leader != event ? leader : counters->opened[event].first;
}

#endif
