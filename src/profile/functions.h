/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions that samples hit, the hottest first, and for each the
 * addresses: what an annotated listing is made from. Of a profile with hits
 * (profile_dims.hits).
 */
#ifndef PTK_PROFILE_FUNCTIONS_H
#define PTK_PROFILE_FUNCTIONS_H

#include "profile/places.h"
#include "profile/zoom.h"

struct functions_filter {
	struct place_filter places;
	const struct zoom *zoom;	/* only samples of this part; or NULL. Wants told apart what it tells apart */
	const char *name;		/* functions of this name are all that is wanted, `wholes` are of all samples; or NULL */
};

/* Samples of one event at one address; there may be several for both. */
struct function_hit {
	uint64_t address;		/* the image's own */
	uint32_t event;			/* index of profile->events */
	uint64_t count, period;
};

struct function {
	uint32_t symbol;		/* of the profile */
	uint32_t first, n;		/* its hits */
	uint64_t count, period;		/* of all events */
};

struct functions {
	VEC(struct function) all;	/* with a name, most periods first */
	VEC(struct function_hit) hits;
	struct function_hit *wholes;	/* by event: of all samples the filter took, those without a name too */
};

void functions_init(struct functions *functions, const struct profile *profile, const struct functions_filter *filter);
void functions_deinit(struct functions *functions);

#endif
