/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/stacktree.h"

#include <string.h>

#include "base/cleanup.h"

static bool label_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct labels *labels = ctx;
	const struct label *a = &labels->all.data[id], *b = key;

	return a->kind == b->kind && a->name == b->name && a->image == b->image;
}

uint32_t label_id(struct labels *labels, const struct label *label)
{
	uint64_t hash = hash_mix((uint64_t)label->name << 32 | label->image, label->kind);
	uint32_t id = idtable_find(&labels->ids, hash, label_equal, labels, label);

	if (id == NO_ID) {
		id = (uint32_t)labels->all.len;
		vec_push(&labels->all, *label);
		idtable_add(&labels->ids, hash, id);
	}
	return id;
}

void labels_deinit(struct labels *labels)
{
	strtab_deinit(&labels->strings);
	vec_deinit(&labels->all);
	idtable_deinit(&labels->ids);
}

static enum label_kind kind_of(const struct profile *p, uint32_t frame)
{
	if (profile_frame_symbol(p, frame)->inlined)
		return LABEL_INLINED;
	if (profile_frame_kernel(p, frame))
		return LABEL_KERNEL;
	return profile_frame_image(p, frame)->jit ? LABEL_JIT : LABEL_USER;
}

uint32_t labels_frame(struct labels *labels, const struct profile *p, uint32_t frame)
{
	struct label label = { .kind = kind_of(p, frame) };
	autostrbuf struct strbuf text = { 0 };

	export_frame_name(p, frame, &text);
	label.name = strtab_id(&labels->strings, strbuf_str(&text));
	if (!labels->names_alone) {
		strbuf_truncate(&text, 0);
		export_clean(strtab_text(&p->strings, profile_frame_image(p, frame)->name), &text);
		label.image = strtab_id(&labels->strings, strbuf_str(&text));
	}
	return label_id(labels, &label);
}

static uint32_t label_of_command(struct labels *labels, const struct profile *p, uint32_t comm)
{
	struct label label = { .kind = LABEL_COMMAND };
	autostrbuf struct strbuf text = { 0 };

	export_clean(strtab_text(&p->strings, comm), &text);
	label.name = strtab_id(&labels->strings, strbuf_str(&text));
	return label_id(labels, &label);
}

void stacktree_init(struct stacktree *tree)
{
	*tree = (struct stacktree){ 0 };
	vec_push(&tree->nodes, (struct stacknode){ .parent = NO_ID, .label = NO_ID, .first_child = NO_ID, .next = NO_ID });
}

void stacktree_deinit(struct stacktree *tree)
{
	vec_deinit(&tree->nodes);
	idtable_deinit(&tree->ids);
}

struct node_key {
	uint32_t parent, label;
};

static bool node_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct stacktree *tree = ctx;
	const struct stacknode *a = &tree->nodes.data[id];
	const struct node_key *b = key;

	return a->parent == b->parent && a->label == b->label;
}

static uint32_t child(struct stacktree *tree, uint32_t parent, uint32_t label)
{
	struct node_key key = { .parent = parent, .label = label };
	uint64_t hash = hash_u64((uint64_t)parent << 32 | label);
	uint32_t id = idtable_find(&tree->ids, hash, node_equal, tree, &key);

	if (id == NO_ID) {
		id = (uint32_t)tree->nodes.len;
		vec_push(&tree->nodes, (struct stacknode){ .parent = parent, .label = label, .first_child = NO_ID, .next = NO_ID });
		idtable_add(&tree->ids, hash, id);
	}
	return id;
}

/* One profile on its way into the tree. */
struct adding {
	struct stacktree *tree;
	struct labels *labels;
	const struct profile *p;
	uint32_t *label_of;		/* by frame; NO_ID: not asked yet */
	uint32_t *node_of;		/* by stack, below the command at work; NO_ID: none yet */
	VEC(uint32_t) touched;		/* the stacks that have one */
	VEC(uint32_t) path;		/* scratch */
};

static uint32_t node_of_stack(struct adding *a, uint32_t command, uint32_t stack)
{
	vec_clear(&a->path);
	for (; stack != STACK_EMPTY && a->node_of[stack] == NO_ID; stack = a->p->stacks.data[stack].parent)
		vec_push(&a->path, stack);
	uint32_t node = stack == STACK_EMPTY ? command : a->node_of[stack];
	for (size_t i = a->path.len; i-- > 0;) {
		uint32_t *label = &a->label_of[a->p->stacks.data[a->path.data[i]].frame];
		if (*label == NO_ID)
			*label = labels_frame(a->labels, a->p, a->p->stacks.data[a->path.data[i]].frame);
		node = child(a->tree, node, *label);
		a->node_of[a->path.data[i]] = node;
		vec_push(&a->touched, a->path.data[i]);
	}
	return node;
}

struct by_command {
	uint32_t comm, sample;
	uint32_t index;		/* of the event's samples */
};

/* The event's samples, those of a command together: sorted by counting, as there are many samples and few commands. */
static struct by_command *by_commands(const struct export *e, const struct export_event *event)
{
	const struct profile *p = e->profile;
	struct by_command *list = xreallocarray(NULL, event->n + 1, sizeof(*list));
	autofree uint32_t *next = xcalloc(p->strings.text.len + 1, sizeof(*next));

