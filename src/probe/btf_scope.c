/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/btf_scope.h"

#include "probe/convention.h"

bool btf_scope(const struct btf *btf, uint32_t prototype, const struct arch *arch, struct scope *scope)
{
	struct convention c = { .arch = arch, .types = &btf->source };
	uint32_t n, returns;
	struct type_info info;
	uint64_t id;

	*scope = (struct scope){ 0 };
	if (!btf_prototype(btf, prototype, &n, &returns))
		return false;
	scope->types = &btf->source;
	scope->returns = true;
	scope->return_type = returns;
	if (type_strip(&btf->source, returns, &id, &info))
		convention_returns(&c, &info);
	for (uint32_t i = 0; i < n; i++) {
		struct btf_parameter p;
		if (!btf_parameter(btf, prototype, i, &p) || (!p.type && !*p.name))
			break;	/* "..." ends the list */
		struct scope_variable v = { .name = *p.name ? p.name : arena_printf(&scope->arena, "arg%u", i + 1), .type = p.type, .parameter = true };
		if (type_strip(&btf->source, p.type, &id, &info))
			v.where = convention_place(&c, id, &info);
		else
			v.where = (struct fetch){ .kind = FETCH_NOWHERE, .base = "its type is damaged" };
		vec_push(&scope->variables, v);
	}
	return true;
}
