/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a grouping to the lines of the list. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "profile/cells.h"
#include "ui/browser.h"

enum { TREE_LINES = 2000, TREE_DEPTH = 127 };

void browser_row_text(const struct browser *b, const struct row *row, struct strbuf *out)
{
	const struct grouping *g = &b->grouping;
	size_t from = out->len;
	bool any = false;

	for (unsigned i = 0; i < g->columns->n_shown; i++) {
		enum column c = g->columns->shown[i];
		if (!column_is_key(c))
			continue;
		strbuf_adds(out, any ? "  " : "");
		size_t at = out->len;
		cells_text(g, row, c, false, out);
		/* keys before the last stand below one another */
		while (i + 1 < g->columns->n_shown && out->len - at < (c == COLUMN_COMM ? 15u : 20u))
			strbuf_addc(out, ' ');
		any = true;
	}
	strbuf_tame(out, from);
}

struct unfolding {
	struct browser *b;
	const struct calltree *tree;
	uint32_t row;
	uint64_t name;
	size_t left;
};

static void add_nodes(struct unfolding *u, uint32_t node, unsigned depth, uint64_t name)
{
	const struct grouping *g = &u->b->grouping;

	for (uint32_t n = u->tree->nodes.data[node].first_child; n != NO_ID && u->left; n = u->tree->nodes.data[n].next) {
		const struct calltree_node *at = &u->tree->nodes.data[n];
		struct strbuf text = { 0 };
		/* a straight piece of chain goes on below itself */
		unsigned indent = depth + (calltree_straight(u->tree, node) == NO_ID);
		u->left--;
		strbuf_printf(&text, "%*s%5.1f%%  ", (int)(2 * (indent < 20 ? indent : 20)), "", grouping_percent(g, at->period));
		size_t from = text.len;
		cells_frame(g->profile, at->frame, &text);
		strbuf_tame(&text, from);
		uint64_t own = hash_mix(name, at->frame);
		double percent = grouping_percent(g, at->period);
		vec_push(&u->b->lines, (struct browser_line){ u->row, own, strbuf_take(&text), percent });
		if (depth < TREE_DEPTH)
			add_nodes(u, n, indent, own);
	}
}

static void clear_lines(struct browser *b)
{
	for (size_t i = 0; i < b->lines.len; i++)
		free(b->lines.data[i].text);
	vec_clear(&b->lines);
}

void browser_build_lines(struct browser *b)
{
	struct grouping *g = &b->grouping;
	struct strbuf text = { 0 };
	struct calltree tree = { 0 };
	bool chains = g->event < g->profile->events.len && g->profile->events.data[g->event].chains;

	clear_lines(b);
	for (uint32_t i = 0; i < g->rows.len; i++) {
		const struct row *row = &g->rows.data[i];
		strbuf_truncate(&text, 0);
		browser_row_text(b, row, &text);
		if (b->filter.len && !strstr(strbuf_str(&text), strbuf_str(&b->filter)))
			continue;
		uint64_t name = hash_bytes(text.data, text.len, 0);
		vec_push(&b->lines, (struct browser_line){ i, name, NULL, grouping_percent(g, row_weight(g, row)) });
		if (!chains || b->calltree.mode == CALLTREE_NONE || !map64_get(&b->unfolded, name))
			continue;
		struct unfolding u = { .b = b, .tree = &tree, .row = i, .name = name, .left = TREE_LINES };
		calltree_build(&tree, g, row, &b->calltree);
		if (tree.nodes.len)
			add_nodes(&u, 0, 1, name);
	}
	calltree_deinit(&tree);
	strbuf_deinit(&text);
}
