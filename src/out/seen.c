/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a tree a picture holds. */
#include "base/cleanup.h"
#include "out/flame.h"

const struct export_event *flame_old_event(const struct export *now, const struct export_event *event, const struct export *old)
{
	for (size_t i = 0; old && i < old->events.len; i++)
		if (!strcmp(export_event_name(now, event), export_event_name(old, &old->events.data[i])))
			return &old->events.data[i];
	return old && now->events.len == 1 && old->events.len == 1 ? &old->events.data[0] : NULL;
}

void flame_tree(struct stacktree *tree, struct labels *labels, const struct export *now, const struct export_event *event,
		const struct export *old)
{
	const struct export_event *before = flame_old_event(now, event, old);

	stacktree_init(tree);
	stacktree_add(tree, labels, now, event, false, NULL);
	if (before)
		stacktree_add(tree, labels, old, before, true, NULL);
	stacktree_finish(tree, labels);
}

static uint64_t weight(const struct export *e, const struct stacknode *node)
{
	uint64_t now = export_value(e, node->whole_count, node->whole_period);

	return now > node->whole_old ? now : node->whole_old;
}

static int compare_weights(const void *x, const void *y)
{
	const uint64_t *a = x, *b = y;

	return *a > *b ? -1 : *a < *b;
}

/* The weight that a node must have so that no more than `most` have it. */
static uint64_t least_weight(const struct stacktree *tree, const struct export *e, size_t most)
{
	size_t n = tree->nodes.len;

	if (n <= most)
		return 1;
	autofree uint64_t *weights = xreallocarray(NULL, n, sizeof(*weights));
	for (size_t i = 0; i < n; i++)
		weights[i] = weight(e, &tree->nodes.data[i]);
	qsort(weights, n, sizeof(*weights), compare_weights);
	return weights[most] + 1;
}

struct selecting {
	struct seen *seen;
	const struct stacktree *tree;
	const struct export *e;
	uint64_t least;
	uint32_t small;		/* label */
	uint32_t last_depth;
};

static void push(struct selecting *s, const struct seen_node *node)
{
	struct seen_node pushed = *node;

	pushed.up = s->last_depth + 1 - node->depth;
	s->last_depth = node->depth;
	vec_push(&s->seen->nodes, pushed);
}

/* One node for all children of `parent` that are too small. */
static void push_small(struct selecting *s, uint32_t parent, uint32_t depth)
{
	struct seen_node small = { .depth = depth, .label = s->small, .node = parent };

	for (uint32_t i = s->tree->nodes.data[parent].first_child; i != NO_ID; i = s->tree->nodes.data[i].next) {
		const struct stacknode *node = &s->tree->nodes.data[i];
		if (weight(s->e, node) < s->least) {
			small.self += export_value(s->e, node->whole_count, node->whole_period);
			small.old += node->whole_old;
		}
	}
	if (small.self || small.old)
		push(s, &small);
}

/* The next node of those not skipped; *depth is kept. Node 0 at the end. */
static uint32_t step_over(const struct stacktree *tree, uint32_t node, uint32_t *depth)
{
	while (node && tree->nodes.data[node].next == NO_ID) {
		node = tree->nodes.data[node].parent;
		--*depth;
	}
	return node ? tree->nodes.data[node].next : 0;
}

void seen_select(struct seen *seen, const struct stacktree *tree, const struct export *e, struct labels *labels, size_t most)
{
	struct label small = { .kind = LABEL_SMALL, .name = strtab_id(&labels->strings, "(frames too small to be seen)") };
	struct selecting s = { .seen = seen, .tree = tree, .e = e, .least = least_weight(tree, e, most), .small = label_id(labels, &small) };
	uint32_t depth = 1, id = tree->nodes.data[0].first_child;

	push_small(&s, 0, 1);
	while (id && id != NO_ID) {
		const struct stacknode *node = &tree->nodes.data[id];
		if (weight(e, node) < s.least) {
			id = step_over(tree, id, &depth);
			continue;
		}
		struct seen_node shown = { .depth = depth, .label = node->label, .node = id, .old = node->old,
					   .self = export_value(e, node->count, node->period) };
		push(&s, &shown);
		push_small(&s, id, depth + 1);
		if (node->first_child != NO_ID) {
			id = node->first_child;
			depth++;
		} else {
			id = step_over(tree, id, &depth);
		}
	}
}

void seen_deinit(struct seen *seen)
{
	vec_deinit(&seen->nodes);
}
