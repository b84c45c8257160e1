/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locations by id, and the way from an address of a space to one. Two
 * steps: a cache from (space, generation, address), which most look-ups end
 * in; behind it a table from (image, offset), so that an address is named
 * once however many tasks go through it.
 */
#ifndef PTK_SESSION_LOCATIONS_H
#define PTK_SESSION_LOCATIONS_H

#include "base/hash.h"
#include "base/vec.h"
#include "session/session.h"

/* Slots of the cache, as a power of two: to begin with, and when many addresses push each other out. */
enum { LOCATIONS_CACHE = 13, LOCATIONS_CACHE_MAX = 18 };

struct location_slot {
	uint64_t address;
	uint32_t space, generation;
	uint32_t location;	/* NO_ID: the slot is free */
	uint32_t reserved;
};

struct location_key {
	uint64_t offset;
	uint32_t image, symbol;	/* symbol NO_ID: any */
};

/* What has been learned of a location's source: some of `places`. */
struct location_places {
	uint32_t first;
	uint16_t n;
	bool known;
};

struct locations {
	VEC(struct location) all;
	VEC(struct location_key) keys;	/* by id */
	struct idtable ids;
	struct location_slot *cache;
	unsigned cache_bits;
	size_t misses;			/* since the cache got its size */
	VEC(struct location_places) placed;	/* by id, as far as anybody asked */
	VEC(struct image_place) places;
};

void locations_init(struct locations *l);
void locations_deinit(struct locations *l);

static inline size_t locations_index(const struct locations *l, const struct space *space, uint64_t address)
{
	return ((address ^ (uint64_t)space->id << 40) * 0x9e3779b97f4a7c15ull) >> (64 - l->cache_bits);
}

/* The place in the cache for an address; *hit says whether it holds it. */
static inline struct location_slot *locations_slot(struct locations *l, const struct space *space,
						   uint64_t address, bool *hit)
{
	struct location_slot *slot = &l->cache[locations_index(l, space, address)];

	*hit = slot->address == address && slot->space == space->id &&
	       slot->generation == space->generation && slot->location != NO_ID;
	return slot;
}
/* Asks the memory for the slot that locations_slot will look at. */
static inline void locations_expect(const struct locations *l, const struct space *space, uint64_t address)
{
	__builtin_prefetch(&l->cache[locations_index(l, space, address)]);
}
/* What a miss found. The cache may grow by it. */
void locations_remember(struct locations *l, const struct space *space, uint64_t address, uint32_t location);

/* The location under a key, or NO_ID. */
uint32_t locations_find(const struct locations *l, const struct location_key *key);
/* The source places of a location, looked up in the images when first asked for. Good until the next call. */
const struct image_place *locations_places(struct locations *l, struct images *images, uint32_t location, uint32_t *n);
uint32_t locations_add(struct locations *l, const struct location_key *key, struct location location);

#endif
