/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disasm/disassembler.h"

#include "disasm/decoders.h"

struct error *disassembler_read(const struct disassembler *how, const struct code *code, struct instructions *in)
{
	enum decoded by_capstone = DECODED_NOT;
	struct instructions other = { 0 };

	*in = (struct instructions){ 0 };
	if (!how->objdump)
		by_capstone = capstone_decode(in, code, how->syntax);
	if (by_capstone == DECODED)
		return NULL;
	enum decoded by_objdump = objdump_decode(&other, code, how->syntax, how->objdump);
	if (by_objdump != DECODED_NOT) {
		instructions_deinit(in);
		*in = other;
		in->by_objdump = true;
		return NULL;
	}
	instructions_deinit(&other);
	if (by_capstone == DECODED_PARTLY)
		return NULL;
	instructions_clear(in);
	if (how->objdump)
		return error_create("%s gives no instructions", how->objdump);
	return error_hint(error_create("no disassembler for this machine's code (ELF machine %u) is here", code->machine),
			  "install libcapstone 4, or binutils (objdump) for that machine and name it with --objdump");
}
