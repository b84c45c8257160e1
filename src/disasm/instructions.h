/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machine code as instructions: their text, which is objdump's whoever decoded
 * them, and where they go, which is read off that text.
 */
#ifndef PTK_DISASM_INSTRUCTIONS_H
#define PTK_DISASM_INSTRUCTIONS_H

#include <stdbool.h>

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
	bool by_objdump;	/* and not by capstone */
};

/*
 * Adds one: its flow and target are read off its words. operands as
 * capstone or objdump write them.
 */
void instructions_add(struct instructions *in, const struct code *code, uint32_t offset, size_t size,
		      const char *mnemonic, const char *operands);
/* Adds ".byte 0x06" or, where all instructions have four bytes, ".inst 0x…"; how many bytes it took. */
size_t instructions_add_unknown(struct instructions *in, const struct code *code, uint32_t offset);
void instructions_clear(struct instructions *in);
void instructions_deinit(struct instructions *in);

static inline const char *instruction_text(const struct instructions *in, const struct instruction *i)
{
	return in->text.data + i->text;
}

#endif
