/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/grid.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void grid_reset(struct grid *g, unsigned rows, unsigned cols)
{
	size_t n = (size_t)rows * cols;

	g->rows = rows;
	g->cols = cols;
	g->cells = xreallocarray(g->cells, n + 1, sizeof(*g->cells));
	for (size_t i = 0; i < n; i++)
		g->cells[i] = (struct grid_cell){ .text = " ", .style = STYLE_PLAIN };
}

/* Bytes of the character that begins here. */
static size_t character(const char *s)
{
	size_t n = 1;

	while (n < 4 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

unsigned grid_put(struct grid *g, unsigned row, unsigned col, enum grid_style style, const char *text)
{
	if (row >= g->rows)
		return col;
	while (*text && col < g->cols) {
		struct grid_cell *cell = &g->cells[(size_t)row * g->cols + col++];
		size_t n = character(text);
		memset(cell->text, 0, sizeof(cell->text));
		memcpy(cell->text, text, n);
		cell->style = style;
		text += n;
	}
	return col;
}

void grid_style_row(struct grid *g, unsigned row, enum grid_style style)
{
	for (unsigned c = 0; row < g->rows && c < g->cols; c++)
		g->cells[(size_t)row * g->cols + c].style = style;
}

void grid_text(const struct grid *g, struct strbuf *out)
{
	for (unsigned r = 0; r < g->rows; r++) {
		for (unsigned c = 0; c < g->cols; c++)
			strbuf_adds(out, g->cells[(size_t)r * g->cols + c].text);
		while (out->len && out->data[out->len - 1] == ' ')
			strbuf_truncate(out, out->len - 1);
		strbuf_addc(out, '\n');
	}
}

void grid_deinit(struct grid *g)
{
	free(g->cells);
	*g = (struct grid){ 0 };
}
