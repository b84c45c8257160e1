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
	uint32_t location;	/* of the session: its address is in `addresses` */
	uint64_t count, period;
};

struct profile_hits {
	VEC(struct profile_hit) all;
	VEC(uint64_t) addresses;	/* by location: the image's own; 0 of those that nothing hit */
	size_t full;			/* how many there may be before equal ones are put together; 0: the first time has not come */
};

void profile_hits_deinit(struct profile_hits *hits);
/* One sample. The address of a location is always the same. */
void profile_hits_add(struct profile_hits *hits, uint32_t sample, uint32_t location, uint64_t address, uint64_t period);

#endif
