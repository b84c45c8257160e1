/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stack of any bytes, unwound by rows that came of any bytes. */
#ifndef PTK_TESTS_FUZZ_WALK_H
#define PTK_TESTS_FUZZ_WALK_H

#include <stdlib.h>

#include "unwind/unwind.h"

static inline void walk(const struct unwind_rows *rows, uint64_t address, const uint8_t *data, size_t size)
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

#endif
