/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps over rows and stacks by hand: other machines, epilogues, and stacks that lie. */
#include "unwind/unwind.h"

#include <elf.h>

#include "base/cleanup.h"
#include "tests/lib/tap.h"

#define BASE 0x10000
#define SP 0x7000

/* The rule of each 256 bytes from BASE on. */
static struct unwind_rule rules[8];
static struct unwind_row rows_of[8];
static uint32_t slots[9];
static struct unwind_rows rows = {
	.base = BASE, .end = BASE + 0x800, .rows = rows_of, .n_rows = 8, .rules = rules, .n_rules = 8,
	.index = slots, .n_index = 9, .shift = 8,
};
static uint64_t stack[64], regs[64], pcs[64], cfas[64];
static uint64_t kernels[8];		/* what the kernel found by frame pointers */
static size_t n_kernels;
static struct unwind_chain chain = { .pcs = pcs, .cfas = cfas, .max = 64 };

static void begin(uint16_t machine, uint64_t pc)
{
	memset(rules, 0, sizeof(rules));
	memset(stack, 0, sizeof(stack));
	memset(regs, 0, sizeof(regs));
	rows.machine = unwind_machine_of_elf(machine);
	for (uint32_t i = 0; i < 8; i++) {
		rows_of[i] = (struct unwind_row){ .start = i * 0x100, .rule = i };
		slots[i] = i;
	}
	slots[8] = 7;
	regs[rows.machine->sp] = SP;
	regs[rows.machine->ip] = pc;
}

static enum unwind_end walk(size_t bytes)
{
	const struct unwind_map map = { .start = BASE, .end = BASE + 0x1000, .code = { .rows = &rows } };
	struct unwind_maps maps = { &map, 1 };
	struct unwinder *unwinder = unwinder_create();

	unwind(unwinder, &(struct unwind_input){
		.machine = rows.machine, .mask = UINT64_MAX, .regs = regs, .stack = (const uint8_t *)stack, .stack_size = bytes,
		.fp_chain = kernels, .fp_len = n_kernels, .generation = 1, .find = unwind_find_in_maps, .ctx = &maps }, &chain);
	unwinder_destroy(unwinder);
	return chain.end;
}

static void aarch64(void)
{
	begin(EM_AARCH64, BASE + 0x10);
	rules[0] = (struct unwind_rule){ .kind = UNWIND_SP, .flags = UNWIND_RA_LINK };			/* a leaf */
	rules[1] = (struct unwind_rule){ .kind = UNWIND_FP, .cfa = 32, .ra = -24, .fp = -32, .flags = UNWIND_RA_SIGNED };
	rules[2] = (struct unwind_rule){ .kind = UNWIND_OUTERMOST };
	regs[30] = BASE + 0x110;
	regs[29] = SP + 16;
	stack[3] = 0x00c5000000000000 | (BASE + 0x210);		/* signed; saved behind the frame pointer */
	CHECK_EQ(walk(sizeof(stack)), UNWIND_ROOT, "aarch64: to the root");
	CHECK(chain.len == 3 && pcs[1] == BASE + 0x110, "a leaf's caller is in the link register");
	CHECK(pcs[2] == BASE + 0x210 && cfas[1] == SP + 48, "the signature of a return address goes");
	regs[30] = BASE + 0x20;
	CHECK_EQ(walk(sizeof(stack)), UNWIND_CORRUPT, "a caller cannot have its return address in the link register");
}

