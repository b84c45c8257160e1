/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers stand to the left, a bar behind the first of them, then the keys;
 * nodes of a call tree have their number below those of the rows, and their
 * names indented below the keys.
 */
#include <string.h>

#include "base/cleanup.h"
#include "profile/cells.h"
#include "ui/rows_view.h"

enum { MEASURED = 2000, NUMBER_WIDTH = 8, NARROW = 60 };

/* ---- widths ---- */

static unsigned number_width(enum column c)
{
	return c == COLUMN_SAMPLES || c == COLUMN_PERIOD ? cells_width(c) : NUMBER_WIDTH;
}

static unsigned bar_width(const struct grid *g)
{
	return g->cols < NARROW ? 0 : g->cols < 120 ? 8 : g->cols < 200 ? 12 : 20;
}

static void measure(struct rows_view *v, const struct grid *grid)
{
	const struct columns *columns = v->grouping.columns;
	autostrbuf struct strbuf text = { 0 };

	if (v->measured)
		return;
	v->measured = true;
	size_t n = v->grouping.rows.len < MEASURED ? v->grouping.rows.len : MEASURED;

	for (unsigned i = 0; i < columns->n_shown; i++) {
		enum column c = columns->shown[i];
		unsigned *width = &v->widths[c];
		if (!column_is_key(c))
			continue;
		const char *title = cells_title(&v->grouping, c);
		if (*width < strlen(title))
			*width = (unsigned)strlen(title);
		for (size_t r = 0; r < n; r++) {
			strbuf_truncate(&text, 0);
			cells_text(&v->grouping, &v->grouping.rows.data[r], c, false, &text);
			unsigned w = grid_width(grid, strbuf_str(&text));
			*width = w > *width ? w : *width;
		}
	}
}

/* The last key takes what is left; of the others none more than a part of the line. */
static unsigned key_width(const struct rows_view *v, enum column c, unsigned cols)
{
	unsigned most = cols / 4;

	return v->widths[c] > most ? most : v->widths[c];
}

/* ---- lines ---- */

static enum grid_style style_of(double percent)
{
	return percent >= 5 ? STYLE_HOT : percent >= 0.5 ? STYLE_WARM : STYLE_PLAIN;
}

struct pen {
	struct rows_view *v;
	struct grid *g;
	unsigned y, x;
	double largest;		/* percent; what a whole bar is */
};

static void put_right(struct pen *pen, unsigned width, enum grid_style style, const char *text)
{
	size_t len = strlen(text);

	pen->x += len < width ? width - (unsigned)len : 0;
	pen->x = grid_put(pen->g, pen->y, pen->x, style, text);
}

static void draw_numbers(struct pen *pen, const struct row *row, double percent)
{
	const struct columns *columns = pen->v->grouping.columns;
	autostrbuf struct strbuf text = { 0 };
	unsigned bar = bar_width(pen->g);
	bool first = true;

	for (unsigned i = 0; i < columns->n_shown; i++) {
		enum column c = columns->shown[i];
		if (column_is_key(c))
			continue;
		strbuf_truncate(&text, 0);
		cells_text(&pen->v->grouping, row, c, false, &text);
		put_right(pen, number_width(c), style_of(percent), strbuf_str(&text));
		pen->x += 2;
		if (first && bar) {
			grid_bar(pen->g, pen->y, pen->x, bar, pen->largest > 0 ? percent / pen->largest : 0);
			pen->x += bar + 2;
		}
		first = false;
	}
}

/* Cut or padded to what the column has, for what stands behind it. */
static void add_column(const struct grid *g, const char *text, unsigned width, struct strbuf *out)
{
	size_t fits = grid_fit(g, text, width);

	strbuf_add(out, text, fits);
	for (unsigned used = grid_width(g, text) - grid_width(g, text + fits); used < width + 2; used++)
		strbuf_addc(out, ' ');
}

