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
	F(gelf_getrela) F(gelf_getshdr) F(gelf_getsym) F(gelf_getversym)
DYNLIB_DECLARE(libelf, LIBELF_FUNCTIONS);

/* An ELF file of the source, or NULL; the source must outlive it. Sections are read when asked for. */
Elf *libelf_open(const struct libelf *lib, const struct elf_source *source);
/* The contents of a section: NULL when damaged, absent (NOBITS), compressed or absurdly long. */
Elf_Data *libelf_data(const struct libelf *lib, Elf_Scn *section, const GElf_Shdr *header);
/* A string of a string section; NULL when it does not lie in it. */
const char *libelf_string(const struct libelf *lib, Elf *elf, size_t section, size_t offset);

#endif
