/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disasm/listing.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "elf/demangle.h"

enum {
	REACH = 1 << 20,	/* bytes: data further behind the start of a name is something else that has none */
	LEAD_MAX = 8,	/* lines without code of their own that are shown in front of one that has some */
};

/* A listing while its rows are made. */
struct making {
	struct listing *l;
	const struct listing_request *request;
	const char *file, *function;	/* of the instruction before; `line` too */
	uint32_t line;
	struct map64 shown;		/* string id of a file: the furthest line shown of it */
};

/* Where an instruction comes from; strings are the listing's. */
struct origin {
	const char *file, *function;
	uint32_t line;
};

static const char *kept(struct listing *l, const char *s)
{
	return s ? strtab_text(&l->strings, strtab_id(&l->strings, s)) : NULL;
}

static struct origin origin_of(struct making *m, uint64_t address)
{
	struct source_place places[SOURCE_PLACES_MAX];
	struct debuginfo *d = m->request->debuginfo;
	size_t n = d ? debuginfo_find(d, address + m->request->debug_bias, places) : 0;
	struct origin o = { 0 };

	if (!n)
		return o;
	o.file = kept(m->l, places[0].file);
	o.line = places[0].line;
	if (n > 1) {
		autofree char *plain = places[0].function ? demangle(places[0].function) : NULL;
		o.function = kept(m->l, plain ? plain : places[0].function);
	}
	return o;
}

/* ---- source rows */

static void add_line(struct making *m, const struct origin *o, uint32_t line, uint64_t address)
{
	struct listing_row *row = vec_add(&m->l->rows);

	*row = (struct listing_row){
		.kind = LISTING_SOURCE, .file = o->file, .line = line, .function = o->function, .address = address,
		.text = source_line(m->request->sources, o->file, line), .target = NO_ID,
	};
}

/*
 * The line, and before it those behind the furthest one shown of its file
 * when they are few: comments and declarations that have no code.
 */
static void add_lines(struct making *m, const struct origin *o, uint64_t address)
{
	uint64_t *furthest = map64_put(&m->shown, strtab_id(&m->l->strings, o->file), NULL);
	uint32_t first = o->line;

	if (*furthest && *furthest < o->line && o->line - *furthest <= LEAD_MAX &&
	    source_line(m->request->sources, o->file, o->line))
		first = (uint32_t)*furthest + 1;
	for (uint32_t line = first; line <= o->line; line++)
		add_line(m, o, line, address);
	if (o->line > *furthest)
		*furthest = o->line;
}

/* ---- instructions */

static const char *name_and_distance(struct making *m, const char *name, uint64_t distance)
{
	if (!name || !distance)
		return name;
	return arena_printf(&m->l->names, "%s+0x%" PRIx64, name, distance);
}

static const char *name_of(struct making *m, uint64_t address, bool data)
{
	const struct listing_request *r = m->request;
	uint64_t start = address;

	/* Not what is there now: code of a JIT comes and goes. */
	if (r->symbol && address - r->code.address < r->code.size)
		return name_and_distance(m, kept(m->l, r->symbol), address - r->code.address);
	const char *name = r->name ? r->name(r->ctx, address, &start) : NULL;
	if (data && address - start >= REACH)
		return NULL;
	return name_and_distance(m, name, address - start);
}

static void add_instruction(struct making *m, const struct instruction *i)
{
	struct listing *l = m->l;
	uint64_t address = l->code.address + i->offset;
	struct origin o = origin_of(m, address);

	if (m->request->sources && o.file && o.line &&
	    (o.line != m->line || o.file != m->file || o.function != m->function))
		add_lines(m, &o, address);
	m->file = o.file;
	m->line = o.line;
	m->function = o.function;
	for (unsigned byte = 0; byte < i->size; byte++)
		l->row_at[i->offset + byte] = (uint32_t)l->rows.len;
	const char *name = i->has_target || i->has_data ? name_of(m, i->target, i->has_data) : NULL;
	vec_push(&l->rows, (struct listing_row){
		.kind = LISTING_CODE, .text = instruction_text(&l->instructions, i), .file = o.file, .line = o.line,
		.function = o.function, .address = address, .bytes = l->code.bytes + i->offset, .size = i->size,
		.flow = i->flow, .target = NO_ID, .refers = i->has_target || i->has_data, .data = i->has_data, .to = i->target, .name = name,
	});
}

/* Jumps within the function, when all rows are there. A function that calls itself jumps nowhere. */
static void link_jumps(struct listing *l)
{
	for (uint32_t i = 0; i < l->rows.len; i++) {
		struct listing_row *row = &l->rows.data[i];
		if (row->kind != LISTING_CODE || (row->flow != FLOW_JUMP && row->flow != FLOW_BRANCH) || !row->refers)
			continue;
		row->target = listing_row_at(l, row->to);
		if (row->target == NO_ID)
			continue;
		if (l->rows.data[row->target].address == row->to)
			l->rows.data[row->target].jumps_here++;
		else
			row->target = NO_ID;
	}
}

struct error *listing_create(const struct listing_request *request, struct listing **listing)
{
	struct listing *l = xcalloc(1, sizeof(*l));
	struct making m = { .l = l, .request = request };

	*listing = NULL;
	l->code = request->code;
	l->code.bytes = request->code.size ? xmemdup(request->code.bytes, request->code.size) : NULL;
	l->sources = request->sources;
	struct error *err = !l->code.size ? error_create("the function has no code") :
			    l->code.size > CODE_MAX ? error_create("the function is %zu bytes long", l->code.size) :
			    disassembler_read(&request->how, &l->code, &l->instructions);
	if (err) {
		listing_destroy(l);
		return err;
	}
	l->row_at = xreallocarray(NULL, l->code.size, sizeof(*l->row_at));
	for (size_t i = 0; i < l->instructions.all.len; i++)
		add_instruction(&m, &l->instructions.all.data[i]);
	link_jumps(l);
	map64_deinit(&m.shown);
	listing_count(l, 0, NULL, NULL, 0);
	*listing = l;
	return NULL;
}

