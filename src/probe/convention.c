/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/convention.h"

#include "base/cleanup.h"

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

static struct fetch on_stack(struct convention *c, uint64_t size)
{
	struct fetch where = { .kind = FETCH_MEMORY, .base = c->arch->probe_sp, .offset = c->arch->stack_arguments + c->stack };

	c->stack += (int64_t)(size + 7) / 8 * 8;
	return where;
}

struct fetch convention_place(struct convention *c, const struct type_info *info)
{
	uint64_t size = info->size ? info->size : 8;
	bool aggregate = info->kind == TYPE_STRUCT || info->kind == TYPE_UNION || info->kind == TYPE_ARRAY;
	unsigned n = size > 8 ? 2 : 1, all = registers(c->arch);

	if (info->kind == TYPE_FLOAT)
		return (struct fetch){ .kind = FETCH_NOWHERE, .base = "floating-point numbers are in registers that probes do not read" };
	if (size > 16) {
		if (!c->arch->large_by_pointer)
			return on_stack(c, size);
		if (c->used < all)
			return (struct fetch){ .kind = FETCH_MEMORY, .base = register_name(c, c->used++) };
		c->stack += 8;
		return (struct fetch){ .kind = FETCH_NOWHERE, .base = "it is a struct behind a pointer on the stack" };
	}
	if (n == 2 && !aggregate && c->arch->large_by_pointer)
		c->used += c->used & 1;	/* 128-bit numbers begin at an even register there */
	if (c->used + n > all) {
		if (c->arch->large_by_pointer)
			c->used = all;
		return on_stack(c, size);
	}
	struct fetch where = { .kind = FETCH_VALUE, .base = register_name(c, c->used) };
	if (n == 2)
		where.second = register_name(c, c->used + 1);
	c->used += n;
	return where;
}

void convention_returns(struct convention *c, const struct type_info *info)
{
	bool large = (info->kind == TYPE_STRUCT || info->kind == TYPE_UNION) && info->size > 16;

	/* A hidden first argument; aarch64 has a register of its own for it. */
	if (large && !c->arch->large_by_pointer)
		c->used = 1;
}
