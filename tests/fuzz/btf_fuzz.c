/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BTF of any bytes: every function's arguments, their types and members. */
#include <stdint.h>

#include "base/alloc.h"
#include "probe/btf_scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void no_name(void *ctx, const char *name)
{
	*(size_t *)ctx += name[0];
}

static void function(void *ctx, const char *name, uint32_t prototype)
{
	const struct btf *btf = ctx;
	struct scope scope;
	size_t sum = 0;

	(void)name;
	if (!btf_scope(btf, prototype, &arch_x86_64, &scope))
		return;
	for (size_t i = 0; i < scope.variables.len; i++) {
		struct strbuf text = { 0 };
		struct type_member member;
		type_name(scope.types, scope.variables.data[i].type, &text);
		type_each_member(scope.types, scope.variables.data[i].type, no_name, &sum);
		type_find_member(scope.types, scope.variables.data[i].type, "field", &member);
		strbuf_deinit(&text);
	}
	scope_deinit(&scope);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *bytes = xmemdup(data, size);
	struct btf btf;
	struct error *err = btf_parse("fuzz", bytes, size, NULL, &btf);
	if (!err) {
		btf_each_function(&btf, function, &btf);
		btf_deinit(&btf);
	}
	error_destroy(err);
	free(bytes);
	return 0;
}
