/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flame graphs: a page that works without anything else (its parts stand in
 * src/out/page/ and are built in), and a picture that does not move.
 */
#ifndef PTK_OUT_FLAME_H
#define PTK_OUT_FLAME_H

#include <stdio.h>

#include "out/export.h"
#include "out/stacktree.h"

/*
 * `old`: a profile to compare with, event by event of the same name (or the
 * only one); or NULL.
 */
void flame_page(const struct export *now, const struct export *old, FILE *out);
/* The first event, 1200 pixels wide; frames too narrow to be seen are left out. */
void flame_svg(const struct export *now, const struct export *old, FILE *out);

/* ---- what pictures share */

/* A tree less what cannot be seen: parents before children. */
struct seen_node {
	uint32_t up;		/* levels up from the node before it to this one's parent */
	uint32_t depth;		/* below node 0 */
	uint32_t label;
	uint32_t node;		/* of the tree */
	uint64_t self, old;	/* what ended here, or in the frames that it stands for */
};

struct seen {
	VEC(struct seen_node) nodes;	/* without node 0 */
};

/* The `most` nodes with the largest values at most; what is smaller is put together below each parent. */
void seen_select(struct seen *seen, const struct stacktree *tree, const struct export *e, struct labels *labels, size_t most);
void seen_deinit(struct seen *seen);

/* The event of `old` that is compared with this one of `now`; NULL: none. */
const struct export_event *flame_old_event(const struct export *now, const struct export_event *event, const struct export *old);
/* The tree of an event, with the old one's values. */
void flame_tree(struct stacktree *tree, struct labels *labels, const struct export *now, const struct export_event *event,
		const struct export *old);

#endif
