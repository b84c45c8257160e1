/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "elf/libelf.h"

#include <sys/stat.h>
#include <unistd.h>

DYNLIB_DEFINE(libelf, LIBELF_SONAME, LIBELF_FUNCTIONS);

enum { SECTION_MAX = 1 << 30 };	/* bytes; a longer one in a sparse file would be read as gigabytes of zeros */

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
	if (elf && lib->elf_kind(elf) != ELF_K_ELF) {
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

const char *libelf_string(const struct libelf *lib, Elf *elf, size_t section, size_t offset)
{
	GElf_Shdr header;
	Elf_Scn *scn = lib->elf_getscn(elf, section);

	if (!scn || !lib->gelf_getshdr(scn, &header) || header.sh_size > SECTION_MAX)
		return NULL;
	return lib->elf_strptr(elf, section, offset);
}
