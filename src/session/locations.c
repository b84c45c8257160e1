/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/locations.h"

#include <string.h>

#include "base/alloc.h"

static void make_cache(struct locations *l, unsigned bits)
{
	size_t size = sizeof(*l->cache) << bits;

	free(l->cache);
	l->cache = memset(xmalloc(size), 0xff, size);
	l->cache_bits = bits;
	l->misses = 0;
}

void locations_init(struct locations *l)
{
	*l = (struct locations){ 0 };
	make_cache(l, LOCATIONS_CACHE);
}

void locations_remember(struct locations *l, const struct space *space, uint64_t address, uint32_t location)
{
	bool hit;
	struct location_slot *slot;

	if (++l->misses > (size_t)2 << l->cache_bits && l->cache_bits < LOCATIONS_CACHE_MAX)
		make_cache(l, l->cache_bits + 1);
	slot = locations_slot(l, space, address, &hit);
	*slot = (struct location_slot){
		.address = address, .space = space->id, .generation = space->generation, .location = location,
	};
}

void locations_deinit(struct locations *l)
{
	vec_deinit(&l->all);
	vec_deinit(&l->keys);
	idtable_deinit(&l->ids);
	free(l->cache);
	vec_deinit(&l->placed);
	vec_deinit(&l->places);
}

static uint64_t hash(const struct location_key *key)
{
	return hash_mix(hash_mix(key->image, key->symbol), key->offset);
}

static bool same(const void *ctx, uint32_t id, const void *key)
{
	const struct location_key *a = &((const struct locations *)ctx)->keys.data[id], *b = key;

	return a->offset == b->offset && a->image == b->image && a->symbol == b->symbol;
}

uint32_t locations_find(const struct locations *l, const struct location_key *key)
{
	return idtable_find(&l->ids, hash(key), same, l, key);
}

uint32_t locations_add(struct locations *l, const struct location_key *key, struct location location)
{
	uint32_t id = (uint32_t)l->all.len;

	vec_push(&l->all, location);
	vec_push(&l->keys, *key);
	idtable_add(&l->ids, hash(key), id);
	return id;
}

const struct image_place *locations_places(struct locations *l, struct images *images, uint32_t location, uint32_t *n)
{
	struct image_place places[IMAGE_PLACES_MAX];

	while (l->placed.len <= location)
		vec_add(&l->placed);
	struct location_places *placed = &l->placed.data[location];
	if (!placed->known) {
		const struct location *at = &l->all.data[location];
		placed->known = true;
		placed->n = (uint16_t)images_places(images, at->image, at->address, places);
		placed->first = (uint32_t)l->places.len;
		vec_append(&l->places, places, placed->n);
	}
	*n = placed->n;
	return placed->n ? l->places.data + placed->first : NULL;
}
