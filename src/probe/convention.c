/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/convention.h"

#include "base/cleanup.h"

enum {
	FLOAT_REGISTERS = 8,	/* of either architecture */
	PARTS_MAX = 256,	/* damaged types hold themselves: a struct of 64 bytes has no more */
	HOMOGENEOUS_MAX = 4,	/* members of an aggregate of floating-point numbers (AAPCS64, 5.9.5) */
};

static const char *register_name(const struct convention *c, unsigned n)
{
	return c->arch->probe_arguments[n];
}

static unsigned registers(const struct arch *arch)
{
	unsigned n = 0;

	while (n < ARRAY_SIZE(arch->probe_arguments) && arch->probe_arguments[n])
		n++;
	return n;
}

static struct fetch nowhere(const char *why)
{
	return (struct fetch){ .kind = FETCH_NOWHERE, .base = why };
}

static struct fetch on_stack(struct convention *c, uint64_t size, unsigned align)
{
	c->stack = (c->stack + align - 1) / align * align;
	struct fetch where = { .kind = FETCH_MEMORY, .base = c->arch->probe_sp, .offset = c->arch->stack_arguments + c->stack };

	c->stack += (int64_t)(size + 7) / 8 * 8;
	return where;
}

/* ---- what a struct is made of */

/* Of the members: which of the first two eightbytes hold something but floating-point numbers; how many of those there are. */
struct makeup {
	bool general[2];
	unsigned floats;
	uint64_t float_size;
	bool mixed;		/* floating-point numbers of different sizes */
	unsigned parts;		/* looked at so far */
};

static void add_scalar(struct makeup *m, const struct type_info *info, uint64_t bit)
{
	if (info->kind != TYPE_FLOAT) {
		for (uint64_t at = bit / 64; at <= (bit + (info->size ? info->size * 8 : 8) - 1) / 64 && at < 2; at++)
			m->general[at] = true;
		return;
	}
	m->mixed |= m->floats && m->float_size != info->size;
	m->float_size = info->size;
	m->floats++;
}

static void add_type(const struct type_source *types, uint64_t type, uint64_t bit, struct makeup *m);

static void add_members(const struct type_source *types, uint64_t type, uint64_t bit, struct makeup *m)
{
	struct type_member member;
	uint64_t cursor = 0;

	while (m->parts < PARTS_MAX && types->member(types, type, &cursor, &member))
		add_type(types, member.type, bit + member.bit_offset, m);
}

static void add_type(const struct type_source *types, uint64_t type, uint64_t bit, struct makeup *m)
{
	struct type_info info, element;
	uint64_t id, element_id;

	if (m->parts++ >= PARTS_MAX || !type_strip(types, type, &id, &info))
		return;
	if (info.kind == TYPE_STRUCT || info.kind == TYPE_UNION) {
		add_members(types, id, bit, m);
	} else if (info.kind == TYPE_ARRAY) {
		if (type_strip(types, info.target, &element_id, &element))
			for (uint64_t i = 0; i < info.count && i < 16; i++)
				add_type(types, info.target, bit + i * element.size * 8, m);
	} else {
		add_scalar(m, &info, bit);
	}
}

/* ---- floating-point numbers */

static struct fetch floating(struct convention *c, const struct type_info *info)
{
	static const char why[] = "floating-point numbers are in registers that probes do not read";
	/* long double of x86_64 is always in memory */
	bool memory = (info->size == 16 && !c->arch->large_by_pointer) || c->floats >= FLOAT_REGISTERS;

	if (memory)
		return on_stack(c, info->size, info->size == 16 ? 16 : 8);
	c->floats++;
	return nowhere(why);
}

/* ---- structs */

/* AAPCS64: up to four floating-point numbers of one size, and nothing else, have a register each. */
static bool homogeneous(const struct makeup *m)
{
	return m->floats && m->floats <= HOMOGENEOUS_MAX && !m->mixed && !m->general[0] && !m->general[1];
}

static struct fetch homogeneous_place(struct convention *c, const struct makeup *m, uint64_t size)
{
	if (c->floats + m->floats <= FLOAT_REGISTERS) {
		c->floats += m->floats;
		return nowhere("its floating-point members are in registers that probes do not read");
	}
	c->floats = FLOAT_REGISTERS;
	return on_stack(c, size, 8);
}

struct fetch convention_by_reference(struct convention *c)
{
	if (c->used < registers(c->arch))
		return (struct fetch){ .kind = FETCH_MEMORY, .base = register_name(c, c->used++) };
	c->stack += 8;
	return nowhere("it is behind a pointer on the stack");
}

/* x86_64: each half of a struct by what is in it. */
static struct fetch by_halves(struct convention *c, const struct makeup *m, uint64_t size)
{
	unsigned halves = size > 8 ? 2 : 1, general = m->general[0] + (halves == 2 && m->general[1]), floats = halves - general;
	struct fetch where = { .kind = FETCH_VALUE };

	if (c->used + general > registers(c->arch) || c->floats + floats > FLOAT_REGISTERS)
		return on_stack(c, size, 8);
	c->floats += floats;
	if (!general)
		return nowhere("its floating-point members are in registers that probes do not read");
	if (m->general[0])
		where.base = register_name(c, c->used++);
	if (halves == 2 && m->general[1])
		where.second = register_name(c, c->used++);
	return where;
}

/* In as many general registers as it needs, all or none. */
static struct fetch in_registers(struct convention *c, uint64_t size, bool even)
{
	unsigned n = size > 8 ? 2 : 1, all = registers(c->arch);

	if (even)
		c->used += c->used & 1;
	if (c->used + n > all) {
		if (c->arch->large_by_pointer)
			c->used = all;
		return on_stack(c, size, size > 8 && even ? 16 : 8);
	}
	struct fetch where = { .kind = FETCH_VALUE, .base = register_name(c, c->used) };
	if (n == 2)
		where.second = register_name(c, c->used + 1);
	c->used += n;
	return where;
}

static struct fetch struct_place(struct convention *c, uint64_t type, const struct type_info *info)
{
	struct makeup m = { 0 };

	if (info->size <= 64)
		add_type(c->types, type, 0, &m);
	if (c->arch->large_by_pointer && homogeneous(&m))
		return homogeneous_place(c, &m, info->size);
	if (info->size > 16)
		return c->arch->large_by_pointer ? convention_by_reference(c) : on_stack(c, info->size, 8);
	return c->arch->large_by_pointer || !m.floats ? in_registers(c, info->size, false) : by_halves(c, &m, info->size);
}

struct fetch convention_place(struct convention *c, uint64_t type, const struct type_info *info)
{
	uint64_t size = info->size ? info->size : 8;

	if (info->kind == TYPE_FLOAT)
		return floating(c, info);
	if (info->kind == TYPE_STRUCT || info->kind == TYPE_UNION || info->kind == TYPE_ARRAY)
		return struct_place(c, type, info);
	/* 128-bit numbers begin at an even register on aarch64 */
	return size > 16 ? on_stack(c, size, 8) : in_registers(c, size, size > 8 && c->arch->large_by_pointer);
}

void convention_returns(struct convention *c, const struct type_info *info)
{
	bool large = (info->kind == TYPE_STRUCT || info->kind == TYPE_UNION) && info->size > 16;

	/* A hidden first argument; aarch64 has a register of its own for it. */
	if (large && !c->arch->large_by_pointer)
		c->used = 1;
}
