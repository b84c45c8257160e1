/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Raw call chains that were named before: from the words of a chain, in an
 * address space, to its stack. Bounded: when it has taken as much memory as
 * it may, it forgets everything and starts again (chains in use come back at
 * once, those of the past do not).
 */
#ifndef PTK_PROFILE_CHAINS_H
#define PTK_PROFILE_CHAINS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/vec.h"

struct chain_key {
	const uint64_t *words;
	size_t n;
	uint32_t space, generation;	/* of the session's address space */
	uint8_t cpumode;		/* of the words before the first context marker */
};

struct chain {
	struct chain_key key;		/* words in the arena */
	uint32_t stack;
};

struct chains {
	struct arena words;
	struct idtable ids;
	VEC(struct chain) known;
	size_t limit;			/* bytes */
	uint64_t hits, misses;
};

void chains_init(struct chains *chains, size_t limit);
void chains_deinit(struct chains *chains);

uint64_t chains_hash(const struct chain_key *key);
/* The stack, or NO_ID. */
uint32_t chains_find(struct chains *chains, const struct chain_key *key, uint64_t hash);
/* Remembers one that chains_find did not find; the words are copied. */
void chains_add(struct chains *chains, const struct chain_key *key, uint64_t hash, uint32_t stack);

#endif
