/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elf/symbols.h"

#include <string.h>

#include "base/strbuf.h"

/* ---- the file and its sections */

bool elf_file_open(struct elf_file *f, const struct elf_source *source, const struct elf_header *header)
{
	size_t n = 0, names = 0;

	*f = (struct elf_file){ .lib = libelf(), .header = header };
	if (!f->lib)
		return false;
	f->elf = libelf_open(f->lib, source);
	if (!f->elf || f->lib->elf_getshdrnum(f->elf, &n) || f->lib->elf_getshdrstrndx(f->elf, &names)) {
		elf_file_close(f);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		struct elf_section *s = vec_add(&f->sections);
		s->name = "";
		s->scn = f->lib->elf_getscn(f->elf, i);
		if (!s->scn || !f->lib->gelf_getshdr(s->scn, &s->header)) {
			memset(&s->header, 0, sizeof(s->header));
			continue;
		}
		const char *name = libelf_string(f->lib, f->elf, names, s->header.sh_name);
		if (name)
			s->name = name;
	}
	return true;
}

void elf_file_close(struct elf_file *f)
{
	if (f->elf)
		f->lib->elf_end(f->elf);
	vec_deinit(&f->sections);
	f->elf = NULL;
}

const struct elf_section *elf_file_section(const struct elf_file *f, const char *name)
{
	for (size_t i = 1; i < f->sections.len; i++)
		if (!strcmp(f->sections.data[i].name, name))
			return &f->sections.data[i];
	return NULL;
}

const struct elf_section *elf_file_section_of_type(const struct elf_file *f, uint32_t type)
{
	for (size_t i = 1; i < f->sections.len; i++)
		if (f->sections.data[i].header.sh_type == type)
			return &f->sections.data[i];
	return NULL;
}

/* ---- symbols */

enum { RESERVE_MAX = 1 << 20 };	/* entries made room for on the word of the file */

/* A table while it is read. */
struct table {
	const struct elf_file *file;
	Elf_Data *symbols, *strings, *versions;
	size_t count;
};

/* Then every string in it ends inside of it. */
static bool ends_with_nul(const Elf_Data *strings)
{
	return strings->d_size && !((const char *)strings->d_buf)[strings->d_size - 1];
}

static bool table_open(const struct elf_file *f, uint32_t type, struct table *table)
{
	const struct elf_section *s = elf_file_section_of_type(f, type), *strings, *versions;

	*table = (struct table){ .file = f };
	if (!s || s->header.sh_link >= f->sections.len || !s->header.sh_entsize)
		return false;
	strings = &f->sections.data[s->header.sh_link];
	if (!strings->scn || strings->header.sh_type != SHT_STRTAB)
		return false;
	table->symbols = libelf_data(f->lib, s->scn, &s->header);
	table->strings = libelf_data(f->lib, strings->scn, &strings->header);
	if (!table->symbols || !table->strings || !ends_with_nul(table->strings))
		return false;
	table->count = s->header.sh_size / s->header.sh_entsize;
	versions = type == SHT_DYNSYM ? elf_file_section_of_type(f, SHT_GNU_versym) : NULL;
	if (versions)
		table->versions = libelf_data(f->lib, versions->scn, &versions->header);
	return true;
}

static const char *table_string(const struct table *table, size_t offset)
{
	return offset < table->strings->d_size ? (const char *)table->strings->d_buf + offset : NULL;
}

/* Is the symbol code? Labels of assembler files have no type: they count where they lie in code. */
static bool is_function(const struct elf_file *f, const GElf_Sym *sym)
{
	int type = GELF_ST_TYPE(sym->st_info);
	bool in_section = sym->st_shndx > SHN_UNDEF && sym->st_shndx < f->sections.len && sym->st_shndx < SHN_LORESERVE;
	bool in_code = in_section && f->sections.data[sym->st_shndx].header.sh_flags & SHF_EXECINSTR;

	if (type == STT_FUNC || type == STT_GNU_IFUNC)
		return in_section || sym->st_shndx == SHN_XINDEX;
	return type == STT_NOTYPE && in_code;
}

/* Is the symbol data? */
static bool is_object(const struct elf_file *f, const GElf_Sym *sym)
{
	int type = GELF_ST_TYPE(sym->st_info);
	bool in_section = sym->st_shndx > SHN_UNDEF && sym->st_shndx < f->sections.len && sym->st_shndx < SHN_LORESERVE;

	if (type == STT_OBJECT || type == STT_COMMON)
		return in_section || sym->st_shndx == SHN_XINDEX;
	if (type != STT_NOTYPE || !in_section)
		return false;
	uint64_t flags = f->sections.data[sym->st_shndx].header.sh_flags;
	return flags & SHF_ALLOC && !(flags & SHF_EXECINSTR);
}

