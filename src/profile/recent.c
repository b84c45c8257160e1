/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/recent.h"

#include <stdlib.h>

#include "base/alloc.h"

enum { CACHE_LINE = 64 };

/* All bits set is a free slot of either table. */
static void resize(struct recent *t, unsigned bits, size_t slot)
{
	size_t size = slot << bits;

	/* No slot lies across two cache lines. */
	free(t->memory);
	t->memory = xmalloc(size + CACHE_LINE);
	t->slots = (void *)(((uintptr_t)t->memory + CACHE_LINE - 1) & ~(uintptr_t)(CACHE_LINE - 1));
	memset(t->slots, 0xff, size);
	t->bits = bits;
	t->misses = 0;
}

/* Something was not there. */
static void missed(struct recent *t, size_t slot)
{
	if (++t->misses > (size_t)1 << t->bits && t->bits < RECENT_BITS_MAX)
		resize(t, t->bits + 1, slot);
}

void leaves_init(struct leaves *l)
{
	*l = (struct leaves){ 0 };
	resize(&l->table, RECENT_BITS, sizeof(struct leaf_slot));
}

void leaves_deinit(struct leaves *l)
{
	free(l->table.memory);
}

void leaves_remember(struct leaves *l, const struct leaf_key *key, uint32_t leaf)
{
	missed(&l->table, sizeof(struct leaf_slot));
	*leaves_slot(l, key) = (struct leaf_slot){
		.address = key->address, .space = key->space, .generation = key->generation,
		.leaf = leaf, .kind = leaf_kind(key),
	};
}

void counters_init(struct counters *p)
{
	*p = (struct counters){ 0 };
	resize(&p->table, RECENT_BITS, sizeof(struct counter_slot));
}

void counters_deinit(struct counters *p)
{
	free(p->table.memory);
}

void counters_remember(struct counters *p, const struct counter_key *key, uint32_t sample)
{
	missed(&p->table, sizeof(struct counter_slot));
	*counters_slot(p, key) = (struct counter_slot){ .key = *key, .sample = sample };
}
