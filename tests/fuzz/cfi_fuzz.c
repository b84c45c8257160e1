/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as .eh_frame and as .debug_frame, for each machine: compiled,
 * looked up at every row, and a stack of the same bytes unwound by them.
 */
#include <elf.h>
#include <stdlib.h>

#include "unwind/unwind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct unwind_rows *rows, uint64_t address, const uint8_t *data, size_t size)
{
	struct unwinder *unwinder = unwinder_create();
	const struct unwind_map map = { .start = 0, .end = UINT64_MAX, .code = { .rows = rows } };
	struct unwind_maps maps = { &map, 1 };
	uint64_t regs[64], pcs[64], cfas[64];
	struct unwind_chain chain = { .pcs = pcs, .cfas = cfas, .max = 64 };

	for (int i = 0; i < 64; i++)
		regs[i] = 0x1000 + (uint64_t)i % 3 * 8;
	regs[rows->machine->ip] = address;
	unwind(unwinder, &(struct unwind_input){
		.machine = rows->machine, .mask = UINT64_MAX, .regs = regs, .stack = data, .stack_size = size,
		.generation = 1, .find = unwind_find_in_maps, .ctx = &maps }, &chain);
	if (!chain.len || chain.len > 64)
		abort();
	unwinder_destroy(unwinder);
}

static void compile(uint16_t machine, const struct cfi_section *section, size_t n)
{
	struct unwind_rows *rows = unwind_rows_create(unwind_machine_of_elf(machine), section, n);

	if (!rows)
		return;
	for (uint32_t i = 0; i < rows->n_rows && i < 1000; i++) {
		uint64_t address = rows->base + rows->rows[i].start;
		const struct unwind_rule *rule = unwind_rows_find(rows, address);

		if (rule < rows->rules || rule >= rows->rules + rows->n_rules)
			abort();
		if (address < rows->end && i + 1 < rows->n_rows && rows->rows[i + 1].start > rows->rows[i].start &&
		    rule != &rows->rules[rows->rows[i].rule])
			abort();
		if (i < 64 || rule->kind == UNWIND_RARE)
			walk(rows, address, section->bytes, section->size);
	}
	unwind_rows_destroy(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cfi_section sections[2] = {
		{ .bytes = data, .size = size, .address = 0x10000, .text = 0x2000, .data = 0x3000, .word = 8 },
		{ .bytes = data, .size = size, .address = 0x10000, .debug_frame = true, .word = 8 },
	};

	compile(EM_X86_64, sections, 2);
	compile(EM_AARCH64, sections, 2);
	sections[0].word = sections[1].word = 4;
	compile(EM_386, sections, 2);
	return 0;
}
