/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unwind/complete.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

#define LINK_BITS 16

/* The caller of the frame that has this key; all-zero: that is the outermost, whose key alone is set. */
struct link {
	uint64_t key;		/* 0: free */
	struct unwind_place caller;
};

struct unwind_links {
	struct link links[1 << LINK_BITS];
};

struct unwind_links *unwind_links_create(void)
{
	return xcalloc(1, sizeof(struct unwind_links));
}

void unwind_links_destroy(struct unwind_links *links)
{
	free(links);
}

/* 64 bits tell frames apart well enough: no two of some million are likely to share them. */
static uint64_t key_of(const struct unwind_memory *m, const struct unwind_place *place)
{
	return hash_mix(hash_mix(m->thread + 1, place->sp), place->pc) | 1;
}

static const struct link *link_of(const struct unwind_links *links, uint64_t key)
{
	const struct link *link = &links->links[key >> (64 - LINK_BITS)];

	return link->key == key ? link : NULL;
}

static bool same_place(const struct unwind_place *a, const struct unwind_place *b)
{
	return a->sp == b->sp && a->pc == b->pc;
}

static struct unwind_place place_of(const struct unwind_chain *chain, size_t frame)
{
	return (struct unwind_place){ .sp = chain->cfas[frame - 1], .pc = chain->pcs[frame] };
}

/* How many of the outermost frames are those of the last whole stack. */
static uint32_t shared(const struct unwind_memory *m, const struct unwind_chain *chain)
{
	uint32_t n = 0;

	while (n < m->len && n + 1 < chain->len) {
		struct unwind_place place = place_of(chain, chain->len - 1 - n);

		if (!same_place(&m->places[m->len - 1 - n], &place))
			break;
		n++;
	}
	return n;
}

static void reserve(struct unwind_memory *m, uint32_t len)
{
	if (len <= m->cap)
		return;
	m->cap = len + len / 2;
	free(m->places);
	m->places = xreallocarray(NULL, m->cap, sizeof(*m->places));
}

void unwind_remember(struct unwind_memory *m, struct unwind_links *links, const struct unwind_chain *chain)
{
	uint32_t same, len = (uint32_t)chain->len - 1;

	if (chain->by_kernel || !chain->len)
		return;
	m->sampled = (struct unwind_place){ .sp = chain->first_sp, .pc = chain->pcs[0] };
	same = shared(m, chain);
	reserve(m, len);
	m->len = len;
	for (uint32_t i = 0; i < len; i++)
		m->places[i] = place_of(chain, i + 1);
	for (uint32_t i = 0; i < len - same; i++) {
		uint64_t key = key_of(m, &m->places[i]);

		links->links[key >> (64 - LINK_BITS)] = (struct link){
			.key = key, .caller = i + 1 < len ? m->places[i + 1] : (struct unwind_place){ 0 },
		};
	}
}

/* Stack pointers rise, so that damaged stacks cannot lead in a circle. */
static size_t follow_links(const struct unwind_memory *m, const struct unwind_links *links, struct unwind_chain *chain)
{
	size_t found = chain->len;
	struct unwind_place last = place_of(chain, found - 1), inner = place_of(chain, found - 2);
	const struct link *link = link_of(links, key_of(m, &inner));

	if (!link || !same_place(&link->caller, &last))
		return 0;
	while ((link = link_of(links, key_of(m, &last)))) {
		if (!link->caller.sp) {
			chain->end = UNWIND_ROOT;
			return chain->len - found;
		}
		if (link->caller.sp <= last.sp || chain->len == chain->max)
			break;
		last = link->caller;
		chain->cfas[chain->len - 1] = last.sp;
		chain->pcs[chain->len++] = last.pc;
	}
	chain->len = found;
	return 0;
}

/* By return addresses alone: where the two outermost are in the last whole stack, or its len; also where that could be more than one place. */
static uint32_t find_by_address(const struct unwind_memory *m, const struct unwind_chain *chain)
{
	const uint64_t *last = chain->pcs + chain->len - 1;
	uint32_t found = m->len;

	for (uint32_t at = 1; at < m->len; at++) {
		if (m->places[at].pc != last[0] || m->places[at - 1].pc != last[-1])
			continue;
		if (found < m->len)
			return m->len;
		found = at;
	}
	return found;
}

static size_t follow_addresses(const struct unwind_memory *m, struct unwind_chain *chain)
{
	uint32_t at = find_by_address(m, chain);
	size_t added = m->len - at;

	if (!added || --added > chain->max - chain->len)
		return 0;
	while (++at < m->len) {
		chain->cfas[chain->len - 1] = 0;
		chain->pcs[chain->len++] = m->places[at].pc;
	}
	chain->end = UNWIND_ROOT;
	return added;
}

size_t unwind_repeat(const struct unwind_memory *m, struct unwind_chain *chain)
{
	if (chain->len != 1 || !m->len || m->sampled.sp != chain->first_sp || m->sampled.pc != chain->pcs[0] || m->len >= chain->max)
		return 0;
	for (uint32_t i = 0; i < m->len; i++) {
		chain->cfas[i] = m->places[i].sp;
		chain->pcs[i + 1] = m->places[i].pc;
	}
	chain->len += m->len;
	chain->end = UNWIND_ROOT;
	return m->len;
}

size_t unwind_complete(const struct unwind_memory *m, const struct unwind_links *links, struct unwind_chain *chain)
{
	if (chain->end != UNWIND_CUT || chain->len < 3)
		return 0;
	return chain->by_kernel ? follow_addresses(m, chain) : follow_links(m, links, chain);
}

void unwind_memory_deinit(struct unwind_memory *m)
{
	free(m->places);
	*m = (struct unwind_memory){ 0 };
}
