/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lies behind the copied bytes of a stack, read from the thread that
 * still lives.
 *
 * A stack that is cut was sampled a moment ago, and its outer frames, the
 * ones that are missing, are those that last longest. So where no earlier
 * stack tells of them, they are read from the process: one read a thread is
 * mostly enough, for what it finds is remembered (unwind/complete.h).
 *
 * The thread has gone on since. What is read is believed when the two
 * outermost return addresses of the sample are still at their places: then
 * those frames have not returned, nor has any that is further out. The stack
 * that a signal interrupted whose handler has one of its own (sigaltstack(2))
 * is not read: what the handler's stack holds stays there when it has returned,
 * so it does not tell that the other is as it was.
 */
#ifndef PTK_SESSION_LIVING_STACK_H
#define PTK_SESSION_LIVING_STACK_H

#include <stdbool.h>
#include <stdint.h>

#include "unwind/unwind.h"

struct living_stack;

struct living_stack *living_stack_create(void);
void living_stack_destroy(struct living_stack *living);

/*
 * The input of a walk that ended as UNWIND_CUT, with more bytes of stack
 * behind those that it has (good until the next call). chain: that walk, with
 * its `cfas`. False: the process is gone, went another way, or is not ours to
 * read.
 */
bool living_stack_extend(struct living_stack *living, uint32_t pid, const struct unwind_chain *chain, struct unwind_input *in);

/* Of a thread: after reads that were of no use, so many cut stacks are passed over. All-zero to begin with. */
struct living_patience {
	uint8_t failures, pass;
};
bool living_stack_may_try(struct living_patience *patience);
void living_stack_tried(struct living_patience *patience, bool useful);

#endif
