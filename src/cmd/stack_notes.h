/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What to say of user stacks that are not whole. */
#ifndef PTK_CMD_STACK_NOTES_H
#define PTK_CMD_STACK_NOTES_H

#include <stdint.h>

#include "base/notes.h"
#include "session/session.h"

/*
 * Notes how many stacks are cut and how many broken, where it is more than
 * one in a thousand of `all`: a few there always are, of tasks that were just
 * being made or just ended. `known` of those that are cut were told of already.
 */
void stack_notes_add(struct notes *notes, const struct session_counts *counts, uint64_t known, uint64_t all);

#endif
