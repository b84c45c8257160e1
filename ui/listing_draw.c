/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of each event, the address, how the selected jump goes, and the instruction; source lines above theirs. */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "ui/listing_view.h"

enum { NUMBER_WIDTH = 8 };

static const char *drawn(const struct grid *g, const char *line, const char *ascii)
{
	return g->ascii ? ascii : line;
}

unsigned listing_draw_number(const struct listing *l, const struct listing_amount *amount, unsigned event, bool counts,
			     struct grid *g, unsigned y, unsigned x)
{
	double percent = listing_percent(l, amount, event, PERCENT_LOCAL_PERIOD);
	enum grid_style style = percent >= 5 ? STYLE_HOT : percent >= 0.5 ? STYLE_WARM : STYLE_PLAIN;
	autostrbuf struct strbuf text = { 0 };

	if (amount->count && counts)
		strbuf_printf(&text, "%*" PRIu64, NUMBER_WIDTH, amount->count);
	else if (amount->count)
		strbuf_printf(&text, "%*.2f", NUMBER_WIDTH, percent);
	grid_put(g, y, x, style, strbuf_str(&text));
	return x + NUMBER_WIDTH;
}

void listing_add_source(struct strbuf *out, const char *line)
{
	for (; line && *line; line++) {
		if (*line == '\t')
			strbuf_adds(out, "    ");
		else
			strbuf_addc(out, *line);
	}
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void draw_source(struct listing_view *v, struct grid *g, unsigned y, unsigned x, uint32_t r)
{
	const struct listing_row *row = &v->listing->rows.data[r], *before = NULL;
	autostrbuf struct strbuf text = { 0 };

	for (uint32_t i = r; i-- > 0 && !before;)
		if (v->listing->rows.data[i].kind == LISTING_SOURCE)
			before = &v->listing->rows.data[i];
	if (row->function && (!before || before->function != row->function))
		strbuf_printf(&text, "%s (inlined) ", row->function);
	if (row->file && (!row->text || !before || before->file != row->file))
		strbuf_printf(&text, "%s:", base_name(row->file));
	strbuf_printf(&text, "%-4" PRIu32 " ", row->line);
	listing_add_source(&text, row->text);
	browser_put_long(&v->view, g, y, x, STYLE_DIM, strbuf_str(&text));
}

/* ---- the selected jump ---- */

struct jump {
	uint32_t from, to;	/* rows; from NO_ID: the selected line is none */
};

static struct jump selected_jump(const struct listing_view *v)
{
	struct jump jump = { NO_ID, NO_ID };

	if (v->view.list.selected >= v->shown.len)
		return jump;
	uint32_t row = v->shown.data[v->view.list.selected];
	if (v->listing->rows.data[row].kind == LISTING_CODE && v->listing->rows.data[row].target != NO_ID)
		jump = (struct jump){ row, v->listing->rows.data[row].target };
	return jump;
}

/* The two columns in which the jump is a line. */
static void draw_jump(const struct jump *jump, struct grid *g, unsigned y, unsigned x, uint32_t row)
{
	bool down = jump->to > jump->from;
	uint32_t first = down ? jump->from : jump->to, last = down ? jump->to : jump->from;

	if (jump->from == NO_ID || row < first || row > last)
		return;
	if (row != first && row != last) {
		grid_put(g, y, x, STYLE_TITLE, drawn(g, "│", "|"));
		return;
	}
	grid_put(g, y, x, STYLE_TITLE, row == first ? drawn(g, "┌", "+") : drawn(g, "└", "+"));
	grid_put(g, y, x + 1, STYLE_TITLE, row == jump->from ? drawn(g, "─", "-") : ">");
}

/* ---- instructions ---- */

static const char *flow_mark(const struct grid *g, const struct listing_row *row, uint32_t r)
{
	switch (row->flow) {
	case FLOW_CALL:
		return drawn(g, "→", ">");
	case FLOW_RETURN:
		return drawn(g, "←", "<");
	case FLOW_JUMP:
	case FLOW_BRANCH:
		if (row->target == NO_ID)
			return drawn(g, "→", ">");
		return row->target > r ? drawn(g, "↓", "v") : drawn(g, "↑", "^");
	case FLOW_NEXT:
		break;
	}
	return row->jumps_here ? drawn(g, "•", "*") : " ";
}

static void draw_code(struct listing_view *v, struct grid *g, unsigned y, unsigned x, uint32_t r, const struct jump *jump)
{
	const struct listing_row *row = &v->listing->rows.data[r];
	autostrbuf struct strbuf text = { 0 };

	for (size_t i = 0; i < v->events.len; i++)
		listing_draw_number(v->listing, listing_amount(v->listing, r, v->events.data[i]), v->events.data[i], v->counts,
				    g, y, (unsigned)i * NUMBER_WIDTH);
	strbuf_printf(&text, "%6" PRIx64 ":", row->address);
	x = grid_put(g, y, x, STYLE_DIM, strbuf_str(&text)) + 1;
	draw_jump(jump, g, y, x, r);
	grid_put(g, y, x + 3, STYLE_TITLE, flow_mark(g, row, r));
	strbuf_truncate(&text, 0);
	strbuf_adds(&text, row->text);
	if (row->refers && row->flow == FLOW_NEXT)
		strbuf_printf(&text, "  # %" PRIx64, row->to);
	if (row->refers && row->name)
		strbuf_printf(&text, " <%s>", row->name);
	browser_put_long(&v->view, g, y, x + 5, STYLE_PLAIN, strbuf_str(&text));
}

/* ---- the whole ---- */

/* There is room for one event before there are samples: nothing moves when they come. */
static unsigned numbers_width(const struct listing_view *v)
{
	return (v->events.len ? (unsigned)v->events.len : 1) * NUMBER_WIDTH;
}

static void draw_title(const struct listing_view *v, struct grid *g, unsigned y, unsigned x)
{
	const struct browser_source *source = &v->view.browser->source;
	const struct profile *p = source->profile(source->ctx);
	autostrbuf struct strbuf text = { 0 };

	for (unsigned at = 0; at < numbers_width(v); at += NUMBER_WIDTH)
		grid_put(g, y, at + 1, STYLE_DIM, v->counts ? "Samples" : "Percent");
	strbuf_printf(&text, "%s in %s", v->name, v->image);
	if (!v->events.len)
		strbuf_adds(&text, source->live ? ", no samples yet" : ", no samples");
	for (size_t i = 0; i < v->events.len; i++) {
		unsigned event = v->events.data[i];
		strbuf_printf(&text, ", %" PRIu64 " of %s", v->listing->sums[event].count,
			      event < p->events.len ? strtab_text(&p->strings, p->events.data[event].name) : "");
	}
	grid_put(g, y, x, STYLE_TITLE, strbuf_str(&text));
}

void listing_draw(struct view *view, struct grid *g, unsigned top, unsigned rows)
{
	struct listing_view *v = (struct listing_view *)view;
	const struct jump jump = selected_jump(v);
	unsigned x = numbers_width(v);

	view->list_top = top + 1;
	list_fit(&view->list, rows - 1);
	draw_title(v, g, top, x + 2);
	for (unsigned i = 0; i + 1 < rows && view->list.top + i < v->shown.len; i++) {
		uint32_t row = v->shown.data[view->list.top + i];
		unsigned y = top + 1 + i;
		grid_put(g, y, x + 1, STYLE_DIM, drawn(g, "│", "|"));
		if (v->listing->rows.data[row].kind == LISTING_SOURCE)
			draw_source(v, g, y, x + 3, row);
		else
			draw_code(v, g, y, x + 2, row, &jump);
		if (view->list.top + i == view->list.selected)
			grid_style_row(g, y, STYLE_SELECTED);
	}
}
