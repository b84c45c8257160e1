/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Branches: the profile's stacks once more, but only those that samples of
 * one party have, with numbers; and what is known of a stack whoever has it.
 * Used by grouping.c, whose header says what a party is.
 */
#ifndef PTK_PROFILE_BRANCHES_H
#define PTK_PROFILE_BRANCHES_H

#include <stdbool.h>
#include <stdint.h>

#include "profile/profile.h"

/*
 * A frame with its callers. Node 0 is the empty stack; parents stand before
 * their children.
 */
struct branch {
	uint32_t stack;			/* of the profile */
	uint32_t parent, first_child, next_sibling;	/* NO_ID: none */
	uint32_t row;			/* while grouping: the row that its frame belongs to, or NO_ID */
	uint32_t next_in_row;		/* the next branch of the same row, or NO_ID */
	uint32_t outer;			/* the nearest branch outwards of the same row (recursion), or NO_ID */
	uint64_t self_count, self_period;
	uint64_t count, period;		/* with all branches inwards */
};

struct branches {
	VEC(struct branch) all;
};

/* What a stack's innermost frame is to rows. */
struct site {
	uint32_t code;		/* the stack whose frame has its code: profile_stack_code() */
	uint32_t place;		/* what rows are told apart by: equal numbers, equal rows */
	uint32_t outer;		/* the nearest stack outwards with the same place; STACK_EMPTY: none */
	uint32_t depth;		/* frames outside of it, itself included */
	bool kernel;
};

/* By stack; the caller frees it. place: by frame. outer: fill that in, too, else STACK_EMPTY. */
struct site *sites_of(const struct profile *p, const uint32_t *place, bool outer);

/* Makes the branches of one party after the other. */
struct grower {
	const struct profile *profile;
	VEC(uint32_t) touched;	/* scratch: stacks of the party at work */
	uint32_t *branch_of;	/* by stack: its branch in that party, or NO_ID; good until grower_done() */
	struct own { uint64_t count, period; } *own;	/* scratch: what the party's samples of a stack add up to */
};

void grower_init(struct grower *w, const struct profile *p);
void grower_deinit(struct grower *w);
/* The branches of these samples, n indexes of the profile's, into an empty `tree`. */
void grower_grow(struct grower *w, const uint32_t *samples, size_t n, struct branches *tree);
/* The party is done with. */
void grower_done(struct grower *w);

#endif
