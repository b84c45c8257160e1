/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call into another image goes through a stub of the PLT, which no symbol
 * names. Where the stubs lie differs from linker to linker (.plt, .plt.sec,
 * .plt.got; lazy, eager, with landing pads), so their place is not computed:
 * each stub's own instructions say which slot of the GOT it jumps through,
 * and the relocation of that slot says for which function. Only the lazy
 * stubs in front of .plt.sec have no slot: they push the relocation's number.
 *
 * A row of `decoders` adds an architecture.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "elf/symbols.h"

enum { LONGEST_NAME = 4096, STUBS_MAX = 1 << 20 };

struct target {
	const char *name;	/* NULL: not known (yet) */
	uint64_t slot;
	uint64_t resolver;	/* of an IRELATIVE slot: the function that chooses; 0 else */
};

struct plt {
	VEC(struct target) targets;	/* those of .rela.plt first, in order */
	size_t numbered;		/* how many those are */
	struct map64 slots;		/* address of a GOT slot to the index of its target */
	struct map64 resolvers;		/* address of a resolver to the index of its target */
};

/* Decodes the stub at code[0..size), which runs at `address`; its length, 0 when it is none. */
struct stub {
	size_t length;
	uint64_t slot;		/* address of the GOT slot, or */
	uint64_t number;	/* the relocation's */
	bool numbered;
};

static uint32_t le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* [endbr64] [bnd] jmp *slot(%rip), or endbr64; push $number */
static bool decode_x86_64(const uint8_t *code, size_t size, uint64_t address, struct stub *stub)
{
	static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	size_t at = size >= 4 && !memcmp(code, endbr64, 4) ? 4 : 0;

	if (at && size >= at + 5 && code[at] == 0x68) {
		stub->numbered = true;
		stub->number = le32(code + at + 1);
		return true;
	}
	if (size > at && code[at] == 0xf2)
		at++;
	if (size < at + 6 || code[at] != 0xff || code[at + 1] != 0x25)
		return false;
	stub->slot = address + at + 6 + (uint64_t)(int64_t)(int32_t)le32(code + at + 2);
	return true;
}

/* [bti c] adrp x16, page; ldr x17, [x16, #offset] */
static bool decode_aarch64(const uint8_t *code, size_t size, uint64_t address, struct stub *stub)
{
	size_t at = size >= 4 && le32(code) == 0xd503245f ? 4 : 0;

	if (size < at + 8)
		return false;
	uint32_t adrp = le32(code + at), ldr = le32(code + at + 4);
	if ((adrp & 0x9f00001f) != 0x90000010 || (ldr & 0xffc003ff) != 0xf9400211)
		return false;
	uint32_t pages = (adrp >> 29 & 3) | (adrp >> 5 & 0x7ffff) << 2;	/* 21 bits, signed */
	uint64_t page = ((address + at) & ~(uint64_t)4095) + ((uint64_t)((int64_t)((uint64_t)pages << 43) >> 43) << 12);
	stub->slot = page + (uint64_t)(ldr >> 10 & 0xfff) * 8;
	return true;
}

/* Stubs start at multiples of `step` in their section, if that does not say how long each is. */
static const struct decoder {
	uint16_t machine;
	size_t step, length;
	uint32_t jump_slot, glob_dat, irelative;
	bool (*decode)(const uint8_t *code, size_t size, uint64_t address, struct stub *stub);
} decoders[] = {
	{ EM_X86_64, 16, 16, R_X86_64_JUMP_SLOT, R_X86_64_GLOB_DAT, R_X86_64_IRELATIVE, decode_x86_64 },
	{ EM_AARCH64, 4, 16, R_AARCH64_JUMP_SLOT, R_AARCH64_GLOB_DAT, R_AARCH64_IRELATIVE, decode_aarch64 },
};

static void add_slot(struct plt *plt, uint64_t slot, struct target target)
{
	target.slot = slot;
	*map64_put(&plt->slots, slot, NULL) = plt->targets.len;
	if (target.resolver)
		*map64_put(&plt->resolvers, target.resolver, NULL) = plt->targets.len;
	vec_push(&plt->targets, target);
}

static const char *symbol_name(const struct elf_file *f, const struct elf_section *relocations, size_t index)
{
	GElf_Sym sym;

	if (!index || relocations->header.sh_link >= f->sections.len)
		return NULL;
	const struct elf_section *symbols = &f->sections.data[relocations->header.sh_link];
	if (!symbols->scn || (symbols->header.sh_type != SHT_DYNSYM && symbols->header.sh_type != SHT_SYMTAB))
		return NULL;
	Elf_Data *data = libelf_data(f->lib, symbols->scn, &symbols->header);
	if (!data || index > INT32_MAX || !f->lib->gelf_getsym(data, (int)index, &sym))
		return NULL;
	return libelf_string(f->lib, f->elf, symbols->header.sh_link, sym.st_name);
}

