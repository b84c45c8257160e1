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
	*w = (struct grower){ .profile = p, .branch_of = unknown_ids(p->stacks.len) };
}

void grower_deinit(struct grower *w)
{
	vec_deinit(&w->touched);
	free(w->branch_of);
}

static int compare_ids(const void *x, const void *y)
{
	const uint32_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

/*
 * A party's samples lie scattered among those of the others. The memory is
 * asked for one that much ahead of its use.
 */
enum { AHEAD = 16 };

static inline const struct profile_sample *sample_of(const struct grower *w, const uint32_t *samples, size_t i, size_t n)
{
	if (i + AHEAD < n)
		__builtin_prefetch(&w->profile->samples.data[samples[i + AHEAD]]);
	return &w->profile->samples.data[samples[i]];
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

/* Which stacks there are: those of the samples and all outwards of them. */
static void touch(struct grower *w, const uint32_t *samples, size_t n)
{
	const struct profile *p = w->profile;

	vec_clear(&w->touched);
	for (size_t i = 0; i < n; i++)
		for (uint32_t s = sample_of(w, samples, i, n)->stack; s != STACK_EMPTY && w->branch_of[s] == NO_ID;
		     s = p->stacks.data[s].parent) {
			w->branch_of[s] = 0;
			vec_push(&w->touched, s);
		}
	sort_touched(w);
}

static void make_branches(struct grower *w, struct branches *tree)
{
	const struct branch empty = { .stack = STACK_EMPTY, .parent = NO_ID, .first_child = NO_ID, .next_sibling = NO_ID,
				      .row = NO_ID, .next_in_row = NO_ID, .outer = NO_ID };

	vec_reserve(&tree->all, w->touched.len + 1);
	vec_push(&tree->all, empty);
	w->branch_of[STACK_EMPTY] = 0;
	for (size_t i = 0; i < w->touched.len; i++) {
		uint32_t stack = w->touched.data[i];
		struct branch branch = empty;
		branch.stack = stack;
		branch.parent = w->branch_of[w->profile->stacks.data[stack].parent];
		w->branch_of[stack] = (uint32_t)tree->all.len;
		branch.next_sibling = tree->all.data[branch.parent].first_child;
		tree->all.data[branch.parent].first_child = w->branch_of[stack];
		vec_push(&tree->all, branch);
	}
}

static void sum_up(struct grower *w, const uint32_t *samples, size_t n, struct branches *tree)
{
	for (size_t i = 0; i < n; i++) {
		const struct profile_sample *sample = sample_of(w, samples, i, n);
		struct branch *b = &tree->all.data[w->branch_of[sample->stack]];
		b->self_count += sample->count;
		b->self_period += sample->period;
	}
	for (size_t i = tree->all.len; i-- > 0;) {
		struct branch *b = &tree->all.data[i];
		b->count += b->self_count;
		b->period += b->self_period;
		if (i) {
			tree->all.data[b->parent].count += b->count;
			tree->all.data[b->parent].period += b->period;
		}
	}
}

void grower_grow(struct grower *w, const uint32_t *samples, size_t n, struct branches *tree)
{
	touch(w, samples, n);
	make_branches(w, tree);
	sum_up(w, samples, n, tree);
}

void grower_done(struct grower *w)
{
	for (size_t i = 0; i < w->touched.len; i++)
		w->branch_of[w->touched.data[i]] = NO_ID;
}
