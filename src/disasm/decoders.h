/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two that decode; and what they share. Used by instructions.c alone. */
#ifndef PTK_DISASM_DECODERS_H
#define PTK_DISASM_DECODERS_H

#include "disasm/instructions.h"

enum decoded {
	DECODED,	/* all of it */
	DECODED_PARTLY,	/* some bytes are no instruction that it knows */
	DECODED_NOT,	/* it is not there, or does not know the machine */
};

enum decoded capstone_decode(struct instructions *in, const struct code *code, enum code_syntax syntax);
/* program NULL: objdump, or that of the machine's cross tools, as the PATH has it. */
enum decoded objdump_decode(struct instructions *in, const struct code *code, enum code_syntax syntax, const char *program);
/* What it printed of this code, which is changed; an address that is not where the one before ended is passed over. */
enum decoded objdump_parse(struct instructions *in, const struct code *code, char *text);

/*
 * Adds one: its flow and target are read off its words. operands as
 * capstone or objdump write them.
 */
void instructions_add(struct instructions *in, const struct code *code, uint32_t offset, size_t size,
		      const char *mnemonic, const char *operands);
/* Adds ".byte 0x06" or, where all instructions have four bytes, ".inst 0x…"; how many bytes it took. */
size_t instructions_add_unknown(struct instructions *in, const struct code *code, uint32_t offset);

#endif