/* The kernel saves the registers of what a signal interrupted: that may be a leaf, whose return address is one of them. */
static void aarch64_signal(void)
{
	struct unwind_rare rare = {
		.cfa = { .kind = CFI_REGISTER, .reg = 31, .offset = 64 }, .ra = { .kind = CFI_AT_CFA, .offset = -8 },
		.fp = { .kind = CFI_SAME }, .extra = { .kind = CFI_AT_CFA, .offset = -16 },
	};

	begin(EM_AARCH64, BASE + 0x10);
	rows.rare = &rare;
	rules[0] = (struct unwind_rule){ .kind = UNWIND_RARE, .flags = UNWIND_SIGNAL };
	rules[1] = (struct unwind_rule){ .kind = UNWIND_SP, .flags = UNWIND_RA_LINK };
	rules[2] = (struct unwind_rule){ .kind = UNWIND_OUTERMOST };
	regs[30] = 0x666;
	stack[7] = BASE + 0x100;
	stack[6] = BASE + 0x210;
	CHECK_EQ(walk(sizeof(stack)), UNWIND_ROOT, "aarch64: out of a signal's handler");
	CHECK(chain.len == 3 && pcs[1] == BASE + 0x100 && pcs[2] == BASE + 0x210, "a leaf that was interrupted had its own link register");
	rare.extra.kind = CFI_UNDEFINED;
	CHECK_EQ(walk(sizeof(stack)), UNWIND_CORRUPT, "that nobody has saved: no other stands for it");
	rows.rare = NULL;
}

static void i386(void)
{
	uint32_t *words = (uint32_t *)stack;

	begin(EM_386, BASE + 0x10);
	rules[0] = (struct unwind_rule){ .kind = UNWIND_SP, .cfa = 8, .ra = -4, .fp = -8 };
	rules[1] = (struct unwind_rule){ .kind = UNWIND_FP, .cfa = 8, .ra = -4, .fp = -8 };
	words[0] = SP + 16;
	words[1] = BASE + 0x110;
	words[5] = 0;
	CHECK_EQ(walk(sizeof(stack)), UNWIND_ROOT, "i386: a return address of 0 is the root");
	CHECK(chain.len == 2 && pcs[1] == BASE + 0x110 && cfas[0] == SP + 8, "words of 4 bytes");
}

static void epilogue(void)
{
	begin(EM_X86_64, BASE + 0x10);
	rules[0] = (struct unwind_rule){ .kind = UNWIND_SP, .cfa = 16, .ra = -8, .fp = -48 };
	rules[1] = (struct unwind_rule){ .kind = UNWIND_FP, .cfa = 16, .ra = -8, .fp = -16 };
	rules[2] = (struct unwind_rule){ .kind = UNWIND_OUTERMOST };
	regs[6] = SP + 64;		/* popped already: its slot lies below the stack pointer */
	stack[1] = BASE + 0x120;
	stack[9] = BASE + 0x220;
	CHECK_EQ(walk(sizeof(stack)), UNWIND_ROOT, "a register that was popped has its value again");
	CHECK(chain.len == 3 && pcs[2] == BASE + 0x220, "and leads on");
}

static void lookups(void)
{
	begin(EM_X86_64, BASE + 0x100);
	rules[0] = (struct unwind_rule){ .kind = UNWIND_SP, .cfa = 24, .ra = -8 };
	rules[1] = (struct unwind_rule){ .kind = UNWIND_SP, .cfa = 8, .ra = -8 };
	rules[2] = (struct unwind_rule){ .kind = UNWIND_SP, .cfa = 8, .ra = -8, .flags = UNWIND_SIGNAL };
	rules[3] = (struct unwind_rule){ .kind = UNWIND_OUTERMOST };
	stack[0] = BASE + 0x100;	/* a call that was the last instruction of the first function */
	stack[3] = BASE + 0x210;
	stack[4] = BASE + 0x300;	/* interrupted at the first instruction */
	stack[5] = 0x666;
	CHECK_EQ(walk(sizeof(stack)), UNWIND_ROOT, "sampled and interrupted addresses as they are, callers less one");
	CHECK_EQ(chain.len, 4, "all frames");
}

