/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stretch of machine code, and where it is. */
#ifndef PTK_DISASM_CODE_H
#define PTK_DISASM_CODE_H

#include <stddef.h>
#include <stdint.h>

enum { CODE_MAX = 8 << 20 };	/* bytes of a function at most; what says more is damaged */

struct code {
	uint64_t address;	/* of bytes[0]: the image's own */
	const uint8_t *bytes;	/* borrowed */
	size_t size;
	uint16_t machine;	/* EM_* of elf.h */
};

enum code_syntax { SYNTAX_ATT, SYNTAX_INTEL };	/* of x86; others have one */

#endif
