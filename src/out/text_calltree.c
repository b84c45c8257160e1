/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Call graphs in ASCII:
 *
 *	|
 *	---main                 a straight piece: each frame goes on in one only
 *	   |
 *	   |--60.00%--big       where it parts
 *	   |
 *	    --40.00%--small     the last one ends the bar
 *	              tiny
 */
#include <inttypes.h>

#include "base/cleanup.h"
#include "profile/cells.h"
#include "out/text.h"

enum { MARGIN = 12, STEP = 11 };	/* columns: left of all, and of a level */

struct graph {
	const struct grouping *g;
	const struct text_options *o;
	const struct calltree_spec *spec;
	const struct calltree *tree;
	unsigned indent;		/* columns behind the margin */
	VEC(bool) bars;			/* by level: its bar goes on */
	struct strbuf line;		/* scratch */
};

static void end_line(struct graph *d)
{
	strbuf_trim(&d->line);
	strbuf_tame(&d->line, 0);
	strbuf_addc(&d->line, '\n');
	fwrite(strbuf_str(&d->line), 1, d->line.len, d->o->out);
	strbuf_truncate(&d->line, 0);
}

static void add_margin(struct graph *d)
{
	strbuf_fill(&d->line, ' ', MARGIN + d->indent);
}

/* The bars of levels [0, n). */
static void add_bars(struct graph *d, size_t n)
{
	add_margin(d);
	for (size_t i = 0; i < n; i++)
		strbuf_printf(&d->line, "%c%*s", d->bars.data[i] ? '|' : ' ', STEP - 1, "");
}

static void add_value(struct graph *d, uint64_t count, uint64_t period, uint64_t whole)
{
	switch (d->spec->value) {
	case CALLTREE_PERCENT:
		strbuf_printf(&d->line, "%.2f%%", whole ? 100.0 * (double)period / (double)whole : 0);
		break;
	case CALLTREE_PERIOD:
		strbuf_printf(&d->line, "%" PRIu64, period);
		break;
	case CALLTREE_COUNT:
		strbuf_printf(&d->line, "%" PRIu64, count);
		break;
	}
}

static void add_name(struct graph *d, uint32_t node)
{
	cells_frame(d->g->profile, d->tree->nodes.data[node].frame, &d->line);
}

/* "--60.00%--", the last bar of the level before it ended or not. */
static void add_branch(struct graph *d, uint64_t count, uint64_t period, uint64_t whole)
{
	size_t level = d->bars.len - 1;

	add_bars(d, level);
	strbuf_adds(&d->line, d->bars.data[level] ? "|--" : " --");
	add_value(d, count, period, whole);
	strbuf_adds(&d->line, "--");
}

static void print_level(struct graph *d, uint32_t node, uint64_t whole);

static void print_child(struct graph *d, uint32_t node, uint64_t whole)
{
	const struct calltree_node *n = &d->tree->nodes.data[node];

	add_branch(d, n->count, n->period, whole);
	for (;;) {
		add_name(d, node);
		end_line(d);
		uint32_t next = calltree_straight(d->tree, node);
		if (next == NO_ID)
			break;
		node = next;
		add_bars(d, d->bars.len);
	}
	n = &d->tree->nodes.data[node];
	print_level(d, node, d->spec->mode == CALLTREE_FRACTAL ? n->below_period : whole);
}

/* With percentages of the parent, what is hidden has a line of its own. */
static void print_rest(struct graph *d, uint64_t count, uint64_t period, uint64_t whole)
{
	vec_last(&d->bars) = false;
	add_branch(d, count, period, whole);
	strbuf_adds(&d->line, "[...]");
	end_line(d);
}

static void print_level(struct graph *d, uint32_t parent, uint64_t whole)
{
	const struct calltree_node *from = &d->tree->nodes.data[parent];
	uint64_t count = from->below_count, period = from->below_period, lines = 0;
	bool rest = d->spec->mode == CALLTREE_FRACTAL;

	vec_push(&d->bars, true);
	for (uint32_t node = from->first_child; node != NO_ID; node = d->tree->nodes.data[node].next) {
		const struct calltree_node *n = &d->tree->nodes.data[node];
		bool last = n->next == NO_ID || ++lines == d->spec->max_lines;
		count -= n->count;
		period -= n->period;
		add_bars(d, d->bars.len);
		end_line(d);
		vec_last(&d->bars) = !last || (rest && period);
		print_child(d, node, whole);
		if (last)
			break;
	}
	if (rest && period && from->first_child != NO_ID)
		print_rest(d, count, period, whole);
	d->bars.len--;
}

