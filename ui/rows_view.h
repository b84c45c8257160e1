/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of a grouping and their call trees: what the files of this view share. */
#ifndef PTK_UI_ROWS_VIEW_H
#define PTK_UI_ROWS_VIEW_H

#include "base/arena.h"
#include "base/hash.h"
#include "ui/browser.h"

/* A line of the list: a row, or a node of its call tree. */
struct rows_line {
	uint32_t row;
	uint32_t frame;		/* of a node; NO_ID: the row itself */
	uint64_t name;		/* hash of what it is called, callers included; 0 of a row that was not asked yet: rows_line_name() */
	uint64_t period;
	uint16_t depth;		/* of a node, as it is indented */
	bool opens, open;	/* is there something below, and is it shown */
};

/* What a person folded or unfolded, by the line's name; what is not in it is open where most of its row went. */
enum fold { FOLD_DEFAULT, FOLD_OPEN, FOLD_CLOSED, FOLD_ALL_OPEN };

struct rows_view {
	struct view view;
	struct zoom own;		/* if it was opened with one */
	const struct zoom *zoom;	/* whose samples these are: &own or that of a view below; NULL: all */
	struct columns columns;
	char *sort;			/* keys; NULL: the source's */
	bool choice;			/* Enter opens what is selected */
	bool children;
	bool event_chosen;
	struct calltree_spec calltree;
	struct grouping grouping;
	bool grouped;
	struct arena text_memory;
	const char **texts;		/* by row: its keys, tame; NULL: not asked yet */
	struct strbuf text;		/* scratch */
	bool regrouped;			/* the grouping is new: a name that a person acted on may be of any row */
	VEC(struct rows_line) lines;
	struct map64 folds;
	struct map64 places;		/* of the first rows, by name, when they were last put in order: from 1 */
	unsigned widths[COLUMNS];	/* of keys, as the rows need them; they only grow */
	bool measured;			/* the rows of this grouping were asked */
	struct strbuf filter;		/* a part of the row's text */
	bool typing;			/* the filter */
};

static inline struct rows_view *rows_of(struct view *view)
{
	return (struct rows_view *)view;
}

/* ---- rows_group.c: from the profile to a grouping */

const struct profile *rows_profile(const struct rows_view *v);
void rows_refresh(struct view *view);
/* Groups by other columns; what rows point into may go. False: that cannot be done, and the columns stay. */
bool rows_arrange(struct rows_view *v, const char *sort, bool children);
void rows_forget(struct rows_view *v);
/* Lines anew; the line of that name is held, if it is not 0. */
void rows_rebuild(struct rows_view *v, uint64_t held);
/*
 * The name of the line to be held, 0 for none. It was found out when the line
 * was drawn: what the line points into may be gone by now.
 */
uint64_t rows_held(const struct rows_view *v);

/* ---- rows_lines.c: from a grouping to lines */

/* After a new grouping: forgets what is known of rows. */
void rows_lines_reset(struct rows_view *v);
/* The lines, by filter and what is unfolded. */
void rows_lines_build(struct rows_view *v);
const char *rows_text(struct rows_view *v, uint32_t row);
uint64_t rows_line_name(struct rows_view *v, size_t line);
/*
 * The same for a comparison with names that lines had, 0 where it cannot be one of them: in the same grouping that is
 * any that nobody asked for. There may be tens of thousands, whose texts would all have to be made.
 */
uint64_t rows_line_known(struct rows_view *v, size_t line);
void rows_lines_deinit(struct rows_view *v);

/* ---- rows_order.c: rows that are about equal stay where they were */
void rows_keep_order(struct rows_view *v);

/* ---- rows_draw.c */
void rows_draw(struct view *view, struct grid *g, unsigned top, unsigned rows);

#endif
