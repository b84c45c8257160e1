/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images made to cost more than they are worth: sections that all are the
 * whole file, holes of gigabytes, a bomb of packed debug information. What
 * reads them stays within a small multiple of the file.
 */
#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "elf/image.h"
#include "tests/lib/tap.h"

enum { MIB = 1 << 20, SECTIONS = 8 };

/* An ELF file in memory: a header, sections, their names, and what is in them. */
struct made {
	Elf64_Ehdr header;
	Elf64_Shdr sections[SECTIONS];
	char names[64];
	Elf64_Sym symbols[2];
	char strings[16];
	Elf64_Chdr packed;
	char packed_bytes[64];
};

static const char section_names[] = "\0.shstrtab\0.symtab\0.strtab\0.text\0.debug_info";

static uint32_t name_of(const char *name)
{
	return (uint32_t)((const char *)memmem(section_names, sizeof(section_names), name, strlen(name) + 1) - section_names);
}

#define SECTION(t, n, member, link) { .sh_type = (t), .sh_name = name_of(n), .sh_offset = offsetof(struct made, member), \
	.sh_size = sizeof(((struct made *)0)->member), .sh_link = (link), .sh_addralign = 1 }

static struct made sound(void)
{
	struct made m = {
		.header = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT }, .e_type = ET_DYN,
			    .e_machine = EM_X86_64, .e_version = EV_CURRENT, .e_ehsize = sizeof(Elf64_Ehdr),
			    .e_shentsize = sizeof(Elf64_Shdr), .e_shnum = SECTIONS, .e_shoff = offsetof(struct made, sections),
			    .e_shstrndx = 1 },
		.sections = { { 0 }, SECTION(SHT_STRTAB, ".shstrtab", names, 0), SECTION(SHT_SYMTAB, ".symtab", symbols, 3),
			      SECTION(SHT_STRTAB, ".strtab", strings, 0), SECTION(SHT_PROGBITS, ".text", packed_bytes, 0),
			      SECTION(SHT_PROGBITS, ".debug_info", packed, 0) },
		.symbols = { { 0 }, { .st_name = 1, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), .st_shndx = 4, .st_size = 16 } },
		.strings = "\0function",
		.packed = { .ch_type = ELFCOMPRESS_ZLIB, .ch_size = sizeof(struct made), .ch_addralign = 1 },
	};

	memcpy(m.names, section_names, sizeof(section_names));
	m.sections[2].sh_entsize = sizeof(Elf64_Sym);
	m.sections[4].sh_flags = SHF_EXECINSTR | SHF_ALLOC;
	return m;
}

/* In a file of that size, holes behind the bytes. */
static struct image *open_made(const struct made *m, uint64_t size)
{
	char path[] = "/tmp/ptk-hostile-test.XXXXXX";
	struct image *image = NULL;
	autoclose int fd = mkstemp(path);

	if (file_write_full(fd, m, sizeof(*m)) != sizeof(*m) || ftruncate(fd, (off_t)size))
		return NULL;
	error_destroy(image_open(path, &image));
	image_symbols(image, "/nonexistent");
	unlink(path);
	return image;
}

static size_t symbols_of(const struct made *m, uint64_t size)
{
	struct image *image = open_made(m, size);
	size_t n = image ? image_symbols(image, "/nonexistent")->entries.len : SIZE_MAX;

	image_close(image);
	return n;
}

static long peak_mib(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return use.ru_maxrss / 1024;
}

static void holes(void)
{
	struct made m = sound();
	long before = peak_mib();

	CHECK_EQ(symbols_of(&m, sizeof(m)), 1, "a small image has its symbol");
	m.sections[3].sh_size = 900 * MIB;
	CHECK_EQ(symbols_of(&m, sizeof(m)), 0, "strings that are not in the file are none");
	CHECK_EQ(symbols_of(&m, 1000ull * MIB), 0, "strings in a hole of a gigabyte are none");
	m = sound();
	m.sections[2].sh_size = 900 * MIB;
	CHECK_EQ(symbols_of(&m, 1000ull * MIB), 0, "nor are symbols there");
	CHECK(peak_mib() - before < 100, "nobody has read them");
}

/* Every section is the file, which really is that long. */
static void overlapping(void)
{
	struct made m = sound();
	uint64_t size = 24 * MIB;	/* of whole symbols */
	autofree char *zeros = xcalloc(1, size);
	char path[] = "/tmp/ptk-hostile-test.XXXXXX";
	struct image *image;

	for (int i = 2; i < SECTIONS; i++) {
		m.sections[i].sh_offset = 0;
		m.sections[i].sh_size = size;
	}
	memcpy(zeros, &m, sizeof(m));
	CHECK_OK(image_open_memory(zeros, size, "made", &image), "in memory");
	CHECK_EQ(image_symbols(image, "/nonexistent")->entries.len, 0, "sections that are all the same bytes are none");
	image_close(image);
	int fd = mkstemp(path);
	CHECK(file_write_full(fd, zeros, size) == (ssize_t)size && !close(fd), "in a file");
	long before = peak_mib();
	CHECK_OK(image_open(path, &image), "it opens");
	CHECK_EQ(image_symbols(image, "/nonexistent")->entries.len, 0, "nor there");
	CHECK(peak_mib() - before < 15, "and are not read");
	image_close(image);
	unlink(path);
}

/* n times 258 zeros as zlib packs them (RFC 1951, fixed codes): length 258 is 11000101, distance 1 is 00000. */
static void pack_zeros(uint8_t *out, size_t n)
{
	static const char begin[] = "1" "10" "00110000", repeat[] = "11000101" "00000";
	size_t bit = 16;

	memcpy(out, "\x78\x01", 2);
	for (const char *p = begin; *p; p++, bit++)
		out[bit / 8] |= (uint8_t)((*p - '0') << bit % 8);
	for (size_t i = 0; i < n; i++)
		for (const char *p = repeat; *p; p++, bit++)
			out[bit / 8] |= (uint8_t)((*p - '0') << bit % 8);
}

static void bomb(void)
{
	enum { SIZE = MIB + MIB / 2, ZEROS = SIZE / 13 * 8 * 258ull };
	autofree struct made *m = xcalloc(1, sizeof(*m) + SIZE);
	struct image *image;

	*m = sound();
	m->sections[5].sh_flags = SHF_COMPRESSED;
	m->sections[5].sh_size = sizeof(m->packed) + SIZE;
	m->packed.ch_size = ZEROS;
	pack_zeros((uint8_t *)m->packed_bytes, SIZE / 13 * 8 - 8);
	long before = peak_mib();
	CHECK_OK(image_open_memory(m, sizeof(*m) + SIZE, "bomb", &image), "a bomb of debug information opens");
	CHECK(!image_debuginfo(image, "/nonexistent"), "and has none");
	CHECK(peak_mib() - before < 60, "240 MiB of zeros were not unpacked");
	image_close(image);
}

int main(void)
{
	holes();
	overlapping();
	bomb();
	return tap_done();
}