	for (size_t i = 0; i < event->n; i++)
		next[p->tasks.data[p->origins.data[export_sample(e, event, i)->origin].task].comm + 1]++;
	for (size_t comm = 1; comm < p->strings.text.len; comm++)
		next[comm] += next[comm - 1];
	for (size_t i = 0; i < event->n; i++) {
		uint32_t comm = p->tasks.data[p->origins.data[export_sample(e, event, i)->origin].task].comm;
		list[next[comm]++] = (struct by_command){ .comm = comm, .sample = e->samples.data[event->first + i], .index = (uint32_t)i };
	}
	return list;
}

void stacktree_add(struct stacktree *tree, struct labels *labels, const struct export *e,
		   const struct export_event *event, bool old, uint32_t *nodes)
{
	const struct profile *p = e->profile;
	autofree struct by_command *list = by_commands(e, event);
	struct adding a = { .tree = tree, .labels = labels, .p = p };
	uint32_t command = 0;

	a.label_of = unknown_ids(p->frames.len);
	a.node_of = unknown_ids(p->stacks.len);
	for (size_t i = 0; i < event->n; i++) {
		const struct profile_sample *s = &p->samples.data[list[i].sample];
		if (!i || list[i].comm != list[i - 1].comm) {
			while (a.touched.len)
				a.node_of[a.touched.data[--a.touched.len]] = NO_ID;
			command = child(tree, 0, label_of_command(labels, p, list[i].comm));
		}
		uint32_t id = node_of_stack(&a, command, s->stack);
		struct stacknode *node = &tree->nodes.data[id];
		if (nodes)
			nodes[list[i].index] = id;
		if (old) {
			node->old += export_value(e, s->count, s->period);
		} else {
			node->count += s->count;
			node->period += s->period;
		}
	}
	free(a.label_of);
	free(a.node_of);
	vec_deinit(&a.touched);
	vec_deinit(&a.path);
}

/* The last name first. */
static int compare_labels(const void *x, const void *y, void *ctx)
{
	const struct labels *labels = ctx;
	const struct label *a = &labels->all.data[*(const uint32_t *)x], *b = &labels->all.data[*(const uint32_t *)y];
	int order = strcmp(strtab_text(&labels->strings, b->name), strtab_text(&labels->strings, a->name));

	return order ? order : strcmp(strtab_text(&labels->strings, b->image), strtab_text(&labels->strings, a->image));
}

/* By label: its rank among the names, the last of which has 0. Those that read the same share one. The caller frees it. */
static uint32_t *rank_labels(const struct labels *labels)
{
	size_t n = labels->all.len;
	autofree uint32_t *sorted = xreallocarray(NULL, n, sizeof(*sorted));
	uint32_t *rank = xreallocarray(NULL, n, sizeof(*rank)), at = 0;

	for (uint32_t i = 0; i < n; i++)
		sorted[i] = i;
	qsort_r(sorted, n, sizeof(*sorted), compare_labels, (void *)labels);
	for (size_t i = 0; i < n; i++) {
		if (i && compare_labels(&sorted[i - 1], &sorted[i], (void *)labels))
			at++;
		rank[sorted[i]] = at;
	}
	return rank;
}

/*
 * The nodes but the first, those with the last name in front; n - 1 of them, to be freed by the caller. Sorted by
 * counting, as there are many nodes and few names.
 */
static uint32_t *nodes_by_rank(const struct stacktree *tree, const struct labels *labels)
{
	size_t n = tree->nodes.len;
	autofree uint32_t *rank = rank_labels(labels), *next = xcalloc(labels->all.len + 1, sizeof(*next));
	uint32_t *sorted = xreallocarray(NULL, n, sizeof(*sorted));

	for (size_t i = 1; i < n; i++)
		next[rank[tree->nodes.data[i].label] + 1]++;
	for (size_t i = 1; i < labels->all.len; i++)
		next[i] += next[i - 1];
	for (size_t i = 1; i < n; i++)
		sorted[next[rank[tree->nodes.data[i].label]]++] = (uint32_t)i;
	return sorted;
}

static void sum_up(struct stacktree *tree)
{
	for (size_t i = tree->nodes.len; i-- > 0;) {
		struct stacknode *node = &tree->nodes.data[i];
		node->whole_count += node->count;
		node->whole_period += node->period;
		node->whole_old += node->old;
		if (!i)
			break;
		struct stacknode *parent = &tree->nodes.data[node->parent];
		parent->whole_count += node->whole_count;
		parent->whole_period += node->whole_period;
		parent->whole_old += node->whole_old;
	}
}

void stacktree_finish(struct stacktree *tree, const struct labels *labels)
{
	autofree uint32_t *sorted = nodes_by_rank(tree, labels);

	sum_up(tree);
	/* Each is put in front of those that follow it. */
	for (size_t i = 0; i + 1 < tree->nodes.len; i++) {
		struct stacknode *node = &tree->nodes.data[sorted[i]], *parent = &tree->nodes.data[node->parent];
		node->next = parent->first_child;
		parent->first_child = sorted[i];
	}
}

uint32_t stacktree_next(const struct stacktree *tree, uint32_t node, unsigned *depth)
{
	const struct stacknode *nodes = tree->nodes.data;

	if (nodes[node].first_child != NO_ID) {
		++*depth;
		return nodes[node].first_child;
	}
	while (node && nodes[node].next == NO_ID) {
		node = nodes[node].parent;
		--*depth;
	}
	return node ? nodes[node].next : NO_ID;
}
