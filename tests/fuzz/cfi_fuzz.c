/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as .eh_frame and as .debug_frame, for each machine: compiled,
 * looked up at every row, and a stack of the same bytes unwound by them.
 */
#include <elf.h>
#include <stdlib.h>

#include "tests/fuzz/walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
