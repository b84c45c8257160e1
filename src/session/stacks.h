/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * User stacks of samples that carry registers and stack bytes
 * (--call-graph dwarf): unwound when the sample's turn has come, with the
 * mappings that its task has at that moment.
 */
#ifndef PTK_SESSION_STACKS_H
#define PTK_SESSION_STACKS_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/record.h"
#include "session/images.h"
#include "session/session.h"
#include "unwind/unwind.h"

enum { STACKS_DEPTH = 4096 };	/* user frames of a stack at most */

struct stacks;

/* images: borrowed. living: the tasks of the samples run now, and stacks that are cut may be completed from their memory. */
struct stacks *stacks_create(struct images *images, bool living);
void stacks_destroy(struct stacks *stacks);
/* The machine of the samples, as uname(2) names it; the one this runs on until somebody says. */
void stacks_arch(struct stacks *stacks, const char *arch);

/*
 * When the sample has registers, its chain becomes that of the kernel and
 * behind it the user stack (valid until the next call), with the marks of
 * enum stack_end where it is not whole. What the kernel found of the user
 * stack by frame pointers, if anything, is used beyond the stack bytes. mask:
 * attr.sample_regs_user. False: there was nothing to unwind, and the chain is
 * as it was.
 */
bool stacks_unwind(struct stacks *stacks, struct task *task, uint64_t mask, struct sample *sample);

/* How many stacks ended how, by enum unwind_end; those that were completed are counted as whole. */
const uint64_t *stacks_ends(const struct stacks *stacks);
uint64_t stacks_completed(const struct stacks *stacks);

#endif
