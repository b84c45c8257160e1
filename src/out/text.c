/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/text.h"

#include <inttypes.h>

#include "base/cleanup.h"

void text_frame(const struct profile *p, uint32_t frame, struct strbuf *out)
{
	const struct profile_symbol *symbol = profile_frame_symbol(p, frame);
	uint64_t address = p->frames.data[frame].address;

	if (!symbol->name)
		strbuf_printf(out, "0x%" PRIx64, symbol->start);
	else if (symbol->inlined)
		strbuf_printf(out, "%s (inlined)", strtab_text(&p->strings, symbol->name));
	else if (address)
		strbuf_printf(out, "%s+0x%" PRIx64, strtab_text(&p->strings, symbol->name), address - symbol->start);
	else
		strbuf_adds(out, strtab_text(&p->strings, symbol->name));
}

static void add_symbol(const struct grouping *g, const struct row *row, bool verbose, struct strbuf *out)
{
	const struct profile *p = g->profile;
	const struct profile_symbol *symbol = profile_frame_symbol(p, row->frame);

	if (verbose)
		strbuf_printf(out, "0x%016" PRIx64 " ", symbol->start);
	strbuf_printf(out, "[%c] ", profile_frame_kernel(p, row->frame) ? 'k' : '.');
	if (symbol->name)
		strbuf_printf(out, "%s%s", strtab_text(&p->strings, symbol->name), symbol->inlined ? " (inlined)" : "");
	else
		strbuf_printf(out, "0x%016" PRIx64, symbol->start);
}

/* The last name that the process or thread was seen with. */
static void add_id_and_comm(const struct profile *p, uint32_t id, struct strbuf *out)
{
	const uint64_t *comm = map64_get(&p->pid_comms, id);

	strbuf_printf(out, "%7d:%s", (int)id, comm ? strtab_text(&p->strings, (uint32_t)*comm) : "");
}

static void add_percent(const struct grouping *g, uint64_t period, struct strbuf *out)
{
	strbuf_printf(out, "%.2f%%", grouping_percent(g, period));
}

static void add_key(const struct grouping *g, const struct row *row, enum column c, bool verbose, struct strbuf *out)
{
	const struct profile *p = g->profile;
	const struct profile_origin *origin = &p->origins.data[row->origin];
	const struct profile_task *task = &p->tasks.data[origin->task];
	const struct profile_image *image = profile_frame_image(p, row->frame);

	switch (c) {
	case COLUMN_COMM:
		strbuf_adds(out, strtab_text(&p->strings, task->comm));
		break;
	case COLUMN_PID:
		add_id_and_comm(p, task->pid, out);
		break;
	case COLUMN_TID:
		add_id_and_comm(p, task->tid, out);
		break;
	case COLUMN_DSO:
		strbuf_adds(out, strtab_text(&p->strings, verbose ? image->path : image->name));
		break;
	case COLUMN_SYMBOL:
		add_symbol(g, row, verbose, out);
		break;
	case COLUMN_SRCFILE:
		strbuf_adds(out, strtab_text(&p->strings, p->frames.data[row->line_frame].file));
		break;
	case COLUMN_SRCLINE:
		strbuf_adds(out, strtab_text(&p->strings, p->frames.data[row->line_frame].line));
		break;
	case COLUMN_CPU:
		if (origin->cpu == NO_ID)
			strbuf_adds(out, "-");
		else
			strbuf_printf(out, "%03" PRIu32, origin->cpu);
		break;
	case COLUMN_SOCKET:
		strbuf_printf(out, "%" PRId32, row_socket(g, row));
		break;
	case COLUMN_PARENT:
		if (row->parent_frame == NO_ID)
			strbuf_adds(out, "[other]");
		else
			text_frame(p, row->parent_frame, out);
		break;
	case COLUMN_TIME:
		strbuf_printf(out, "%" PRIu64 ".%06" PRIu64, origin->time / 1000000000, origin->time % 1000000000 / 1000);
		break;
	case COLUMN_WEIGHT:
		strbuf_printf(out, "%" PRIu64, origin->weight);
		break;
	default:
		break;
	}
}

