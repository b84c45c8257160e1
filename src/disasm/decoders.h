/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two that decode: each adds to the instructions what it makes of the code. Used by disassembler.c alone. */
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

#endif
