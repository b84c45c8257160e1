/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small ELF shared object of code that no file holds (what a JIT compiled):
 * the instructions, a symbol for each piece, a build-id made of both. File
 * offsets and addresses in it are equal. Layout: elf(5).
 */
#ifndef PTK_ELF_CODE_IMAGE_H
#define PTK_ELF_CODE_IMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "elf/header.h"

struct code_piece {
	const char *name;
	uint64_t from, size;	/* bytes of the source; of pieces with an equal `from` the first is the longest */
	uint64_t offset;	/* filled in: where they stand in the image */
};

/*
 * Writes the image of n pieces to `out`, which is at its beginning and can
 * seek. 64 bits, in this machine's byte order. False with errno when the source does
 * not have the bytes or they cannot be written. build_id: BUILD_ID_MAX bytes.
 */
bool code_image_write(FILE *out, uint16_t machine, const struct elf_source *source, struct code_piece *pieces, size_t n,
		      uint8_t build_id[BUILD_ID_MAX]);

#endif