static void read_relocations(const struct elf_file *f, const struct decoder *d, const char *section, struct plt *plt)
{
	const struct elf_section *s = elf_file_section(f, section);
	Elf_Data *data = s && s->header.sh_type == SHT_RELA ? libelf_data(f->lib, s->scn, &s->header) : NULL;
	GElf_Rela r;

	for (int i = 0; data && plt->targets.len < STUBS_MAX && f->lib->gelf_getrela(data, i, &r); i++) {
		uint32_t type = (uint32_t)GELF_R_TYPE(r.r_info);
		if (type == d->irelative)
			add_slot(plt, r.r_offset, (struct target){ .resolver = (uint64_t)r.r_addend });
		else if (type == d->jump_slot || type == d->glob_dat)
			add_slot(plt, r.r_offset, (struct target){ .name = symbol_name(f, s, GELF_R_SYM(r.r_info)) });
	}
}

/* The resolver of an ifunc has the function's name. */
static void name_resolved(struct plt *plt, const struct symtab *t)
{
	if (!plt->resolvers.used)
		return;
	for (size_t i = 0; i < t->entries.len; i++) {
		const struct symtab_entry *e = &t->entries.data[i];
		uint64_t *index = map64_get(&plt->resolvers, e->start);
		struct target *target = index ? &plt->targets.data[*index] : NULL;
		if (target && e->name && (!target->name || strlen(e->name) < strlen(target->name)))
			target->name = e->name;
	}
	for (size_t i = 0; i < plt->targets.len; i++) {
		struct target *target = &plt->targets.data[i];
		uint64_t *index = target->name ? NULL : map64_get(&plt->resolvers, target->resolver);
		if (index)
			target->name = plt->targets.data[*index].name;
	}
}

static const char *stub_name(const struct plt *plt, const struct stub *stub)
{
	uint64_t *index = stub->numbered ? NULL : map64_get(&plt->slots, stub->slot);

	if (stub->numbered)
		return stub->number < plt->numbered ? plt->targets.data[stub->number].name : NULL;
	return index ? plt->targets.data[*index].name : NULL;
}

static void add_stubs(const struct elf_file *f, const struct decoder *d, const char *section, const struct plt *plt,
		      struct symtab *t)
{
	const struct elf_section *s = elf_file_section(f, section);
	Elf_Data *data = s && s->header.sh_flags & SHF_EXECINSTR ? libelf_data(f->lib, s->scn, &s->header) : NULL;
	size_t step = d->step, length = d->length;
	char name[LONGEST_NAME + 8];

	if (d->machine == EM_X86_64 && s && s->header.sh_entsize == 8)
		step = length = 8;
	for (size_t at = 0; data && at < data->d_size; ) {
		struct stub stub = { 0 };
		uint64_t address = s->header.sh_addr + at;
		const char *target = NULL;
		if (d->decode((const uint8_t *)data->d_buf + at, data->d_size - at, address, &stub))
			target = stub_name(plt, &stub);
		if (target && strlen(target) < LONGEST_NAME) {
			snprintf(name, sizeof(name), "%.*s@plt", (int)strcspn(target, "@"), target);
			symtab_add(t, address, address + length, name, SYMTAB_LOCAL);
		}
		at += target ? length : step;
	}
}

/* NULL: nothing is known of the machine, or the file has no addresses. */
static const struct decoder *decoder_of(const struct elf_file *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(decoders) && f->header->type != ET_REL; i++)
		if (decoders[i].machine == f->header->machine)
			return &decoders[i];
	return NULL;
}

static void deinit(struct plt *plt)
{
	vec_deinit(&plt->targets);
	map64_deinit(&plt->slots);
	map64_deinit(&plt->resolvers);
}

void elf_got_add(const struct elf_file *f, struct symtab *t)
{
	const struct decoder *d = decoder_of(f);
	struct plt plt = { 0 };
	char name[LONGEST_NAME + 8];

	if (!d)
		return;
	read_relocations(f, d, ".rela.plt", &plt);
	read_relocations(f, d, ".rela.dyn", &plt);
	for (size_t i = 0; i < plt.targets.len; i++) {
		const struct target *target = &plt.targets.data[i];
		if (!target->name || strlen(target->name) >= LONGEST_NAME)
			continue;
		snprintf(name, sizeof(name), "%.*s@got", (int)strcspn(target->name, "@"), target->name);
		symtab_add(t, target->slot, target->slot + 8, name, SYMTAB_LOCAL);
	}
	deinit(&plt);
}

void elf_plt_add(const struct elf_file *f, struct symtab *t)
{
	const struct decoder *d = decoder_of(f);
	struct plt plt = { 0 };

	if (!d)
		return;
	read_relocations(f, d, ".rela.plt", &plt);
	plt.numbered = plt.targets.len;
	if (elf_file_section(f, ".plt.got"))
		read_relocations(f, d, ".rela.dyn", &plt);
	name_resolved(&plt, t);
	add_stubs(f, d, ".plt", &plt, t);
	add_stubs(f, d, ".iplt", &plt, t);
	add_stubs(f, d, ".plt.sec", &plt, t);
	add_stubs(f, d, ".plt.got", &plt, t);
	deinit(&plt);
}
