/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every row of real images against libdw's own evaluation of the call frame
 * information: same CFA, same return address, same frame pointer, from the
 * first to the last address of each function.
 */
#include "config.h"

#include "unwind/rows.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <glob.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/dynlib.h"
#include "elf/image.h"
#include "elf/libelf.h"
#include "tests/lib/tap.h"

#define LIBDW_CFI_FUNCTIONS(F) F(dwarf_getcfi_elf) F(dwarf_cfi_addrframe) F(dwarf_cfi_end) F(dwarf_frame_info) \
	F(dwarf_frame_cfa) F(dwarf_frame_register)
DYNLIB_DECLARE(libdw_cfi, LIBDW_CFI_FUNCTIONS);
DYNLIB_DEFINE(libdw_cfi, LIBDW_SONAME, LIBDW_CFI_FUNCTIONS);

struct comparison {
	const char *path;
	const struct libdw_cfi *dw;
	Dwarf_CFI *cfi;
	struct unwind_rows *rows;
	const struct unwind_machine *machine;
	uint64_t checked, rare, different;
};

static bool different(struct comparison *c, uint64_t address, const char *what)
{
	if (c->different++ < 5)
		printf("#   %s %#lx: %s\n", c->path, (long)address, what);
	return false;
}

/* Operations are compared as bytes of the section would be: by their numbers. */
static bool same_expression(const struct comparison *c, const struct cfi_rule *rule, const Dwarf_Op *ops, size_t n)
{
	const uint8_t *p = c->rows->expressions + rule->expression, *end = p + rule->expression_size;

	for (size_t i = 0; i < n; i++) {
		int64_t operand = 0;

		if (p == end || *p++ != ops[i].atom)
			return false;
		if (ops[i].atom >= DW_OP_breg0 && ops[i].atom <= DW_OP_breg31 &&
		    (!cfi_sleb(&p, end, &operand) || operand != (int64_t)ops[i].number))
			return false;
		if (ops[i].atom == DW_OP_plus_uconst && (!cfi_uleb(&p, end, (uint64_t *)&operand) ||
							 (uint64_t)operand != ops[i].number))
			return false;
	}
	return p == end;
}

static bool is_breg(const Dwarf_Op *op, uint64_t *reg, int64_t *offset)
{
	if (op->atom == DW_OP_bregx) {
		*reg = op->number;
		*offset = (int64_t)op->number2;
		return true;
	}
	*reg = (uint64_t)(op->atom - DW_OP_breg0);
	*offset = (int64_t)op->number;
	return op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31;
}

static bool same_cfa(struct comparison *c, uint64_t address, const struct unwind_rule *rule, Dwarf_Frame *frame)
{
	const struct unwind_machine *m = c->machine;
	uint8_t reg = rule->kind == UNWIND_SP ? m->sp : m->fp;
	int64_t offset = rule->cfa, theirs;
	uint64_t their_reg;
	Dwarf_Op *ops;
	size_t n;

	if (c->dw->dwarf_frame_cfa(frame, &ops, &n))
		return different(c, address, "libdw has no CFA");
	if (rule->kind == UNWIND_RARE) {
		const struct cfi_rule *cfa = &c->rows->rare[rule->rare].cfa;

		if (cfa->kind == CFI_EXPRESSION)
			return same_expression(c, cfa, ops, n) || different(c, address, "CFA expression");
		reg = (uint8_t)cfa->reg;
		offset = cfa->offset;
	}
	if (n != 1 || !is_breg(ops, &their_reg, &theirs) || machine_perf_reg(m, their_reg) != reg || theirs != offset)
		return different(c, address, "CFA");
	return true;
}

