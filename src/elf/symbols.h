/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libelf gives of an image's sections, as symbols. Used by image.c alone. */
#ifndef PTK_ELF_SYMBOLS_H
#define PTK_ELF_SYMBOLS_H

#include "elf/libelf.h"
#include "elf/symtab.h"

struct elf_section {
	Elf_Scn *scn;
	GElf_Shdr header;
	const char *name;	/* "" when damaged */
};

/* An open ELF file and its sections, by their index. */
struct elf_file {
	const struct libelf *lib;
	const struct elf_header *header;
	Elf *elf;
	VEC(struct elf_section) sections;
};

/* False without libelf or when there is nothing to read. */
bool elf_file_open(struct elf_file *f, const struct elf_source *source, const struct elf_header *header);
void elf_file_close(struct elf_file *f);
/* By name or type; NULL when there is none. */
const struct elf_section *elf_file_section(const struct elf_file *f, const char *name);
const struct elf_section *elf_file_section_of_type(const struct elf_file *f, uint32_t type);

/* Adds the functions of the table of that type (SHT_SYMTAB, SHT_DYNSYM); false when there is no such table. */
bool elf_symbols_add(const struct elf_file *f, uint32_t type, struct symtab *t);
/* The same of data: variables and tables. */
bool elf_objects_add(const struct elf_file *f, uint32_t type, struct symtab *t);
/* Hands over every name of every function of that table, versions cut off; false when there is no such table. */
bool elf_symbols_each(const struct elf_file *f, uint32_t type,
		      void (*use)(void *ctx, const char *name, uint64_t address, uint64_t size), void *ctx);
/* Adds name@plt for the stubs that calls into other images go through (plt.c). After the functions. */
void elf_plt_add(const struct elf_file *f, struct symtab *t);
/* Adds name@got for the slots that hold addresses of other images' functions and variables (plt.c). */
void elf_got_add(const struct elf_file *f, struct symtab *t);
/* Where code ends; gives the end of the last. */
uint64_t elf_boundaries_add(const struct elf_file *f, struct symtab *t);
/* The value of the symbol of that name in .symtab or .dynsym, whatever its type. */
bool elf_symbol_value(const struct elf_file *f, const char *name, uint64_t *value);

#endif
