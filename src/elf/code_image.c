/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elf/code_image.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/strbuf.h"

enum { TEXT_ALIGN = 16, COPY_BYTES = 1 << 16 };
enum section { NO_SECTION, TEXT, NOTE, SYMTAB, STRTAB, SHSTRTAB, SECTIONS };

/* ".text" is at 1, ".note.gnu.build-id" at 7 … */
static const char section_names[] = "\0.text\0.note.gnu.build-id\0.symtab\0.strtab\0.shstrtab";

struct build_id_note {
	Elf64_Nhdr header;
	char name[4];
	uint8_t id[BUILD_ID_MAX];
};

struct front {
	Elf64_Ehdr header;
	Elf64_Phdr segments[2];
	struct build_id_note note;
};

struct writing {
	FILE *out;
	uint64_t at;		/* bytes written */
	uint64_t hash;		/* of all of them */
};

static bool put(struct writing *w, const void *bytes, size_t size)
{
	w->hash = hash_bytes(bytes, size, w->hash);
	w->at += size;
	return fwrite(bytes, 1, size, w->out) == size;
}

static bool align(struct writing *w, uint64_t to)
{
	static const char zeros[TEXT_ALIGN];

	return put(w, zeros, (size_t)(-w->at & (to - 1)));
}

static bool copy(struct writing *w, const struct elf_source *source, uint64_t from, uint64_t size)
{
	autofree char *buffer = source->bytes ? NULL : xmalloc(COPY_BYTES);

	if (from > source->size || size > source->size - from) {
		errno = EINVAL;
		return false;
	}
	if (source->bytes)
		return put(w, (const char *)source->bytes + from, (size_t)size);
	for (uint64_t now; size; from += now, size -= now) {
		now = size < COPY_BYTES ? size : COPY_BYTES;
		ssize_t n = file_pread_full(source->fd, buffer, (size_t)now, from);
		if (n != (ssize_t)now) {
			errno = n < 0 ? errno : EINVAL;		/* it was cut meanwhile */
			return false;
		}
		if (!put(w, buffer, (size_t)now))
			return false;
	}
	return true;
}

/* The pieces' bytes, each once. */
static bool put_text(struct writing *w, const struct elf_source *source, struct code_piece *pieces, size_t n)
{
	struct map64 written = { 0 };
	bool good = true;

	for (size_t i = 0; good && i < n; i++) {
		bool added;
		uint64_t *at = map64_put(&written, pieces[i].from, &added);
		if (added) {
			good = align(w, TEXT_ALIGN);
			*at = w->at;
			good = good && copy(w, source, pieces[i].from, pieces[i].size);
		}
		pieces[i].offset = *at;
	}
	map64_deinit(&written);
	return good;
}

static Elf64_Shdr symbols(struct writing *w, const struct code_piece *pieces, size_t n, struct strbuf *strings, bool *good)
{
	Elf64_Sym symbol = { 0 };
	Elf64_Shdr section = { .sh_type = SHT_SYMTAB, .sh_offset = w->at, .sh_size = (n + 1) * sizeof(symbol), .sh_link = STRTAB,
			       .sh_info = 1, .sh_addralign = 8, .sh_entsize = sizeof(symbol) };

	*good = *good && put(w, &symbol, sizeof(symbol));
	strbuf_addc(strings, '\0');
	for (size_t i = 0; *good && i < n; i++) {
		symbol = (Elf64_Sym){ .st_name = (Elf64_Word)strings->len, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
				      .st_shndx = TEXT, .st_value = pieces[i].offset, .st_size = pieces[i].size };
		strbuf_add(strings, pieces[i].name, strlen(pieces[i].name) + 1);
		*good = put(w, &symbol, sizeof(symbol));
	}
	return section;
}