static bool same_register(struct comparison *c, uint64_t address, Dwarf_Frame *frame, int column,
			  const struct cfi_rule *rule, const char *what)
{
	Dwarf_Op memory[3], *ops;
	size_t n;
	uint64_t reg;
	int64_t offset;

	if (c->dw->dwarf_frame_register(frame, column, memory, &ops, &n))
		return different(c, address, "libdw has no rule");
	if (!n)		/* undefined when ops is `memory`, else the same value */
		return (ops == memory && column == c->machine->ra_column ? rule->kind == CFI_UNDEFINED : rule->kind == CFI_SAME) ||
		       different(c, address, what);
	switch (rule->kind) {
	case CFI_AT_CFA:
		return (ops[0].atom == DW_OP_call_frame_cfa && (n == 1 ? 0 : ops[1].number) == (uint64_t)rule->offset &&
			n <= 2) || different(c, address, what);
	case CFI_REGISTER:
		if (ops[0].atom == DW_OP_regx)
			reg = ops[0].number, offset = 0;
		else if (ops[0].atom >= DW_OP_reg0 && ops[0].atom <= DW_OP_reg31)
			reg = ops[0].atom - DW_OP_reg0, offset = 0;
		else if (!is_breg(ops, &reg, &offset))
			return different(c, address, what);
		return (machine_perf_reg(c->machine, reg) == rule->reg && offset == rule->offset) || different(c, address, what);
	case CFI_AT_EXPRESSION:
	case CFI_EXPRESSION:	/* the CFA is on the stack before; libdw says so by an operation in front */
		return (ops[0].atom == DW_OP_call_frame_cfa && same_expression(c, rule, ops + 1, n - 1)) ||
		       different(c, address, what);
	default:
		return different(c, address, what);
	}
}

static struct cfi_rule plain(int16_t offset, bool link)
{
	return (struct cfi_rule){ .kind = offset && !link ? CFI_AT_CFA : CFI_SAME, .offset = offset };
}

/* Does the frame have its return address behind the CFA, as aarch64's resolver of the dynamic linker says? */
static bool says_pushed(const struct comparison *c, Dwarf_Frame *frame)
{
	Dwarf_Op memory[3], *ops;
	size_t n;

	return c->machine->link != MACHINE_NO_REG && !c->dw->dwarf_frame_register(frame, c->machine->ra_column, memory, &ops, &n) &&
	       n == 2 && ops[0].atom == DW_OP_call_frame_cfa && ops[1].number == 8;
}

/* Our rule, counted from there again. */
static struct unwind_rule as_pushed(struct unwind_rule rule)
{
	rule.cfa -= 16;
	rule.ra = 8;
	rule.flags &= (uint8_t)~UNWIND_RA_LINK;
	if (rule.fp)
		rule.fp = (int16_t)(rule.fp + 16);
	return rule;
}

static void same_rule(struct comparison *c, uint64_t address, const struct unwind_rule *rule, Dwarf_Frame *frame)
{
	struct cfi_rule ra = plain(rule->ra, rule->flags & UNWIND_RA_LINK), fp = plain(rule->fp, false);
	struct cfi_rule extra = plain(rule->extra, false);
	const struct unwind_machine *m = c->machine;
	bool signal_frame;

	c->checked++;
	c->dw->dwarf_frame_info(frame, NULL, NULL, &signal_frame);
	if (signal_frame != !!(rule->flags & UNWIND_SIGNAL))
		different(c, address, "signal frame");
	if (rule->kind == UNWIND_OUTERMOST) {
		same_register(c, address, frame, m->ra_column, &(struct cfi_rule){ .kind = CFI_UNDEFINED }, "outermost");
		return;
	}
	if (rule->kind == UNWIND_RARE) {
		c->rare++;
		ra = c->rows->rare[rule->rare].ra;
		fp = c->rows->rare[rule->rare].fp;
		extra = c->rows->rare[rule->rare].extra;
	}
	if (rule->kind == UNWIND_NONE)
		different(c, address, "no rule");
	else if (same_cfa(c, address, rule, frame) &&
		 same_register(c, address, frame, m->ra_column, &ra, "return address") &&
		 same_register(c, address, frame, machine_dwarf_reg(m, m->fp), &fp, "frame pointer") && m->extra != m->link)
		same_register(c, address, frame, machine_dwarf_reg(m, m->extra), &extra, "extra register");
}

