/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ranges of addresses, each with a value, that may lie in one another:
 * filled, finished, then asked which of them hold an address.
 */
#ifndef PTK_ELF_RANGES_H
#define PTK_ELF_RANGES_H

#include <stdint.h>

#include "base/hash.h"
#include "base/vec.h"

struct range {
	uint64_t start, end;	/* [start, end) */
	uint32_t value;
	uint32_t outer;		/* the nearest one in front that reaches beyond this one's start, or NO_ID */
};

struct ranges {
	VEC(struct range) all;	/* when finished: by start, the longer first */
};

/* An empty range is left out. */
void ranges_add(struct ranges *r, uint64_t start, uint64_t end, uint32_t value);
/* Of equal ranges the one added last will be found first. */
void ranges_finish(struct ranges *r);
void ranges_deinit(struct ranges *r);

/*
 * for (uint32_t i = ranges_find(r, address); i != NO_ID; i = ranges_next(r, i, address))
 * goes through those that hold the address, the one that starts last first.
 * A walk ends after 256 steps.
 */
uint32_t ranges_find(const struct ranges *r, uint64_t address);
uint32_t ranges_next(const struct ranges *r, uint32_t i, uint64_t address);

#endif
