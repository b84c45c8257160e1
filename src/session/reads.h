/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Leader sampling ({cycles,cache-misses}:S): the leader alone takes samples,
 * and each brings the counts of the whole group (PERF_SAMPLE_READ). What an
 * event counted since the sample before is its period of this one.
 */
#ifndef PTK_SESSION_READS_H
#define PTK_SESSION_READS_H

#include "abi/record.h"
#include "base/hash.h"

struct reads {
	struct map64 last;	/* what each id had counted */
};

struct reads_value {
	uint64_t id, period;
};

/* Do samples of this attr bring counts that say whose they are? */
bool reads_has(const struct perf_event_attr *attr);
/*
 * The values of a sample, one a call; begin with *i 0. False at the end. Those of period 0 are left out. A counter that
 * is behind where it was (it was reset) has counted what it says.
 */
bool reads_next(struct reads *reads, uint64_t read_format, const struct sample *sample, size_t *i, struct reads_value *value);
void reads_deinit(struct reads *reads);

#endif
