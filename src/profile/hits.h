/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * At which addresses the samples of a profile hit: beside the profile, whose
 * frames need not be told apart by address for it. For listings
 * (profile/functions.h) of a profile that is also looked at in other ways.
 *
 * Samples are noted one after the other, as a look-up for each would cost
 * more than all else that is done with it. Now and then what is equal is put
 * together, so that the list grows with what differs.
 */
#ifndef PTK_PROFILE_HITS_H
#define PTK_PROFILE_HITS_H

#include <stdint.h>

#include "base/vec.h"

/* Of one counter at one address; there may be several for both. */
struct profile_hit {
	uint32_t sample;	/* of the profile: who hit it, and with which stack */
	uint32_t count;
	uint64_t address;	/* the image's own */
	uint64_t period;
};

struct profile_hits {
	VEC(struct profile_hit) all;
	size_t full;			/* how many there may be before equal ones are put together; 0: the first time has not come */
};

void profile_hits_deinit(struct profile_hits *hits);
/* One sample. */
void profile_hits_add(struct profile_hits *hits, uint32_t sample, uint64_t address, uint64_t period);

#endif
