/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/heat.h"

#include <string.h>

#include "base/cleanup.h"
#include "out/members.h"
#include "out/page.h"

enum {
	PAGE_NODES = 12000,	/* of all events together */
	PAGE_ENTRIES = 150000,	/* nodes in cells: there are fewer nodes where they come to more */
	LEAST_NODES = 64,
};

/* What a node got in a cell. */
struct heat_entry {
	uint64_t cell;
	uint32_t node;		/* as the page has it */
	uint64_t value;
};

static int compare_entries(const void *x, const void *y)
{
	const struct heat_entry *a = x, *b = y;

	if (a->cell != b->cell)
		return a->cell < b->cell ? -1 : 1;
	return a->node < b->node ? -1 : a->node > b->node;
}

struct heat_event {
	struct seen seen;
	struct heat_entry *entries;
	size_t n;
	uint64_t scale;
	uint64_t taken;		/* samples that are in some cell */
};

struct heat {
	const struct export *e;
	const struct heat_spec *spec;
	uint64_t first_ns, last_ns;
	struct labels labels;
	struct heat_event *events;
};

static uint64_t time_of(const struct export *e, const struct profile_sample *s)
{
	return e->profile->origins.data[s->origin].time;
}

static void find_span(struct heat *h)
{
	h->first_ns = UINT64_MAX;
	for (size_t i = 0; i < h->e->samples.len; i++) {
		uint64_t time = time_of(h->e, &h->e->profile->samples.data[h->e->samples.data[i]]);
		h->first_ns = time < h->first_ns ? time : h->first_ns;
		h->last_ns = time > h->last_ns ? time : h->last_ns;
	}
}

uint64_t heat_columns(const struct export *e, uint64_t column_ns)
{
	struct heat h = { .e = e };

	find_span(&h);
	return (h.last_ns - h.first_ns) / column_ns + 1;
}

/* By node of the tree, the one of the page: itself, or what stands for it. */
static uint32_t *page_nodes(const struct stacktree *tree, const struct seen *seen, const struct labels *labels)
{
	size_t n = tree->nodes.len;
	uint32_t *at = unknown_ids(n);
	autofree uint32_t *small = unknown_ids(n);

	for (uint32_t i = 0; i < seen->nodes.len; i++) {
		const struct seen_node *node = &seen->nodes.data[i];
		*(labels->all.data[node->label].kind == LABEL_SMALL ? &small[node->node] : &at[node->node]) = i;
	}
	/* parents have smaller ids */
	for (uint32_t i = 1; i < n; i++)
		if (at[i] == NO_ID) {
			uint32_t parent = tree->nodes.data[i].parent;
			at[i] = small[parent] != NO_ID ? small[parent] : at[parent];
			small[i] = at[i];
		}
	return at;
}

/* Equal cells and nodes become one. */
static size_t merge_entries(struct heat_entry *entries, size_t n)
{
	size_t kept = 0;

	qsort(entries, n, sizeof(*entries), compare_entries);
	for (size_t i = 0; i < n; i++)
		if (kept && !compare_entries(&entries[kept - 1], &entries[i]))
			entries[kept - 1].value += entries[i].value;
		else
			entries[kept++] = entries[i];
	return kept;
}

/* The logarithm to base 2, but for straight lines between the powers of two: the page has the same, and its inverse. */
static double octaves(uint64_t n)
{
	int whole = 63 - __builtin_clzll(n | 1);

	return whole + ((double)n / (double)(1ull << whole) - 1);
}

/* Shorter latencies are further down: rows begin at the top. */
static uint64_t row_of(const struct pairs *pairs, uint64_t took)
{
	double low = octaves(pairs->shortest + 1), range = octaves(pairs->longest + 1) - low;
	int row = range > 0 ? (int)((octaves(took + 1) - low) / range * HEAT_ROWS) : 0;

	return (uint64_t)(HEAT_ROWS - 1 - (row < HEAT_ROWS ? row : HEAT_ROWS - 1));
}

/* Columns one behind the other, rows from the top. False: the sample is in none. */
static bool cell_of(const struct heat *h, const struct profile_sample *s, uint64_t *cell)
{
	const struct profile_origin *origin = &h->e->profile->origins.data[s->origin];
	uint64_t time = origin->time - h->first_ns, column_ns = h->spec->column_ns;

	*cell = time / (column_ns / HEAT_ROWS);
	if (!h->spec->pairs)
		return true;
	const struct pair *pair = pairs_find(h->spec->pairs, origin->time, h->e->profile->tasks.data[origin->task].tid, origin->cpu);
	if (pair)
		*cell = time / column_ns * HEAT_ROWS + row_of(h->spec->pairs, pair->to_time - pair->from_time);
	return pair;
}

