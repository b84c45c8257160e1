/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of a profile to walk about in: a view over groupings, drawn into a
 * grid. What is selected and unfolded is kept by the rows' names and not by
 * their places, so that it stays when the rows are grouped again.
 */
#ifndef PTK_UI_BROWSER_H
#define PTK_UI_BROWSER_H

#include <stdbool.h>

#include "base/hash.h"
#include "base/vec.h"
#include "profile/calltree.h"
#include "profile/grouping.h"
#include "ui/grid.h"

/* Where rows come from. */
struct browser_source {
	void *ctx;
	/* The line at the top, appended. */
	void (*header)(void *ctx, struct strbuf *out);
	/* Groups the event, which is the browser's to deinit. */
	void (*group)(void *ctx, uint32_t event, struct grouping *g);
	/* Other sort keys; false where it cannot be done. */
	bool (*sort)(void *ctx, const char *keys);
	const struct profile *(*profile)(void *ctx);
};

/* A line of the list: a row, or a node of its call tree. */
struct browser_line {
	uint32_t row;
	uint64_t name;		/* hash of what it is called, callers included */
	char *text;		/* of a node: indented; a row's NULL */
	double percent;
};

enum browser_mode { BROWSE_ROWS, BROWSE_HELP, BROWSE_SORT, BROWSE_FILTER };

struct browser {
	struct browser_source source;
	struct calltree_spec calltree;
	uint32_t event;
	struct grouping grouping;
	bool grouped;
	VEC(struct browser_line) lines;
	size_t top, selected;		/* indices of lines */
	bool moved;			/* somebody selected a row: it is held where it is */
	struct map64 unfolded;		/* by the row's name: 1 */
	struct strbuf filter;		/* a part of the row's text */
	enum browser_mode mode;
	unsigned choice;		/* of the sort menu */
	char message[128];		/* in the last line until the next key */
	unsigned page;			/* lines of the list that the last drawing had room for */
	bool over;			/* q */
};

void browser_init(struct browser *b, const struct browser_source *source, const struct calltree_spec *calltree);
/* Groups anew: the profile has changed. */
void browser_refresh(struct browser *b);
void browser_key(struct browser *b, int key);
void browser_draw(struct browser *b, struct grid *g);
void browser_deinit(struct browser *b);

/* ---- browser_lines.c */

/* The lines of the grouping, by filter and what is unfolded. */
void browser_build_lines(struct browser *b);
/* A row's keys, as one tame text. */
void browser_row_text(const struct browser *b, const struct row *row, struct strbuf *out);

#endif
