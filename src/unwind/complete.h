/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stacks deeper than the bytes that the kernel copied, completed by the last
 * whole stack of the same thread.
 *
 * A thread that is deep was less deep before, and its outer frames have
 * mostly stayed: same return addresses at the same places. Where the
 * outermost frames that a cut walk did find are also in the stack of before,
 * at the same stack pointers, what was outside of them then is taken for what
 * is outside of them now. A stack completed so completes the next, deeper
 * one.
 *
 * That is a guess: a thread may have returned far out, taken another way and
 * come by at the same place. So two frames have to agree, not one, and the
 * number of frames that were added is told.
 */
#ifndef PTK_UNWIND_COMPLETE_H
#define PTK_UNWIND_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "unwind/unwind.h"

/* The last whole stack of one thread. All-zero: none. */
struct unwind_memory {
	struct unwind_place {
		uint64_t sp, pc;
	} *places;		/* outwards; sp rises. The sampled frame is left out */
	uint32_t len, cap;
};

/* A whole stack; the chain must have been walked with `cfas`. */
void unwind_remember(struct unwind_memory *memory, const struct unwind_chain *chain);
/*
 * Adds the outer frames of a chain that ended as UNWIND_CUT, as many as it
 * has room for, and makes it UNWIND_ROOT. The number of frames added; 0: the
 * memory does not know these frames.
 */
size_t unwind_complete(const struct unwind_memory *memory, struct unwind_chain *chain);
void unwind_memory_deinit(struct unwind_memory *memory);

#endif
