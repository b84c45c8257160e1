/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who decodes machine code: libcapstone, or objdump (a child process) where
 * capstone is not there or does not know an instruction of it.
 */
#ifndef PTK_DISASM_DISASSEMBLER_H
#define PTK_DISASM_DISASSEMBLER_H

#include "base/error.h"
#include "disasm/instructions.h"

struct disassembler {
	enum code_syntax syntax;
	const char *objdump;	/* --objdump: this program and no capstone; NULL: capstone, then objdump of the PATH */
};

/*
 * The instructions of the code, the caller's to deinit, also after an error.
 * Bytes that are no instruction to anybody stand as ".byte 0x06". An error:
 * nobody here reads code of that machine.
 */
struct error *disassembler_read(const struct disassembler *how, const struct code *code, struct instructions *in) MUST_CHECK;

#endif
