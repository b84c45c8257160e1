/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From locations of a session to frames of a profile. A location is one
 * frame, or several: the function that has code there and the calls that
 * were inlined into it. Used by builder.c alone.
 */
#ifndef PTK_PROFILE_FRAMES_H
#define PTK_PROFILE_FRAMES_H

#include "profile/profile.h"
#include "session/session.h"

/* What to tell apart. */
struct frames_wanted {
	bool addresses;		/* frames by address and not by symbol */
	bool inlines;		/* inlined calls have frames of their own */
	bool lines;		/* frames by source line: the innermost, so that inlined calls have none of their own */
};

/* The frames of a location, outermost first: some of `all`. NO_ID: not known yet. */
struct frame_list {
	uint32_t first, n;
	uint32_t alone;		/* the one frame for it where inlined calls do not count */
};

struct frames {
	struct profile *profile;
	struct session *session;
	struct frames_wanted wanted;
	VEC(struct frame_list) lists;		/* by location */
	VEC(uint32_t) all;
	VEC(uint32_t) strings, images, symbols;	/* ids of the session to those of the profile; NO_ID: not yet */
};

void frames_deinit(struct frames *f);

/* The profile's id of a string of the session. */
uint32_t frames_string(struct frames *f, uint32_t string);
/* `stack` with the frames of a location added inwards. */
uint32_t frames_push(struct frames *f, uint32_t stack, uint32_t location);
/*
 * What a location adds to a stack: locations with equal leaves add the same.
 * alone: with one frame, whatever was inlined there.
 */
uint32_t frames_leaf(struct frames *f, uint32_t location, bool alone);
uint32_t frames_push_leaf(struct frames *f, uint32_t stack, uint32_t leaf);

#endif
