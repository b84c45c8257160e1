/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A listing as text, in the layout of perf annotate --stdio, which scripts read. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/annotate.h"

/* As perf has them, in percent. */
static const double red = 5, green = 0.5;

struct page {
	const struct annotation *a;
	const struct listing *l;
	FILE *out;
	bool color;
	VEC(unsigned) events;		/* those with samples in the function, else all */
	const char *file, *function;	/* of the source row before */
};

static const char *name_of(const struct page *p, unsigned event)
{
	const struct profile *profile = &p->a->file->profile;

	return strtab_text(&profile->strings, profile->events.data[event].name);
}

/* A path as it is to be shown. */
static const char *shown_file(const struct page *p, const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	if (!path)
		return "?";
	return slash && !p->a->o->full_paths ? slash + 1 : path;
}

/* ---- the columns in front */

static const char *column_title(const struct page *p)
{
	const struct report_options *o = &p->a->o->report;

	return o->period ? "Period" : o->samples ? "Samples" : "Percent";
}

static int column_width(const struct page *p)
{
	return p->a->o->report.period ? 12 : 8;
}

static void print_number(const struct page *p, const struct listing_amount *amount, unsigned event)
{
	double percent = listing_percent(p->l, amount, event, p->a->o->percent);
	const char *color = !p->color ? NULL : percent >= red ? "\033[31m" : percent >= green ? "\033[32m" : NULL;
	int width = column_width(p);

	if (color)
		fputs(color, p->out);
	if (p->a->o->report.period)
		fprintf(p->out, "%*" PRIu64, width, amount->period);
	else if (p->a->o->report.samples)
		fprintf(p->out, "%*" PRIu64, width, amount->count);
	else
		fprintf(p->out, "%*.2f", width, percent);
	if (color)
		fputs("\033[0m", p->out);
}

/* A name that others gave. */
static void print_name(const struct page *p, const char *name)
{
	autostrbuf struct strbuf tame = { 0 };

	strbuf_add_tame(&tame, name);
	fputs(strbuf_str(&tame), p->out);
}

static void print_columns(const struct page *p, uint32_t row)
{
	for (size_t i = 0; i < p->events.len; i++)
		print_number(p, listing_amount(p->l, row, p->events.data[i]), p->events.data[i]);
	fputs(" : ", p->out);
}

static void print_blank(const struct page *p)
{
	fprintf(p->out, "%*s : ", (int)p->events.len * column_width(p), "");
}

/* ---- rows */

static void print_source(struct page *p, const struct listing_row *row)
{
	bool moved = row->function != p->function || row->file != p->file;

	print_blank(p);
	if (moved && row->function) {
		print_name(p, row->function);
		fputs(" (inlined), ", p->out);
	}
	if (!row->text || moved)
		print_name(p, shown_file(p, row->file));
	if (!row->text)
		fprintf(p->out, ":%" PRIu32 "\n", row->line);
	else if (moved)
		fputs(":\n", p->out);
	if (moved && row->text)
		print_blank(p);
	if (row->text)
		fprintf(p->out, "%-4" PRIu32 " %s\n", row->line, row->text);
	p->file = row->file;
	p->function = row->function;
}

static void print_bytes(const struct page *p, const struct listing_row *row)
{
	for (unsigned i = 0; i < row->size; i++)
		fprintf(p->out, "%02x ", row->bytes[i]);
	fprintf(p->out, "%*s", row->size < 11 ? 3 * (11 - row->size) : 0, "");
}

/* "// parse.c:12" where it is another than the instruction's before. */
static void print_place(const struct page *p, uint32_t i)
{
	const struct listing_row *row = &p->l->rows.data[i], *before = i ? row - 1 : NULL;

	if (!row->file || (before && before->kind == LISTING_CODE && before->file == row->file && before->line == row->line))
		return;
	fputs(" // ", p->out);
	print_name(p, shown_file(p, row->file));
	fprintf(p->out, ":%" PRIu32, row->line);
}

