/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/grid.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/alloc.h"
#include "base/utf8.h"

void grid_init(struct grid *g)
{
	setlocale(LC_CTYPE, "");
	*g = (struct grid){ .ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0 };
}

void grid_reset(struct grid *g, unsigned rows, unsigned cols)
{
	size_t n = (size_t)rows * cols;

	g->rows = rows;
	g->cols = cols;
	g->cells = xreallocarray(g->cells, n + 1, sizeof(*g->cells));
	for (size_t i = 0; i < n; i++)
		g->cells[i] = (struct grid_cell){ .text = " ", .style = STYLE_PLAIN };
}

/* ---- characters ---- */

struct character {
	const char *text;	/* its bytes, or "?" */
	size_t bytes;		/* of text */
	size_t length;		/* that it takes in the string */
	int width;		/* columns: 0, 1 or 2 */
};

static uint32_t code_point(const char *s, size_t n)
{
	static const unsigned char first[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t code = (unsigned char)s[0] & first[n];

	for (size_t i = 1; i < n; i++)
		code = code << 6 | ((unsigned char)s[i] & 0x3f);
	return code;
}

/* Marks that change the direction of what follows: a name could dress up as another. */
static bool turns_direction(uint32_t c)
{
	return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static struct character character(const struct grid *g, const char *s)
{
	size_t n = utf8_length(s, strlen(s));
	struct character c = { .text = s, .bytes = n, .length = n ? n : 1, .width = 1 };

	if (n == 1 && s[0] >= ' ' && s[0] < 0x7f)
		return c;
	if (n > 1 && !g->ascii) {
		uint32_t code = code_point(s, n);
		c.width = turns_direction(code) ? -1 : wcwidth((wchar_t)code);
	}
	if (n <= 1 || g->ascii || c.width < 0) {
		c.text = "?";
		c.bytes = 1;
		c.width = 1;
	}
	return c;
}

unsigned grid_width(const struct grid *g, const char *text)
{
	unsigned width = 0;

	while (*text) {
		struct character c = character(g, text);
		width += (unsigned)c.width;
		text += c.length;
	}
	return width;
}

size_t grid_fit(const struct grid *g, const char *text, unsigned width)
{
	const char *end = text;

	for (unsigned used = 0; *end;) {
		struct character c = character(g, end);
		used += (unsigned)c.width;
		if (used > width)
			break;
		end += c.length;
	}
	return (size_t)(end - text);
}

/* ---- into cells ---- */

static struct grid_cell *cell_at(struct grid *g, unsigned row, unsigned col)
{
	return &g->cells[(size_t)row * g->cols + col];
}

static void set_cell(struct grid_cell *cell, enum grid_style style, const char *text, size_t bytes)
{
	memset(cell->text, 0, sizeof(cell->text));
	memcpy(cell->text, text, bytes);
	cell->style = style;
}

static void combine(struct grid_cell *cell, const struct character *c)
{
	size_t len = strlen(cell->text);

	if (len && len + c->bytes <= CELL_BYTES)
		memcpy(cell->text + len, c->text, c->bytes);
}

unsigned grid_put_cut(struct grid *g, unsigned row, unsigned col, unsigned width, enum grid_style style, const char *text)
{
	unsigned end = width < g->cols && col < g->cols - width ? col + width : g->cols, last = col;

	if (row >= g->rows)
		return col;
	while (*text) {
		struct character c = character(g, text);
		text += c.length;
		if (!c.width) {
			if (last < col)
				combine(cell_at(g, row, last), &c);
			continue;
		}
		if (col + (unsigned)c.width > end)
			break;
		last = col;
		set_cell(cell_at(g, row, col++), style, c.text, c.bytes);
		if (c.width == 2)
			set_cell(cell_at(g, row, col++), style, "", 0);
	}
	return col;
}

unsigned grid_put(struct grid *g, unsigned row, unsigned col, enum grid_style style, const char *text)
{
	return grid_put_cut(g, row, col, g->cols, style, text);
}

void grid_bar(struct grid *g, unsigned row, unsigned col, unsigned width, double part)
{
	static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	double clipped = part > 1 ? 1 : part > 0 ? part : 0;
	unsigned n = (unsigned)(clipped * width * 8 + 0.5);

	if (g->ascii)
		n = (n + 4) / 8 * 8;
	for (unsigned i = 0; i < n / 8; i++)
		grid_put_cut(g, row, col + i, 1, STYLE_BAR, g->ascii ? "#" : "█");
	if (n % 8)
		grid_put_cut(g, row, col + n / 8, 1, STYLE_BAR, eighths[n % 8]);
}

void grid_style_row(struct grid *g, unsigned row, enum grid_style style)
{
	for (unsigned c = 0; row < g->rows && c < g->cols; c++)
		cell_at(g, row, c)->style = style;
}

void grid_text(const struct grid *g, bool marks, struct strbuf *out)
{
	for (unsigned r = 0; r < g->rows; r++) {
		for (unsigned c = 0; c < g->cols; c++)
			strbuf_adds(out, g->cells[(size_t)r * g->cols + c].text);
		while (out->len && out->data[out->len - 1] == ' ')
			strbuf_truncate(out, out->len - 1);
		bool selected = g->cols && g->cells[(size_t)r * g->cols].style == STYLE_SELECTED;
		strbuf_adds(out, marks && selected ? " <\n" : "\n");
	}
}

void grid_deinit(struct grid *g)
{
	free(g->cells);
	*g = (struct grid){ 0 };
}
