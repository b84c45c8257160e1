/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unwind/complete.h"

#include <stdlib.h>

#include "base/alloc.h"

void unwind_remember(struct unwind_memory *m, const struct unwind_chain *chain)
{
	if (chain->len < 2) {
		m->len = 0;
		return;
	}
	m->len = (uint32_t)chain->len - 1;
	if (m->len > m->cap) {
		m->cap = m->len + m->len / 2;
		free(m->places);
		m->places = xreallocarray(NULL, m->cap, sizeof(*m->places));
	}
	for (uint32_t i = 0; i < m->len; i++)
		m->places[i] = (struct unwind_place){ .sp = chain->cfas[i], .pc = chain->pcs[i + 1] };
}

/* The place with that stack pointer, or len. Signal stacks may break the order: then nothing is found, which is safe. */
static uint32_t place_at(const struct unwind_memory *m, uint64_t sp)
{
	uint32_t low = 0, high = m->len;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (m->places[middle].sp < sp)
			low = middle + 1;
		else
			high = middle;
	}
	return low < m->len && m->places[low].sp == sp ? low : m->len;
}

static bool agrees(const struct unwind_place *place, const struct unwind_chain *chain, size_t frame)
{
	return place->sp == chain->cfas[frame - 1] && place->pc == chain->pcs[frame];
}

size_t unwind_complete(const struct unwind_memory *m, struct unwind_chain *chain)
{
	size_t last = chain->len - 1, added = 0;
	uint32_t at;

	if (chain->end != UNWIND_CUT || chain->len < 3)
		return 0;
	at = place_at(m, chain->cfas[last - 1]);
	if (at == m->len || !at || !agrees(&m->places[at], chain, last) || !agrees(&m->places[at - 1], chain, last - 1))
		return 0;
	for (at++; at < m->len && chain->len < chain->max; at++, added++) {
		chain->cfas[chain->len - 1] = m->places[at].sp;
		chain->pcs[chain->len++] = m->places[at].pc;
	}
	chain->end = at == m->len ? UNWIND_ROOT : UNWIND_FULL;
	return added;
}

void unwind_memory_deinit(struct unwind_memory *m)
{
	free(m->places);
	*m = (struct unwind_memory){ 0 };
}
