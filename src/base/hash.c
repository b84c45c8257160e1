/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hash.h"

#include <stdlib.h>

#include "base/alloc.h"

uint32_t *unknown_ids(size_t n)
{
	_Static_assert(NO_ID == UINT32_MAX, "all bits");
	return memset(xreallocarray(NULL, n + 1, sizeof(uint32_t)), 0xff, (n + 1) * sizeof(uint32_t));
}

uint64_t hash_bytes(const void *data, size_t len, uint64_t seed)
{
	const unsigned char *p = data;
	uint64_t h = seed ^ (len * 0x9e3779b97f4a7c15ull), w;

	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&w, p, 8);
		h = (h ^ w) * 0x9fb21c651e98df25ull;
		h ^= h >> 35;
	}
	if (len) {
		w = 0;
		memcpy(&w, p, len);
		h = (h ^ w) * 0x9fb21c651e98df25ull;
		h ^= h >> 35;
	}
	return hash_u64(h);
}

uint32_t idtable_find(const struct idtable *t, uint64_t hash, idtable_equal *equal,
		      const void *ctx, const void *key)
{
	uint32_t h = (uint32_t)(hash ^ hash >> 32);

	if (!t->mask)
		return NO_ID;
	for (uint32_t i = h & t->mask; t->slots[i].id != NO_ID; i = (i + 1) & t->mask)
		if (t->slots[i].hash == h && equal(ctx, t->slots[i].id, key))
			return t->slots[i].id;
	return NO_ID;
}

static void idtable_place(struct idtable_slot *slots, uint32_t mask, struct idtable_slot slot)
{
	uint32_t i = slot.hash & mask;

	while (slots[i].id != NO_ID)
		i = (i + 1) & mask;
	slots[i] = slot;
}

static void idtable_grow(struct idtable *t)
{
	size_t n = t->mask ? ((size_t)t->mask + 1) * 2 : 16;
	struct idtable_slot *slots = xmalloc_table(n * sizeof(*slots));

	memset(slots, 0xff, n * sizeof(*slots));
	if (t->mask)
		for (size_t i = 0; i <= t->mask; i++)
			if (t->slots[i].id != NO_ID)
				idtable_place(slots, (uint32_t)n - 1, t->slots[i]);
	free(t->slots);
	t->slots = slots;
	t->mask = (uint32_t)n - 1;
}

void idtable_add(struct idtable *t, uint64_t hash, uint32_t id)
{
	if (!t->mask || t->used >= t->mask / 4 * 3)
		idtable_grow(t);
	idtable_place(t->slots, t->mask,
		      (struct idtable_slot){ .hash = (uint32_t)(hash ^ hash >> 32), .id = id });
	t->used++;
}

void idtable_clear(struct idtable *t)
{
	if (t->mask)
		memset(t->slots, 0xff, ((size_t)t->mask + 1) * sizeof(*t->slots));
	t->used = 0;
}

void idtable_deinit(struct idtable *t)
{
	free(t->slots);
	*t = (struct idtable){ 0 };
}

static size_t map64_find(const struct map64 *m, uint64_t key)
{
	size_t i = hash_u64(key) & m->mask;

	while (m->taken[i] && m->slots[i].key != key)
		i = (i + 1) & m->mask;
	return i;
}

uint64_t *map64_get(const struct map64 *m, uint64_t key)
{
	if (!m->mask)
		return NULL;
	size_t i = map64_find(m, key);
	return m->taken[i] ? &m->slots[i].value : NULL;
}

static void map64_grow(struct map64 *m)
{
	struct map64 old = *m;
	size_t n = old.mask ? (old.mask + 1) * 2 : 16;

	m->slots = xcalloc(n, sizeof(*m->slots));
	m->taken = xcalloc(n, sizeof(*m->taken));
	m->mask = n - 1;
	if (old.mask)
		for (size_t i = 0; i <= old.mask; i++)
			if (old.taken[i]) {
				size_t at = map64_find(m, old.slots[i].key);
				m->slots[at] = old.slots[i];
				m->taken[at] = true;
			}
	free(old.slots);
	free(old.taken);
}

uint64_t *map64_put(struct map64 *m, uint64_t key, bool *added)
{
	if (!m->mask || m->used >= m->mask / 4 * 3)
		map64_grow(m);
	size_t i = map64_find(m, key);
	if (added)
		*added = !m->taken[i];
	if (!m->taken[i]) {
		m->taken[i] = true;
		m->slots[i] = (struct map64_slot){ .key = key };
		m->used++;
	}
	return &m->slots[i].value;
}

void map64_clear(struct map64 *m)
{
	if (m->mask)
		memset(m->taken, 0, (m->mask + 1) * sizeof(*m->taken));
	m->used = 0;
}

void map64_deinit(struct map64 *m)
{
	free(m->slots);
	free(m->taken);
	*m = (struct map64){ 0 };
}
