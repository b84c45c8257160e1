/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The listing of one function, for a report or a screen to draw: its
 * instructions with the source lines that they come from in front of them,
 * and how many samples of which event hit each.
 *
 *	listing_create(&request, &listing)	code and source, rows in order of addresses
 *	listing_count(listing, …)		samples by address, as often as they change
 *	listing->rows, listing_amount()		what to draw
 *
 * Rows, once made, do not change; counts may be set anew (ptk top).
 */
#ifndef PTK_DISASM_LISTING_H
#define PTK_DISASM_LISTING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/vec.h"
#include "disasm/code.h"
#include "disasm/disassembler.h"
#include "disasm/source.h"
#include "elf/debuginfo.h"

/*
 * What is called at an address, as a person reads it, and where that begins;
 * NULL: nothing. Addresses are those of the code. The name lives as long as
 * the listing.
 */
typedef const char *listing_name(void *ctx, uint64_t address, uint64_t *start);

struct listing_request {
	struct code code;		/* of the whole function; copied */
	struct disassembler how;
	const char *symbol;		/* the function's name, for places in it; NULL: `name` tells. Copied */
	listing_name *name;		/* may be NULL */
	void *ctx;
	struct debuginfo *debuginfo;	/* where the source lines are from; NULL: none */
	uint64_t debug_bias;		/* added (modulo 2^64) to an address of the code gives one of the debuginfo */
	struct sources *sources;	/* their text; borrowed, must outlive the listing. NULL: no source rows */
};

enum listing_kind {
	LISTING_SOURCE,		/* a source line */
	LISTING_CODE,		/* an instruction */
};

struct listing_row {
	enum listing_kind kind;
	const char *text;	/* "mov    %rsp,%rbp", without names; the source line, NULL where its file cannot be read */
	const char *file;	/* as the compiler recorded it; NULL: not known. Equal files are one pointer */
	uint32_t line;		/* 0: not known */
	const char *function;	/* what was inlined here, demangled; NULL: the function itself. Equal names are one pointer */

	/* Of instructions: */
	uint64_t address;
	const uint8_t *bytes;
	uint8_t size;		/* of them */
	enum flow flow;
	uint32_t target;	/* the row that it jumps to, NO_ID: none in this function */
	uint32_t jumps_here;	/* how many rows have this one as their target */
	bool refers;		/* `to` is an address that it jumps to, calls, or whose data it uses */
	bool data;		/* that of data: the operands have it as a distance */
	uint64_t to;
	const char *name;	/* what is there: "puts@plt", "main+0x1d"; NULL: not known */
};

struct listing_amount {
	uint64_t count, period;	/* samples, and the sum of their periods */
};

/* What to count: samples of an event at an address. Several for one address add up. */
struct listing_hit {
	uint64_t address;	/* as in the code */
	uint32_t event;		/* the caller's number, below n_events */
	struct listing_amount amount;
};

/* What percentages are of, as perf's --percent-type has them. */
enum listing_percent { PERCENT_LOCAL_PERIOD, PERCENT_LOCAL_HITS, PERCENT_GLOBAL_PERIOD, PERCENT_GLOBAL_HITS };

struct listing {
	struct code code;		/* its bytes are the listing's own */
	struct instructions instructions;
	struct sources *sources;	/* the request's */
	VEC(struct listing_row) rows;
	uint32_t *row_at;		/* by offset in the code: the row of the instruction there */
	struct strtab strings;		/* files, functions */
	struct arena names;
	unsigned n_events;
	struct listing_amount *amounts;	/* rows.len * n_events; source rows: of the instructions up to the next source row */
	struct listing_amount *sums;	/* by event: of all rows */
	bool partial;			/* the caller's: source lines were left out, as reading them takes long */
	struct listing_amount *wholes;	/* by event: of the whole recording, for PERCENT_GLOBAL_*; set by the caller */
};

/* Errors: code that is too long or empty, nobody who can read it. */
struct error *listing_create(const struct listing_request *request, struct listing **listing) MUST_CHECK;
void listing_destroy(struct listing *listing);	/* NULL is fine */

/*
 * Counts anew. Hits in the middle of an instruction are its own; those
 * outside of the code are left out. wholes: by event, copied; NULL: percentages are local.
 */
void listing_count(struct listing *listing, unsigned n_events, const struct listing_amount *wholes,
		   const struct listing_hit *hits, size_t n_hits);

static inline const struct listing_amount *listing_amount(const struct listing *l, uint32_t row, unsigned event)
{
	return &l->amounts[(size_t)row * l->n_events + event];
}

/* 0 where there is nothing to be a part of. */
double listing_percent(const struct listing *listing, const struct listing_amount *amount, unsigned event,
		       enum listing_percent of);

/* The row of the instruction at an address; NO_ID: outside. */
uint32_t listing_row_at(const struct listing *listing, uint64_t address);

/* A source line with all of its instructions together, wherever in the function they are. */
struct listing_line {
	const char *file;		/* the rows' pointer; NULL: instructions without a line */
	uint32_t line;
	uint32_t first_row;		/* the first instruction of it */
	struct listing_amount *amounts;	/* by event */
};

struct listing_lines {
	VEC(struct listing_line) all;	/* most periods of all events first; those that nothing hit are left out */
	struct arena arena;
};

void listing_lines_init(struct listing_lines *lines, const struct listing *listing);
void listing_lines_deinit(struct listing_lines *lines);

#endif