/* The keys are one text that Left and Right move; row NULL: their titles. */
static void draw_keys(struct pen *pen, const struct row *row, enum grid_style style)
{
	const struct grouping *grouping = &pen->v->grouping;
	const struct columns *columns = grouping->columns;
	autostrbuf struct strbuf line = { 0 }, text = { 0 };

	for (unsigned i = 0; i < columns->n_shown; i++) {
		enum column c = columns->shown[i];
		if (!column_is_key(c))
			continue;
		strbuf_truncate(&text, 0);
		if (row)
			cells_text(grouping, row, c, false, &text);
		else
			strbuf_adds(&text, cells_title(grouping, c) + strspn(cells_title(grouping, c), " "));
		if (i + 1 == columns->n_shown)
			strbuf_adds(&line, strbuf_str(&text));
		else
			add_column(pen->g, strbuf_str(&text), key_width(pen->v, c, pen->g->cols), &line);
	}
	browser_put_long(&pen->v->view, pen->g, pen->y, pen->x, style, strbuf_str(&line));
}

static void draw_node(struct pen *pen, const struct rows_line *line, unsigned keys_x)
{
	autostrbuf struct strbuf text = { 0 };
	double percent = grouping_percent(&pen->v->grouping, line->period);
	unsigned indent = 2u * line->depth;

	strbuf_printf(&text, "%.2f%%", percent);
	put_right(pen, NUMBER_WIDTH, style_of(percent), strbuf_str(&text));
	strbuf_truncate(&text, 0);
	strbuf_printf(&text, "%*s%s", (int)(indent < pen->g->cols / 3 ? indent : pen->g->cols / 3), "",
		      !line->opens ? "  " : line->open ? "- " : "+ ");
	cells_frame(pen->v->grouping.profile, line->frame, &text);
	browser_put_long(&pen->v->view, pen->g, pen->y, keys_x, STYLE_PLAIN, strbuf_str(&text));
}

/* The titles; where the keys begin. */
static unsigned draw_titles(struct pen *pen)
{
	const struct grouping *grouping = &pen->v->grouping;
	unsigned bar = bar_width(pen->g);

	for (unsigned i = 0; i < grouping->columns->n_shown; i++) {
		enum column c = grouping->columns->shown[i];
		const char *title = cells_title(grouping, c);
		if (column_is_key(c))
			continue;
		put_right(pen, number_width(c), STYLE_DIM, title + strspn(title, " "));
		pen->x += 2 + (bar ? bar + 2 : 0);
		bar = 0;
	}
	draw_keys(pen, NULL, STYLE_DIM);
	return pen->x;
}

static void say_empty(const struct rows_view *v, struct grid *g, unsigned top)
{
	const char *why = !v->grouped || !v->grouping.period ? "no samples yet" :
			  v->filter.len ? "nothing has this in its name" : "every row is below --percent-limit";

	if (v->zoom && v->grouped && !v->grouping.period)
		why = "no sample hit this part (Escape goes back)";
	grid_put(g, top, 2, STYLE_DIM, why);
}

static double largest_of(const struct rows_view *v)
{
	const struct grouping *g = &v->grouping;
	double largest = 0;

	for (size_t i = 0; i < g->rows.len && i < MEASURED; i++) {
		double percent = grouping_percent(g, row_weight(g, &g->rows.data[i]));
		largest = percent > largest ? percent : largest;
	}
	return largest;
}

void rows_draw(struct view *view, struct grid *g, unsigned top, unsigned rows)
{
	struct rows_view *v = rows_of(view);
	struct pen titles = { .v = v, .g = g, .y = top };

	view->list_top = top + 1;
	list_fit(&view->list, rows - 1);
	if (!v->grouped || !v->lines.len) {
		say_empty(v, g, top + 1);
		return;
	}
	measure(v, g);
	unsigned keys_x = draw_titles(&titles);
	double largest = largest_of(v);
	for (unsigned i = 0; i + 1 < rows && view->list.top + i < v->lines.len; i++) {
		const struct rows_line *line = &v->lines.data[view->list.top + i];
		const struct row *row = &v->grouping.rows.data[line->row];
		struct pen pen = { .v = v, .g = g, .y = top + 1 + i, .largest = largest };
		if (line->frame != NO_ID) {
			draw_node(&pen, line, keys_x);
		} else {
			if (line->opens)
				grid_put(g, pen.y, 0, STYLE_DIM, line->open ? "-" : "+");
			draw_numbers(&pen, row, grouping_percent(&v->grouping, line->period));
			draw_keys(&pen, row, STYLE_PLAIN);
		}
		if (view->list.top + i != view->list.selected)
			continue;
		rows_line_name(v, view->list.selected);	/* to hold it by */
		grid_style_row(g, pen.y, STYLE_SELECTED);
	}
}
