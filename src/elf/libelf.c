/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "elf/libelf.h"

#include <endian.h>
#include <string.h>
#include <sys/stat.h>

#include <sys/stat.h>
#include <unistd.h>

DYNLIB_DEFINE(libelf, LIBELF_SONAME, LIBELF_FUNCTIONS);

enum {
	SECTION_MAX = 1 << 30,	/* bytes */
	MEASURE = 64,		/* times: how much may come of what is packed, by us or by a file system */
	SLACK = 1 << 20,	/* bytes */
};

/*
 * Sections lie one behind the other: together they are no longer than the
 * file. In one that somebody made up each may be all of it, or a hole of a
 * gigabyte that takes no room on the disk.
 */
static bool sections_fit(const struct libelf *lib, Elf *elf, const struct elf_source *source)
{
	uint64_t sum = 0, most = 2 * source->size + SLACK;
	struct stat st;
	GElf_Shdr header;

	if (!source->bytes && !fstat(source->fd, &st) && (uint64_t)st.st_blocks * 512 * MEASURE + SLACK < most)
		most = (uint64_t)st.st_blocks * 512 * MEASURE + SLACK;
	for (Elf_Scn *scn = NULL; (scn = lib->elf_nextscn(elf, scn));) {
		if (!lib->gelf_getshdr(scn, &header) || header.sh_type == SHT_NOBITS || header.sh_size > source->size)
			continue;	/* what is longer than the file is not read */
		sum += header.sh_size;
		if (sum > most)
			return false;
	}
	return true;
}

/*
 * Mapped, a file costs only what is looked at: of a kernel's 350 MB of debug information a few. But one that is cut
 * short meanwhile ends in a SIGBUS, so this is for files that nobody but root or ourselves can write.
 */
static bool may_map(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && (!st.st_uid || st.st_uid == geteuid()) && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

Elf *libelf_open(const struct libelf *lib, const struct elf_source *source)
{
	Elf *elf;

	if (lib->elf_version(EV_CURRENT) == EV_NONE)
		return NULL;
	elf = source->bytes ? lib->elf_memory((char *)source->bytes, source->size) :
			      lib->elf_begin(source->fd, may_map(source->fd) ? ELF_C_READ_MMAP : ELF_C_READ, NULL);
	if (elf && (lib->elf_kind(elf) != ELF_K_ELF || !sections_fit(lib, elf, source))) {
		lib->elf_end(elf);
		return NULL;
	}
	return elf;
}

Elf_Data *libelf_data(const struct libelf *lib, Elf_Scn *section, const GElf_Shdr *header)
{
	if (header->sh_type == SHT_NOBITS || header->sh_size > SECTION_MAX || header->sh_flags & SHF_COMPRESSED)
		return NULL;
	Elf_Data *data = lib->elf_getdata(section, NULL);
	return data && data->d_buf ? data : NULL;
}

/* The size that the old form, a section .zdebug_x, says: behind "ZLIB", big-endian; 0: it is none. */
static uint64_t size_by_gnu_header(const Elf_Data *data)
{
	uint64_t size;

	if (!data || data->d_size < 12 || memcmp(data->d_buf, "ZLIB", 4))
		return 0;
	memcpy(&size, (const char *)data->d_buf + 4, sizeof(size));
	return be64toh(size);
}

bool libelf_inflates(const struct libelf *lib, Elf *elf)
{
	GElf_Shdr header;
	GElf_Chdr packed;
	size_t names = 0;

	lib->elf_getshdrstrndx(elf, &names);
	for (Elf_Scn *scn = NULL; (scn = lib->elf_nextscn(elf, scn));) {
		if (!lib->gelf_getshdr(scn, &header) || header.sh_type == SHT_NOBITS)
			continue;
		const char *name = libelf_string(lib, elf, names, header.sh_name);
		uint64_t size = 0;
		if (header.sh_flags & SHF_COMPRESSED && lib->gelf_getchdr(scn, &packed))
			size = packed.ch_size;
		else if (name && !strncmp(name, ".zdebug", strlen(".zdebug")))
			size = size_by_gnu_header(libelf_data(lib, scn, &header));
		if (size > header.sh_size * MEASURE + SLACK)
			return true;
	}
	return false;
}

const char *libelf_string(const struct libelf *lib, Elf *elf, size_t section, size_t offset)
{
	GElf_Shdr header;
	Elf_Scn *scn = lib->elf_getscn(elf, section);

	if (!scn || !lib->gelf_getshdr(scn, &header) || header.sh_size > SECTION_MAX)
		return NULL;
	return lib->elf_strptr(elf, section, offset);
}
