/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two caches of the builder: a key has the slots of one cache line; what is
 * pushed out of them is forgotten, and the table grows while much is.
 *
 *  - leaves: from what a sampled address means to its leaf (profile/frames.h)
 *  - counters: from origin, callers and leaf to the counter (an id of profile->samples)
 */
#ifndef PTK_PROFILE_RECENT_H
#define PTK_PROFILE_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "session/session.h"

/* Slots, as a power of two: to begin with, and at most. */
enum { RECENT_BITS = 13, RECENT_BITS_MAX = 20 };
/* Slots to a line, likewise. */
enum { LEAVES_LINE = 1, COUNTERS_LINE = 2 };

struct recent {
	void *slots;
	unsigned bits;
	size_t misses;		/* since the table got its size */
};

struct leaf_key {
	struct session_anchor at;
	uint32_t kind;		/* leaf_kind() */
};

/* mode: PERF_RECORD_MISC_KERNEL, _USER or _CPUMODE_UNKNOWN; alone: as in frames_leaf(). */
static inline uint32_t leaf_kind(uint8_t mode, bool alone)
{
	return (uint32_t)mode << 1 | alone;
}

struct leaf_slot {
	struct leaf_key key;
	uint32_t leaf;		/* NO_ID: free */
	uint32_t location;	/* of the session, that the leaf is of */
};

struct leaves {
	struct recent table;
};

void leaves_init(struct leaves *l);
void leaves_deinit(struct leaves *l);
void leaves_remember(struct leaves *l, const struct leaf_slot *leaf);

/* The first slot of the key's line. */
static inline struct leaf_slot *leaves_line(const struct leaves *l, const struct leaf_key *key)
{
	uint64_t hash = (key->at.address ^ (uint64_t)key->at.space << 40 ^ (uint64_t)key->at.generation << 52 ^ key->kind) *
			0x9e3779b97f4a7c15ull;

	return (struct leaf_slot *)l->table.slots + (hash >> (64 - l->table.bits + LEAVES_LINE) << LEAVES_LINE);
}

static inline void leaves_expect(const struct leaves *l, const struct leaf_key *key)
{
	__builtin_prefetch(leaves_line(l, key));
}

/* NULL: it is not known. Good until the next is remembered. */
static inline const struct leaf_slot *leaves_find(const struct leaves *l, const struct leaf_key *key)
{
	const struct leaf_slot *slot = leaves_line(l, key);

	for (int i = 0; i < 1 << LEAVES_LINE; i++, slot++)
		if (slot->key.at.address == key->at.address && slot->key.at.space == key->at.space &&
		    slot->key.at.generation == key->at.generation && slot->key.kind == key->kind && slot->leaf != NO_ID)
			return slot;
	return NULL;
}

struct counter_key {
	uint32_t origin, callers, leaf;
};

struct counter_slot {
	struct counter_key key;
	uint32_t sample;	/* NO_ID: free */
};

struct counters {
	struct recent table;
};

void counters_init(struct counters *c);
void counters_deinit(struct counters *c);
void counters_remember(struct counters *c, const struct counter_key *key, uint32_t sample);

static inline struct counter_slot *counters_line(const struct counters *c, const struct counter_key *key)
{
	uint64_t hash = hash_mix((uint64_t)key->callers << 32 | key->leaf, key->origin);

	return (struct counter_slot *)c->table.slots + (hash >> (64 - c->table.bits + COUNTERS_LINE) << COUNTERS_LINE);
}

static inline void counters_expect(const struct counters *c, const struct counter_key *key)
{
	__builtin_prefetch(counters_line(c, key));
}

/* The counter, or NO_ID. */
static inline uint32_t counters_find(const struct counters *c, const struct counter_key *key)
{
	const struct counter_slot *slot = counters_line(c, key);

	for (int i = 0; i < 1 << COUNTERS_LINE; i++, slot++)
		if (slot->key.origin == key->origin && slot->key.callers == key->callers && slot->key.leaf == key->leaf)
			return slot->sample;
	return NO_ID;
}

#endif
