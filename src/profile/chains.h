/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Raw call chains that were named before: from the words of a chain, in an
 * address space, to its stack. Bounded: when it has taken as much memory as
 * it may, it forgets everything and starts again (chains in use come back at
 * once, those of the past do not).
 *
 * A chain is one piece of one array, its key in front of its words, so that
 * a look-up touches two places: the slot of the table and the piece.
 */
#ifndef PTK_PROFILE_CHAINS_H
#define PTK_PROFILE_CHAINS_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/vec.h"

struct chain_key {
	const uint64_t *words;
	size_t n;
	uint32_t space, generation;	/* of the session's address space */
	uint8_t cpumode;		/* of the words before the first context marker */
};

struct chains {
	VEC(uint64_t) pieces;		/* the first is at 0; an id is an index of it */
	struct idtable ids;
	size_t limit;			/* words */
	uint64_t hits, misses;
};

/* `bytes`: how much the chains may take, the table not counted; below 16 GiB. */
void chains_init(struct chains *chains, size_t bytes);
void chains_deinit(struct chains *chains);

uint64_t chains_hash(const struct chain_key *key);
/* Asks the memory for what chains_find will read: the slot; when that has come, the piece. */
static inline void chains_expect(const struct chains *chains, uint64_t hash)
{
	idtable_expect(&chains->ids, hash);
}
void chains_expect_piece(const struct chains *chains, uint64_t hash);
/* The stack, or NO_ID. */
uint32_t chains_find(struct chains *chains, const struct chain_key *key, uint64_t hash);
/* Remembers one that chains_find did not find; the words are copied. */
void chains_add(struct chains *chains, const struct chain_key *key, uint64_t hash, uint32_t stack);

#endif
