/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An image from inside. Used by image*.c alone. */
#ifndef PTK_ELF_IMAGE_STATE_H
#define PTK_ELF_IMAGE_STATE_H

#include "elf/debugfile.h"
#include "elf/image.h"
#include "elf/ranges.h"
#include "elf/symbols.h"

struct image {
	char *path;			/* NULL: in memory */
	struct elf_source source;	/* fd -1 once the symbols have been read */
	struct elf_header header;
	struct image_context context;
	bool asked_debug_file, has_debug_file;
	char *link;			/* file name in .gnu_debuglink, when asked for a debug file; NULL: none */
	uint32_t link_crc;
	bool has_symbols;
	struct symtab symbols;
	bool has_objects;
	struct symtab objects;
	bool has_functions;
	struct ranges functions;	/* by call frame information */
	bool has_debuginfo;
	struct debuginfo *debuginfo;
	struct image_places *places;	/* NULL: nobody asked yet */
};

/* ---- image_reopen.c */

/* Opens the source where it is closed; false when the file is not there any more, or is of another build. */
bool image_reopen(struct image *image);

/* The image's file, opened again where it was closed behind the symbols, with its sections. */
struct image_file {
	struct image *image;
	struct elf_file elf;
	bool was_open;
};

/* False, and nothing to close, where image_reopen says so or the sections cannot be read. */
bool image_file_begin(struct image *image, struct image_file *file);
void image_file_end(struct image_file *file);

/* ---- image_debug.c: the separate debug file of an image, open */

struct debug_file {
	struct elf_source source;
	struct elf_header header;
	struct elf_file elf;
	char *path;
};

/* False, and nothing to close, when there is none for this very build. */
bool image_debug_begin(struct image *image, const struct elf_file *own, const char *debug_root, struct debug_file *debug);
void image_debug_end(struct debug_file *debug);

/* Is there a file by now that may be the debug file? Asks no server. */
bool image_debug_appeared(const struct image *image, const struct debug_wanted *wanted, const char *debug_root);

/* ---- image_places.c */

/* Puts by what was learned; before debug information and context go. */
void image_places_close(struct image *image);

#endif
