/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/text.h"

#include <inttypes.h>

#include "base/cleanup.h"
#include "profile/cells.h"

/* Below the last column's title: one C++ name can be 2,000 letters long, and nothing stands behind it. */
enum { RULE_AT_MOST = 60 };

/* What a line of the terminal takes, counted in characters. */
static size_t characters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* Cuts to n characters. */
static void cut(struct strbuf *b, size_t n)
{
	const char *s = strbuf_str(b);
	size_t at = 0;

	for (; s[at]; at++)
		if (((unsigned char)s[at] & 0xc0) != 0x80 && !n--)
			break;
	strbuf_truncate(b, at);
}

struct table {
	const struct grouping *g;
	const struct text_options *o;
	size_t width[COLUMNS];		/* by place in columns->shown */
	struct strbuf cell, line;	/* scratch */
};

static bool shown(const struct table *t, const struct row *row)
{
	return grouping_percent(t->g, row_weight(t->g, row)) >= t->o->min_percent;
}

/*
 * The text of a cell, to be printed as it is: names come from files and
 * other users, and must not steer the terminal or break the line.
 */
static const char *cell(struct table *t, const struct row *row, unsigned i)
{
	const char *separator = t->o->separator;
	bool one = separator && separator[0] && !separator[1];

	strbuf_truncate(&t->cell, 0);
	cells_text(t->g, row, t->g->columns->shown[i], t->o->verbose, &t->cell);
	if (i < t->o->widths.len && t->o->widths.data[i] && !separator)
		cut(&t->cell, t->o->widths.data[i]);
	for (size_t c = 0; one && c < t->cell.len; c++)
		if (t->cell.data[c] == separator[0])
			t->cell.data[c] = '.';
	strbuf_tame(&t->cell, 0);
	return strbuf_str(&t->cell) + (separator ? strspn(strbuf_str(&t->cell), " ") : 0);
}

static size_t rows_of(const struct table *t)
{
	size_t n = t->g->rows.len;

	return t->o->max_rows && t->o->max_rows < n ? t->o->max_rows : n;
}

static bool is_last(const struct table *t, unsigned column)
{
	return column + 1 == t->g->columns->n_shown;
}

/* How wide the column has to be; of the last one, behind which nothing stands, as far as its rule goes. */
static size_t width_of(struct table *t, unsigned i)
{
	enum column c = t->g->columns->shown[i];
	size_t width = strlen(cells_title(t->g, c)), enough = is_last(t, i) ? RULE_AT_MOST : SIZE_MAX;

	if (width < cells_width(c))
		width = cells_width(c);
	for (size_t r = 0; column_is_key(c) && width < enough && r < rows_of(t); r++) {
		if (!shown(t, &t->g->rows.data[r]))
			continue;
		size_t n = characters(cell(t, &t->g->rows.data[r], i));
		width = n > width ? n : width;
	}
	return width;
}

static void measure(struct table *t)
{
	for (unsigned i = 0; i < t->g->columns->n_shown; i++) {
		bool forced = i < t->o->widths.len && t->o->widths.data[i];
		t->width[i] = forced ? t->o->widths.data[i] : width_of(t, i);
	}
}

static void add_padded(struct table *t, unsigned i, const char *text)
{
	bool right = cells_right(t->g->columns->shown[i]);

	if (!right && is_last(t, i)) {
		strbuf_adds(&t->line, text);
		return;
	}
	size_t n = characters(text), blank = t->width[i] > n ? t->width[i] - n : 0;
	strbuf_fill(&t->line, ' ', right ? blank : 0);
	strbuf_adds(&t->line, text);
	strbuf_fill(&t->line, ' ', right ? 0 : blank);
}

static void end_line(struct table *t)
{
	strbuf_trim(&t->line);
	strbuf_addc(&t->line, '\n');
	fwrite(strbuf_str(&t->line), 1, t->line.len, t->o->out);
	strbuf_truncate(&t->line, 0);
}

static void print_row(struct table *t, const struct row *row)
{
	for (unsigned i = 0; i < t->g->columns->n_shown; i++) {
		const char *text = cell(t, row, i);
		if (t->o->separator) {
			strbuf_adds(&t->line, i ? t->o->separator : "");
			strbuf_adds(&t->line, text);
			continue;
		}
		strbuf_adds(&t->line, "  ");
		add_padded(t, i, text);
	}
	end_line(t);
}

/* 1234567 as 1M: the largest unit that leaves a digit, as perf writes it. */
static void print_count(FILE *out, uint64_t n)
{
	static const char units[] = " KMGTPE";
	unsigned u = 0;

	for (; n >= 1000 && units[u + 1]; u++)
		n /= 1000;
	fprintf(out, "%" PRIu64 "%c", n, units[u]);
}

static void print_title(struct table *t)
{
	const struct profile_event *event = &t->g->profile->events.data[t->g->event];
	FILE *out = t->o->out;

	fputs("# Samples: ", out);
	print_count(out, t->g->count);
	strbuf_printf(&t->line, " of event '%s'", strtab_text(&t->g->profile->strings, event->name));
	strbuf_tame(&t->line, 0);
	end_line(t);
	fprintf(out, "# Event count (approx.): %" PRIu64 "\n#\n", t->g->period);
}

static size_t rule_width(const struct table *t, unsigned column)
{
	return is_last(t, column) && t->width[column] > RULE_AT_MOST ? RULE_AT_MOST : t->width[column];
}

static void print_columns(struct table *t)
{
	const struct columns *columns = t->g->columns;

	strbuf_adds(&t->line, t->o->separator ? "# " : "#");
	for (unsigned i = 0; i < columns->n_shown; i++) {
		const char *text = cells_title(t->g, columns->shown[i]);
		if (t->o->separator) {
			strbuf_adds(&t->line, i ? t->o->separator : "");
			strbuf_adds(&t->line, text + strspn(text, " "));
			continue;
		}
		strbuf_fill(&t->line, ' ', i ? 2 : 1);
		add_padded(t, i, text);
	}
	end_line(t);
	if (t->o->separator)
		return;
	strbuf_addc(&t->line, '#');
	for (unsigned i = 0; i < columns->n_shown; i++) {
		strbuf_fill(&t->line, ' ', i ? 2 : 1);
		strbuf_fill(&t->line, '.', rule_width(t, i));
	}
	end_line(t);
	fputs("#\n", t->o->out);
}

static void print_hidden(struct table *t)
{
	uint64_t hidden = 0, period = 0;

	for (size_t i = 0; i < t->g->rows.len; i++)
		if (!shown(t, &t->g->rows.data[i])) {
			hidden++;
			period += t->g->rows.data[i].self_period;
		}
	if (hidden)
		fprintf(t->o->out, "#\n# %" PRIu64 " more below %g%%, together %.2f%%\n", hidden, t->o->min_percent,
			grouping_percent(t->g, period));
}

void text_report(const struct grouping *g, const struct text_options *options)
{
	struct table t = { .g = g, .o = options };
	struct calltree tree = { 0 };

	if (!options->separator)
		measure(&t);
	if (!options->quiet) {
		print_title(&t);
		print_columns(&t);
	}
	for (size_t i = 0; i < rows_of(&t); i++) {
		if (!shown(&t, &g->rows.data[i]))
			continue;
		print_row(&t, &g->rows.data[i]);
		if (options->calltree.mode != CALLTREE_NONE)
			text_calltree(g, &g->rows.data[i], options, &tree);
	}
	if (!options->quiet)
		print_hidden(&t);
	fputc('\n', options->out);
	calltree_deinit(&tree);
	strbuf_deinit(&t.cell);
	strbuf_deinit(&t.line);
}
