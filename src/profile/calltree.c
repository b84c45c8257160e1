/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A level of the tree is a set of branches of the grouping that look the
 * same to a reader (equal frames, reached over equal paths), each with the
 * part of its period that counts for this row. The next level is found from
 * it: the parents of the branches in callee order, their children in caller
 * order. As sums stand in the branches already, a level costs its own size
 * and nothing below the limit is walked at all.
 *
 * Which part counts: a sample belongs into a row's tree once. The chain of a
 * sample that hit the row's own function is shown whole; of one that hit a
 * callee, the part inwards of the function (caller order) or outwards of its
 * innermost call (callee order). The numbers that this needs beside the sums
 * are kept by branch in `amounts`, which is zero between rows.
 */
#include "profile/calltree.h"

struct item {
	uint32_t branch;
	uint32_t frame;		/* what it is grouped by */
	bool through;		/* only the samples that amounts[] counts, else all but those */
	uint64_t count, period;
};

struct climber {
	const struct grouping *g;
	const struct branches *tree;
	const struct calltree_spec *spec;
	struct calltree *out;
	struct calltree_amount *amounts;	/* by branch; the tree's */
	VEC(struct item) items;		/* the levels at work, as a stack */
	uint64_t whole;			/* what percentages are of, but for CALLTREE_FRACTAL */
};

struct cluster {
	uint32_t frame;
	size_t first, n;	/* of the items */
	uint64_t count, period;
};

static uint32_t frame_of(const struct climber *c, uint32_t branch)
{
	return c->g->same_frame[c->g->profile->stacks.data[c->tree->all.data[branch].stack].frame];
}

static void push_item(struct climber *c, uint32_t branch, bool through, uint64_t count, uint64_t period)
{
	if (count)
		vec_push(&c->items, (struct item){ .branch = branch, .frame = frame_of(c, branch), .through = through,
						   .count = count, .period = period });
}

/* A branch in caller order: with what went through it to the row's own samples, or with all the rest. */
static void push_inwards(struct climber *c, uint32_t branch, bool through)
{
	const struct branch *b = &c->tree->all.data[branch];
	const struct calltree_amount *a = &c->amounts[branch];

	if (through)
		push_item(c, branch, true, a->count, a->period);
	else
		push_item(c, branch, false, b->count - a->count, b->period - a->period);
}

/* The items one step further than those at [first, end). */
static void push_next(struct climber *c, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		struct item item = c->items.data[i];
		const struct branch *b = &c->tree->all.data[item.branch];
		if (!c->spec->caller) {
			if (b->parent)
				push_item(c, b->parent, false, item.count, item.period);
			continue;
		}
		for (uint32_t in = b->first_child; in != NO_ID; in = c->tree->all.data[in].next_sibling)
			push_inwards(c, in, item.through);
	}
}

static int compare_items(const void *x, const void *y)
{
	const struct item *a = x, *b = y;

	return a->frame < b->frame ? -1 : a->frame > b->frame;
}

static int compare_clusters(const void *x, const void *y, void *ctx)
{
	const struct cluster *a = x, *b = y;
	const bool *by_count = ctx;

	if (*by_count && a->count != b->count)
		return a->count > b->count ? -1 : 1;
	if (a->period != b->period)
		return a->period > b->period ? -1 : 1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return a->frame < b->frame ? -1 : a->frame > b->frame;
}

static bool worth_showing(const struct climber *c, uint32_t parent, const struct cluster *cluster)
{
	uint64_t whole = c->spec->mode == CALLTREE_FRACTAL ? c->out->nodes.data[parent].below_period : c->whole;

	if (c->spec->mode == CALLTREE_FLAT || c->spec->mode == CALLTREE_FOLDED)
		return true;	/* the limit is on whole chains there */
	return (double)cluster->period >= (double)whole * c->spec->min_percent / 100.0;
}

/*
 * Makes children of `parent` from the items at [first, end of items), which
 * are taken off again.
 */
static void add_level(struct climber *c, uint32_t parent, size_t first)
{
	VEC(struct cluster) clusters = { 0 };
	size_t end = c->items.len;

	if (end == first)
		return;
	qsort(&c->items.data[first], end - first, sizeof(*c->items.data), compare_items);
	for (size_t i = first; i < end; i++) {
		const struct item *item = &c->items.data[i];
		if (!clusters.len || vec_last(&clusters).frame != item->frame)
			vec_push(&clusters, (struct cluster){ .frame = item->frame, .first = i });
		struct cluster *cluster = &vec_last(&clusters);
		cluster->n++;
		cluster->count += item->count;
		cluster->period += item->period;
		c->out->nodes.data[parent].below_count += item->count;
		c->out->nodes.data[parent].below_period += item->period;
	}
	c->out->nodes.data[parent].n_children += (uint32_t)clusters.len;
	bool by_count = c->spec->value == CALLTREE_COUNT;
	qsort_r(clusters.data, clusters.len, sizeof(*clusters.data), compare_clusters, &by_count);
	uint32_t last = NO_ID;
	for (size_t i = 0; i < clusters.len; i++) {
		const struct cluster *cluster = &clusters.data[i];
		if (!worth_showing(c, parent, cluster))
			continue;
		uint32_t node = (uint32_t)c->out->nodes.len;
		vec_push(&c->out->nodes, (struct calltree_node){ .frame = cluster->frame, .first_child = NO_ID, .next = NO_ID,
								 .count = cluster->count, .period = cluster->period });
		if (last == NO_ID)
			c->out->nodes.data[parent].first_child = node;
		else
			c->out->nodes.data[last].next = node;
		last = node;
		push_next(c, cluster->first, cluster->first + cluster->n);
		add_level(c, node, end);
	}
	c->items.len = first;
	vec_deinit(&clusters);
}

