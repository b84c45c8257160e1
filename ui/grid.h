/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the screen is to show, in memory: views draw here, ui/curses.c brings
 * it to the terminal, tests read it as text.
 *
 * Text comes as anybody wrote it. Control characters, what is no UTF-8 and
 * characters that turn the direction of a line become question marks; wide
 * characters take two cells, combining ones join the cell before them. How
 * wide a character is says the C library, so LC_CTYPE is to be set.
 */
#ifndef PTK_UI_GRID_H
#define PTK_UI_GRID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

enum grid_style {
	STYLE_PLAIN, STYLE_TITLE, STYLE_SELECTED, STYLE_HOT, STYLE_WARM, STYLE_DIM, STYLE_BAR, STYLES
};

enum { CELL_BYTES = 15 };

struct grid_cell {
	char text[CELL_BYTES + 1];	/* a character in UTF-8 and what combines with it, NUL-ended; "": the right half of a wide one */
	uint8_t style;
};

struct grid {
	unsigned rows, cols;
	bool ascii;			/* the terminal has nothing else */
	struct grid_cell *cells;	/* by row */
};

/* Takes the locale of the environment: what characters there are. */
void grid_init(struct grid *g);
/* Blank, of that size. */
void grid_reset(struct grid *g, unsigned rows, unsigned cols);
/* Puts text from a place on and cuts what does not fit; the column behind it. */
unsigned grid_put(struct grid *g, unsigned row, unsigned col, enum grid_style style, const char *text);
/* The same in at most `width` columns. */
unsigned grid_put_cut(struct grid *g, unsigned row, unsigned col, unsigned width, enum grid_style style, const char *text);
/* A bar of `part` (0 to 1) of `width` columns. */
void grid_bar(struct grid *g, unsigned row, unsigned col, unsigned width, double part);
/* Gives a whole row a style. */
void grid_style_row(struct grid *g, unsigned row, enum grid_style style);
/* How many columns the text takes. */
/* How many bytes of the text fit into `width` columns. */
size_t grid_fit(const struct grid *g, const char *text, unsigned width);
unsigned grid_width(const struct grid *g, const char *text);
/* As lines of text, blanks at their ends left out; with `marks`, selected rows end with " <". */
void grid_text(const struct grid *g, bool marks, struct strbuf *out);
void grid_deinit(struct grid *g);

#endif
