/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elf/symtab.h"

#include "tests/lib/tap.h"

static const char *name_at(const struct symtab *t, uint64_t address)
{
	const struct symtab_entry *e = symtab_find(t, address);

	return e ? e->name : NULL;
}

static void aliases(void)
{
	struct symtab t = { 0 };

	symtab_add(&t, 0x1000, 0x1100, "cfree@GLIBC_2.2.5", SYMTAB_GLOBAL);
	symtab_add(&t, 0x1000, 0x1100, "__libc_free", SYMTAB_GLOBAL);
	symtab_add(&t, 0x1000, 0x1100, "__GI___libc_free", SYMTAB_LOCAL);
	symtab_add(&t, 0x1000, 0x1100, "free", SYMTAB_GLOBAL);
	symtab_add(&t, 0x2000, 0x2100, "_IO_puts", SYMTAB_GLOBAL);
	symtab_add(&t, 0x2000, 0x2100, "puts", SYMTAB_WEAK);
	symtab_add(&t, 0x3000, 0x3100, "memcpy@@GLIBC_2.14", SYMTAB_GLOBAL);
	symtab_add(&t, 0x3000, 0x3100, "__memcpy_impl", SYMTAB_LOCAL);
	symtab_add(&t, 0x4000, 0x4010, "read@plt", SYMTAB_LOCAL);
	symtab_add(&t, 0x5000, 0x5100, "old@V1", SYMTAB_GLOBAL);
	symtab_add(&t, 0x6000, 0x6100, "b", SYMTAB_GLOBAL);
	symtab_add(&t, 0x6000, 0x6100, "a", SYMTAB_GLOBAL);
	symtab_add(&t, 0x6000, 0x6100, "ab", SYMTAB_GLOBAL);
	symtab_add(&t, 0x6000, 0x6000, "A", SYMTAB_GLOBAL);
	symtab_finish(&t, 0);
	CHECK_STR(name_at(&t, 0x1000), "free", "free, not cfree@GLIBC_2.2.5 or __libc_free");
	CHECK_STR(name_at(&t, 0x20ff), "puts", "the plain name, though weak");
	CHECK_STR(name_at(&t, 0x3000), "memcpy", "a default version is cut off");
	CHECK_STR(name_at(&t, 0x4000), "read@plt", "a PLT entry keeps its mark");
	CHECK_STR(name_at(&t, 0x5000), "old", "an old version serves when there is nothing else");
	CHECK_STR(name_at(&t, 0x6000), "a", "sized, then the shorter, then by letters");
	CHECK_STR(name_at(&t, 0x1100), NULL, "nothing behind the end");
	CHECK_STR(name_at(&t, 0xfff), NULL, "nothing before the first");
	CHECK_STR(name_at(&t, UINT64_MAX), NULL, "nothing at the end of the world");
	symtab_deinit(&t);
}

static void kernel(void)
{
	struct symtab t = { 0 };

	symtab_add_borrowed(&t, 0xffffffff81000000, "srso_alias_untrain_ret", SYMTAB_GLOBAL);
	symtab_add_borrowed(&t, 0xffffffff81000000, "_stext", SYMTAB_GLOBAL);
	symtab_add_borrowed(&t, 0xffffffff81000000, "_text", SYMTAB_GLOBAL);
	symtab_add_borrowed(&t, 0xffffffff81000000, "__pi__text", SYMTAB_GLOBAL);
	symtab_add_borrowed(&t, 0xffffffff81000f70, "common_interrupt_return", SYMTAB_LOCAL);
	symtab_add_borrowed(&t, 0xffffffff81000f70, "__irqentry_text_end", SYMTAB_GLOBAL);
	symtab_add_borrowed(&t, 0xffffffff81248000, "__pfx_run_init_process", SYMTAB_LOCAL);
	symtab_add_borrowed(&t, 0xffffffff81248000, "__hot_text_start", SYMTAB_GLOBAL);
	symtab_add_borrowed(&t, 0xffffffff81248010, "run_init_process", SYMTAB_LOCAL);
	symtab_add_borrowed(&t, 0xffffffff81248100, "__do_sys_getpid", SYMTAB_LOCAL);
	symtab_add_borrowed(&t, 0xffffffff81248100, "__ia32_sys_getpid", SYMTAB_GLOBAL);
	symtab_add_borrowed(&t, 0xffffffff81248100, "__x64_sys_getpid", SYMTAB_GLOBAL);
	symtab_add_borrowed(&t, 0xffffffff81248200, "__pfx_lonely", SYMTAB_LOCAL);
	symtab_add_boundary(&t, 0xffffffff81249000);
	symtab_finish(&t, 0);
	CHECK_STR(name_at(&t, 0xffffffff81000004), "srso_alias_untrain_ret", "a function, not the mark of a section");
	CHECK_STR(name_at(&t, 0xffffffff81000f70), "common_interrupt_return", "a local function before a global mark");
	CHECK_STR(name_at(&t, 0xffffffff81248004), "run_init_process", "padding is the function's behind it");
	CHECK_EQ(symtab_find(&t, 0xffffffff81248004)->start, 0xffffffff81248010, "which starts behind it all the same");
	CHECK_STR(name_at(&t, 0xffffffff81247fff), "common_interrupt_return", "and the function before ends at it");
	CHECK_STR(name_at(&t, 0xffffffff812480ff), "run_init_process", "the function itself");
	CHECK_STR(name_at(&t, 0xffffffff81248100), "__x64_sys_getpid", "of a system call's names the native one");
	CHECK_STR(name_at(&t, 0xffffffff81248210), "lonely", "padding with nothing behind it shows the plain name");
	CHECK_STR(name_at(&t, 0xffffffff81249000), NULL, "a boundary ends what is before it");
	symtab_deinit(&t);
}