static void print_code(const struct page *p, uint32_t i)
{
	const struct listing_row *row = &p->l->rows.data[i];

	print_columns(p, i);
	fprintf(p->out, "%6" PRIx64 ": %c ", row->address, row->jumps_here ? '>' : ' ');
	if (p->a->o->asm_raw)
		print_bytes(p, row);
	fputs(row->text, p->out);
	if (row->data)
		fprintf(p->out, "        # %" PRIx64, row->to);
	if (row->refers && row->name) {
		fputs(" <", p->out);
		print_name(p, row->name);
		fputc('>', p->out);
	}
	if (p->a->o->print_line)
		print_place(p, i);
	fputc('\n', p->out);
}

/* ---- what is above */

static void print_title(const struct page *p, const char *function, const char *image)
{
	autostrbuf struct strbuf title = { 0 };
	uint64_t samples = 0;

	for (size_t i = 0; i < p->events.len; i++)
		strbuf_printf(&title, "%*s", column_width(p), column_title(p));
	strbuf_printf(&title, " | Source code & disassembly of %s in %s for", function, image);
	for (size_t i = 0; i < p->events.len; i++) {
		samples += p->l->sums[p->events.data[i]].count;
		strbuf_printf(&title, "%s %s", i ? "," : "", name_of(p, p->events.data[i]));
	}
	strbuf_printf(&title, " (%" PRIu64 " samples", samples);
	if (!p->a->o->report.samples && !p->a->o->report.period) {
		static const char *const types[] = { "local period", "local hits", "global period", "global hits" };
		strbuf_printf(&title, ", percent: %s", types[p->a->o->percent]);
	}
	strbuf_adds(&title, ")");
	strbuf_tame(&title, 0);
	fprintf(p->out, "%s\n", strbuf_str(&title));
	for (size_t i = 0; i < title.len; i++)
		fputc('-', p->out);
	fputc('\n', p->out);
}

static void print_lines(const struct page *p)
{
	struct listing_lines lines;

	listing_lines_init(&lines, p->l);
	fprintf(p->out, "\nSource lines, the hottest first:\n");
	for (size_t i = 0; i < lines.all.len; i++) {
		const struct listing_line *line = &lines.all.data[i];
		for (size_t e = 0; e < p->events.len; e++)
			print_number(p, &line->amounts[p->events.data[e]], p->events.data[e]);
		fputs("  ", p->out);
		print_name(p, shown_file(p, line->file));
		fprintf(p->out, ":%" PRIu32 "\n", line->line);
	}
	fputc('\n', p->out);
	listing_lines_deinit(&lines);
}

/* Events that hit nothing here have no column. */
static void pick_events(struct page *p)
{
	for (unsigned e = 0; e < p->l->n_events; e++)
		if (p->l->sums[e].count)
			vec_push(&p->events, e);
}

void annotate_text(const struct annotation *a, const struct function *function, const struct listing *listing, FILE *out)
{
	const struct profile *profile = &a->file->profile;
	const struct profile_symbol *symbol = &profile->symbols.data[function->symbol];
	struct page p = { .a = a, .l = listing, .out = out };
	autostrbuf struct strbuf name = { 0 };

	p.color = a->o->color || (!a->o->no_color && out == stdout && isatty(STDOUT_FILENO));
	strbuf_add_tame(&name, strtab_text(&profile->strings, symbol->name));
	pick_events(&p);
	print_title(&p, strbuf_str(&name), strtab_text(&profile->strings, profile->images.data[symbol->image].name));
	if (a->o->print_line)
		print_lines(&p);
	print_blank(&p);
	fprintf(out, "%016" PRIx64 " <%s>:\n", symbol->start, strbuf_str(&name));
	for (uint32_t i = 0; i < listing->rows.len; i++)
		if (listing->rows.data[i].kind == LISTING_SOURCE)
			print_source(&p, &listing->rows.data[i]);
		else
			print_code(&p, i);
	fputc('\n', out);
	vec_deinit(&p.events);
}
