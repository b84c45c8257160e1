/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BTF and DWARF of one kernel say the same: where the arguments of functions
 * are, and of what type. PTK_TEST_VMLINUX names the kernel's image with debug
 * information; its BTF is in it, or in the file PTK_TEST_BTF.
 */
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

/* "$params" of the scope, as the kernel would be told; each member of the first pointer behind it. */
static char *told(struct scope *scope)
{
	struct strbuf line = { 0 };
	struct probe_def def;

	if (probe_def_parse("f $params", &def))
		abort();
	struct fetch_context context = { .def = &def, .scope = scope };
	struct error *err = fetch_add(&context, &def.args.data[0], &line);
	if (err)
		strbuf_adds(&line, err->message);
	error_destroy(err);
	probe_def_deinit(&def);
	return strbuf_take(&line);
}

int main(void)
{
	const char *vmlinux = getenv("PTK_TEST_VMLINUX"), *file = getenv("PTK_TEST_BTF");
	struct functions functions = { 0 };
	struct strbuf bytes = { 0 };
	unsigned compared = 0, equal = 0, gone = 0;
	struct image *image;
	struct btf btf;

	if (!vmlinux) {
		SKIP(2, "PTK_TEST_VMLINUX names no kernel with debug information");
		return tap_done();
	}
	CHECK_OK(image_open(vmlinux, &image), "the image can be opened");
	if (!image_use_section(image, ".BTF", copy, &bytes) && file)
		CHECK_OK(file_read(file, 64 << 20, &bytes), "its BTF can be read");
	CHECK_OK(btf_parse("BTF", bytes, NULL, &btf), "it is BTF");
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
	vec_deinit(&functions.all);
	return tap_done();
}