/* One stretch that libdw has one rule for: ours must be that one at its start and its last byte. */
static uint64_t compare_stretch(struct comparison *c, uint64_t address, uint64_t limit)
{
	Dwarf_Frame *frame = NULL;
	Dwarf_Addr start, end = 0;
	const struct unwind_rule *rule;
	struct unwind_rule pushed;

	if (c->dw->dwarf_cfi_addrframe(c->cfi, address, &frame)) {
		different(c, address, "libdw has no frame");
		return limit;
	}
	c->dw->dwarf_frame_info(frame, &start, &end, NULL);
	if (end > limit)
		end = limit;
	rule = unwind_rows_find(c->rows, address);
	pushed = as_pushed(*rule);
	same_rule(c, address, says_pushed(c, frame) ? &pushed : rule, frame);
	if (unwind_rows_find(c->rows, end - 1) != rule)
		different(c, end - 1, "not one row where libdw has one");
	free(frame);
	return end > address ? end : limit;
}

static void compare_functions_of(void *ctx, uint16_t elf_machine, const struct cfi_section *sections, size_t n)
{
	struct comparison *c = ctx;
	struct cfi cfi = { 0 };

	c->machine = unwind_machine_of_elf(elf_machine);
	c->rows = unwind_rows_create(c->machine, sections, 1);
	cfi_add(&cfi, &sections[0]);
	cfi_finish(&cfi);
	for (size_t i = 0; c->rows && i < cfi.functions.len; i++)
		/* glibc's rawmemchr for aarch64 has its return address in another register all along */
		for (uint64_t at = cfi.functions.data[i].start;
		     at < cfi.functions.data[i].end && cfi.cies.data[cfi.functions.data[i].cie].ra == c->machine->ra_column; )
			at = compare_stretch(c, at, cfi.functions.data[i].end);
	if (c->rows && (unwind_rows_find(c->rows, c->rows->end)->kind != UNWIND_NONE ||
			unwind_rows_find(c->rows, c->rows->base - 1)->kind != UNWIND_NONE))
		different(c, c->rows->end, "a rule where no code is");
	cfi_deinit(&cfi);
	unwind_rows_destroy(c->rows);
}

static void compare_image(const char *path)
{
	struct comparison c = { .path = path, .dw = libdw_cfi() };
	struct elf_source source = { 0 };
	const struct libelf *lib = libelf();
	autofree char *what = xasprintf("every row of %s is libdw's", path);
	struct image *image;
	Elf *elf = NULL;

	source.fd = open(path, O_RDONLY);
	if (source.fd >= 0 && lib && c.dw)
		elf = libelf_open(lib, &source);
	if (!elf) {
		SKIP(1, "no such image, or no libdw here");
	} else {
		error_destroy(image_open(path, &image));
		c.cfi = c.dw->dwarf_getcfi_elf(elf);
		bool there = image && image_use_cfi(image, NULL, compare_functions_of, &c);
		CHECK(there && c.checked && !c.different, what);
		printf("#   %s: %lu stretches, %lu rare, %lu different\n", path, (long)c.checked, (long)c.rare, (long)c.different);
		c.dw->dwarf_cfi_end(c.cfi);
		lib->elf_end(elf);
		image_close(image);
	}
	if (source.fd >= 0)
		close(source.fd);
}

/* The first of the images with a pattern's name. */
static void compare_first(const char *pattern)
{
	glob_t found = { 0 };

	if (glob(pattern, GLOB_BRACE, NULL, &found) || !found.gl_pathc)
		SKIP(1, "no such image here");
	else
		compare_image(found.gl_pathv[0]);
	globfree(&found);
}

int main(int argc, char **argv)
{
	if (argc > 1) {		/* for a look at others */
		for (int i = 1; i < argc; i++)
			compare_image(argv[i]);
		return tap_done();
	}
	compare_image("/proc/self/exe");
	compare_first("{/lib,/lib64,/usr/lib,/usr/lib64,/lib/*-linux-gnu}/libc.so.6");
	compare_first("{/lib,/lib64,/usr/lib,/usr/lib64,/lib/*-linux-gnu}/ld-linux*.so.*");
	compare_first("{/usr/lib,/usr/lib64,/usr/lib/*-linux-gnu}/libstdc++.so.6");
	compare_first("{/usr/lib,/usr/lib64,/usr/lib/*-linux-gnu}/libcrypto.so.3");
	compare_first("{/usr/bin/python3,/usr/bin/perl}");
	compare_first("/usr/{lib,libexec}/gcc/*/*/cc1");
	compare_first("/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1");
	compare_first("/usr/aarch64-linux-gnu/lib/libc.so.6");
	return tap_done();
}
