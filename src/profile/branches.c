/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/branches.h"

#include <stdlib.h>

/* ---- sites ---- */

/* Outwards to the same place. Most stacks have no recursion, and are walked to their end once here instead of once a party. */
static uint32_t outer_of(const struct profile *p, const struct site *sites, uint32_t stack)
{
	uint32_t at = p->stacks.data[stack].parent;

	while (at != STACK_EMPTY && sites[at].place != sites[stack].place)
		at = p->stacks.data[at].parent;
	return at;
}

struct site *sites_of(const struct profile *p, const uint32_t *place, bool outer)
{
	struct site *sites = xcalloc(p->stacks.len + 1, sizeof(*sites));

	/* parents have smaller ids */
	for (uint32_t i = STACK_EMPTY + 1; i < p->stacks.len; i++) {
		const struct profile_stack *stack = &p->stacks.data[i];
		struct site *site = &sites[i];
		site->code = profile_stack_code(p, i);
		site->place = place[stack->frame];
		site->depth = sites[stack->parent].depth + 1;
		site->kernel = profile_frame_kernel(p, stack->frame);
		site->outer = outer ? outer_of(p, sites, i) : STACK_EMPTY;
	}
	return sites;
}

/* ---- branches ---- */

void grower_init(struct grower *w, const struct profile *p)
{
	*w = (struct grower){ .profile = p, .branch_of = unknown_ids(p->stacks.len),
			      .own = xcalloc(p->stacks.len + 1, sizeof(*w->own)) };
}

void grower_deinit(struct grower *w)
{
	vec_deinit(&w->touched);
	free(w->branch_of);
	free(w->own);
}

static int compare_ids(const void *x, const void *y)
{
	const uint32_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

/* In ascending order. Of many it is quicker to look which they are than to sort them. */
static void sort_touched(struct grower *w)
{
	if (w->touched.len < w->profile->stacks.len / 16) {
		vec_sort(&w->touched, compare_ids);
		return;
	}
	vec_clear(&w->touched);
	for (uint32_t stack = STACK_EMPTY + 1; stack < w->profile->stacks.len; stack++)
		if (w->branch_of[stack] != NO_ID)
			vec_push(&w->touched, stack);
}

/*
 * A party's samples lie scattered among those of the others, and each is
 * looked at once: the memory is asked for one that much ahead of its use. It
 * may lie in two cache lines.
 */
enum { AHEAD = 16 };

static inline void expect(const struct profile_sample *sample)
{
	__builtin_prefetch(sample);
	__builtin_prefetch(&sample->period);
}

/* Which stacks there are, those of the samples and all outwards of them, and the sums of the samples. */
static void touch(struct grower *w, const uint32_t *samples, size_t n)
{
	const struct profile *p = w->profile;

	vec_clear(&w->touched);
	for (size_t i = 0; i < n; i++) {
		const struct profile_sample *sample = &p->samples.data[samples[i]];
		if (i + AHEAD < n)
			expect(&p->samples.data[samples[i + AHEAD]]);
		w->own[sample->stack].count += sample->count;
		w->own[sample->stack].period += sample->period;
		for (uint32_t s = sample->stack; s != STACK_EMPTY && w->branch_of[s] == NO_ID; s = p->stacks.data[s].parent) {
			w->branch_of[s] = 0;
			vec_push(&w->touched, s);
		}
	}
	sort_touched(w);
}

/* The branch of a stack, with what it has itself; that is zero again for the next party. */
static void add_branch(struct grower *w, struct branches *tree, uint32_t stack, uint32_t parent)
{
	struct own *own = &w->own[stack];

	w->branch_of[stack] = (uint32_t)tree->all.len;
	vec_push(&tree->all, (struct branch){ .stack = stack, .parent = parent, .first_child = NO_ID, .next_sibling = NO_ID, .row = NO_ID,
					      .next_in_row = NO_ID, .outer = NO_ID, .self_count = own->count,
					      .self_period = own->period, .count = own->count, .period = own->period });
	*own = (struct own){ 0 };
}

static void make_branches(struct grower *w, struct branches *tree)
{
	vec_reserve(&tree->all, w->touched.len + 1);
	add_branch(w, tree, STACK_EMPTY, NO_ID);
	for (size_t i = 0; i < w->touched.len; i++) {
		uint32_t stack = w->touched.data[i], parent = w->branch_of[w->profile->stacks.data[stack].parent];
		add_branch(w, tree, stack, parent);
		vec_last(&tree->all).next_sibling = tree->all.data[parent].first_child;
		tree->all.data[parent].first_child = w->branch_of[stack];
	}
}

static void sum_up(struct branches *tree)
{
	for (size_t i = tree->all.len; i-- > 1;) {
		const struct branch *b = &tree->all.data[i];
		tree->all.data[b->parent].count += b->count;
		tree->all.data[b->parent].period += b->period;
	}
}

void grower_grow(struct grower *w, const uint32_t *samples, size_t n, struct branches *tree)
{
	touch(w, samples, n);
	make_branches(w, tree);
	sum_up(tree);
}

void grower_done(struct grower *w)
{
	for (size_t i = 0; i < w->touched.len; i++)
		w->branch_of[w->touched.data[i]] = NO_ID;
}
