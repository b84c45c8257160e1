/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/chains.h"

#include <string.h>

void chains_init(struct chains *chains, size_t limit)
{
	*chains = (struct chains){ .limit = limit };
}

void chains_deinit(struct chains *chains)
{
	arena_deinit(&chains->words);
	idtable_deinit(&chains->ids);
	vec_deinit(&chains->known);
}

uint64_t chains_hash(const struct chain_key *key)
{
	uint64_t seed = (uint64_t)key->space << 32 | key->generation;

	return hash_bytes(key->words, key->n * sizeof(*key->words), seed ^ (uint64_t)key->cpumode << 60);
}

static bool chain_equal(const void *ctx, uint32_t id, const void *wanted)
{
	const struct chains *chains = ctx;
	const struct chain_key *a = &chains->known.data[id].key, *b = wanted;

	return a->n == b->n && a->space == b->space && a->generation == b->generation &&
	       a->cpumode == b->cpumode && !memcmp(a->words, b->words, a->n * sizeof(*a->words));
}

uint32_t chains_find(struct chains *chains, const struct chain_key *key, uint64_t hash)
{
	uint32_t id = idtable_find(&chains->ids, hash, chain_equal, chains, key);

	if (id == NO_ID) {
		chains->misses++;
		return NO_ID;
	}
	chains->hits++;
	return chains->known.data[id].stack;
}

static void forget(struct chains *chains)
{
	arena_deinit(&chains->words);
	chains->words = (struct arena){ 0 };
	idtable_clear(&chains->ids);
	vec_clear(&chains->known);
}

void chains_add(struct chains *chains, const struct chain_key *key, uint64_t hash, uint32_t stack)
{
	size_t per_chain = sizeof(struct chain) + 2 * sizeof(struct idtable_slot);

	if (chains->words.total + chains->known.len * per_chain > chains->limit)
		forget(chains);
	struct chain chain = { .key = *key, .stack = stack };
	chain.key.words = arena_memdup(&chains->words, key->words, key->n * sizeof(*key->words));
	idtable_add(&chains->ids, hash, (uint32_t)chains->known.len);
	vec_push(&chains->known, chain);
}
