/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/images.h"

#include <elf.h>
#include <sys/stat.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cache.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "elf/image.h"
#include "session/kallsyms.h"
#include "session/perf_map.h"
#include "tests/lib/tap.h"

static char root[] = "/tmp/ptk-images-test.XXXXXX";

/* ---- a made-up machine below `root` */

static void put(const char *path, const void *data, size_t size)
{
	autofree char *full = xasprintf("%s%s", root, path);

	for (char *p = full + strlen(root) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(full, 0700);
		*p = '/';
	}
	autofclose FILE *f = fopen(full, "w");
	if (f)
		fwrite(data, 1, size, f);
}

static void puts_to(const char *path, const char *text)
{
	put(path, text, strlen(text));
}

static void put_notes(uint8_t byte)
{
	struct {
		Elf64_Nhdr header;
		char name[4];
		uint8_t id[20];
	} note = { { 4, 20, NT_GNU_BUILD_ID }, "GNU", { 0 } };

	memset(note.id, byte, sizeof(note.id));
	put("/sys/kernel/notes", &note, sizeof(note));
}

static const char KALLSYMS[] =
	"0000000000000000 A fixed_percpu_data\n"
	"0000000000001000 A cpu_tss_rw\n"
	"ffffffff81000000 T startup_64\n"
	"ffffffff81000000 T _stext\n"
	"ffffffff81000000 T _text\n"
	"ffffffff81000100 t __pfx_do_work\n"
	"ffffffff81000110 t do_work\n"
	"not a line\n"
	"ffffffff81000200 W weak_work\n"
	"ffffffff81001000 T _etext\n"
	"ffffffff81002000 D some_data\n"
	"ffffffffc0201000 t ftrace_trampoline\t[__builtin__ftrace]\n"
	"ffffffffc0500000 t nft_do_chain\t[nf_tables]\n"
	"ffffffffc0500400 d nft_data\t[nf_tables]\n"
	"ffffffffc0600000 t xfs_read\t[xfs]\n"
	"ffffffffc0700000 t bpf_prog_6deef7357e7b4530_sd_fw\t[bpf]\n";

struct world {
	struct os os;
	struct strtab strings;
	struct notes notes;
	struct images *images;
};

static void open_world(struct world *w, struct images_options options)
{
	w->os = (struct os){ root };
	if (!options.os)
		options.os = &w->os;
	options.demangle = true;
	w->images = images_create(&options, &w->strings, &w->notes);
}

static void close_world(struct world *w)
{
	images_destroy(w->images);
	strtab_deinit(&w->strings);
	notes_deinit(&w->notes);
	*w = (struct world){ 0 };
}

static const char *symbol_at(struct world *w, uint32_t image, uint64_t offset)
{
	uint32_t name = images_symbol_get(w->images, images_symbol(w->images, image, offset, NULL))->name;

	return name ? strtab_text(&w->strings, name) : NULL;
}

static const char *kernel_at(struct world *w, uint64_t address)
{
	return symbol_at(w, images_kernel_at(w->images, address), address);
}

static const char *dso_at(struct world *w, uint64_t address)
{
	return strtab_text(&w->strings, images_get(w->images, images_kernel_at(w->images, address))->name);
}

static bool noted(const struct world *w, const char *part)
{
	for (size_t i = 0; i < w->notes.lines.len; i++)
		if (strstr(w->notes.lines.data[i], part))
			return true;
	return false;
}

/* ---- the kernel */

