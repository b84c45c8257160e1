/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/chains.h"

#include <string.h>

/* A piece: the stack and the cpumode, the space and generation, the number of words, the words. */
enum { STACK, SPACE, N, WORDS };

enum { CACHE_LINE_WORDS = 8 };

void chains_init(struct chains *chains, size_t bytes)
{
	*chains = (struct chains){ .limit = bytes / sizeof(uint64_t) };
}

void chains_deinit(struct chains *chains)
{
	idtable_deinit(&chains->ids);
	vec_deinit(&chains->pieces);
}

static uint64_t space_word(const struct chain_key *key)
{
	return (uint64_t)key->space << 32 | key->generation;
}

uint64_t chains_hash(const struct chain_key *key)
{
	return hash_bytes(key->words, key->n * sizeof(*key->words), space_word(key) ^ (uint64_t)key->cpumode << 56);
}

static bool chain_equal(const void *ctx, uint32_t id, const void *wanted)
{
	const struct chains *chains = ctx;
	const uint64_t *piece = &chains->pieces.data[id];
	const struct chain_key *key = wanted;

	return piece[N] == key->n && piece[SPACE] == space_word(key) && (piece[STACK] & 0xff) == key->cpumode &&
	       !memcmp(piece + WORDS, key->words, key->n * sizeof(*key->words));
}

void chains_expect_piece(const struct chains *chains, uint64_t hash)
{
	uint32_t id = idtable_first(&chains->ids, hash);

	if (id == NO_ID)
		return;
	/* Even a short piece mostly lies across two cache lines. */
	const uint64_t *piece = &chains->pieces.data[id];
	__builtin_prefetch(piece);
	__builtin_prefetch(piece + CACHE_LINE_WORDS - 1);
}

uint32_t chains_find(struct chains *chains, const struct chain_key *key, uint64_t hash)
{
	uint32_t id = idtable_find(&chains->ids, hash, chain_equal, chains, key);

	if (id == NO_ID) {
		chains->misses++;
		return NO_ID;
	}
	chains->hits++;
	return (uint32_t)(chains->pieces.data[id + STACK] >> 8);
}

void chains_add(struct chains *chains, const struct chain_key *key, uint64_t hash, uint32_t stack)
{
	const uint64_t head[WORDS] = { (uint64_t)stack << 8 | key->cpumode, space_word(key), key->n };

	if (chains->pieces.len && chains->pieces.len + WORDS + key->n > chains->limit) {
		idtable_clear(&chains->ids);
		vec_clear(&chains->pieces);
	}
	idtable_add(&chains->ids, hash, (uint32_t)chains->pieces.len);
	vec_append(&chains->pieces, head, WORDS);
	vec_append(&chains->pieces, key->words, key->n);
}
