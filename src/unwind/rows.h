/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unwind rows: the call frame information of one image, compiled once into
 * a flat sorted table, then read-only. The essay is in rows.c.
 */
#ifndef PTK_UNWIND_ROWS_H
#define PTK_UNWIND_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "elf/cfi.h"
#include "unwind/machine.h"

struct image;

enum unwind_kind {
	UNWIND_NONE,	/* nothing is said about this code */
	UNWIND_SP,	/* CFA = stack pointer + cfa */
	UNWIND_FP,	/* CFA = frame pointer + cfa */
	UNWIND_OUTERMOST, /* no caller: _start, a thread's first function */
	UNWIND_RARE,	/* anything else: see struct unwind_rare */
};

enum {
	UNWIND_SIGNAL = 1,	/* a signal trampoline: its caller was interrupted, not calling */
	UNWIND_RA_SIGNED = 2,	/* aarch64: the return address is signed */
	UNWIND_RA_LINK = 4,	/* the return address is in the link register still */
};

/* How to get from a frame to its caller's. Offsets are from the CFA; 0: the register is as it was. */
struct unwind_rule {
	int32_t cfa;
	int16_t ra, fp, extra;
	uint8_t kind, flags;
	uint32_t rare;		/* index, of UNWIND_RARE */
};

/* A rule with nothing left out. Registers are the kernel's numbers; `expression` is an offset into rows->expressions. */
struct unwind_rare {
	struct cfi_rule cfa, ra, fp, extra;
};

/* In force from base + start to the next row. */
struct unwind_row {
	uint32_t start, rule;
};

struct unwind_rows {
	const struct unwind_machine *machine;
	uint64_t base, end;		/* the image's addresses that rows cover */
	struct unwind_row *rows;
	uint32_t n_rows;
	struct unwind_rule *rules;	/* distinct ones; rules[0] is UNWIND_NONE */
	uint32_t n_rules;
	struct unwind_rare *rare;
	uint32_t n_rare;
	uint8_t *expressions;
	uint32_t expressions_size;
	uint32_t *index;		/* index[(address - base) >> shift]: the row in force at that slot's start */
	uint32_t n_index;
	uint8_t shift;
	uint32_t functions;		/* entries read */
	uint64_t malformed;		/* entries left out */
	uint64_t rare_stretches;	/* stretches of code under an UNWIND_RARE rule */
	uint64_t unexpressed;		/* stretches that no rule could be made of: UNWIND_NONE */
};

/*
 * Compiles sections of one image, the better one first. NULL when they hold
 * nothing of use. Work and memory are bounded by the size of the sections.
 */
struct unwind_rows *unwind_rows_create(const struct unwind_machine *machine,
				       const struct cfi_section *sections, size_t n);
/* The same for an image, debug_root as for image_symbols. NULL: nothing of use, or not a machine that is known. */
struct unwind_rows *unwind_rows_of_image(struct image *image, const char *debug_root);

/* ---- rows_table.c */

/* Builds `index` of rows that have all the rest. */
void unwind_rows_index(struct unwind_rows *rows);
void unwind_rows_destroy(struct unwind_rows *rows);	/* NULL is fine */

/* The rule at an address of the image; never NULL. */
const struct unwind_rule *unwind_rows_find(const struct unwind_rows *rows, uint64_t address);
/* Bytes held. */
size_t unwind_rows_size(const struct unwind_rows *rows);

/* ---- rows_cache.c */

/* As bytes and back; nothing is trusted: NULL, where they are no rows. */
void unwind_rows_pack(const struct unwind_rows *rows, struct strbuf *bytes);
struct unwind_rows *unwind_rows_unpack(const void *bytes, size_t size);
/* What an earlier run has kept of the image; NULL: nothing of use. */
struct unwind_rows *unwind_rows_recall(struct image *image, const char *debug_root);
void unwind_rows_keep(const struct unwind_rows *rows, struct image *image);

#endif