/* What of the tree the page gets, with `most` nodes, and where it is. */
static void fill_cells(const struct heat *h, const struct export_event *event, const struct stacktree *tree, struct labels *labels,
		       const uint32_t *nodes, size_t most, struct heat_event *to)
{
	seen_deinit(&to->seen);
	seen_select(&to->seen, tree, h->e, labels, most);
	autofree uint32_t *at = page_nodes(tree, &to->seen, labels);
	to->n = 0;
	for (size_t i = 0; i < event->n; i++) {
		const struct profile_sample *s = export_sample(h->e, event, i);
		uint64_t cell;
		if (cell_of(h, s, &cell))
			to->entries[to->n++] = (struct heat_entry){ .cell = cell, .node = at[nodes[i]], .value = export_value(h->e, s->count, s->period) };
	}
	to->taken = to->n;
	to->n = merge_entries(to->entries, to->n);
}

static void take_event(struct heat *h, const struct export_event *event, struct heat_event *to)
{
	size_t n_events = h->e->events.len, most = PAGE_NODES / n_events;
	autofree uint32_t *nodes = xreallocarray(NULL, event->n + 1, sizeof(*nodes));
	struct stacktree tree;

	stacktree_init(&tree);
	stacktree_add(&tree, &h->labels, h->e, event, false, nodes);
	stacktree_finish(&tree, &h->labels);
	to->entries = xreallocarray(NULL, event->n + 1, sizeof(*to->entries));
	fill_cells(h, event, &tree, &h->labels, nodes, most, to);
	for (; to->n > PAGE_ENTRIES / n_events && most > LEAST_NODES; most /= 2)
		fill_cells(h, event, &tree, &h->labels, nodes, most / 2, to);
	for (size_t i = 0; i < to->n; i++)
		to->scale = page_common_divisor(to->scale, to->entries[i].value);
	to->scale = to->scale ? to->scale : 1;
	stacktree_deinit(&tree);
}

static void write_cells(struct json *j, const struct heat_event *event)
{
	member_number(j, "scale", event->scale);
	json_key(j, "cells");
	json_array_begin(j);
	for (size_t i = 0; i < event->n; i++) {
		const struct heat_entry *entry = &event->entries[i];
		if (!i || entry->cell != entry[-1].cell) {
			json_array_begin(j);
			json_u64(j, entry->cell);
		}
		json_u64(j, entry->node);
		json_u64(j, entry->value / event->scale);
		if (i + 1 == event->n || entry[1].cell != entry->cell)
			json_array_end(j);
	}
	json_array_end(j);
}

static void write_events(struct heat *h, struct json *j)
{
	struct page_labels used;

	page_labels_init(&used, &h->labels);
	json_key(j, "events");
	json_array_begin(j);
	for (size_t i = 0; i < h->e->events.len; i++) {
		json_object_begin(j);
		page_event(j, h->e, &h->e->events.data[i]);
		page_tree(j, &h->events[i].seen, &used, false, false);
		write_cells(j, &h->events[i]);
		json_object_end(j);
	}
	json_array_end(j);
	page_labels_write(&used, j);
}

static void write_pairs(struct json *j, const struct pairs *p, const struct heat_event *event)
{
	json_key(j, "latency");
	json_object_begin(j);
	member_text(j, "from", p->event[PAIR_FROM]);
	member_text(j, "to", p->event[PAIR_TO]);
	member_number(j, "pairs", event->taken);
	member_number(j, "unmatched_from", p->unmatched[PAIR_FROM]);
	member_number(j, "unmatched_to", p->unmatched[PAIR_TO]);
	member_number(j, "shortest", p->shortest);
	member_number(j, "longest", p->longest);
	json_object_end(j);
}

void heat_page(const struct export *e, const struct heat_spec *spec, FILE *out)
{
	static const struct page_file *const styles[] = { &page_page_css, NULL },
		*const bodies[] = { &page_header_html, &page_heat_html, &page_flame_html, NULL }, *const scripts[] = { &page_page_js, &page_heat_js, &page_flame_js, NULL };
	struct heat h = { .e = e, .spec = spec, .events = xcalloc(e->events.len + 1, sizeof(*h.events)) };
	struct page page;

	find_span(&h);
	for (size_t i = 0; i < e->events.len; i++)
		take_event(&h, &e->events.data[i], &h.events[i]);
	page_begin(&page, out, e->about->command ? e->about->command : e->about->file, styles, bodies);
	page_about(&page.j, e, NULL);
	member_number(&page.j, "column_ns", spec->column_ns);
	member_number(&page.j, "columns", heat_columns(e, spec->column_ns));
	if (spec->pairs)
		write_pairs(&page.j, spec->pairs, &h.events[0]);
	write_events(&h, &page.j);
	page_end(&page, scripts);
	for (size_t i = 0; i < e->events.len; i++) {
		seen_deinit(&h.events[i].seen);
		free(h.events[i].entries);
	}
	free(h.events);
	labels_deinit(&h.labels);
}