/* A handler on a stack of its own (SA_ONSTACK): what was interrupted has its frame where nothing was copied. */
static void another_stack(void)
{
	struct unwind_rare rare = {
		.cfa = { .kind = CFI_REGISTER, .reg = 1 }, .ra = { .kind = CFI_REGISTER, .reg = 2 }, .fp = { .kind = CFI_SAME },
	};

	begin(EM_X86_64, BASE + 0x10);
	rows.rare = &rare;
	rules[0] = (struct unwind_rule){ .kind = UNWIND_RARE, .flags = UNWIND_SIGNAL };
	rules[1] = (struct unwind_rule){ .kind = UNWIND_SP, .cfa = 16, .ra = -8 };
	regs[1] = SP - 0x4000;
	regs[2] = BASE + 0x100;
	CHECK_EQ(walk(sizeof(stack)), UNWIND_CUT, "a signal that came on another stack: cut, not corrupt and no root");
	CHECK(chain.len == 2 && pcs[1] == BASE + 0x100, "behind the function that was interrupted");
	rules[1] = (struct unwind_rule){ .kind = UNWIND_FP, .cfa = 16, .ra = -8, .fp = -16 };
	rules[2] = (struct unwind_rule){ .kind = UNWIND_OUTERMOST };
	regs[6] = SP - 0x4000 + 16;
	kernels[1] = BASE + 0x210;
	n_kernels = 2;
	CHECK(walk(sizeof(stack)) == UNWIND_ROOT && chain.len == 3 && pcs[2] == BASE + 0x210,
	      "whose callers are the kernel's, where it keeps a frame pointer");
	rules[1] = (struct unwind_rule){ .kind = UNWIND_SP, .cfa = 16, .ra = -8 };
	CHECK(walk(sizeof(stack)) == UNWIND_CUT && chain.len == 2, "and else are not: the kernel leaves its caller out");
	n_kernels = 0;
	rows.rare = NULL;
}

static void lies(void)
{
	begin(EM_X86_64, BASE + 0x10);
	rules[0] = (struct unwind_rule){ .kind = UNWIND_FP, .cfa = 16, .ra = -8, .fp = -16 };
	regs[6] = SP;
	stack[0] = SP;
	stack[1] = BASE + 0x20;
	CHECK_EQ(walk(sizeof(stack)), UNWIND_CORRUPT, "a frame that is its own caller");
	stack[0] = SP + 16;
	stack[2] = SP + 32;
	stack[3] = 0x666;
	CHECK_EQ(walk(sizeof(stack)), UNWIND_NO_CODE, "a return address to nowhere");
	CHECK_EQ(chain.len, 2, "is no frame");
	CHECK_EQ(walk(16), UNWIND_CUT, "stack bytes that end");
	stack[0] = UINT64_MAX - 4;
	CHECK_EQ(walk(sizeof(stack)), UNWIND_CUT, "a frame pointer at the end of all addresses");
	begin(EM_X86_64, BASE + 0x910);
	CHECK_EQ(walk(sizeof(stack)), UNWIND_NO_RULE, "code without rows and frame pointers");
	for (int i = 0; i < 62; i += 2) {
		stack[i] = SP + (uint64_t)(i + 2) * 8;
		stack[i + 1] = BASE + 0x920;
	}
	regs[6] = SP;
	CHECK(walk(sizeof(stack)) == UNWIND_ROOT && chain.len == 32 && chain.guessed == 32, "a chain of frame pointers");
	chain.max = 5;
	CHECK(walk(sizeof(stack)) == UNWIND_FULL && chain.len == 5, "no more frames than there is room for");
	chain.max = 64;
}

static void names(void)
{
	CHECK(unwind_machine_of_arch("x86_64", false)->elf == EM_X86_64, "x86_64");
	CHECK(unwind_machine_of_arch("x86_64", true)->elf == EM_386, "a 32-bit program on it");
	CHECK(unwind_machine_of_arch("i686", true)->elf == EM_386, "i686");
	CHECK(unwind_machine_of_arch("aarch64", false)->elf == EM_AARCH64, "aarch64");
	CHECK(!unwind_machine_of_arch("i", true) && !unwind_machine_of_arch("s390x", false), "none that is not known");
}

int main(void)
{
	aarch64();
	aarch64_signal();
	i386();
	epilogue();
	lookups();
	another_stack();
	lies();
	names();
	return tap_done();
}
