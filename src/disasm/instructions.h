/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machine code as instructions: by libcapstone, or by objdump (a child
 * process) where capstone is not there or does not know one of them. Both
 * write the same text: that of objdump.
 */
#ifndef PTK_DISASM_INSTRUCTIONS_H
#define PTK_DISASM_INSTRUCTIONS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "disasm/code.h"

/* Where an instruction goes on. */
enum flow {
	FLOW_NEXT,	/* to the next one */
	FLOW_JUMP,	/* always elsewhere */
	FLOW_BRANCH,	/* elsewhere or to the next one */
	FLOW_CALL,
	FLOW_RETURN,
};

struct instruction {
	uint32_t offset;	/* of its first byte in the code */
	uint8_t size;		/* bytes */
	uint8_t flow;		/* enum flow */
	bool has_target;	/* `target` is where it jumps to, or what it calls */
	bool has_data;		/* `target` is what it reads or writes: an address relative to its own */
	uint64_t target;
	uint32_t text;		/* in instructions.text: "mov    %rsp,%rbp" */
};

struct instructions {
	VEC(struct instruction) all;	/* in order; they cover the whole code */
	struct strbuf text;		/* strings, each with its NUL */
	bool by_objdump;
};

struct disassembler {
	enum code_syntax syntax;
	const char *objdump;	/* --objdump: this program and no capstone; NULL: capstone, then objdump of the PATH */
};

/*
 * Bytes that are no instruction to anybody stand as ".byte 0x06". An error:
 * nobody here reads code of that machine.
 */
struct error *instructions_read(struct instructions *in, const struct code *code, const struct disassembler *how) MUST_CHECK;
void instructions_deinit(struct instructions *in);

static inline const char *instruction_text(const struct instructions *in, const struct instruction *i)
{
	return in->text.data + i->text;
}

#endif
