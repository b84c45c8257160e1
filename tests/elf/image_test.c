/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our symbols against libdw's, for addresses all over the images that this
 * process has mapped: every name that libdwfl gives must be one of those
 * that the file has for the place, and so must ours.
 */
#include "config.h"

#include <dlfcn.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <gelf.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "elf/image.h"
#include "tests/lib/tap.h"

/* The test's own copies; ptk itself loads libraries only when it needs them. */
static struct {
	void *elf, *dw;
	__typeof__(dwfl_begin) *begin;
	__typeof__(dwfl_end) *end;
	__typeof__(dwfl_report_offline) *report;
	__typeof__(dwfl_report_end) *report_end;
	__typeof__(dwfl_module_addrinfo) *addrinfo;
	__typeof__(dwfl_module_getsymtab) *getsymtab;
	__typeof__(dwfl_module_getsym_info) *getsym_info;
	__typeof__(dwfl_module_info) *info;
	__typeof__(dwfl_linux_proc_find_elf) *find_elf;
	__typeof__(dwfl_standard_find_debuginfo) *find_debuginfo;
	__typeof__(dwfl_offline_section_address) *section_address;
} dw;

static bool load_dw(void)
{
	dw.dw = dlopen(LIBDW_SONAME, RTLD_NOW);
	if (!dw.dw)
		return false;
#define LOAD(member, name) (dw.member = (__typeof__(dw.member))dlsym(dw.dw, name))
	return LOAD(begin, "dwfl_begin") && LOAD(end, "dwfl_end") && LOAD(report, "dwfl_report_offline") &&
	       LOAD(report_end, "dwfl_report_end") && LOAD(addrinfo, "dwfl_module_addrinfo") &&
	       LOAD(getsymtab, "dwfl_module_getsymtab") && LOAD(getsym_info, "dwfl_module_getsym_info") &&
	       LOAD(info, "dwfl_module_info") && LOAD(find_elf, "dwfl_linux_proc_find_elf") &&
	       LOAD(find_debuginfo, "dwfl_standard_find_debuginfo") &&
	       LOAD(section_address, "dwfl_offline_section_address");
}

/* Does the file have a function of this name (whatever its version) over this address? */
static bool has_name(Dwfl_Module *module, const char *name, uint64_t address)
{
	int n = dw.getsymtab(module);
	GElf_Sym sym;
	GElf_Addr value;

	for (int i = 1; i < n; i++) {
		const char *other = dw.getsym_info(module, i, &sym, &value, NULL, NULL, NULL);
		size_t len = other ? strcspn(other, "@") : 0;
		if (other && len == strlen(name) && !strncmp(other, name, len) && value <= address &&
		    (!sym.st_size || address < value + sym.st_size))
			return true;
	}
	return false;
}

/* Offsets all over the code; compares only where either side says something. */
static void compare_with_dwfl(const char *path, uint64_t code, uint64_t size, int *compared, int *wrong)
{
	static char *debug_path = NULL;
	Dwfl_Callbacks callbacks = {
		.find_elf = dw.find_elf, .find_debuginfo = dw.find_debuginfo,
		.section_address = dw.section_address, .debuginfo_path = &debug_path };
	Dwfl *dwfl = dw.begin(&callbacks);
	Dwfl_Module *module = dw.report(dwfl, path, path, -1);
	struct image *image = NULL;
	struct error *err = image_open(path, &image);
	const struct symtab *symbols = err ? NULL : image_symbols(image, NULL);
	Dwarf_Addr base = 0;
	uint64_t seed = 42;

	dw.report_end(dwfl, NULL, NULL);
	dw.info(module, NULL, &base, NULL, NULL, NULL, NULL, NULL);
	for (int i = 0; symbols && i < 400; i++) {
		GElf_Off off = 0;
		GElf_Sym sym;
		uint64_t address;
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		if (!image_offset_to_address(image, code + seed % size, &address))
			continue;
		const struct symtab_entry *e = symtab_find(symbols, address);
		/* dwfl maps an image of addresses from 0 on at `base`. */
		const char *theirs = dw.addrinfo(module, base + address, &off, &sym, NULL, NULL, NULL);
		if (!theirs && !e)
			continue;
		if (e && strstr(e->name, "@plt"))
			continue;	/* libdw knows none */
		/* A name without a size reaches further in libdw. */
		if (!e && theirs && (!sym.st_size || GELF_ST_TYPE(sym.st_info) > STT_FUNC))
			continue;
		++*compared;
		if (!e || !has_name(module, e->name, base + address)) {
			++*wrong;
			printf("# %s+%#jx: ours %s, libdw's %s\n", path, (uintmax_t)address, e ? e->name : "none", theirs);
		}
	}
	error_destroy(err);
	image_close(image);
	dw.end(dwfl);
}

struct sums { int images, compared, wrong, ids, wrong_ids; };

/* The build-id as the dynamic linker has it in memory. */
static void check_build_id(const struct dl_phdr_info *info, const char *path, struct sums *sums)
{
	uint8_t id[BUILD_ID_MAX], mapped[BUILD_ID_MAX];
	size_t size = 0;

	for (int i = 0; i < info->dlpi_phnum && !size; i++)
		if (info->dlpi_phdr[i].p_type == PT_NOTE)
			size = build_id_in_notes((const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr),
						 info->dlpi_phdr[i].p_filesz, info->dlpi_phdr[i].p_align, false, mapped);
	sums->ids += size > 0;
	sums->wrong_ids += image_build_id_of(path, id) != size || memcmp(id, mapped, size);
}

