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

	a.label_of = xreallocarray(NULL, p->frames.len + 1, sizeof(*a.label_of));
	memset(a.label_of, 0xff, p->frames.len * sizeof(*a.label_of));
	a.node_of = xreallocarray(NULL, p->stacks.len, sizeof(*a.node_of));
	memset(a.node_of, 0xff, p->stacks.len * sizeof(*a.node_of));
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

struct named_node {
	const char *name, *image;
	uint32_t parent, node;
};

/* Siblings together, the last name first: each is then put in front of those that follow it. */
static int compare_names(const void *x, const void *y)
{
	const struct named_node *a = x, *b = y;

	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	int order = strcmp(b->name, a->name);
	return order ? order : strcmp(b->image, a->image);
}

void stacktree_finish(struct stacktree *tree, const struct labels *labels)
{
	size_t n = tree->nodes.len;
	autofree struct named_node *named = xreallocarray(NULL, n, sizeof(*named));

	for (size_t i = n; i-- > 0;) {
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
		const struct label *label = &labels->all.data[node->label];
		named[i - 1] = (struct named_node){ strtab_text(&labels->strings, label->name),
						    strtab_text(&labels->strings, label->image), node->parent, (uint32_t)i };
	}
	qsort(named, n - 1, sizeof(*named), compare_names);
	for (size_t i = 0; i + 1 < n; i++) {
		struct stacknode *parent = &tree->nodes.data[named[i].parent];
		tree->nodes.data[named[i].node].next = parent->first_child;
		parent->first_child = named[i].node;
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