static void running_kernel(void)
{
	struct world w = { 0 };
	uint64_t address;

	puts_to("/proc/kallsyms", KALLSYMS);
	puts_to("/proc/modules", "nf_tables 4096 0 - Live 0xffffffffc0500000\nxfs 8192 1 - Live 0xffffffffc0600000\n");
	open_world(&w, (struct images_options){ .same_machine = true });
	CHECK_STR(kernel_at(&w, 0xffffffff81000004), "startup_64", "a function, not _text");
	CHECK_STR(kernel_at(&w, 0xffffffff81000108), "do_work", "padding");
	CHECK_STR(kernel_at(&w, 0xffffffff81000fff), "weak_work", "up to the end of the text");
	CHECK_STR(kernel_at(&w, 0xffffffff81001004), NULL, "nothing behind _etext");
	CHECK_STR(kernel_at(&w, 0x1004), NULL, "absolute symbols are no functions");
	CHECK_STR(kernel_at(&w, 0xffffffffc0500010), "nft_do_chain", "a module's function");
	CHECK_STR(dso_at(&w, 0xffffffffc0500010), "[nf_tables]", "in its module");
	CHECK_STR(kernel_at(&w, 0xffffffffc0500410), NULL, "a module's data");
	CHECK_STR(dso_at(&w, 0xffffffffc0201010), "[kernel.kallsyms]", "a built-in trampoline is the kernel's");
	CHECK_STR(kernel_at(&w, 0xffffffffc0700010), "bpf_prog_6deef7357e7b4530_sd_fw", "a BPF program");
	CHECK_STR(dso_at(&w, 0xffffffffc0700010), "bpf_prog_6deef7357e7b4530_sd_fw", "is its own image");
	uint32_t kernel = images_kernel_at(w.images, 0xffffffff81000110);
	uint32_t a = images_symbol(w.images, kernel, 0xffffffff81000110, &address);
	CHECK_EQ(a, images_symbol(w.images, kernel, 0xffffffff81000180, NULL), "one function has one id");
	CHECK_EQ(address, 0xffffffff81000110, "the kernel's addresses are their own");
	CHECK(a != images_symbol(w.images, kernel, 0xffffffff81000210, NULL), "another has another");
	CHECK_EQ(w.notes.lines.len, 0, "nothing to complain of");
	close_world(&w);
}

/* The link address of this program's own function. */
static uint64_t address_of(const char *name)
{
	struct image *image;
	uint64_t address = 0;

	if (image_open("/proc/self/exe", &image))
		return 0;
	const struct symtab *symbols = image_symbols(image, NULL);
	for (size_t i = 0; i < symbols->entries.len && !address; i++)
		if (!strcmp(symbols->entries.data[i].name, name))
			address = symbols->entries.data[i].start;
	image_close(image);
	return address;
}

/* This program for a kernel, with its lines; and modules, which no vmlinux has, by the running kernel's list. */
static void kernel_of_a_file(void)
{
	struct world w = { 0 };
	struct image_place places[IMAGE_PLACES_MAX];
	uint64_t here = address_of("symbol_at");

	open_world(&w, (struct images_options){ .vmlinux = "/proc/self/exe", .same_machine = true });
	CHECK_STR(kernel_at(&w, here), "symbol_at", "a function of the file that -k names");
	CHECK_STR(kernel_at(&w, 0xffffffffc0500010), "nft_do_chain", "beside it, a module's function");
	CHECK_STR(dso_at(&w, 0xffffffffc0500010), "[nf_tables]", "in its module");
	uint32_t kernel = images_kernel_at(w.images, here);
	size_t n = images_places(w.images, kernel, here, places);
	if (n && places[n - 1].file)
		CHECK(strstr(strtab_text(&w.strings, places[n - 1].file), "images_test.c"), "its source line");
	else
		SKIP(1, "built without debug information, or no libdw");
	close_world(&w);
}

/* What the cache keeps of a kernel and of modules with build-ids: names without kallsyms, wherever they are put. */
static void remembered_kernel(void)
{
	struct world w = { 0 };
	autofree char *folder = xasprintf("%s/cache", root);
	struct cache *cache = cache_create(folder, 1 << 20);
	uint8_t id[20], module_id[20] = { 7, 8, 9 };

	put_notes(0x33);
	memset(id, 0x33, sizeof(id));
	for (int run = 0; run < 2; run++) {
		uint64_t text = run ? 0xffffffff91000000 : 0xffffffff81000000;
		open_world(&w, (struct images_options){ .same_machine = true, .cache = cache });
		images_id(w.images, IMAGE_KERNEL, "[kernel.kallsyms]", id, 20, 0);
		images_kernel_map(w.images, text, 0x1001000, text, "[kernel.kallsyms]_text");
		CHECK_STR(kernel_at(&w, text + 0x108), "do_work", run ? "moved, from the cache" : "from kallsyms");
		CHECK_STR(kernel_at(&w, text + 0xfff), "weak_work", "and the last one");
		images_kernel_map(w.images, 0xffffffffc0800000, 0x1000, 0, "/lib/modules/6.1/xfs.ko");
		images_header_build_id(w.images, "/lib/modules/6.1/xfs.ko", module_id, 20);
		CHECK_STR(kernel_at(&w, 0xffffffffc0800010), "xfs_read", run ? "a module from the cache" : "a module from kallsyms");
		if (run) {
			CHECK_STR(kernel_at(&w, 0xffffffffc0500010), NULL, "others are not in it, and kallsyms is gone");
			CHECK_EQ(w.notes.lines.len, 0, "which is nothing to say of the kernel itself");
		}
		close_world(&w);
		puts_to("/proc/kallsyms", "nothing of use\n");
	}
	puts_to("/proc/kallsyms", KALLSYMS);
	memset(id, 0x44, sizeof(id));
	open_world(&w, (struct images_options){ .cache = cache });
	images_id(w.images, IMAGE_KERNEL, "[kernel.kallsyms]", id, 20, 0);
	images_kernel_map(w.images, 0xffffffff81000000, 0x1001000, 0xffffffff81000000, "[kernel.kallsyms]_text");
	CHECK_STR(kernel_at(&w, 0xffffffff81000108), NULL, "another kernel has no names from it");
	close_world(&w);
	cache_destroy(cache);
	autofree char *notes = xasprintf("%s/sys/kernel/notes", root);
	unlink(notes);
}

