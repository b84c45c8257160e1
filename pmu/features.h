/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What newer kernels know of perf_event_attr and older ones do not. */
#ifndef PTK_PMU_FEATURES_H
#define PTK_PMU_FEATURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/perf_abi.h"

struct attr_feature {
	const char *name;
	const char *since;	/* the kernel that brought it */
	bool asked;		/* a person asked for it: say that it is dropped */
	bool guest;		/* the same, if the event's guest_typed says so */
	bool of_pmu;		/* a PMU refuses it, not the kernel: nothing is learnt for other events */
	bool (*drop)(struct perf_event_attr *attr);	/* false: the attr does not use it */
};

extern const struct attr_feature attr_features[];	/* newest first */
extern const size_t n_attr_features;			/* at most 64: sets of them are bit masks */

/* Drops from the attr those of the set. */
void attr_drop(struct perf_event_attr *attr, uint64_t features);
/* Drops the newest one that the attr uses, of those from *row on; *row is then the one behind it. False when there is none. */
bool attr_drop_next(struct perf_event_attr *attr, size_t *row);

#endif
