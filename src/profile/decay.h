/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A profile that goes on and on: what is old fades, and what has faded is forgotten. */
#ifndef PTK_PROFILE_DECAY_H
#define PTK_PROFILE_DECAY_H

#include "profile/profile.h"

/*
 * Leaves `eighths` eighths of every count and period. Fractions are rounded
 * up for some samples and down for others, in turn (`round` counts the
 * calls), so that many small ones fade together as a large one does.
 */
void profile_decay(struct profile *p, unsigned eighths, uint32_t round);

/* Samples that have a count or a period left. */
size_t profile_living(const struct profile *p);
/*
 * Copies these, and what they need, into an initialized profile: the tables of what has faded stay behind. Images
 * have no source then, as the profile is made from another session.
 */
void profile_copy_living(const struct profile *from, struct profile *to);

#endif
