/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elf/header.h"

#include <elf.h>
#include <endian.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"

enum {
	SEGMENTS_MAX = 4096,		/* looked at */
	SECTIONS_MAX = 65536,
	NOTES_MAX = 1 << 20,		/* bytes of one segment that are searched */
};

static bool fetch(const struct elf_source *s, uint64_t offset, void *to, size_t size)
{
	if (offset > s->size || size > s->size - offset)
		return false;
	if (s->bytes) {
		memcpy(to, (const char *)s->bytes + offset, size);
		return true;
	}
	return file_pread_full(s->fd, to, size, offset) == (ssize_t)size;
}

/* A field of 2, 4 or 8 bytes in the byte order of the file. */
static uint64_t field(const struct elf_header *h, const unsigned char *at, size_t size)
{
	uint64_t value = 0;
	bool big = (__BYTE_ORDER == __BIG_ENDIAN) != h->swapped;

	for (size_t i = 0; i < size; i++)
		value |= (uint64_t)at[big ? size - 1 - i : i] << 8 * i;
	return value;
}

#define FIELD(h, at, type, name) ((h)->is_64 ? \
	field((h), (const unsigned char *)(at) + offsetof(Elf64_##type, name), sizeof(((Elf64_##type *)0)->name)) : \
	field((h), (const unsigned char *)(at) + offsetof(Elf32_##type, name), sizeof(((Elf32_##type *)0)->name)))

size_t build_id_in_notes(const void *notes, size_t size, size_t align, bool swapped, uint8_t id[BUILD_ID_MAX])
{
	const struct elf_header order = { .swapped = swapped };
	const unsigned char *p = notes;

	while (size >= sizeof(Elf64_Nhdr)) {
		uint64_t name_size = field(&order, p + offsetof(Elf64_Nhdr, n_namesz), 4);
		uint64_t desc_size = field(&order, p + offsetof(Elf64_Nhdr, n_descsz), 4);
		uint64_t type = field(&order, p + offsetof(Elf64_Nhdr, n_type), 4);
		uint64_t desc = (sizeof(Elf64_Nhdr) + name_size + align - 1) & ~(uint64_t)(align - 1);
		uint64_t next = (desc + desc_size + align - 1) & ~(uint64_t)(align - 1);

		if (desc > size || desc_size > size - desc)
			return 0;
		if (type == NT_GNU_BUILD_ID && name_size == 4 && desc_size && !memcmp(p + sizeof(Elf64_Nhdr), "GNU", 4)) {
			size_t kept = desc_size < BUILD_ID_MAX ? desc_size : BUILD_ID_MAX;
			memcpy(id, p + desc, kept);
			return kept;
		}
		if (next >= size)
			return 0;
		p += next;
		size -= next;
	}
	return 0;
}

static void read_notes(const struct elf_source *s, struct elf_header *h, uint64_t offset, uint64_t size, uint64_t align)
{
	char small[1024];
	autofree char *large = NULL;
	char *notes = small;

	if (h->build_id_size || offset > s->size)
		return;
	if (size > s->size - offset)
		size = s->size - offset;
	if (size > NOTES_MAX)
		size = NOTES_MAX;
	if (size > sizeof(small))
		notes = large = xmalloc(size);
	if (fetch(s, offset, notes, size))
		h->build_id_size = build_id_in_notes(notes, size, align == 8 ? 8 : 4, h->swapped, h->build_id);
}

static void read_segment(const struct elf_source *s, struct elf_header *h, const unsigned char *at)
{
	uint64_t type = FIELD(h, at, Phdr, p_type);
	uint64_t offset = FIELD(h, at, Phdr, p_offset), size = FIELD(h, at, Phdr, p_filesz);

	if (type == PT_NOTE)
		read_notes(s, h, offset, size, FIELD(h, at, Phdr, p_align));
	if (type == PT_LOAD && size && offset + size > offset)
		vec_push(&h->segments, (struct elf_segment){
			.offset = offset, .size = size, .address = FIELD(h, at, Phdr, p_vaddr),
			.executable = FIELD(h, at, Phdr, p_flags) & PF_X });
}

/* A relocatable file (a kernel module) has no segments; its notes are sections. */
static void read_note_section(const struct elf_source *s, struct elf_header *h, const unsigned char *at)
{
	if (FIELD(h, at, Shdr, sh_type) == SHT_NOTE)
		read_notes(s, h, FIELD(h, at, Shdr, sh_offset), FIELD(h, at, Shdr, sh_size), FIELD(h, at, Shdr, sh_addralign));
}

/* Calls `each` on n entries of `size` bytes from `offset` on. */
static void read_table(const struct elf_source *s, struct elf_header *h, uint64_t offset, uint64_t n, size_t size,
		       void (*each)(const struct elf_source *, struct elf_header *, const unsigned char *))
{
	uint64_t room = offset < s->size ? (s->size - offset) / size : 0;

	if (n > room)
		n = room;
	if (!n)
		return;
	autofree unsigned char *table = xreallocarray(NULL, n, size);
	if (!fetch(s, offset, table, n * size))
		return;
	for (uint64_t i = 0; i < n; i++)
		each(s, h, table + i * size);
}

bool elf_header_read(const struct elf_source *s, struct elf_header *h)
{
	unsigned char e[sizeof(Elf64_Ehdr)] = { 0 };
	size_t size = s->size < sizeof(e) ? s->size : sizeof(e);

	*h = (struct elf_header){ 0 };
	if (size < sizeof(Elf32_Ehdr) || !fetch(s, 0, e, size) || memcmp(e, ELFMAG, SELFMAG))
		return false;
	if ((e[EI_CLASS] != ELFCLASS32 && e[EI_CLASS] != ELFCLASS64) ||
	    (e[EI_DATA] != ELFDATA2LSB && e[EI_DATA] != ELFDATA2MSB))
		return false;
	h->is_64 = e[EI_CLASS] == ELFCLASS64;
	h->swapped = (e[EI_DATA] == ELFDATA2MSB) != (__BYTE_ORDER == __BIG_ENDIAN);
	if (h->is_64 && size < sizeof(e))
		return false;
	h->type = (uint16_t)FIELD(h, e, Ehdr, e_type);
	h->machine = (uint16_t)FIELD(h, e, Ehdr, e_machine);

	uint64_t n = FIELD(h, e, Ehdr, e_phnum);
	size_t each = h->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	if (FIELD(h, e, Ehdr, e_phentsize) == each)
		read_table(s, h, FIELD(h, e, Ehdr, e_phoff), n < SEGMENTS_MAX ? n : SEGMENTS_MAX, each, read_segment);
	n = FIELD(h, e, Ehdr, e_shnum);
	each = h->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	if (h->type == ET_REL && FIELD(h, e, Ehdr, e_shentsize) == each)
		read_table(s, h, FIELD(h, e, Ehdr, e_shoff), n < SECTIONS_MAX ? n : SECTIONS_MAX, each, read_note_section);
	return true;
}

void elf_header_deinit(struct elf_header *h)
{
	vec_deinit(&h->segments);
}
