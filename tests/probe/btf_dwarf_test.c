/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BTF and DWARF of one kernel say the same: where the arguments of functions
 * are, of what type, and where the members are of what they point to.
 * PTK_TEST_VMLINUX names the kernel's image with debug information, else it is
 * that of the guests (tests/vm/mirror --setup-debug).
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "probe/btf_scope.h"
#include "probe/dwarf_image.h"
#include "tests/lib/tap.h"

enum { WANTED = 400, SEED = 20261121 };

struct functions { VEC(struct one { const char *name; uint32_t prototype; }) all; };

static void collect(void *ctx, const char *name, uint32_t prototype)
{
	vec_push(&((struct functions *)ctx)->all, (struct one){ name, prototype });
}

static void copy(void *ctx, const void *bytes, size_t size, uint64_t address)
{
	strbuf_add(ctx, bytes, size);
}

static void find(void *ctx, const char *name, uint64_t address, uint64_t size)
{
	struct { const char *name; uint64_t address; unsigned n; } *wanted = ctx;

	if (!strcmp(name, wanted->name)) {
		wanted->address = address;
		wanted->n++;
	}
}

struct list {
	const char *parameter;
	struct strbuf *definition;
};

static void add_member(void *ctx, const char *name)
{
	struct list *list = ctx;

	strbuf_printf(list->definition, " %s->%s", list->parameter, name);
}

/* Every parameter, and each member of the structs that they point to, as the kernel would be told; or what is wrong with it. */
static char *told(struct scope *scope)
{
	struct strbuf line = { 0 }, definition = { 0 };
	struct probe_def def;

	strbuf_adds(&definition, "f $params");
	for (size_t i = 0; i < scope->variables.len; i++) {
		const struct scope_variable *v = &scope->variables.data[i];
		struct list list = { v->name, &definition };
		struct type_info info, target;
		uint64_t id;
		if (v->parameter && type_strip(scope->types, v->type, &id, &info) && info.kind == TYPE_POINTER &&
		    type_strip(scope->types, info.target, &id, &target))
			type_each_member(scope->types, id, add_member, &list);
	}
	if (probe_def_parse(strbuf_str(&definition), &def))
		abort();
	struct fetch_context context = { .def = &def, .scope = scope };
	for (size_t i = 0; i < def.args.len; i++) {
		struct error *err = fetch_add(&context, &def.args.data[i], &line);
		if (err)
			strbuf_printf(&line, " {%s}", err->message);
		error_destroy(err);
	}
	probe_def_deinit(&def);
	strbuf_deinit(&definition);
	return strbuf_take(&line);
}

/* PTK_TEST_VMLINUX, or that of the guests; "" when there is none. */
static void find_vmlinux(char *path, int size)
{
	const char *named = getenv("PTK_TEST_VMLINUX");
	FILE *out = named ? NULL : popen("\"$top_srcdir/tests/vm/mirror\" --debug-kernel 2>/dev/null", "r");

	snprintf(path, (size_t)size, "%s", named ? named : "");
	if (!out)
		return;
	if (fgets(path, size, out))
		path[strcspn(path, "\n")] = '\0';
	pclose(out);
}

int main(void)
{
	char vmlinux[4096];
	struct functions functions = { 0 };
	struct strbuf bytes = { 0 };
	unsigned compared = 0, equal = 0, gone = 0;
	struct image *image;
	struct btf btf;

	find_vmlinux(vmlinux, sizeof(vmlinux));
	if (!*vmlinux) {
		SKIP(2, "no kernel with debug information: PTK_TEST_VMLINUX names one, tests/vm/mirror --setup-debug fetches one");
		return tap_done();
	}
	CHECK_OK(image_open(vmlinux, &image), "the image can be opened");
	CHECK(image_use_section(image, ".BTF", copy, &bytes), "it has BTF");
	CHECK_OK(btf_parse("BTF", bytes.data, bytes.len, NULL, &btf), "it is BTF");
	btf_each_function(&btf, collect, &functions);
	struct dwarf_image *d = dwarf_image_open(image, vmlinux, NULL, &arch_x86_64);
	CHECK(d, "it has debug information");
	for (uint64_t i = 0, x = SEED; compared < WANTED && i < 10 * WANTED && functions.all.len; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		const struct one *f = &functions.all.data[(x >> 33) % functions.all.len];
		struct { const char *name; uint64_t address; unsigned n; } wanted = { .name = f->name };
		struct scope from_btf, from_dwarf;
		struct dwarf_place place;
		/* BTF took these wrappers' arguments from where a system call is not built in: of another name. */
		if (strstr(f->name, "_sys_"))
			continue;
		image_each_function(image, NULL, find, &wanted);
		if (wanted.n != 1 || !dwarf_find_address(d, wanted.address, &place) || !btf_scope(&btf, f->prototype, &arch_x86_64, &from_btf))
			continue;
		dwarf_scope(d, &place, true, 0, &from_dwarf);
		autofree char *a = told(&from_btf), *b = told(&from_dwarf);
		/* What the compiler dropped DWARF calls gone; BTF has it where a caller would put it. */
		bool lost = false;
		for (size_t k = 0; k < from_dwarf.variables.len; k++)
			lost |= from_dwarf.variables.data[k].parameter && from_dwarf.variables.data[k].where.kind == FETCH_NOWHERE;
		gone += lost;
		if (!lost) {
			compared++;
			equal += !strcmp(a, b);
			if (strcmp(a, b))
				printf("# %s\n#   BTF  %s\n#   DWARF%s\n", f->name, a, b);
		}
		scope_deinit(&from_btf);
		scope_deinit(&from_dwarf);
	}
	printf("# %u compared, %u more have arguments that were optimized out\n", compared, gone);
	CHECK(compared >= 200, "200 functions are compared");
	CHECK_EQ(equal, compared, "BTF and DWARF say the same of each");
	dwarf_image_close(d);
	image_close(image);
	btf_deinit(&btf);
	strbuf_deinit(&bytes);
	vec_deinit(&functions.all);
	return tap_done();
}
