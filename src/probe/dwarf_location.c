/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a variable is at an address: DWARF's location expressions, as far as
 * the kernel's fetch arguments can say the same. Those that compilers make of
 * plain variables are one operation long; what is computed is told as such.
 */
#include <inttypes.h>

#include "base/cleanup.h"
#include "probe/convention.h"
#include "probe/dwarf_image.h"

struct location {
	struct dwarf_image *d;
	struct dwarf_place *place;
	bool kernel;
	uint64_t offset;	/* of the place in the file */
	const char *name;	/* of the variable */
	struct arena *arena;
};

static struct fetch nowhere(const char *why)
{
	return (struct fetch){ .kind = FETCH_NOWHERE, .base = why };
}

/* What clang says of small structs whose members it has taken out of their register. */
static struct fetch uncomputed(void)
{
	return nowhere("it has to be computed from registers, which the kernel does not do");
}

static const char *register_of(const struct location *l, uint64_t number)
{
	return number < ARRAY_SIZE(l->d->arch->probe_registers) ? l->d->arch->probe_registers[number] : NULL;
}

static struct fetch in_register(const struct location *l, uint64_t number)
{
	const char *name = register_of(l, number);

	return name ? (struct fetch){ .kind = FETCH_VALUE, .base = name } : nowhere("it is in a register that probes do not read (floating point)");
}

static struct fetch at_register(const struct location *l, uint64_t number, int64_t offset)
{
	const char *name = register_of(l, number);

	return name ? (struct fetch){ .kind = FETCH_MEMORY, .base = name, .offset = offset } : nowhere("it is based on a register that probes do not read");
}

/* The frame's base as a register and an offset; false when it is more than that. */
static bool base_plus(const struct location *l, const Dwarf_Op *op, struct fetch *where)
{
	if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31)
		*where = at_register(l, op->atom - DW_OP_breg0, (int64_t)op->number);
	else if (op->atom == DW_OP_bregx)
		*where = at_register(l, op->number, (int64_t)op->number2);
	else if (op->atom >= DW_OP_reg0 && op->atom <= DW_OP_reg31)
		*where = at_register(l, op->atom - DW_OP_reg0, 0);
	else
		return false;
	return where->kind == FETCH_MEMORY;
}

/* The canonical frame address, by the call frame information. */
static bool frame_address(const struct location *l, struct fetch *where)
{
	struct dwarf_image *d = l->d;
	bool found = false;

	if (!d->cfi[0])
		d->cfi[0] = d->dw->dwarf_getcfi(d->dwarf);
	if (!d->cfi[1] && d->code_elf)
		d->cfi[1] = d->dw->dwarf_getcfi_elf(d->code_elf);
	for (int i = 0; i < 2 && !found; i++) {
		Dwarf_Frame *frame = NULL;
		Dwarf_Op *ops;
		size_t n;
		if (!d->cfi[i] || d->dw->dwarf_cfi_addrframe(d->cfi[i], l->place->address, &frame))
			continue;
		found = !d->dw->dwarf_frame_cfa(frame, &ops, &n) && n >= 1 && base_plus(l, ops, where);
		if (found && n == 2 && ops[1].atom == DW_OP_plus_uconst)
			where->offset += (int64_t)ops[1].number;
		else if (n != 1)
			found = false;
		free(frame);
	}
	return found;
}

static struct fetch in_frame(const struct location *l, int64_t offset)
{
	struct fetch where = { 0 };
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t n;

	if (!l->d->dw->dwarf_attr_integrate(&l->place->outer, DW_AT_frame_base, &attr) ||
	    l->d->dw->dwarf_getlocation_addr(&attr, l->place->address, &ops, &n, 1) != 1 || n != 1)
		return nowhere("where its frame is cannot be told");
	if (l->place->entry && ops[0].atom != DW_OP_call_frame_cfa)
		return nowhere("the function has not set its frame up where it begins: probe its first line, FUNCTION:1");
	if (ops[0].atom == DW_OP_call_frame_cfa ? !frame_address(l, &where) : !base_plus(l, ops, &where))
		return nowhere("where its frame is cannot be told");
	where.offset += offset;
	return where;
}

static struct fetch at_address(const struct location *l, uint64_t address)
{
	/* The kernel may lie elsewhere than its image says, and knows its symbols. */
	if (l->kernel)
		return (struct fetch){ .kind = FETCH_SYMBOL, .base = l->name };
	return (struct fetch){ .kind = FETCH_SYMBOL, .base = "+", .offset = (int64_t)(address - l->place->address + l->offset) };
}

