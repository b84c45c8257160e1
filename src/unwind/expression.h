/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DWARF expressions in call frame information (DWARF 5, section 2.5): PLT
 * stubs, signal trampolines and realigned stacks use short ones.
 */
#ifndef PTK_UNWIND_EXPRESSION_H
#define PTK_UNWIND_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an expression may ask for. Both give false for what is not known. */
struct expression_frame {
	const void *ctx;
	bool (*reg)(const void *ctx, uint64_t dwarf_reg, uint64_t *value);
	bool (*load)(const void *ctx, uint64_t address, uint8_t size, uint64_t *value);
	uint8_t word;
};

/*
 * Runs it; *first (if not NULL) is on the stack before. The work is bounded
 * by the expression's size: there are no backward jumps. False: not
 * well formed, an operation that frames have no use for, or something asked
 * for is not known.
 */
bool expression_run(const uint8_t *bytes, size_t size, const struct expression_frame *frame,
		    const uint64_t *first, uint64_t *result);

#endif