static void fill_front(struct front *f, uint16_t machine, uint64_t sections_at, uint64_t hash)
{
	*f = (struct front){
		.header = {
			.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
				     __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? ELFDATA2MSB : ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_DYN, .e_machine = machine, .e_version = EV_CURRENT, .e_ehsize = sizeof(f->header),
			.e_phoff = offsetof(struct front, segments), .e_phentsize = sizeof(f->segments[0]),
			.e_phnum = ARRAY_SIZE(f->segments), .e_shoff = sections_at, .e_shentsize = sizeof(Elf64_Shdr),
			.e_shnum = SECTIONS, .e_shstrndx = SHSTRTAB,
		},
		.segments = {
			{ .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_filesz = sections_at, .p_memsz = sections_at, .p_align = 4096 },
			{ .p_type = PT_NOTE, .p_flags = PF_R, .p_offset = offsetof(struct front, note),
			  .p_vaddr = offsetof(struct front, note), .p_paddr = offsetof(struct front, note),
			  .p_filesz = sizeof(f->note), .p_memsz = sizeof(f->note), .p_align = 4 },
		},
		.note = { .header = { 4, BUILD_ID_MAX, NT_GNU_BUILD_ID }, .name = "GNU" },
	};
	for (size_t i = 0; i < BUILD_ID_MAX; i++) {
		if (i % 8 == 0)
			hash = hash_u64(hash + 1);
		f->note.id[i] = (uint8_t)(hash >> i % 8 * 8);
	}
}

/* All behind the front; *sections_at: where the section headers begin. */
static bool put_image(struct writing *w, const struct elf_source *source, struct code_piece *pieces, size_t n,
		      struct strbuf *strings, uint64_t *sections_at)
{
	Elf64_Shdr sections[SECTIONS] = { 0 };
	bool good = align(w, TEXT_ALIGN);
	uint64_t text_at = w->at;

	good = good && put_text(w, source, pieces, n);
	sections[TEXT] = (Elf64_Shdr){ .sh_name = 1, .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
				       .sh_addr = text_at, .sh_offset = text_at, .sh_size = w->at - text_at, .sh_addralign = TEXT_ALIGN };
	sections[NOTE] = (Elf64_Shdr){ .sh_name = 7, .sh_type = SHT_NOTE, .sh_flags = SHF_ALLOC,
				       .sh_addr = offsetof(struct front, note), .sh_offset = offsetof(struct front, note),
				       .sh_size = sizeof(struct build_id_note), .sh_addralign = 4 };
	good = good && align(w, 8);
	sections[SYMTAB] = symbols(w, pieces, n, strings, &good);
	sections[SYMTAB].sh_name = 26;
	sections[STRTAB] = (Elf64_Shdr){ .sh_name = 34, .sh_type = SHT_STRTAB, .sh_offset = w->at, .sh_size = strings->len,
					 .sh_addralign = 1 };
	good = good && put(w, strings->data, strings->len);
	sections[SHSTRTAB] = (Elf64_Shdr){ .sh_name = 42, .sh_type = SHT_STRTAB, .sh_offset = w->at,
					   .sh_size = sizeof(section_names), .sh_addralign = 1 };
	good = good && put(w, section_names, sizeof(section_names)) && align(w, 8);
	*sections_at = w->at;
	return good && put(w, sections, sizeof(sections));
}

bool code_image_write(FILE *out, uint16_t machine, const struct elf_source *source, struct code_piece *pieces, size_t n,
		      uint8_t build_id[BUILD_ID_MAX])
{
	struct writing w = { .out = out };
	struct front front = { 0 };
	autostrbuf struct strbuf strings = { 0 };
	uint64_t sections_at;

	/* The front is written last: it holds the hash of what follows. */
	if (!put(&w, &front, sizeof(front)) || !put_image(&w, source, pieces, n, &strings, &sections_at))
		return false;
	fill_front(&front, machine, sections_at, w.hash);
	memcpy(build_id, front.note.id, BUILD_ID_MAX);
	return !fseek(out, 0, SEEK_SET) && fwrite(&front, sizeof(front), 1, out) == 1 && !fflush(out);
}