static struct fetch constant(const struct location *l, int64_t value)
{
	return (struct fetch){ .kind = FETCH_VALUE, .base = arena_printf(l->arena, "\\%" PRId64, value) };
}

/* A value that is computed, not stored. */
static struct fetch computed(const struct location *l, const Dwarf_Op *op)
{
	if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31 && !op->number)
		return in_register(l, op->atom - DW_OP_breg0);
	if (op->atom >= DW_OP_lit0 && op->atom <= DW_OP_lit31)
		return constant(l, op->atom - DW_OP_lit0);
	if (op->atom >= DW_OP_const1u && op->atom <= DW_OP_consts)
		return constant(l, (int64_t)op->number);
	return nowhere("it is computed, and stored nowhere");
}

static struct fetch one(const struct location *l, const Dwarf_Op *op)
{
	struct fetch where;

	if (op->atom >= DW_OP_reg0 && op->atom <= DW_OP_reg31)
		return in_register(l, op->atom - DW_OP_reg0);
	if (op->atom == DW_OP_regx)
		return in_register(l, op->number);
	if (op->atom == DW_OP_fbreg)
		return in_frame(l, (int64_t)op->number);
	if (op->atom == DW_OP_addr)
		return at_address(l, op->number);
	if (op->atom == DW_OP_call_frame_cfa)
		return frame_address(l, &where) ? where : nowhere("where its frame is cannot be told");
	if ((op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31) || op->atom == DW_OP_bregx)
		return base_plus(l, op, &where) ? where : nowhere("it is based on a register that probes do not read");
	if (op->atom == DW_OP_implicit_value || op->atom == DW_OP_implicit_pointer || op->atom == DW_OP_GNU_implicit_pointer)
		return nowhere("it is computed, and stored nowhere");
	return uncomputed();
}

/* What an expression is worth is a register at the function's first instruction; later it may have changed. */
static struct fetch entry_value(const struct location *l, Dwarf_Attribute *inner)
{
	Dwarf_Op *ops;
	size_t n;

	if (l->place->entry && !l->d->dw->dwarf_getlocation(inner, &ops, &n) && n == 1 && ops[0].atom >= DW_OP_reg0 && ops[0].atom <= DW_OP_reg31)
		return in_register(l, ops[0].atom - DW_OP_reg0);
	return nowhere("only its value at the function's entry is known here");
}

/* The register that a piece is in; NULL: one that probes do not read. False: it is in none. */
static bool piece_register(const struct location *l, const Dwarf_Op *op, const char **name)
{
	bool is_register = (op->atom >= DW_OP_reg0 && op->atom <= DW_OP_reg31) || op->atom == DW_OP_regx;
	struct fetch where = is_register ? one(l, op) : (struct fetch){ 0 };

	*name = where.kind == FETCH_VALUE ? where.base : NULL;
	return is_register;
}

/* A struct in one or two registers, each with eight bytes of it. */
static struct fetch pieces(const struct location *l, const Dwarf_Op *ops, size_t n)
{
	struct fetch where = { .kind = FETCH_VALUE };
	bool whole = ops[1].number <= 8 && piece_register(l, &ops[0], &where.base);

	if (n > 2)
		whole = whole && n == 4 && ops[3].atom == DW_OP_piece && ops[1].number == 8 && piece_register(l, &ops[2], &where.second);
	return whole && (where.base || where.second) ? where : nowhere("it is in pieces");
}

static struct fetch expression(const struct location *l, const Dwarf_Op *ops, size_t n)
{
	if (!n)
		return nowhere("it was optimized out");
	if (n == 1)
		return one(l, ops);
	if (ops[1].atom == DW_OP_piece)
		return pieces(l, ops, n);
	if (n == 2 && ops[1].atom == DW_OP_stack_value)
		return computed(l, ops);
	if (n == 2 && ops[1].atom == DW_OP_deref) {
		struct fetch where = one(l, ops);
		if (where.kind != FETCH_MEMORY)
			return uncomputed();
		return (struct fetch){ .kind = FETCH_MEMORY,
			.base = arena_printf(l->arena, "%+" PRId64 "(%s)", where.offset, where.base) };
	}
	for (size_t i = 0; i < n; i++)
		if (ops[i].atom == DW_OP_form_tls_address || ops[i].atom == DW_OP_GNU_push_tls_address)
			return nowhere("each thread has its own (thread-local)");
	return uncomputed();
}

