/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a count means beside the others of a run: instructions and cycles are instructions a cycle. */
#ifndef PTK_PMU_DERIVED_H
#define PTK_PMU_DERIVED_H

#include <stdbool.h>
#include <stddef.h>

#include "pmu/event.h"

struct derived_count {
	const struct event *event;
	double value;		/* scaled for multiplexing, not for units: nanoseconds of a clock */
	bool counted;
};

struct derived {
	double value;
	int digits;		/* behind the point */
	bool percent;
	const char *unit;	/* "insn per cycle", "K/sec"; static */
};

/*
 * The derived number of counts[i], from the counts of the same run (and the
 * same CPU); `seconds` is how long it took. False when there is none. Counts
 * of user space are only set against counts of user space, and those of one
 * kind of core against those of the same.
 */
bool derive(const struct derived_count *counts, size_t n, size_t i, double seconds, struct derived *derived);

/* task-clock and cpu-clock: counts of nanoseconds, shown as msec. */
bool event_is_clock(const struct event *event);

#endif