static void add_cell(const struct grouping *g, const struct row *row, enum column c, bool verbose, struct strbuf *out)
{
	switch (c) {
	case COLUMN_CHILDREN:
		add_percent(g, row->period, out);
		break;
	case COLUMN_OVERHEAD:
		add_percent(g, row->self_period, out);
		break;
	case COLUMN_OVERHEAD_SYS:
		add_percent(g, row->self_kernel_period, out);
		break;
	case COLUMN_OVERHEAD_US:
		add_percent(g, row->self_period - row->self_kernel_period, out);
		break;
	case COLUMN_SAMPLES:
		strbuf_printf(out, "%" PRIu64, row->self_count);
		break;
	case COLUMN_PERIOD:
		strbuf_printf(out, "%" PRIu64, row->self_period);
		break;
	default:
		add_key(g, row, c, verbose, out);
	}
}

static const char *title(const struct grouping *g, enum column c)
{
	if (c == COLUMN_OVERHEAD && g->columns->mask[COLUMN_CHILDREN])
		return "Self";
	return column_defs[c].title;
}

/* Numbers stand to the right, and no narrower than this. */
static unsigned least_width(enum column c)
{
	switch (c) {
	case COLUMN_CHILDREN:
	case COLUMN_OVERHEAD:
	case COLUMN_OVERHEAD_SYS:
	case COLUMN_OVERHEAD_US:
		return 8;
	case COLUMN_SAMPLES:
	case COLUMN_PERIOD:
		return 12;
	default:
		return 0;
	}
}

static bool to_the_right(enum column c)
{
	return !column_is_key(c) || c == COLUMN_WEIGHT || c == COLUMN_SOCKET;
}

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
	add_cell(t->g, row, t->g->columns->shown[i], t->o->verbose, &t->cell);
	if (i < t->o->widths.len && t->o->widths.data[i] && !separator)
		cut(&t->cell, t->o->widths.data[i]);
	for (size_t c = 0; one && c < t->cell.len; c++)
		if (t->cell.data[c] == separator[0])
			t->cell.data[c] = '.';
	strbuf_tame(&t->cell, 0);
	return strbuf_str(&t->cell) + (separator ? strspn(strbuf_str(&t->cell), " ") : 0);
}

static void measure(struct table *t)
{
	const struct columns *columns = t->g->columns;

	for (unsigned i = 0; i < columns->n_shown; i++) {
		enum column c = columns->shown[i];
		size_t width = strlen(title(t->g, c));
		if (width < least_width(c))
			width = least_width(c);
		for (size_t r = 0; column_is_key(c) && r < t->g->rows.len; r++) {
			if (!shown(t, &t->g->rows.data[r]))
				continue;
			size_t n = characters(cell(t, &t->g->rows.data[r], i));
			width = n > width ? n : width;
		}
		bool forced = i < t->o->widths.len && t->o->widths.data[i];
		t->width[i] = forced ? t->o->widths.data[i] : width;
	}
}

static void pad(struct strbuf *line, size_t n)
{
	while (n--)
		strbuf_addc(line, ' ');
}

static void add_padded(struct table *t, unsigned i, const char *text)
{
	size_t n = characters(text), blank = t->width[i] > n ? t->width[i] - n : 0;
	bool right = to_the_right(t->g->columns->shown[i]);

	pad(&t->line, right ? blank : 0);
	strbuf_adds(&t->line, text);
	pad(&t->line, right ? 0 : blank);
}

static void end_line(struct table *t)
{
	while (t->line.len && t->line.data[t->line.len - 1] == ' ')
		strbuf_truncate(&t->line, t->line.len - 1);
	fwrite(strbuf_str(&t->line), 1, t->line.len, t->o->out);
	fputc('\n', t->o->out);
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

static void print_columns(struct table *t)
{
	const struct columns *columns = t->g->columns;

	strbuf_adds(&t->line, t->o->separator ? "# " : "#");
	for (unsigned i = 0; i < columns->n_shown; i++) {
		const char *text = title(t->g, columns->shown[i]);
		if (t->o->separator) {
			strbuf_adds(&t->line, i ? t->o->separator : "");
			strbuf_adds(&t->line, text + strspn(text, " "));
			continue;
		}
		pad(&t->line, i ? 2 : 1);
		add_padded(t, i, text);
	}
	end_line(t);
	if (t->o->separator)
		return;
	strbuf_addc(&t->line, '#');
	for (unsigned i = 0; i < columns->n_shown; i++) {
		pad(&t->line, i ? 2 : 1);
		for (size_t n = 0; n < t->width[i]; n++)
			strbuf_addc(&t->line, '.');
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
	for (size_t i = 0; i < g->rows.len; i++) {
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