/*
 * Code that was not optimized keeps a parameter in its frame, but only once
 * the function's first instructions have put it there. Where it begins it is
 * where the calling convention has it.
 */
static bool by_convention(const struct location *l, Dwarf_Die *variable, Dwarf_Attribute *attr, struct fetch *where)
{
	const struct libdw *dw = l->d->dw;
	struct convention c = { .arch = l->d->arch, .types = &l->d->source };
	unsigned form = dw->dwarf_whatform(attr);
	struct type_info info;
	Dwarf_Die child;
	uint64_t id;

	if (!l->place->entry || dw->dwarf_tag(variable) != DW_TAG_formal_parameter || (form != DW_FORM_exprloc && form != DW_FORM_block1) ||
	    dw->dwarf_child(&l->place->scope, &child))
		return false;
	if (type_strip(&l->d->source, dwarf_type_of(l->d, &l->place->scope), &id, &info))
		convention_returns(&c, &info);
	do {
		if (dw->dwarf_tag(&child) != DW_TAG_formal_parameter)
			continue;
		if (!type_strip(&l->d->source, dwarf_type_of(l->d, &child), &id, &info))
			return false;
		*where = dwarf_type_by_reference(l->d, id) ? convention_by_reference(&c) : convention_place(&c, id, &info);
		if (dw->dwarf_dieoffset(&child) == dw->dwarf_dieoffset(variable))
			return true;
	} while (!dw->dwarf_siblingof(&child, &child));
	return false;
}

struct fetch dwarf_location(struct dwarf_image *d, struct dwarf_place *place, Dwarf_Die *variable, bool kernel, uint64_t offset,
			    struct arena *arena)
{
	const struct location l = { d, place, kernel, offset, dwarf_name(d, variable), arena };
	Dwarf_Attribute attr, inner;
	struct fetch where = { 0 };
	Dwarf_Sword number;
	Dwarf_Op *ops;
	size_t n;

	if (d->dw->dwarf_attr_integrate(variable, DW_AT_const_value, &attr))
		return d->dw->dwarf_formsdata(&attr, &number) ? nowhere("it is a constant") : constant(&l, number);
	if (!d->dw->dwarf_attr_integrate(variable, DW_AT_location, &attr))
		return kernel && d->dw->dwarf_hasattr(variable, DW_AT_external) ? at_address(&l, 0) : nowhere("it was optimized out");
	if (by_convention(&l, variable, &attr, &where))
		return where;
	if (d->dw->dwarf_getlocation_addr(&attr, place->address, &ops, &n, 1) != 1)
		return nowhere("it was optimized out, or is not alive yet");
	if (n && (ops[0].atom == DW_OP_entry_value || ops[0].atom == DW_OP_GNU_entry_value))
		return d->dw->dwarf_getlocation_attr(&attr, &ops[0], &inner) ? uncomputed() : entry_value(&l, &inner);
	/* clang tells addresses by their number in a table of them */
	Dwarf_Addr address;
	if (n == 1 && (ops[0].atom == DW_OP_addrx || ops[0].atom == DW_OP_GNU_addr_index) &&
	    !d->dw->dwarf_getlocation_attr(&attr, &ops[0], &inner) && !d->dw->dwarf_formaddr(&inner, &address))
		return at_address(&l, address);
	return expression(&l, ops, n);
}

const char *dwarf_location_range(struct dwarf_image *d, struct dwarf_place *place, Dwarf_Die *variable, struct arena *arena)
{
	enum { RANGES_MAX = 256 };
	autostrbuf struct strbuf text = { 0 };
	Dwarf_Addr base, start, end, entry;
	Dwarf_Attribute attr;
	ptrdiff_t at = 0;
	Dwarf_Op *ops;
	size_t n;

	if (d->dw->dwarf_entrypc(&place->outer, &entry) || !d->dw->dwarf_attr_integrate(variable, DW_AT_location, &attr))
		return NULL;
	for (int i = 0; i < RANGES_MAX && (at = d->dw->dwarf_getlocations(&attr, at, &base, &start, &end, &ops, &n)) > 0; i++)
		if (n && end != (Dwarf_Addr)-1)
			strbuf_printf(&text, "%s%" PRIu64 "-%" PRIu64, text.len ? "," : "", start - entry, end - entry);
	const char *name = dwarf_name(d, &place->outer);
	return text.len && name ? arena_printf(arena, "@<%s+[%s]>", name, text.data) : NULL;
}
