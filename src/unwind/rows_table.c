/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of rows, whoever made it: its index, looking up. The essay is in rows.c. */
#include "unwind/rows.h"

#include <stdlib.h>

#include "base/alloc.h"

/* About one slot for four rows, a power of two of addresses wide. */
void unwind_rows_index(struct unwind_rows *r)
{
	uint64_t span = r->end - r->base, want = r->n_rows / 4 + 1;
	uint32_t row = 0;

	while ((span >> r->shift) > want)
		r->shift++;
	r->n_index = (uint32_t)(span >> r->shift) + 2;
	r->index = xreallocarray(NULL, r->n_index, sizeof(*r->index));
	for (uint32_t i = 0; i < r->n_index; i++) {
		uint64_t at = (uint64_t)i << r->shift;

		while (row + 1 < r->n_rows && r->rows[row + 1].start <= at)
			row++;
		r->index[i] = row;
	}
}

void unwind_rows_destroy(struct unwind_rows *r)
{
	if (!r)
		return;
	free(r->rows);
	free(r->rules);
	free(r->rare);
	free(r->expressions);
	free(r->index);
	free(r);
}

const struct unwind_rule *unwind_rows_find(const struct unwind_rows *r, uint64_t address)
{
	uint64_t at = address - r->base;
	uint32_t low, high;

	if (address < r->base || address >= r->end)
		return &r->rules[0];
	low = r->index[at >> r->shift];
	high = r->index[(at >> r->shift) + 1];
	while (low < high) {	/* the last row that starts at or before the address */
		uint32_t middle = low + (high - low + 1) / 2;

		if (r->rows[middle].start <= at)
			low = middle;
		else
			high = middle - 1;
	}
	return &r->rules[r->rows[low].rule];
}

size_t unwind_rows_size(const struct unwind_rows *r)
{
	return sizeof(*r) + r->n_rows * sizeof(*r->rows) + r->n_rules * sizeof(*r->rules) + r->n_rare * sizeof(*r->rare) +
	       r->expressions_size + r->n_index * sizeof(*r->index);
}
