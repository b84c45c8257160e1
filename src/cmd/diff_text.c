/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A comparison as a table, in the layout of perf diff. */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "cmd/diff.h"
#include "profile/cells.h"

enum { FIELDS_MAX = 8 + COLUMNS };

/* A column: its title, and its cell of a row, appended. */
struct field {
	const char *title;
	void (*cell)(const struct diff_event *e, const struct diff_options *o, const struct compare_row *row,
		     enum column key, struct strbuf *out);
	enum column key;		/* for cell_key */
	bool left;
	size_t width;
};

struct table {
	const struct diff_event *e;
	const struct diff_options *o;
	struct field fields[FIELDS_MAX];
	size_t n_fields;
	FILE *out;
};

#define CELL(name) static void name(const struct diff_event *e, const struct diff_options *o, \
				    const struct compare_row *row, enum column key, struct strbuf *out)

/* ---- cells */

CELL(cell_baseline)
{
	if (row->from[COMPARE_OLD] != NO_ID)
		strbuf_printf(out, "%.2f%%", row->share[COMPARE_OLD]);
}

CELL(cell_value)
{
	switch (o->order.value) {
	case COMPARE_RATIO:
		if (row->ratio)
			strbuf_printf(out, "%.3f", row->ratio);
		break;
	case COMPARE_WDIFF:
		strbuf_printf(out, "%.0f", compare_wdiff(row, &o->order));
		break;
	default:
		strbuf_printf(out, "%+.2f%%", row->delta);
	}
}

CELL(cell_noise)
{
	strbuf_printf(out, "%.2f%%", row->noise);
}

/* ~ stands for what may be chance. */
CELL(cell_change)
{
	bool is_new = row->from[COMPARE_OLD] == NO_ID, gone = row->from[COMPARE_NEW] == NO_ID;

	if (!row->changed)
		strbuf_addc(out, '~');
	if (is_new || gone)
		strbuf_adds(out, is_new ? "new" : "gone");
	else if (row->changed)
		strbuf_adds(out, row->delta > 0 ? "grew" : "shrank");
}

CELL(cell_formula)
{
	const struct compare_amount *old = &row->amount[COMPARE_OLD], *new = &row->amount[COMPARE_NEW];
	const struct compare_amount *whole = e->comparison->whole;

	switch (o->order.value) {
	case COMPARE_RATIO:
		strbuf_printf(out, "%" PRIu64 " / %" PRIu64, new->period, old->period);
		break;
	case COMPARE_WDIFF:
		strbuf_printf(out, "(%" PRIu64 " * %g) - (%" PRIu64 " * %g)", new->period, o->order.weight_new, old->period,
			      o->order.weight_old);
		break;
	default:
		strbuf_printf(out, "(%" PRIu64 " * 100 / %" PRIu64 ") - (%" PRIu64 " * 100 / %" PRIu64 ")", new->period,
			      whole[COMPARE_NEW].period, old->period, whole[COMPARE_OLD].period);
	}
}

CELL(cell_old_period)
{
	strbuf_printf(out, "%" PRIu64, row->amount[COMPARE_OLD].period);
}

CELL(cell_new_period)
{
	strbuf_printf(out, "%" PRIu64, row->amount[COMPARE_NEW].period);
}

CELL(cell_old_samples)
{
	strbuf_printf(out, "%" PRIu64, row->amount[COMPARE_OLD].count);
}

CELL(cell_new_samples)
{
	strbuf_printf(out, "%" PRIu64, row->amount[COMPARE_NEW].count);
}

CELL(cell_key)
{
	enum compare_side side = row->from[COMPARE_NEW] != NO_ID ? COMPARE_NEW : COMPARE_OLD;
	const struct grouping *g = e->groups[side];

	cells_text(g, &g->rows.data[row->from[side]], key, o->report.verbose, out);
}

CELL(cell_stack)
{
	strbuf_adds(out, strtab_text(&e->comparison->keys, row->key));
}

/* ---- the table */

static void add_field(struct table *t, const char *title, __typeof__(cell_key) *cell, enum column key, bool left)
{
	t->fields[t->n_fields++] = (struct field){ .title = title, .cell = cell, .key = key, .left = left };
}

