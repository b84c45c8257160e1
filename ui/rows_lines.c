/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "profile/cells.h"
#include "ui/rows_view.h"

enum { TREE_LINES = 2000, TREE_DEPTH = 500 };

const char *rows_text(struct rows_view *v, uint32_t row)
{
	const struct grouping *g = &v->grouping;
	struct strbuf *text = &v->text;

	if (v->texts[row])
		return v->texts[row];
	strbuf_truncate(text, 0);
	for (unsigned i = 0; i < g->columns->n_shown; i++) {
		if (!column_is_key(g->columns->shown[i]))
			continue;
		strbuf_adds(text, text->len ? "  " : "");
		cells_text(g, &g->rows.data[row], g->columns->shown[i], false, text);
	}
	strbuf_tame(text, 0);
	return v->texts[row] = arena_memdup(&v->text_memory, strbuf_str(text), text->len + 1);
}

uint64_t rows_line_name(struct rows_view *v, size_t line)
{
	struct rows_line *l = &v->lines.data[line];

	if (!l->name) {
		const char *text = rows_text(v, l->row);
		l->name = hash_bytes(text, strlen(text), 1) | 1;
	}
	return l->name;
}

uint64_t rows_line_known(struct rows_view *v, size_t line)
{
	const struct rows_line *l = &v->lines.data[line];

	return l->name || v->regrouped || v->texts[l->row] ? rows_line_name(v, line) : 0;
}

void rows_lines_deinit(struct rows_view *v)
{
	vec_deinit(&v->lines);
	arena_deinit(&v->text_memory);
	free(v->texts);
	v->texts = NULL;
}

void rows_lines_reset(struct rows_view *v)
{
	rows_lines_deinit(v);
	v->texts = xcalloc(v->grouping.rows.len + 1, sizeof(*v->texts));
	v->regrouped = true;
	v->measured = false;
}

/* ---- call trees ---- */

struct unfolding {
	struct rows_view *v;
	const struct calltree *tree;
	uint32_t row;
	size_t left;		/* lines */
};

static enum fold fold_of(const struct rows_view *v, uint64_t name)
{
	const uint64_t *fold = map64_get(&v->folds, name);

	return fold ? (enum fold)*fold : FOLD_DEFAULT;
}

/* Names have nothing of the profile's ids, which may change while a person looks. */
static uint64_t frame_name(const struct profile *p, uint32_t frame, uint64_t above)
{
	struct strbuf text = { 0 };

	cells_frame(p, frame, &text);
	uint64_t name = hash_bytes(text.data, text.len, above);
	strbuf_deinit(&text);
	return name | 1;
}

static void add_nodes(struct unfolding *u, uint32_t parent, unsigned depth, uint64_t above, bool all)
{
	const struct calltree_node *nodes = u->tree->nodes.data;
	struct rows_view *v = u->v;
	/* a straight piece of chain goes on below itself */
	unsigned indent = depth + (depth == 0 || calltree_straight(u->tree, parent) == NO_ID);

	for (uint32_t n = nodes[parent].first_child; n != NO_ID && u->left; n = nodes[n].next) {
		uint64_t name = frame_name(v->grouping.profile, nodes[n].frame, above);
		enum fold fold = fold_of(v, name);
		bool most = calltree_straight(u->tree, n) != NO_ID || nodes[n].period * 2 >= nodes[0].period;
		struct rows_line line = {
			.row = u->row, .frame = nodes[n].frame, .name = name, .period = nodes[n].period,
			.depth = (uint16_t)indent, .opens = nodes[n].first_child != NO_ID,
		};
		line.open = line.opens && fold != FOLD_CLOSED && (fold || all || most);
		u->left--;
		vec_push(&v->lines, line);
		if (line.open && depth < TREE_DEPTH)
			add_nodes(u, n, indent, name, all || fold == FOLD_ALL_OPEN);
	}
}

/* The node whose children stand right below the row: the row's own function need not be said again. */
static uint32_t first_shown(const struct rows_view *v, const struct calltree *tree, uint32_t row)
{
	uint32_t own = calltree_straight(tree, 0);

	return own != NO_ID && v->columns.mask[COLUMN_SYMBOL] && tree->nodes.data[own].frame == v->grouping.rows.data[row].frame ? own : 0;
}

static void add_tree(struct rows_view *v, struct calltree *tree, uint32_t row, uint64_t name)
{
	struct unfolding u = { .v = v, .tree = tree, .row = row, .left = TREE_LINES };

	calltree_build(tree, &v->grouping, &v->grouping.rows.data[row], &v->calltree);
	if (tree->nodes.len)
		add_nodes(&u, first_shown(v, tree, row), 0, name, fold_of(v, name) == FOLD_ALL_OPEN);
}

/* ---- rows ---- */

/* Letters are equal to their capitals, unless capitals were typed. */
static bool has_part(const char *text, const char *part)
{
	for (const char *p = part; *p; p++)
		if (isupper((unsigned char)*p))
			return strstr(text, part);
	return strcasestr(text, part);
}

void rows_lines_build(struct rows_view *v)
{
	struct grouping *g = &v->grouping;
	struct calltree tree = { 0 };
	bool chains = v->calltree.mode != CALLTREE_NONE && g->profile->events.data[g->event].chains;

	vec_clear(&v->lines);
	vec_reserve(&v->lines, g->rows.len);
	for (uint32_t i = 0; i < g->rows.len; i++) {
		const struct row *row = &g->rows.data[i];
		if (grouping_percent(g, row_weight(g, row)) < v->view.browser->min_percent)
			continue;
		if (v->filter.len && !has_part(rows_text(v, i), strbuf_str(&v->filter)))
			continue;
		vec_push(&v->lines, (struct rows_line){ .row = i, .frame = NO_ID, .period = row_weight(g, row), .opens = chains });
		if (!chains || !v->folds.used)
			continue;
		uint64_t name = rows_line_known(v, v->lines.len - 1);
		enum fold fold = fold_of(v, name);
		if (fold != FOLD_OPEN && fold != FOLD_ALL_OPEN)
			continue;
		vec_last(&v->lines).open = true;
		add_tree(v, &tree, i, name);
	}
	calltree_deinit(&tree);
	list_count(&v->view.list, v->lines.len);
}
