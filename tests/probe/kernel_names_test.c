/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of the kernel's functions are kept for one kernel with one set of modules, and for no other. */
#include "probe/kernel_names.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cache.h"
#include "base/cleanup.h"
#include "probe/prober.h"
#include "tests/lib/tap.h"

static char root[] = "/tmp/ptk-names-test.XXXXXX";
static const struct os os = { .root = root };

static void put(const char *path, const void *bytes, size_t size)
{
	autofree char *full = xasprintf("%s%s", root, path);

	for (char *slash = full + sizeof(root); (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		(void)mkdir(full, 0755);
	}
	FILE *f = fopen(full, "w");
	if (!f || fwrite(bytes, 1, size, f) != size || fclose(f))
		CHECK(false, full);
}

static void put_text(const char *path, const char *text)
{
	put(path, text, strlen(text));
}

/* ELF notes with a build-id of one byte, repeated. */
static void put_build(const char *path, uint8_t byte)
{
	struct { uint32_t name_size, size, type; char name[4]; uint8_t id[20]; } note = { 4, 20, 3, "GNU", { 0 } };

	memset(note.id, byte, sizeof(note.id));
	put(path, &note, sizeof(note));
}

static const char two[] = "one 4096 0 - Live 0x0000000000000000\ntwo 8192 1 one, Live 0x0000000000000000\n";

static void test_key(void)
{
	autofree char *none = kernel_names_key(&os);
	CHECK(!none, "a kernel without build-id");
	put_build("/sys/kernel/notes", 1);
	autofree char *bare = kernel_names_key(&os);
	CHECK(bare, "a kernel without modules");
	put_text("/proc/modules", two);
	autofree char *unknown = kernel_names_key(&os);
	CHECK(!unknown, "modules without build-ids");
	put_build("/sys/module/one/notes/.note.gnu.build-id", 2);
	put_build("/sys/module/two/notes/.note.gnu.build-id", 3);
	autofree char *first = kernel_names_key(&os);
	CHECK(first && strcmp(first, bare), "with modules it is another list");
	put_text("/proc/modules", "two 8192 1 one, Live 0xffffffffc0a00000\none 4096 0 - Live 0xffffffffc0b00000\n");
	autofree char *turned = kernel_names_key(&os);
	CHECK_STR(turned, first, "the order of modules and where they are say nothing");
	put_build("/sys/module/two/notes/.note.gnu.build-id", 4);
	autofree char *other = kernel_names_key(&os);
	CHECK(other && strcmp(other, first), "another build of a module is another list");
	put_text("/proc/modules", "one 4096 0 - Live 0x0\ntwo 8192 1 one, Loading 0x0\n");
	autofree char *loading = kernel_names_key(&os);
	CHECK(!loading, "while a module is loaded there is no list to keep");
}

static void list(struct cache *cache, const char *symbols, const char *const *want, size_t n, const char *what)
{
	const struct probe_target target = { .max = 8, .cache = cache };
	const char *const *names = NULL;
	size_t got = 0;

	put_text("/proc/kallsyms", symbols);
	struct prober *p = prober_create(&os, &target, NULL);
	struct error *err = prober_functions(p, &names, &got);
	CHECK_OK(err, what);
	CHECK_EQ(got, n, what);
	for (size_t i = 0; i < n && i < got; i++)
		CHECK_STR(names[i], want[i], what);
	prober_destroy(p);
}

static void test_list(void)
{
	static const char symbols[] = "0 T vfs_read\n0 D jiffies\n0 t init_one\t[one]\n0 t bpf_prog_1\t[bpf]\n"
				      "0 t ftrace_trampoline\t[__builtin__ftrace]\n0 T __pfx_vfs_read\n0 t init_one\t[two]\n0 W abort\n"
				      "0 t $d\n0 t label$x\n0 T __cfi_vfs_read\n";
	static const char *const was[] = { "abort", "init_one", "vfs_read" }, *const is[] = { "fresh" };
	autofree char *folder = xasprintf("%s/cache", root);
	struct cache *cache = cache_create(folder, 1 << 20);

	put_text("/proc/modules", two);
	list(cache, symbols, was, 3, "read");
	list(cache, "0 T fresh\n", was, 3, "kept");
	list(NULL, "0 T fresh\n", is, 1, "without cache");
	put_text("/proc/modules", "one 4096 0 - Live 0x0\n");
	list(cache, "0 T fresh\n", is, 1, "with a module gone");
	put_text("/proc/modules", two);
	list(cache, "0 T fresh\n", was, 3, "with the module back");
	cache_destroy(cache);
}

int main(void)
{
	if (!mkdtemp(root))
		return 99;
	test_key();
	test_list();
	autofree char *command = xasprintf("rm -rf %s", root);
	return system(command) | tap_done();
}
