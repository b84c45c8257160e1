/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which counts are read at once, and reading them so. pmu/together.c tells why. */
#ifndef PTK_PMU_TOGETHER_H
#define PTK_PMU_TOGETHER_H

#include "pmu/counters.h"

/* Sets opened[].first, and PERF_FORMAT_GROUP in the attrs of what is read at once. Before any event is opened. */
void together_choose(struct counters *counters);
/* One that was to be first does not open: the next of those behind it takes its place. Groups of the user's are left alone. */
void together_pass_on(struct counters *counters, size_t event);
/* A user's group was broken up: each of its events is read by itself. */
void together_break(struct counters *counters, size_t event);

/*
 * Counts of all events on one cpu_index whose opened.first is `first`, by one read where the kernel has them in a
 * group; put is not called for those that could not be read.
 */
typedef void counters_put(void *ctx, size_t event, size_t cpu_index, const struct count *count);
void counters_read_group(struct counters *counters, size_t first, size_t cpu_index, counters_put *put, void *ctx);

#endif
