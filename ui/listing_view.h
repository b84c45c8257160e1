/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function's listing: what the files of this view share. */
#ifndef PTK_UI_LISTING_VIEW_H
#define PTK_UI_LISTING_VIEW_H

#include "ui/browser.h"

struct listing_view {
	struct view view;
	char *name, *image;		/* of the function */
	uint64_t address;
	const struct zoom *zoom;
	struct listing *listing;
	VEC(uint32_t) shown;		/* rows of the listing, by line */
	VEC(unsigned) events;		/* that hit it: a column each */
	VEC(uint32_t) hot;		/* instructions, the hottest first */
	size_t at_hot;			/* that Tab went to; hot.len: none yet */
	VEC(uint32_t) trail;		/* rows that jumps were followed from */
	bool no_source, counts;		/* source lines are left out; samples in place of percent */
};

/* ---- listing_draw.c */

/* "  56.67": nothing where nothing was hit. Of the listing's event, into 8 columns; the column behind. */
unsigned listing_draw_number(const struct listing *l, const struct listing_amount *amount, unsigned event, bool counts,
			     struct grid *g, unsigned y, unsigned x);
/* Adds a source line, NULL for none, with tabs as blanks. */
void listing_add_source(struct strbuf *out, const char *line);
void listing_draw(struct view *view, struct grid *g, unsigned top, unsigned rows);

#endif