static void pick_fields(struct table *t)
{
	static const char *const values[] = {
		[COMPARE_DELTA_ABS] = "Delta Abs", [COMPARE_DELTA] = "Delta", [COMPARE_RATIO] = "Ratio",
		[COMPARE_WDIFF] = "Weighted diff",
	};
	const struct diff_options *o = t->o;

	add_field(t, "Baseline", cell_baseline, 0, false);
	add_field(t, values[o->order.value], cell_value, 0, false);
	add_field(t, "Noise +/-", cell_noise, 0, false);
	add_field(t, "Change", cell_change, 0, true);
	if (o->formula)
		add_field(t, "Formula", cell_formula, 0, true);
	if (o->report.period) {
		add_field(t, "Period Base", cell_old_period, 0, false);
		add_field(t, "Period", cell_new_period, 0, false);
	}
	if (o->report.samples) {
		add_field(t, "Samples Base", cell_old_samples, 0, false);
		add_field(t, "Samples", cell_new_samples, 0, false);
	}
	if (o->stacks) {
		add_field(t, "Stack", cell_stack, 0, true);
		return;
	}
	const struct columns *columns = t->e->groups[COMPARE_NEW]->columns;
	for (unsigned i = 0; i < columns->n_shown; i++)
		if (column_is_key(columns->shown[i]))
			add_field(t, cells_title(t->e->groups[COMPARE_NEW], columns->shown[i]), cell_key, columns->shown[i],
				  !cells_right(columns->shown[i]));
}

static bool shown(const struct table *t, const struct compare_row *row)
{
	double limit = t->o->report.percent_limit;

	if (t->o->baseline_only && (row->from[COMPARE_OLD] == NO_ID || row->from[COMPARE_NEW] == NO_ID))
		return false;
	return row->share[COMPARE_OLD] >= limit || row->share[COMPARE_NEW] >= limit;
}

static void fill(const struct table *t, const struct field *f, const struct compare_row *row, struct strbuf *cell)
{
	const char *separator = t->o->report.separator;

	strbuf_truncate(cell, 0);
	f->cell(t->e, t->o, row, f->key, cell);
	for (size_t i = 0; separator && *separator && !separator[1] && i < cell->len; i++)
		if (cell->data[i] == *separator)
			cell->data[i] = '.';
	strbuf_tame(cell, 0);
}

static void measure(struct table *t)
{
	autostrbuf struct strbuf cell = { 0 };

	for (size_t i = 0; i < t->n_fields; i++) {
		struct field *f = &t->fields[i];
		f->width = strlen(f->title);
		for (size_t r = 0; r < t->e->comparison->rows.len; r++) {
			fill(t, f, &t->e->comparison->rows.data[r], &cell);
			if (shown(t, &t->e->comparison->rows.data[r]) && cell.len > f->width)
				f->width = cell.len;
		}
	}
}

/* One cell: the last one is not filled up when it stands to the left. */
static void print_cell(const struct table *t, size_t i, const char *text)
{
	const struct field *f = &t->fields[i];
	const char *separator = t->o->report.separator;
	int width = (int)f->width;

	if (separator)
		fprintf(t->out, "%s%s", i ? separator : "", text);
	else if (f->left)
		fprintf(t->out, "  %-*s", i + 1 < t->n_fields ? width : 0, text);
	else
		fprintf(t->out, "  %*s", width, text);
}

static void print_row(const struct table *t, const struct compare_row *row)
{
	autostrbuf struct strbuf cell = { 0 };

	for (size_t i = 0; i < t->n_fields; i++) {
		fill(t, &t->fields[i], row, &cell);
		print_cell(t, i, strbuf_str(&cell));
	}
	fputc('\n', t->out);
}

/* ---- what is above */

static void print_outcome(const struct table *t)
{
	const struct comparison *c = t->e->comparison;

	if (!c->n_changed)
		fprintf(t->out, "# Nothing changed by more than sampling noise.\n");
	else
		fprintf(t->out, "# %zu of %zu rows changed by more than sampling noise; ~ marks the others.\n", c->n_changed, c->rows.len);
}

static void print_head(const struct table *t)
{
	static const char *const names[] = { [COMPARE_OLD] = "Baseline", [COMPARE_NEW] = "New" };
	const struct compare_amount *whole = t->e->comparison->whole;

	fprintf(t->out, "# Event '%s'\n#\n", t->e->name);
	for (int i = 0; i < COMPARE_SIDES; i++)
		fprintf(t->out, "# %-8s  %s: %" PRIu64 " samples, period %" PRIu64 "\n", names[i], t->e->files[i],
			whole[i].count, whole[i].period);
	print_outcome(t);
	fputs("#\n#", t->out);
	for (size_t i = 0; i < t->n_fields; i++)
		print_cell(t, i, t->fields[i].title);
	fputs("\n", t->out);
	if (t->o->report.separator)
		return;
	fputs("#", t->out);
	for (size_t i = 0; i < t->n_fields; i++) {
		fputs("  ", t->out);
		for (size_t dots = 0; dots < t->fields[i].width; dots++)
			fputc('.', t->out);
	}
	fputs("\n#\n", t->out);
}

void diff_text(const struct diff_event *event, const struct diff_options *o, FILE *out)
{
	struct table t = { .e = event, .o = o, .out = out };

	pick_fields(&t);
	if (!o->report.separator)
		measure(&t);
	if (!o->report.quiet)
		print_head(&t);
	for (size_t i = 0; i < event->comparison->rows.len; i++)
		if (shown(&t, &event->comparison->rows.data[i]))
			print_row(&t, &event->comparison->rows.data[i]);
	fputc('\n', out);
}