static void drop_counts(struct listing *l)
{
	free(l->amounts);
	free(l->sums);
	free(l->wholes);
}

void listing_destroy(struct listing *l)
{
	if (!l)
		return;
	free((void *)l->code.bytes);
	instructions_deinit(&l->instructions);
	vec_deinit(&l->rows);
	free(l->row_at);
	strtab_deinit(&l->strings);
	arena_deinit(&l->names);
	drop_counts(l);
	free(l);
}

uint32_t listing_row_at(const struct listing *l, uint64_t address)
{
	return address - l->code.address < l->code.size ? l->row_at[address - l->code.address] : NO_ID;
}

/* ---- counts */

static void add_amount(struct listing_amount *to, const struct listing_amount *from)
{
	to->count += from->count;
	to->period += from->period;
}

/* A source row has what the instructions up to the next one have; of several lines together the last. */
static void sum_lines(struct listing *l)
{
	uint32_t source = NO_ID;

	for (uint32_t row = 0; row < l->rows.len; row++) {
		if (l->rows.data[row].kind == LISTING_SOURCE)
			source = row;
		else if (source != NO_ID)
			for (unsigned e = 0; e < l->n_events; e++)
				add_amount(&l->amounts[(size_t)source * l->n_events + e], listing_amount(l, row, e));
	}
}

void listing_count(struct listing *l, unsigned n_events, const struct listing_amount *wholes,
		   const struct listing_hit *hits, size_t n_hits)
{
	drop_counts(l);
	l->n_events = n_events;
	l->amounts = xcalloc(l->rows.len * n_events + 1, sizeof(*l->amounts));
	l->sums = xcalloc(n_events + 1, sizeof(*l->sums));
	l->wholes = wholes ? xmemdup(wholes, n_events * sizeof(*wholes)) : NULL;
	for (size_t i = 0; i < n_hits; i++) {
		uint32_t row = listing_row_at(l, hits[i].address);
		if (row == NO_ID || hits[i].event >= n_events)
			continue;
		add_amount(&l->amounts[(size_t)row * n_events + hits[i].event], &hits[i].amount);
		add_amount(&l->sums[hits[i].event], &hits[i].amount);
	}
	sum_lines(l);
}

double listing_percent(const struct listing *l, const struct listing_amount *amount, unsigned event,
		       enum listing_percent of)
{
	bool global = l->wholes && (of == PERCENT_GLOBAL_PERIOD || of == PERCENT_GLOBAL_HITS);
	const struct listing_amount *whole = global ? &l->wholes[event] : &l->sums[event];
	bool hits = of == PERCENT_LOCAL_HITS || of == PERCENT_GLOBAL_HITS;
	uint64_t part = hits ? amount->count : amount->period, all = hits ? whole->count : whole->period;

	return all ? 100.0 * (double)part / (double)all : 0;
}

/* ---- lines */

static struct listing_line *line_of(struct listing_lines *lines, struct map64 *known, const struct listing *l, uint32_t row)
{
	const struct listing_row *r = &l->rows.data[row];
	uint64_t file = r->file ? strtab_find(&l->strings, r->file) : 0;
	bool added;
	uint64_t *index = map64_put(known, file << 32 | r->line, &added);

	if (added) {
		*index = lines->all.len;
		vec_push(&lines->all, (struct listing_line){
			.file = r->file, .line = r->line, .first_row = row,
			.amounts = arena_calloc(&lines->arena, l->n_events * sizeof(struct listing_amount)) });
	}
	return &lines->all.data[*index];
}

static uint64_t weight(const struct listing_line *line, unsigned n_events)
{
	uint64_t sum = 0;

	for (unsigned e = 0; e < n_events; e++)
		sum += line->amounts[e].period;
	return sum;
}

struct weighed {
	struct listing_line line;
	uint64_t weight;
};

static int compare_weighed(const void *a, const void *b)
{
	const struct weighed *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x->line.first_row < y->line.first_row ? -1 : 1;
}

static void sort_lines(struct listing_lines *lines, unsigned n_events)
{
	VEC(struct weighed) all = { 0 };

	for (size_t i = 0; i < lines->all.len; i++)
		vec_push(&all, (struct weighed){ lines->all.data[i], weight(&lines->all.data[i], n_events) });
	vec_sort(&all, compare_weighed);
	for (size_t i = 0; i < all.len; i++)
		lines->all.data[i] = all.data[i].line;
	vec_deinit(&all);
}

void listing_lines_init(struct listing_lines *lines, const struct listing *l)
{
	struct map64 known = { 0 };

	*lines = (struct listing_lines){ 0 };
	for (uint32_t row = 0; row < l->rows.len; row++) {
		bool hit = false;
		for (unsigned e = 0; e < l->n_events && l->rows.data[row].kind == LISTING_CODE; e++)
			hit |= listing_amount(l, row, e)->count != 0;
		if (!hit)
			continue;
		struct listing_line *line = line_of(lines, &known, l, row);
		for (unsigned e = 0; e < l->n_events; e++)
			add_amount(&line->amounts[e], listing_amount(l, row, e));
	}
	map64_deinit(&known);
	sort_lines(lines, l->n_events);
}

void listing_lines_deinit(struct listing_lines *lines)
{
	vec_deinit(&lines->all);
	arena_deinit(&lines->arena);
}