static void moved_kernel(void)
{
	struct world w = { 0 };

	open_world(&w, (struct images_options){ .same_machine = true });
	images_kernel_map(w.images, 0xffffffff91000000, 0x1001000, 0xffffffff91000000, "[kernel.kallsyms]_text");
	images_kernel_map(w.images, 0xffffffffc0800000, 0x1000, 0, "/lib/modules/6.1/kernel/net/nf-tables.ko.xz");
	CHECK_STR(kernel_at(&w, 0xffffffff91000114), "do_work", "recorded in another boot, the kernel lay elsewhere");
	CHECK_STR(kernel_at(&w, 0xffffffffc0800010), "nft_do_chain", "and so did a module");
	CHECK_STR(dso_at(&w, 0xffffffffc0800010), "[nf_tables]", "whose file has another name");
	CHECK_STR(kernel_at(&w, 0xffffffffc0800800), NULL, "nothing behind its functions");
	images_ksymbol(w.images, 0xffffffffc0900000, 0x100, "bpf_prog_1_a", false);
	CHECK_STR(kernel_at(&w, 0xffffffffc0900080), "bpf_prog_1_a", "a BPF program of the recording");
	images_ksymbol(w.images, 0xffffffffc0900000, 0x40, "bpf_prog_2_b", false);
	CHECK_STR(kernel_at(&w, 0xffffffffc0900020), "bpf_prog_2_b", "and the next at its place");
	images_ksymbol(w.images, 0xffffffffc0900000, 0x40, "bpf_prog_2_b", true);
	CHECK_STR(kernel_at(&w, 0xffffffffc0900020), NULL, "until it goes");
	close_world(&w);
}

static void other_kernel(void)
{
	struct world w = { 0 };
	uint8_t id[20];
	autofree char *file = xasprintf("%s/other-kallsyms", root);

	put_notes(0x11);
	memset(id, 0x11, sizeof(id));
	open_world(&w, (struct images_options){ .same_machine = false });
	images_id(w.images, IMAGE_KERNEL, "[kernel.kallsyms]", id, 20, 0);
	CHECK_STR(kernel_at(&w, 0xffffffff81000114), "do_work", "the same build-id: the running kernel's names serve");
	close_world(&w);
	memset(id, 0x22, sizeof(id));
	open_world(&w, (struct images_options){ .same_machine = true });
	images_id(w.images, IMAGE_KERNEL, "[kernel.kallsyms]", id, 20, 0);
	CHECK_STR(kernel_at(&w, 0xffffffff81000114), NULL, "another build-id: no names");
	CHECK(noted(&w, "another kernel") && noted(&w, "--kallsyms FILE"), "and the way to get them is said");
	close_world(&w);
	puts_to("/other-kallsyms", "ffffffff81000000 T _text\nffffffff81000100 T elsewhere\n");
	open_world(&w, (struct images_options){ .kallsyms = file });
	CHECK_STR(kernel_at(&w, 0xffffffff81000114), "elsewhere", "--kallsyms FILE");
	close_world(&w);
	open_world(&w, (struct images_options){ .kallsyms = "/dev/zero" });
	CHECK_STR(kernel_at(&w, 0xffffffff81000114), NULL, "--kallsyms with a device");
	CHECK(noted(&w, "cannot use /dev/zero"), "is said to be no good");
	close_world(&w);
	open_world(&w, (struct images_options){ .vmlinux = file });
	CHECK_STR(kernel_at(&w, 0xffffffff81000114), NULL, "-k with what is no vmlinux");
	CHECK(noted(&w, "is not an ELF file"), "is said to be none");
	close_world(&w);
}

