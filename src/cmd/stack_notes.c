/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/stack_notes.h"

#include <inttypes.h>

enum { FEW = 1000 };	/* one in so many */

void stack_notes_add(struct notes *notes, const struct session_counts *counts, uint64_t known, uint64_t all)
{
	uint64_t cut = counts->stacks_cut - known;

	if (cut > all / FEW)
		notes_add(notes, "%" PRIu64 " of %" PRIu64 " user stacks are deeper than what was taken of them ([cut]); "
			  "record --call-graph dwarf,BYTES takes more", cut, all);
	if (counts->stacks_broken > all / FEW)
		notes_add(notes, "%" PRIu64 " of %" PRIu64 " user stacks end early ([broken]): "
			  "in code without unwind information, or with one that does not fit", counts->stacks_broken, all);
}
