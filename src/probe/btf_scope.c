/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System V's ABI for x86_64 (3.2.3) and Arm's AAPCS64 (6.8.2), for integers,
 * pointers and structs of at most 16 bytes: these go to registers while
 * there are enough for all of one, then to the stack. Larger structs are
 * copied: to the stack on x86_64, to memory that a pointer points to on
 * aarch64. Kernels pass nothing in floating-point registers.
 */
#include "probe/btf_scope.h"

#include "base/cleanup.h"

struct convention {
	const struct arch *arch;
	unsigned used;		/* registers */
	int64_t stack;		/* bytes of arguments on the stack so far */
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

static struct fetch on_stack(struct convention *c, uint64_t size)
{
	struct fetch where = { .kind = FETCH_MEMORY, .base = c->arch->probe_sp, .offset = c->arch->stack_arguments + c->stack };

	c->stack += (int64_t)(size + 7) / 8 * 8;
	return where;
}

static struct fetch place(struct convention *c, const struct type_info *info)
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
		struct fetch pointer = on_stack(c, 8);
		(void)pointer;
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

bool btf_scope(const struct btf *btf, uint32_t prototype, const struct arch *arch, struct scope *scope)
{
	struct convention c = { .arch = arch };
	uint32_t n, returns;
	struct type_info info;
	uint64_t id;

	*scope = (struct scope){ 0 };
	if (!btf_prototype(btf, prototype, &n, &returns))
		return false;
	scope->types = &btf->source;
	scope->returns = true;
	scope->return_type = returns;
	if (type_strip(&btf->source, returns, &id, &info) && (info.kind == TYPE_STRUCT || info.kind == TYPE_UNION) && info.size > 16 &&
	    !arch->large_by_pointer)
		c.used = 1;	/* where the result goes is a hidden first argument; aarch64 has x8 for it */
	for (uint32_t i = 0; i < n; i++) {
		struct btf_parameter p;
		if (!btf_parameter(btf, prototype, i, &p) || (!p.type && !*p.name))
			break;	/* "..." ends the list */
		struct scope_variable v = { .name = *p.name ? p.name : arena_printf(&scope->arena, "arg%u", i + 1), .type = p.type, .parameter = true };
		if (type_strip(&btf->source, p.type, &id, &info))
			v.where = place(&c, &info);
		else
			v.where = (struct fetch){ .kind = FETCH_NOWHERE, .base = "its type is damaged" };
		vec_push(&scope->variables, v);
	}
	return true;
}