/* Relocatable files have no addresses yet: the offset in the file serves. */
static uint64_t address_of(const struct elf_file *f, const GElf_Sym *sym)
{
	uint64_t value = sym->st_value;

	if (f->header->machine == EM_ARM && GELF_ST_TYPE(sym->st_info) == STT_FUNC)
		value &= ~(uint64_t)1;	/* set for Thumb code */
	if (f->header->type == ET_REL && sym->st_shndx < f->sections.len)
		value += f->sections.data[sym->st_shndx].header.sh_offset;
	return value;
}

static uint8_t binding_of(const struct table *table, size_t i, const GElf_Sym *sym)
{
	GElf_Versym version;

	/* A hidden version is there for old programs only; its name is no better than a local one. */
	if (table->versions && table->file->lib->gelf_getversym(table->versions, (int)i, &version) && version & 0x8000)
		return SYMTAB_LOCAL;
	switch (GELF_ST_BIND(sym->st_info)) {
	case STB_LOCAL:
		return SYMTAB_LOCAL;
	case STB_WEAK:
		return SYMTAB_WEAK;
	default:
		return SYMTAB_GLOBAL;
	}
}

static bool add_wanted(const struct elf_file *f, uint32_t type,
		       bool (*wanted)(const struct elf_file *f, const GElf_Sym *sym), struct symtab *t)
{
	struct table table;
	GElf_Sym sym;

	if (!table_open(f, type, &table))
		return false;
	vec_reserve(&t->entries, table.count < RESERVE_MAX ? table.count : RESERVE_MAX);
	for (size_t i = 1; i < table.count && f->lib->gelf_getsym(table.symbols, (int)i, &sym); i++) {
		if (!wanted(f, &sym))
			continue;
		const char *name = table_string(&table, sym.st_name);
		uint64_t start = address_of(f, &sym), end = start + sym.st_size;
		if (name)
			symtab_add(t, start, end, name, binding_of(&table, i, &sym));
	}
	return true;
}

bool elf_symbols_add(const struct elf_file *f, uint32_t type, struct symtab *t)
{
	return add_wanted(f, type, is_function, t);
}

bool elf_objects_add(const struct elf_file *f, uint32_t type, struct symtab *t)
{
	return add_wanted(f, type, is_object, t);
}

bool elf_symbols_each(const struct elf_file *f, uint32_t type,
		      void (*use)(void *ctx, const char *name, uint64_t address, uint64_t size), void *ctx)
{
	struct strbuf plain = { 0 };
	struct table table;
	GElf_Sym sym;

	if (!table_open(f, type, &table))
		return false;
	for (size_t i = 1; i < table.count && f->lib->gelf_getsym(table.symbols, (int)i, &sym); i++) {
		const char *name = is_function(f, &sym) ? table_string(&table, sym.st_name) : NULL;
		if (!name || !*name || *name == '$' || !strncmp(name, ".L", 2))
			continue;
		strbuf_truncate(&plain, 0);
		strbuf_add(&plain, name, strcspn(name, "@"));
		use(ctx, strbuf_str(&plain), address_of(f, &sym), sym.st_size);
	}
	strbuf_deinit(&plain);
	return true;
}

uint64_t elf_boundaries_add(const struct elf_file *f, struct symtab *t)
{
	uint64_t last = 0;

	for (size_t i = 1; i < f->sections.len; i++) {
		const GElf_Shdr *s = &f->sections.data[i].header;
		uint64_t end = (f->header->type == ET_REL ? s->sh_offset : s->sh_addr) + s->sh_size;

		if (!(s->sh_flags & SHF_EXECINSTR) || end < s->sh_size)
			continue;
		symtab_add_boundary(t, end);
		if (end > last)
			last = end;
	}
	return last;
}

bool elf_symbol_value(const struct elf_file *f, const char *name, uint64_t *value)
{
	static const uint32_t types[] = { SHT_SYMTAB, SHT_DYNSYM };
	struct table table;
	GElf_Sym sym;

	for (int k = 0; k < 2; k++) {
		if (!table_open(f, types[k], &table))
			continue;
		for (size_t i = 1; i < table.count && f->lib->gelf_getsym(table.symbols, (int)i, &sym); i++) {
			const char *s = table_string(&table, sym.st_name);
			if (s && sym.st_shndx != SHN_UNDEF && !strcmp(s, name)) {
				*value = sym.st_value;
				return true;
			}
		}
	}
	return false;
}