static void hidden_kernel(void)
{
	struct world w = { 0 };

	puts_to("/proc/kallsyms", "0000000000000000 T _text\n0000000000000000 t do_work\n");
	open_world(&w, (struct images_options){ .same_machine = true });
	CHECK_STR(kernel_at(&w, 0xffffffff81000114), NULL, "hidden addresses give no names");
	CHECK_STR(dso_at(&w, 0xffffffff81000114), "[kernel.kallsyms]", "but the kernel is the kernel");
	CHECK(noted(&w, "sysctl kernel.kptr_restrict=0"), "and the way to see them is said");
	kernel_at(&w, 0xffffffff81000118);
	CHECK_EQ(w.notes.lines.len, 1, "once");
	close_world(&w);
}

/* Every function of this machine's kernel, at its own address, has one of the names that kallsyms gives for it. */
static void this_kernel(void)
{
	static const struct os machine = { "" };
	struct world w = { 0 };
	autostrbuf struct strbuf text = { 0 };
	int wrong = 0, seen = 0, line = 0;

	if (!os_read(&machine, "/proc/kallsyms", &text) || !strncmp(strbuf_str(&text), "0000000000000000 T", 18)) {
		SKIP(2, "/proc/kallsyms cannot be read or hides its addresses");
		return;
	}
	open_world(&w, (struct images_options){ .same_machine = true, .os = &machine });
	for (const char *at = text.data; (at = strchr(at, '\n')); line++) {
		char address[17], type, want[512];
		at++;
		if (line % 101 || sscanf(at, "%16s %c %511s", address, &type, want) != 3 || !strchr("tTwW", type))
			continue;
		const char *got = kernel_at(&w, strtoull(address, NULL, 16));
		/* "…ADDRESS T name\n" must stand in the text; padding has its function's name. */
		bool good = got && !strcmp(got, strncmp(want, "__pfx_", 6) ? want : want + 6);
		for (const char *p = text.data; got && !good && (p = strstr(p, address)); p++) {
			size_t len = strcspn(p + 19, "\t\n");
			good = len == strlen(got) && !strncmp(p + 19, got, len);
		}
		seen++;
		if (!good && strncmp(want, "__pfx_", 6) && !strstr(want, "_text_end") && strcmp(want, "_etext")) {
			wrong++;
			printf("# %s is %s, not %s\n", address, got ? got : "nameless", want);
		}
	}
	CHECK(seen > 100, "functions of this machine's kernel");
	CHECK_EQ(wrong, 0, "have the names of their addresses");
	close_world(&w);
}

/* ---- user space */

static void files(void)
{
	static const struct os machine = { "" };
	struct world w = { 0 };
	struct image *image;
	uint8_t id[20] = { 0 };
	uint64_t offset = 0, address, same;

	if (image_build_id_of("/proc/self/exe", id) != 20 || image_open("/proc/self/exe", &image)) {
		SKIP(6, "this program has no build-id");
		return;
	}
	autofree char *path = realpath("/proc/self/exe", NULL);
	const struct symtab *symbols = image_symbols(image, NULL);
	for (offset = 0; !image_offset_to_address(image, offset, &address) || !symtab_find(symbols, address) ||
	     strcmp(symtab_find(symbols, address)->name, "images_symbol"); offset += 4)
		if (offset > 64 << 20)
			break;
	open_world(&w, (struct images_options){ .same_machine = true, .os = &machine });
	uint32_t mine = images_id(w.images, IMAGE_FILE, path, id, 20, 0);
	CHECK_EQ(images_id(w.images, IMAGE_FILE, path, id, 20, 7), mine, "one file, one id");
	CHECK_STR(strtab_text(&w.strings, images_get(w.images, mine)->name), "images_test", "shown by its base name");
	CHECK_STR(symbol_at(&w, mine, offset), "images_symbol", "a function of this program by its file offset");
	images_symbol(w.images, mine, offset, &same);
	CHECK_EQ(same, address, "and the image's own address of it");
	id[3] ^= 1;
	uint32_t other = images_id(w.images, IMAGE_FILE, path, id, 20, 0);
	CHECK(other != mine, "the same path with another build-id is another image");
	CHECK_STR(symbol_at(&w, other, offset), NULL, "and the file that is there now does not name it");
	CHECK(noted(&w, "was replaced since the recording"), "which is said");
	close_world(&w);
	open_world(&w, (struct images_options){ .same_machine = true, .os = &machine });
	images_header_build_id(w.images, path, id, 20);
	other = images_id(w.images, IMAGE_FILE, path, NULL, 0, 0);
	CHECK_STR(symbol_at(&w, other, offset), NULL, "the file's header tells the build where the mapping does not");
	close_world(&w);
	open_world(&w, (struct images_options){ .same_machine = true, .os = &machine });
	images_header_build_id(w.images, path, id, 20);
	id[3] ^= 1;
	images_header_build_id(w.images, path, id, 20);
	other = images_id(w.images, IMAGE_FILE, path, NULL, 0, 0);
	CHECK_STR(symbol_at(&w, other, offset), "images_symbol", "unless it contradicts itself");
	uint32_t gone = images_id(w.images, IMAGE_FILE, "/nonexistent/x.so", NULL, 0, 0);
	uint32_t nameless = images_symbol(w.images, gone, 0x1234, &address);
	CHECK_EQ(images_symbol_get(w.images, nameless)->start, 0x1234, "a file that is not there: the offset");
	CHECK_EQ(nameless, images_symbol(w.images, gone, 0x1234, NULL), "has one id");
	CHECK(nameless != images_symbol(w.images, gone, 0x1235, NULL), "and the next another");
	image_close(image);
	close_world(&w);
}