static bool is_inlined(const struct climber *c, uint32_t branch)
{
	const struct profile *p = c->g->profile;

	return profile_frame_symbol(p, p->stacks.data[c->tree->all.data[branch].stack].frame)->inlined;
}

/* Adds what a branch used itself to all from it to the root; or sets them back to zero, for the next row. */
static void own_path(struct climber *c, uint32_t branch, bool clear)
{
	const struct branch *own = &c->tree->all.data[branch];

	for (uint32_t up = branch; up && (own->self_count || clear); up = c->tree->all.data[up].parent) {
		struct calltree_amount *a = &c->amounts[up];
		a->count = clear ? 0 : a->count + own->self_count;
		a->period = clear ? 0 : a->period + own->self_period;
	}
}

/*
 * What led to samples of the row's own function. In rows with callees its
 * inlined calls are branches of other rows, but what they used is its own.
 */
static void own_paths_at(struct climber *c, uint32_t branch, bool clear)
{
	own_path(c, branch, clear);
	if (!c->g->children)
		return;
	for (uint32_t in = c->tree->all.data[branch].first_child; in != NO_ID; in = c->tree->all.data[in].next_sibling)
		if (is_inlined(c, in))
			own_paths_at(c, in, clear);
}

static void own_paths(struct climber *c, const struct row *row, bool clear)
{
	for (uint32_t i = row->first; i != NO_ID; i = c->tree->all.data[i].next_in_row)
		if (clear || !c->g->children || !is_inlined(c, i))
			own_paths_at(c, i, clear);
}

static void begin_callers(struct climber *c, const struct row *row)
{
	own_paths(c, row, false);
	if (c->g->children)
		for (uint32_t i = row->first; i != NO_ID; i = c->tree->all.data[i].next_in_row)
			if (c->tree->all.data[i].outer == NO_ID)
				push_inwards(c, i, false);
	for (uint32_t in = c->tree->all.data[0].first_child; in != NO_ID; in = c->tree->all.data[in].next_sibling)
		push_inwards(c, in, true);
}

/* Each branch of the row with what it used less what inner calls of the same row did. */
static void begin_callees(struct climber *c, const struct row *row)
{
	for (uint32_t i = row->first; i != NO_ID; i = c->tree->all.data[i].next_in_row) {
		const struct branch *b = &c->tree->all.data[i];
		uint64_t count = c->g->children ? b->count : b->self_count;
		uint64_t period = c->g->children ? b->period : b->self_period;
		c->amounts[i].count += count;
		c->amounts[i].period += period;
		if (c->g->children && b->outer != NO_ID) {
			c->amounts[b->outer].count -= count;
			c->amounts[b->outer].period -= period;
		}
	}
	for (uint32_t i = row->first; i != NO_ID; i = c->tree->all.data[i].next_in_row)
		push_item(c, i, false, c->amounts[i].count, c->amounts[i].period);
}

static void reserve_amounts(struct calltree *tree, size_t n)
{
	if (tree->n_amounts >= n)
		return;
	free(tree->amounts);
	tree->amounts = xcalloc(n, sizeof(*tree->amounts));
	tree->n_amounts = n;
}

void calltree_build(struct calltree *tree, const struct grouping *g, const struct row *row,
		    const struct calltree_spec *spec)
{
	struct climber c = { .g = g, .tree = &g->trees.data[row->branches], .spec = spec, .out = tree,
			     .whole = g->whole };

	vec_clear(&tree->nodes);
	vec_push(&tree->nodes, (struct calltree_node){ .frame = NO_ID, .first_child = NO_ID, .next = NO_ID,
						       .count = row->count, .period = row_weight(g, row) });
	reserve_amounts(tree, c.tree->all.len);
	c.amounts = tree->amounts;
	if (spec->caller)
		begin_callers(&c, row);
	else
		begin_callees(&c, row);
	add_level(&c, 0, 0);
	own_paths(&c, row, true);
	vec_deinit(&c.items);
}

void calltree_deinit(struct calltree *tree)
{
	vec_deinit(&tree->nodes);
	free(tree->amounts);
	*tree = (struct calltree){ 0 };
}

uint32_t calltree_straight(const struct calltree *tree, uint32_t node)
{
	const struct calltree_node *n = &tree->nodes.data[node];

	if (n->n_children != 1 || n->first_child == NO_ID)
		return NO_ID;
	const struct calltree_node *child = &tree->nodes.data[n->first_child];
	return child->count == n->count && child->period == n->period ? n->first_child : NO_ID;
}
