/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Call frame information of an image: .eh_frame and .debug_frame, read.
 *
 * The layouts are those of DWARF 5, section 6.4 and of the Linux Standard
 * Base Core, "Exception Frames" (.eh_frame). Sections are plain bytes and
 * are trusted in nothing. The work for a section is bounded by its size: a
 * common entry (CIE) counts only where a record begins, and is read once.
 *
 *	struct cfi cfi = { 0 };
 *	cfi_add(&cfi, &eh_frame);
 *	cfi_add(&cfi, &debug_frame);		fills what the first one leaves open
 *	cfi_finish(&cfi);
 *	for each of cfi.functions: cfi_run(&cfi, function, &columns, emit, ctx);
 *	cfi_deinit(&cfi);
 */
#ifndef PTK_ELF_CFI_H
#define PTK_ELF_CFI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"

struct cfi_section {
	const uint8_t *bytes;	/* little-endian; borrowed until cfi_deinit */
	size_t size;		/* less than 4 GiB are read */
	uint64_t address;	/* where the image has the section: base of pc-relative pointers */
	uint64_t text, data;	/* bases of text- and data-relative pointers (.text, .got or .eh_frame_hdr); 0: not known */
	bool debug_frame;	/* .debug_frame, else .eh_frame */
	uint8_t word;		/* bytes of an address in this image: 4 or 8 */
};

struct cfi_cie {
	uint64_t code_align;
	int64_t data_align;
	uint32_t program, program_size;	/* the initial instructions: offset and bytes in the section */
	uint32_t ra;			/* column of the return address */
	uint8_t section;		/* index */
	uint8_t address_encoding;	/* DW_EH_PE_* */
	bool augmented;			/* 'z': its FDEs carry augmentation data */
	bool signal_frame;		/* 'S' */
};

/* What a frame description entry (FDE) covers. */
struct cfi_function {
	uint64_t start, end;		/* [start, end), the image's addresses */
	uint32_t cie;			/* index */
	uint32_t program, program_size;	/* offset and bytes in the CIE's section */
};

struct cfi {
	VEC(struct cfi_section) sections;
	VEC(struct cfi_cie) cies;
	VEC(struct cfi_function) functions;	/* after cfi_finish: by address, none overlapping another */
	uint64_t malformed;			/* records left out */
};

/* At most 250 sections. False: not taken. */
bool cfi_add(struct cfi *cfi, const struct cfi_section *section);
void cfi_finish(struct cfi *cfi);
void cfi_deinit(struct cfi *cfi);

/* How to get at the caller's value of a register, or at the CFA. */
enum cfi_kind {
	CFI_SAME,		/* not touched (also: nothing said) */
	CFI_UNDEFINED,		/* lost; of the return address: no caller */
	CFI_AT_CFA,		/* saved at CFA + offset */
	CFI_CFA_PLUS,		/* is CFA + offset */
	CFI_REGISTER,		/* is register + offset */
	CFI_AT_EXPRESSION,	/* saved where the expression says */
	CFI_EXPRESSION,		/* is what the expression says */
};

struct cfi_rule {
	enum cfi_kind kind;
	uint32_t reg;		/* DWARF's number; _REGISTER */
	int64_t offset;
	uint32_t expression, expression_size;	/* offset and bytes in the section */
};

#define CFI_SLOTS 4
#define CFI_COLUMNS 64
#define CFI_UNTRACKED 0xff

/* Which registers are of interest: by DWARF number, the slot that its rule goes to, or CFI_UNTRACKED. */
struct cfi_columns {
	uint8_t slot[CFI_COLUMNS];
	uint8_t slots;			/* how many are used */
	bool ra_state;			/* aarch64: instruction 0x2d toggles the signing of return addresses */
};

struct cfi_row {
	struct cfi_rule cfa;
	struct cfi_rule slots[CFI_SLOTS];
	bool ra_signed;
};

typedef void cfi_emit(void *ctx, uint64_t start, uint64_t end, const struct cfi_row *row);

/*
 * Hands out the rows of one function in rising order, without gaps. False: the
 * program is malformed; what was handed out before is right.
 */
bool cfi_run(const struct cfi *cfi, const struct cfi_function *function, const struct cfi_columns *columns,
	     cfi_emit *emit, void *ctx);

/* LEB128 numbers (DWARF 5, 7.6), also for expressions. They advance *p; false when the bytes end first. */
bool cfi_uleb(const uint8_t **p, const uint8_t *end, uint64_t *value);
bool cfi_sleb(const uint8_t **p, const uint8_t *end, int64_t *value);

#endif
