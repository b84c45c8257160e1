/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the screen is to show, in memory: views draw here, ui/curses.c brings it to the terminal, tests read it as text. */
#ifndef PTK_UI_GRID_H
#define PTK_UI_GRID_H

#include <stdint.h>

#include "base/strbuf.h"

enum grid_style { STYLE_PLAIN, STYLE_TITLE, STYLE_SELECTED, STYLE_HOT, STYLE_WARM, STYLE_DIM, STYLES };

struct grid_cell {
	char text[5];		/* one character in UTF-8, NUL-ended */
	uint8_t style;
};

struct grid {
	unsigned rows, cols;
	struct grid_cell *cells;	/* by row */
};

/* Blank, of that size. */
void grid_reset(struct grid *g, unsigned rows, unsigned cols);
/* Puts text, which is tame, from a place on and cuts what does not fit; the column behind it. */
unsigned grid_put(struct grid *g, unsigned row, unsigned col, enum grid_style style, const char *text);
/* Gives a whole row a style. */
void grid_style_row(struct grid *g, unsigned row, enum grid_style style);
/* As lines of text, blanks at their ends left out. */
void grid_text(const struct grid *g, struct strbuf *out);
void grid_deinit(struct grid *g);

#endif