static int each_image(struct dl_phdr_info *info, size_t size, void *ctx)
{
	struct sums *sums = ctx;
	const char *path = *info->dlpi_name ? info->dlpi_name : "/proc/self/exe";

	if (*path != '/')
		return 0;	/* the vdso */
	sums->images++;
	check_build_id(info, path, sums);
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD && info->dlpi_phdr[i].p_flags & PF_X)
			compare_with_dwfl(path, info->dlpi_phdr[i].p_offset, info->dlpi_phdr[i].p_filesz,
					  &sums->compared, &sums->wrong);
	return 0;
}

static void mapped_images(void)
{
	struct sums sums = { 0 };

	if (!load_dw()) {
		SKIP(4, "libdw cannot be loaded");
		return;
	}
	dl_iterate_phdr(each_image, &sums);
	CHECK(sums.images > 2, "this program and its libraries");
	CHECK(sums.compared > 300, "addresses have names");
	CHECK_EQ(sums.wrong, 0, "names are those of the file, as libdw sees it");
	CHECK_EQ(sums.wrong_ids, 0, "build-ids are those in memory");
}

/* What dladdr(3) says of functions that programs call. */
static void functions_of_libc(void)
{
	/* libc's own, not those that a sanitizer puts in front of them. */
	static const char *const names[] = { "free", "malloc", "puts", "read", "qsort", "memchr", "printf", "getenv" };
	struct image *image;
	void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
	Dl_info info;

	if (!libc || !dlsym(libc, "qsort") || !dladdr(dlsym(libc, "qsort"), &info)) {
		SKIP(1, "no libc.so.6 is loaded");
		return;
	}
	CHECK_OK(image_open(info.dli_fname, &image), "libc opens");
	const struct symtab *symbols = image_symbols(image, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		uint64_t address = (uint64_t)((char *)dlsym(libc, names[i]) - (char *)info.dli_fbase);
		const struct symtab_entry *e = symtab_find(symbols, address);
		if (!strcmp(names[i], "memchr"))
			CHECK(e && strstr(e->name, "memchr"), "memchr, or the one for this CPU");
		else
			CHECK_STR(e ? e->name : NULL, names[i], names[i]);
	}
	dlclose(libc);
	image_close(image);
}

static void refusals(void)
{
	char path[] = "/tmp/ptk-image-test.XXXXXX";
	struct image *image;
	uint8_t id[BUILD_ID_MAX];
	char *folder = mkdtemp(path);
	autofree char *fifo = xasprintf("%s/fifo", folder);

	CHECK_ERR(image_open("/dev/zero", &image), "not a regular file", "a device is refused");
	CHECK(!mkfifo(fifo, 0600), "a pipe");
	CHECK_ERR(image_open(fifo, &image), "not a regular file", "nobody waits for a pipe's writer");
	CHECK_EQ(image_build_id_of(fifo, id), 0, "nor for its build-id");
	unlink(fifo);
	CHECK_ERR(image_open(folder, &image), "not a regular file", "a folder is refused");
	CHECK_ERR(image_open(fifo, &image), "cannot open", "a file that is not there");
	CHECK_ERR(image_open("/etc/passwd", &image), "not an ELF file", "another kind of file");
	CHECK_ERR(image_open_memory("\177ELF", 4, "x", &image), "not an ELF file", "the beginning of one");
	rmdir(folder);
}

static void vdso(void)
{
	const char *start = (const char *)getauxval(AT_SYSINFO_EHDR);
	struct image *image;
	uint8_t id[BUILD_ID_MAX];
	int found = 0;

	if (!start) {
		SKIP(3, "no vdso");
		return;
	}
	CHECK_OK(image_open_memory(start, (size_t)sysconf(_SC_PAGESIZE) * 2, "[vdso]", &image), "the vdso opens from memory");
	CHECK(image_build_id(image, id) > 0, "it has a build-id");
	const struct symtab *symbols = image_symbols(image, NULL);
	for (size_t i = 0; i < symbols->entries.len; i++)
		found += strstr(symbols->entries.data[i].name, "clock_gettime") != NULL;
	CHECK(found > 0, "and the function that tells the time");
	image_close(image);
}

/* Notes whose sizes say more than there is; elf(5), "Notes". */
static void notes_that_lie(void)
{
	struct { uint32_t name_size, desc_size, type; char name[4]; uint8_t id[4]; } note = { 4, 4, 3, "GNU", { 1, 2, 3, 4 } };
	uint8_t id[BUILD_ID_MAX];

	CHECK(build_id_in_notes(&note, sizeof(note), 4, false, id) == 4 && !memcmp(id, note.id, 4), "a build-id of four bytes");
	CHECK(!build_id_in_notes(&note, sizeof(note) - 1, 4, false, id), "cut by one byte");
	note.desc_size = 5;
	CHECK(!build_id_in_notes(&note, sizeof(note), 4, false, id), "longer than the notes");
	note.desc_size = UINT32_MAX;
	CHECK(!build_id_in_notes(&note, sizeof(note), 4, false, id), "of 4 GiB");
	note.desc_size = 4;
	note.name_size = UINT32_MAX;
	CHECK(!build_id_in_notes(&note, sizeof(note), 4, false, id), "with a name of 4 GiB");
}

int main(void)
{
	notes_that_lie();
	mapped_images();
	functions_of_libc();
	refusals();
	vdso();
	return tap_done();
}
