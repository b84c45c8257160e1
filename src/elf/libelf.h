/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libelf, loaded when the first symbol table is read (base/dynlib.h). */
#ifndef PTK_ELF_LIBELF_H
#define PTK_ELF_LIBELF_H

#include <gelf.h>

#include "base/dynlib.h"
#include "elf/header.h"

#define LIBELF_FUNCTIONS(F) \
	F(elf_begin) F(elf_end) F(elf_errmsg) F(elf_getdata) F(elf_getscn) F(elf_getshdrnum) F(elf_getshdrstrndx) \
	F(elf_kind) F(elf_memory) F(elf_nextscn) F(elf_ndxscn) F(elf_strptr) F(elf_version) \
	F(gelf_getchdr) F(gelf_getrela) F(gelf_getshdr) F(gelf_getsym) F(gelf_getversym)
DYNLIB_DECLARE(libelf, LIBELF_FUNCTIONS);

/*
 * An ELF file of the source, or NULL; the source must outlive it. Sections are
 * read when asked for. A file whose sections, each read once, would take far
 * more memory than it takes on the disk is none.
 */
Elf *libelf_open(const struct libelf *lib, const struct elf_source *source);
/* The contents of a section: NULL when damaged, absent (NOBITS), compressed or absurdly long. */
Elf_Data *libelf_data(const struct libelf *lib, Elf_Scn *section, const GElf_Shdr *header);
/*
 * Would unpacking the file's compressed sections, as libdw does with all that
 * it knows, take memory beyond all measure: more than 64 times what is packed
 * and 1 MiB each? Reads them.
 */
bool libelf_inflates(const struct libelf *lib, Elf *elf);
/* A string of a string section; NULL when it does not lie in it. */
const char *libelf_string(const struct libelf *lib, Elf *elf, size_t section, size_t offset);

#endif
