/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of an ELF file that says what it is, read by hand: header,
 * program headers and notes (elf(5)). A recorder asks hundreds of files for
 * their build-id, so this takes three reads and no library; 32 and 64 bits,
 * either byte order. Nothing in the file is trusted.
 */
#ifndef PTK_ELF_HEADER_H
#define PTK_ELF_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"

enum { BUILD_ID_MAX = 20 };

/* Where the bytes are: memory, or an open regular file. */
struct elf_source {
	const void *bytes;	/* NULL: in the file */
	uint64_t size;
	int fd;
};

/* A PT_LOAD program header. */
struct elf_segment {
	uint64_t offset, size;	/* bytes of the file */
	uint64_t address;	/* where `offset` is meant to be */
	bool executable;
};

struct elf_header {
	uint16_t type, machine;	/* ET_*, EM_* */
	bool is_64, swapped;
	VEC(struct elf_segment) segments;
	uint8_t build_id[BUILD_ID_MAX];
	size_t build_id_size;	/* 0: none */
};

/* False when it is no ELF file of a known kind. */
bool elf_header_read(const struct elf_source *source, struct elf_header *header);
void elf_header_deinit(struct elf_header *header);

/*
 * The GNU build-id in a stretch of notes (a PT_NOTE segment, /sys/kernel/notes):
 * its length, of which at most 20 bytes are stored; 0: none. `align`: 4, or 8 as the segment says.
 */
size_t build_id_in_notes(const void *notes, size_t size, size_t align, bool swapped, uint8_t id[BUILD_ID_MAX]);

#endif