/* The frames that all samples of the row have, without a percentage; gives the node where they part. */
static uint32_t print_trunk(struct graph *d)
{
	const struct calltree_node *root = &d->tree->nodes.data[0];
	uint32_t node = root->first_child;
	bool skip = d->o->skip_own_frame, begun = false;

	if (root->n_children != 1 || node == NO_ID || d->tree->nodes.data[node].period != root->period)
		return 0;
	for (;; node = calltree_straight(d->tree, node)) {
		if (!skip) {
			if (!begun) {
				add_margin(d);
				strbuf_addc(&d->line, '|');
				end_line(d);
				add_margin(d);
				strbuf_adds(&d->line, "---");
				d->indent += 3;
			} else {
				add_margin(d);
			}
			add_name(d, node);
			end_line(d);
			begun = true;
		}
		skip = false;
		if (calltree_straight(d->tree, node) == NO_ID)
			return node;
	}
}

static void print_graph(struct graph *d, const struct row *row)
{
	uint32_t node = print_trunk(d);
	uint64_t whole = d->spec->mode == CALLTREE_FRACTAL ? row_weight(d->g, row) : d->g->whole;

	if (d->spec->mode == CALLTREE_FRACTAL && node)
		whole = d->tree->nodes.data[node].below_period;
	print_level(d, node, whole);
	if (d->tree->nodes.data[0].first_child != NO_ID)
		fputc('\n', d->o->out);
}

/* A whole chain: it ends at this node. */
struct chain_end {
	uint32_t node;
	uint64_t count, period;
};

struct chains_found {
	VEC(struct chain_end) ends;
	uint32_t *parents;	/* by node */
};

static void find_ends(const struct calltree *tree, struct chains_found *found)
{
	found->parents = xcalloc(tree->nodes.len, sizeof(*found->parents));
	/* parents stand before their children */
	for (uint32_t node = 0; node < tree->nodes.len; node++) {
		const struct calltree_node *n = &tree->nodes.data[node];
		for (uint32_t i = n->first_child; i != NO_ID; i = tree->nodes.data[i].next)
			found->parents[i] = node;
		if (node && n->count > n->below_count)
			vec_push(&found->ends, (struct chain_end){ .node = node, .count = n->count - n->below_count,
								   .period = n->period - n->below_period });
	}
}

static int compare_ends(const void *x, const void *y)
{
	const struct chain_end *a = x, *b = y;

	if (a->period != b->period)
		return a->period > b->period ? -1 : 1;
	return a->node < b->node ? -1 : a->node > b->node;
}

static void print_chain(struct graph *d, const struct chains_found *found, const struct chain_end *end)
{
	bool folded = d->spec->mode == CALLTREE_FOLDED;
	VEC(uint32_t) path = { 0 };

	for (uint32_t node = end->node; node; node = found->parents[node])
		vec_push(&path, node);
	if (!folded)
		strbuf_printf(&d->line, "%*s", MARGIN - 1, "");
	add_value(d, end->count, end->period, d->g->whole);
	if (folded)
		strbuf_addc(&d->line, ' ');
	else
		end_line(d);
	for (size_t i = path.len; i-- > 0;) {
		if (!folded)
			strbuf_printf(&d->line, "%*s", MARGIN + 4, "");
		add_name(d, path.data[i]);
		if (!folded)
			end_line(d);
		else if (i)
			strbuf_adds(&d->line, d->o->separator ? d->o->separator : ";");
	}
	end_line(d);
	vec_deinit(&path);
}

static void print_chains(struct graph *d)
{
	struct chains_found found = { 0 };
	uint64_t lines = 0;

	find_ends(d->tree, &found);
	vec_sort(&found.ends, compare_ends);
	for (size_t i = 0; i < found.ends.len; i++) {
		if (grouping_percent(d->g, found.ends.data[i].period) < d->spec->min_percent)
			break;
		print_chain(d, &found, &found.ends.data[i]);
		if (++lines == d->spec->max_lines)
			break;
	}
	free(found.parents);
	vec_deinit(&found.ends);
}

void text_calltree(const struct grouping *g, const struct row *row, const struct text_options *options,
		   struct calltree *tree)
{
	struct graph d = { .g = g, .o = options, .spec = &options->calltree, .tree = tree };

	calltree_build(tree, g, row, d.spec);
	if (d.spec->mode == CALLTREE_FLAT || d.spec->mode == CALLTREE_FOLDED)
		print_chains(&d);
	else if (d.spec->mode != CALLTREE_NONE)
		print_graph(&d, row);
	vec_deinit(&d.bars);
	strbuf_deinit(&d.line);
}
