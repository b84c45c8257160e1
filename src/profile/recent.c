/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/recent.h"

#include <stdlib.h>

#include "base/alloc.h"

/* All bits set is a free slot of either table. */
static void *make(struct recent *t, unsigned bits, size_t slot)
{
	void *old = t->slots;

	t->slots = memset(xmalloc_table(slot << bits), 0xff, slot << bits);
	t->bits = bits;
	t->misses = 0;
	return old;
}

/*
 * Something was not there. Is the table too small? Half full it begins to
 * push out what is still wanted: a line has few slots, and some lines many keys.
 */
static bool crowded(struct recent *t)
{
	return ++t->misses > (size_t)1 << (t->bits - 1) && t->bits < RECENT_BITS_MAX;
}

void leaves_init(struct leaves *l)
{
	*l = (struct leaves){ 0 };
	make(&l->table, RECENT_BITS, sizeof(struct leaf_slot));
}

void leaves_deinit(struct leaves *l)
{
	free(l->table.slots);
}

/* In front; the last of the line goes. */
static void leaves_put(struct leaves *l, struct leaf_slot new)
{
	struct leaf_slot *line = leaves_line(l, &new.key);

	memmove(line + 1, line, ((1 << LEAVES_LINE) - 1) * sizeof(*line));
	*line = new;
}

static void leaves_grow(struct leaves *l)
{
	size_t n = (size_t)1 << l->table.bits;
	struct leaf_slot *old = make(&l->table, l->table.bits + 1, sizeof(*old));

	for (size_t i = 0; i < n; i++)
		if (old[i].leaf != NO_ID)
			leaves_put(l, old[i]);
	free(old);
}

void leaves_remember(struct leaves *l, const struct leaf_slot *leaf)
{
	if (crowded(&l->table))
		leaves_grow(l);
	leaves_put(l, *leaf);
}

void counters_init(struct counters *c)
{
	*c = (struct counters){ 0 };
	make(&c->table, RECENT_BITS, sizeof(struct counter_slot));
}

void counters_deinit(struct counters *c)
{
	free(c->table.slots);
}

static void counters_put(struct counters *c, struct counter_slot new)
{
	struct counter_slot *line = counters_line(c, &new.key);

	memmove(line + 1, line, ((1 << COUNTERS_LINE) - 1) * sizeof(*line));
	*line = new;
}

static void counters_grow(struct counters *c)
{
	size_t n = (size_t)1 << c->table.bits;
	struct counter_slot *old = make(&c->table, c->table.bits + 1, sizeof(*old));

	for (size_t i = 0; i < n; i++)
		if (old[i].sample != NO_ID)
			counters_put(c, old[i]);
	free(old);
}

void counters_remember(struct counters *c, const struct counter_key *key, uint32_t sample)
{
	if (crowded(&c->table))
		counters_grow(c);
	counters_put(c, (struct counter_slot){ .key = *key, .sample = sample });
}
