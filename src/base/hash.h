/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hashing, and the two tables that everything else is built on. Both are
 * open-addressing with linear probing over power-of-two arrays; all-zero is
 * empty; nothing is ever removed singly.
 *
 *  - idtable: from something the caller can hash and compare to a 32-bit id.
 *    The caller keeps the things themselves in an array by id.
 *  - map64: from a 64-bit key to a 64-bit value.
 */
#ifndef PTK_BASE_HASH_H
#define PTK_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define NO_ID UINT32_MAX
/* n + 1 of them, for the caller to free. */
uint32_t *unknown_ids(size_t n);

/* Spreads the bits of one word (the finalizer of MurmurHash3). */
static inline uint64_t hash_u64(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdull;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53ull;
	return x ^ (x >> 33);
}

static inline uint64_t hash_mix(uint64_t seed, uint64_t x)
{
	return hash_u64(seed * 0x9e3779b97f4a7c15ull ^ x);
}

/* Of any bytes; not for use against an adversary who picks them. */
uint64_t hash_bytes(const void *data, size_t len, uint64_t seed);

struct idtable_slot {
	uint32_t hash, id;	/* id NO_ID marks a free slot */
};

struct idtable {
	struct idtable_slot *slots;
	uint32_t mask;		/* slots - 1; 0 when there are none */
	uint32_t used;
};

/* Is the thing with this id the one looked for? */
typedef bool idtable_equal(const void *ctx, uint32_t id, const void *key);

/* The id under that hash and key, or NO_ID. */
uint32_t idtable_find(const struct idtable *t, uint64_t hash, idtable_equal *equal,
		      const void *ctx, const void *key);
/* Asks the memory for what idtable_find will read first. */
static inline void idtable_expect(const struct idtable *t, uint64_t hash)
{
	if (t->mask)
		__builtin_prefetch(&t->slots[(uint32_t)(hash ^ hash >> 32) & t->mask]);
}
/* The id that idtable_find will most likely look at, or NO_ID. */
static inline uint32_t idtable_first(const struct idtable *t, uint64_t hash)
{
	return t->mask ? t->slots[(uint32_t)(hash ^ hash >> 32) & t->mask].id : NO_ID;
}
/* Adds one that idtable_find did not find. */
void idtable_add(struct idtable *t, uint64_t hash, uint32_t id);
void idtable_clear(struct idtable *t);
void idtable_deinit(struct idtable *t);

struct map64_slot {
	uint64_t key, value;
};

struct map64 {
	struct map64_slot *slots;
	bool *taken;
	size_t mask, used;
};

/* The value's place, or NULL. Good until the next map64_put. */
uint64_t *map64_get(const struct map64 *m, uint64_t key);
/* The value's place, new ones 0 with *added (may be NULL) set. */
uint64_t *map64_put(struct map64 *m, uint64_t key, bool *added);
void map64_clear(struct map64 *m);
void map64_deinit(struct map64 *m);

#endif