static void nesting(void)
{
	struct symtab t = { 0 };

	symtab_add(&t, 0x1000, 0x2000, "outer", SYMTAB_GLOBAL);
	symtab_add(&t, 0x1100, 0x1200, "inner", SYMTAB_LOCAL);
	symtab_add(&t, 0x1180, 0x1190, "innermost", SYMTAB_LOCAL);
	symtab_add(&t, 0x1300, 0x1300, "label", SYMTAB_LOCAL);
	symtab_add(&t, 0x1f00, 0x2100, "overlapping", SYMTAB_LOCAL);
	symtab_add(&t, 0x2200, 0x2200, "unsized", SYMTAB_LOCAL);
	symtab_add(&t, 0x2240, 0x2240, "$x", SYMTAB_LOCAL);
	symtab_add(&t, 0x2240, 0x2240, ".L7", SYMTAB_LOCAL);
	symtab_add(&t, 0x2280, 0x2280, "last", SYMTAB_LOCAL);
	symtab_finish(&t, 0x2300);
	CHECK_STR(name_at(&t, 0x1050), "outer", "before what it contains");
	CHECK_STR(name_at(&t, 0x1185), "innermost", "the innermost");
	CHECK_STR(name_at(&t, 0x1195), "inner", "behind the innermost");
	CHECK_STR(name_at(&t, 0x1250), "outer", "behind what it contains");
	CHECK_STR(name_at(&t, 0x1310), "outer", "a label in a function is the function");
	CHECK_STR(name_at(&t, 0x2050), "overlapping", "the part that sticks out");
	CHECK_STR(name_at(&t, 0x2150), NULL, "the gap");
	CHECK_STR(name_at(&t, 0x2250), "unsized", "reaches to the next, and mapping symbols are none");
	CHECK_STR(name_at(&t, 0x22ff), "last", "reaches to the limit");
	CHECK_STR(name_at(&t, 0x2300), NULL, "and not beyond");
	symtab_deinit(&t);
}

/* Any order, any overlap: the same answer as trying them all. */
static void against_linear_search(void)
{
	enum { N = 3000 };
	struct symtab t = { 0 };
	uint64_t seed = 12345, starts[N], ends[N];
	int wrong = 0;

	for (int i = 0; i < N; i++) {
		char name[16];
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		/* Addresses of their own, all over 64 bits; sizes of every order. */
		starts[i] = (seed >> 12 << 12) | (uint64_t)i;
		ends[i] = starts[i] + 1 + (UINT64_MAX - starts[i] - 1) / (1 + (seed >> 7 & 0xfff));
		snprintf(name, sizeof(name), "s%d", i);
		symtab_add(&t, starts[i], ends[i], name, SYMTAB_GLOBAL);
	}
	symtab_finish(&t, 0);
	for (size_t i = 1; i < t.entries.len; i++)
		wrong += t.entries.data[i - 1].start >= t.entries.data[i].start;
	CHECK_EQ(wrong, 0, "entries are in order");
	CHECK_EQ(t.entries.len, N, "and all there");
	wrong = 0;
	for (int k = 0; k < 20000; k++) {
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		uint64_t address = k & 1 ? seed : starts[seed % N] + (seed >> 60);
		int before = -1;
		for (int i = 0; i < N; i++)
			if (starts[i] <= address && (before < 0 || starts[i] > starts[before]))
				before = i;
		const struct symtab_entry *e = symtab_find(&t, address);
		if (e)
			wrong += !(e->start <= address && address < e->end);
		if (before >= 0 && address < ends[before])
			wrong += !e || e->start != starts[before];
	}
	CHECK_EQ(wrong, 0, "the nearest start that covers the address");
	symtab_deinit(&t);
}

static void jit(void)
{
	struct symtab t = { .last_wins = true };

	symtab_add(&t, 0x1000, 0x1100, "first", SYMTAB_GLOBAL);
	symtab_add(&t, 0x1000, 0x1080, "second_longer_name", SYMTAB_LOCAL);
	symtab_finish(&t, 0);
	CHECK_STR(name_at(&t, 0x1000), "second_longer_name", "code compiled later has the address");
	symtab_deinit(&t);
	symtab_finish(&t, 0);
	CHECK_STR(name_at(&t, 0x1000), NULL, "an empty table");
}

static void demangled(const char *name, const char *want)
{
	char *got = demangle(name);

	CHECK_STR(got, want, name);
	free(got);
}

int main(void)
{
	char *deep = calloc(1, 100001);

	aliases();
	kernel();
	nesting();
	against_linear_search();
	jit();
	demangled("main", NULL);
	demangled("_Zx", NULL);
	char *probe = demangle("_ZN2ns1SIdE1fEiPKc");
	if (probe) {
		demangled("_ZN2ns1SIdE1fEiPKc", "ns::S<double>::f");
		demangled("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad");
		demangled("_RNvCskwGfYPst2Cb_3foo16example_function", "foo::example_function");
		demangled("_ZN3foo3barEv.cold", "foo::bar");
	} else {
		SKIP(4, "built without libiberty");
	}
	free(probe);
	memset(deep, 'P', 100000);
	memcpy(deep, "_Z1f", 4);
	free(demangle(deep));
	CHECK(true, "a name as deep as a file can hold does not overflow the stack");
	free(deep);
	return tap_done();
}
