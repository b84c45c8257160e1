/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The call tree of one row: its callers (callee order: from the function
 * outwards) or its callees (caller order: from the outermost function
 * inwards). Made when it is to be shown, and only as deep as it is: branches
 * below the limit are counted, not walked.
 */
#ifndef PTK_PROFILE_CALLTREE_H
#define PTK_PROFILE_CALLTREE_H

#include "base/error.h"
#include "profile/grouping.h"

enum calltree_mode {
	CALLTREE_GRAPH,		/* percentages of the whole */
	CALLTREE_FRACTAL,	/* percentages of the parent */
	CALLTREE_FLAT,		/* whole chains, a frame a line */
	CALLTREE_FOLDED,	/* whole chains, one a line */
	CALLTREE_NONE,
};

enum calltree_value { CALLTREE_PERCENT, CALLTREE_PERIOD, CALLTREE_COUNT };

/* -g and --call-graph of report and top, as perf takes them. */
struct calltree_spec {
	enum calltree_mode mode;
	enum calltree_value value;
	bool caller, order_set;		/* order; order_set: somebody said so */
	bool addresses;			/* frames by address */
	double min_percent;		/* of the whole, with CALLTREE_FRACTAL of the parent */
	uint64_t max_lines;		/* print limit: siblings at each level; 0: all */
};

/* graph, percent, 0.5 %, callee order. */
void calltree_spec_init(struct calltree_spec *spec);
/*
 * "[MODE][,MIN[,LIMIT]][,caller|callee][,function|address][,percent|period|count]"
 * in any order; changes what is named. Errors point at the word.
 */
struct error *calltree_spec_parse(const char *text, struct calltree_spec *spec) MUST_CHECK;

struct calltree_node {
	uint32_t frame;			/* node 0, the root: NO_ID */
	uint32_t first_child, next;	/* largest period first; NO_ID: none */
	uint32_t n_children;		/* before any were hidden */
	uint64_t count, period;
	uint64_t below_count, below_period;	/* of all children, hidden ones too */
};

struct calltree_amount {
	uint64_t count, period;
};

struct calltree {
	VEC(struct calltree_node) nodes;
	struct calltree_amount *amounts;	/* scratch by branch, all zero; kept from row to row */
	size_t n_amounts;
};

/* All-zero is empty; an earlier tree in it is replaced. */
void calltree_build(struct calltree *tree, const struct grouping *g, const struct row *row,
		    const struct calltree_spec *spec);
void calltree_deinit(struct calltree *tree);

/*
 * Has the node one child that goes on with all of it (a straight piece of
 * chain)? Its id, or NO_ID.
 */
uint32_t calltree_straight(const struct calltree *tree, uint32_t node);

#endif