/* A deleted program is still to be had from the process that runs it. */
static void deleted(void)
{
	static const struct os machine = { "" };
	struct world w = { 0 };
	struct image *image;
	autofree char *copy = xasprintf("%s/copy", root);
	autofree char *command = xasprintf("cp /bin/sleep %s", copy);
	autofree char *mapped = xasprintf("%s (deleted)", copy);
	pid_t child;

	if (system(command)) {
		SKIP(1, "no /bin/sleep");
		return;
	}
	child = fork();
	if (!child) {
		execl(copy, copy, "100", (char *)NULL);
		_exit(127);
	}
	/* The child runs this program until it has exec'd. */
	autofree char *link = xasprintf("/proc/%d/exe", child);
	char target[4096] = "";
	for (int i = 0; i < 1000000 && strcmp(target, copy); i++) {
		ssize_t n = readlink(link, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
	}
	unlink(copy);
	if (!image_open("/bin/sleep", &image)) {
		const struct symtab *symbols = image_symbols(image, NULL);
		open_world(&w, (struct images_options){ .same_machine = true, .os = &machine });
		uint32_t id = images_id(w.images, IMAGE_FILE, mapped, NULL, 0, (uint32_t)child);
		int named = 0;
		for (uint64_t at = 0; at < 65536 && !named; at += 8)
			named = symbol_at(&w, id, at) != NULL;
		CHECK(named || !symbols->entries.len, "a deleted program's functions have names");
		close_world(&w);
		image_close(image);
	}
	kill(child, 9);
	waitpid(child, NULL, 0);
}

static void vdso(void)
{
	static const struct os machine = { "" };
	struct world w = { 0 };
	int named = 0;

	open_world(&w, (struct images_options){ .same_machine = true, .os = &machine });
	uint32_t id = images_id(w.images, IMAGE_VDSO, "[vdso]", NULL, 0, 1);
	for (uint64_t at = 0; at < 16384 && !named; at += 8) {
		const char *name = symbol_at(&w, id, at);
		named = name && strstr(name, "clock_gettime");
	}
	if (named)
		CHECK(true, "the vdso's functions have names");
	else
		SKIP(1, "no vdso");
	id = images_id(w.images, IMAGE_ANON, "[vsyscall]", NULL, 0, 1);
	CHECK_STR(symbol_at(&w, id, 0xffffffffff600404), "time", "the calls of the vsyscall page");
	close_world(&w);
}

static void perf_maps(void)
{
	struct world w = { 0 };
	autofree char *victim = xasprintf("%s/secret", root), *link = xasprintf("%s/tmp/perf-9.map", root);

	puts_to("/tmp/perf-7.map", "7f0000001000 100 old\n7f0000001000 80 LFoo;.bar(int, long)\nnonsense\n"
		"0x7f0000002000 0x10 _Z3foov\n7f0000003000 0 empty\nffffffffffffff00 1000 wraps\n");
	open_world(&w, (struct images_options){ .same_machine = true });
	uint32_t id = images_id(w.images, IMAGE_ANON, "//anon", NULL, 0, 7);
	CHECK_STR(strtab_text(&w.strings, images_get(w.images, id)->name), "[JIT] tid 7", "code of a JIT, by its task");
	CHECK_STR(symbol_at(&w, id, 0x7f0000001010), "LFoo;.bar(int, long)", "the newest of two, spaces and all");
	CHECK_STR(symbol_at(&w, id, 0x7f0000001090), NULL, "no more than it is long");
	CHECK_STR(symbol_at(&w, id, 0x7f0000003000), NULL, "an empty function");
	CHECK_STR(symbol_at(&w, id, 0xffffffffffffff80), NULL, "one that wraps around");
	puts_to("/tmp/perf-7.map", "7f0000001000 80 LFoo;.bar(int, long)\n7f0000003000 100 compiled_later_than_the_first_look\n"
		"7f0000004000 100 and_one_more_so_that_the_file_has_grown\n");
	CHECK_STR(symbol_at(&w, id, 0x7f0000003010), "compiled_later_than_the_first_look", "the map is read again when it has grown");
	CHECK(images_id(w.images, IMAGE_ANON, "//anon", NULL, 0, 8) != id, "another process's memory is another image");
	puts_to("/proc/20/status", "Name:\tjit\nNSpid:\t20\t3\nUid:\t0\t0\t0\t0\n");
	puts_to("/proc/20/root/tmp/perf-3.map", "7f0000001000 100 in_a_container\n");
	id = images_id(w.images, IMAGE_ANON, "//anon", NULL, 0, 20);
	CHECK_STR(symbol_at(&w, id, 0x7f0000001010), "in_a_container", "in a container: its own /tmp, and the PID there");
	puts_to("/secret", "7f0000001000 100 root_password\n");
	CHECK(!symlink(victim, link), "a link in /tmp");
	id = images_id(w.images, IMAGE_ANON, "//anon", NULL, 0, 9);
	CHECK_STR(symbol_at(&w, id, 0x7f0000001010), NULL, "is not followed");
	puts_to("/tmp/perf-10.map", "7f0000001000 100 forged\n");
	autofree char *forged = xasprintf("%s/tmp/perf-10.map", root);
	if (geteuid() || chown(forged, 12345, 12345)) {
		SKIP(1, "only root can give a file away");
	} else {
		id = images_id(w.images, IMAGE_ANON, "//anon", NULL, 0, 10);
		CHECK_STR(symbol_at(&w, id, 0x7f0000001010), NULL, "a stranger's map is not believed");
	}
	close_world(&w);
}

/* Code in a zip archive: nothing is looked for in it, and nothing made up. */
static void archive(void)
{
	struct world w = { 0 };

	puts_to("/app/base.apk", "PK\003\004 and what else is in a zip file");
	open_world(&w, (struct images_options){ .symfs = root });
	uint32_t id = images_id(w.images, IMAGE_FILE, "/app/base.apk", NULL, 0, 0);
	CHECK_STR(symbol_at(&w, id, 0x1000), NULL, "an archive has no functions");
	CHECK_STR(strtab_text(&w.strings, images_get(w.images, id)->name), "base.apk", "it is shown by its name");
	CHECK_EQ(w.notes.lines.len, 0, "and nothing is said against it");
	close_world(&w);
}

static void kallsyms_bytes(void)
{
	static const char text[] = "f T a\n\n  T x\nffffffffffffffffff T long\nfff T\nffff t \nffffffffffffffff T last\n1 t m\t[]\n2 t n\t[x";
	struct kallsyms k;
	struct strbuf b = { 0 };

	strbuf_add(&b, text, sizeof(text));
	kallsyms_parse(&k, b);
	CHECK_EQ(k.symbols.entries.len, 4, "lines that are none are left out");
	CHECK_STR(symtab_find(&k.symbols, 0xf)->name, "a", "the rest is there");
	CHECK_STR(symtab_find(&k.symbols, 2)->name, "n", "a line cut short keeps its name");
	kallsyms_deinit(&k);
	kallsyms_parse(&k, (struct strbuf){ 0 });
	CHECK_EQ(k.symbols.entries.len, 0, "an empty file");
	CHECK(!k.hidden, "hides nothing");
	kallsyms_deinit(&k);
}

int main(void)
{
	if (!mkdtemp(root))
		return 1;
	running_kernel();
	kernel_of_a_file();
	remembered_kernel();
	moved_kernel();
	other_kernel();
	hidden_kernel();
	this_kernel();
	files();
	deleted();
	vdso();
	perf_maps();
	archive();
	kallsyms_bytes();
	autofree char *clean = xasprintf("rm -rf %s", root);
	CHECK(!system(clean), "cleaned up");
	return tap_done();
}
