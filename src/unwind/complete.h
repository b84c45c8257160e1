/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stacks deeper than the bytes that the kernel copied, completed by earlier
 * whole stacks of the same thread.
 *
 * A thread that is deep was less deep before, and its outer frames have
 * mostly stayed: same return addresses at the same places. So of every whole
 * stack it is kept which frame (its stack pointer and address) had which
 * caller. Where the two outermost frames that a cut walk did find were caller
 * and called in one of them, what was outside of them then is taken for what
 * is outside of them now. A stack completed so completes the next, deeper one.
 *
 * That is a guess: a thread may have returned far out, taken another way and
 * come by at the same place. So two frames have to agree, not one; a newer
 * whole stack replaces what an older one said; and the number of frames that
 * were added is told.
 *
 * A stack of which no byte could be had (the task is in execve or exit, and
 * has no memory any more) is the last one, where the sampled frame is the same.
 *
 * Of frames that the kernel found by frame pointers the place is not known:
 * there the return addresses have to agree with the last whole stack, and
 * only in one place.
 *
 * Only what differs from the thread's last whole stack has to be written down
 * again. The table has one size and forgets by collision.
 */
#ifndef PTK_UNWIND_COMPLETE_H
#define PTK_UNWIND_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "unwind/unwind.h"

/* Who called whom in whole stacks of all threads. */
struct unwind_links;

struct unwind_links *unwind_links_create(void);
void unwind_links_destroy(struct unwind_links *links);

/* The last whole stack of one thread. All-zero: none. */
struct unwind_memory {
	struct unwind_place {
		uint64_t sp, pc;
	} *places;		/* outwards; sp rises. The sampled frame is left out */
	uint32_t len, cap;
	struct unwind_place sampled;	/* that one */
	uint64_t thread;	/* in one address space: set it, and len to 0, when either changes */
};

/* A whole stack; the chain must have been walked with `cfas`. One whose places are not all known is passed over. */
void unwind_remember(struct unwind_memory *memory, struct unwind_links *links, const struct unwind_chain *chain);
/*
 * Adds the outer frames of a chain that ended as UNWIND_CUT, as many as it
 * has room for, and makes it UNWIND_ROOT. The number of frames added; 0:
 * these frames are not known, and the chain is as it was.
 */
size_t unwind_complete(const struct unwind_memory *memory, const struct unwind_links *links, struct unwind_chain *chain);
/* The same for a stack of which there are no bytes at all, by the last whole one. */
size_t unwind_repeat(const struct unwind_memory *memory, struct unwind_chain *chain);
void unwind_memory_deinit(struct unwind_memory *memory);

#endif
