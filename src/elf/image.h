/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One ELF file: what lies where, what it is called, which build it is. */
#ifndef PTK_ELF_IMAGE_H
#define PTK_ELF_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cache.h"
#include "base/error.h"
#include "elf/cfi.h"
#include "elf/debug_server.h"
#include "elf/debuginfo.h"
#include "elf/header.h"
#include "elf/symtab.h"

struct image;

/*
 * Regular files only, and never waits for one; anything damaged is an error
 * or left out, never a crash. Cheap: reads the header, program headers and
 * notes. The file stays open until its symbols have been read.
 */
struct error *image_open(const char *path, struct image **image) MUST_CHECK;
/* From memory (the vdso); bytes stay the caller's. */
struct error *image_open_memory(const void *bytes, size_t size, const char *name, struct image **image) MUST_CHECK;
void image_close(struct image *image);

/* Nothing is read for now: its file is closed, and opened again when that changes. */
void image_rest(struct image *image);

/* What an image may turn to beyond itself and debug_root; all borrowed, each may be NULL. */
struct image_context {
	struct debug_server *server;	/* has debug files that are not on this machine */
	const char *build_id_cache;	/* perf's, ~/.debug: it may have the image from before it was stripped */
	struct cache *cache;		/* what was worked out in earlier runs */
};
void image_set_context(struct image *image, const struct image_context *context);

/* The GNU build-id note: its length (0: none), at most 20 bytes of it. */
size_t image_build_id(const struct image *image, uint8_t id[BUILD_ID_MAX]);
/* Only the build-id, without libelf: program headers and notes read by hand. 0: none. */
size_t image_build_id_of(const char *path, uint8_t id[BUILD_ID_MAX]);

/*
 * A mapped file offset to the image's own virtual address by its program
 * headers; false outside of them. A relocatable file (kernel module) has no
 * addresses: its file offsets stand for them.
 */
bool image_offset_to_address(const struct image *image, uint64_t offset, uint64_t *address);

/*
 * Symbols of functions, at the image's virtual addresses: .symtab, else
 * .dynsym, plus those of a separate debug file (by build-id below
 * debug_root, or by .gnu_debuglink), else of .gnu_debugdata, when the image
 * has no .symtab; PLT entries as name@plt. Owned by the image. debug_root NULL: /usr/lib/debug.
 */
const struct symtab *image_symbols(struct image *image, const char *debug_root);
/*
 * Symbols of data, and of the slots of the GOT (name@got), read when first
 * asked for; from where image_symbols has those of functions. Owned by the image.
 */
const struct symtab *image_objects(struct image *image, const char *debug_root);
/* Does the address lie in what is mapped as code? */
bool image_is_code(const struct image *image, uint64_t address);
/* The other way: an address to the file offset that holds it; false where no file byte does. */
bool image_address_to_offset(const struct image *image, uint64_t address, uint64_t *offset);

/*
 * Every name of every function, in no order: aliases (malloc is
 * __libc_malloc too) and old versions included, versions cut off. Those of
 * image_symbols' tables, at the same addresses. False when there is no table.
 */
typedef void image_function_use(void *ctx, const char *name, uint64_t address, uint64_t size);
bool image_each_function(struct image *image, const char *debug_root, image_function_use *use, void *ctx);

/* Hands the bytes of a section and its address to `use`; they are gone when it returns. False: no such section. */
typedef void image_section_use(void *ctx, const void *bytes, size_t size, uint64_t address);
bool image_use_section(struct image *image, const char *name, image_section_use *use, void *ctx);

/*
 * The file that has the image's DWARF, its own or its separate debug file, opened anew: the descriptor is the
 * caller's. False when neither has any.
 */
bool image_open_dwarf(struct image *image, const char *debug_root, struct elf_source *source);

/*
 * Bytes of the image, at one of its addresses (of a relocatable file: a file
 * offset); false where the file does not have all of them.
 */
bool image_read(struct image *image, uint64_t address, void *into, size_t size);

/* EM_* of elf.h. */
uint16_t image_machine(const struct image *image);

/* The value of any symbol, by its exact name. For _text of a vmlinux. */
bool image_symbol_value(struct image *image, const char *name, uint64_t *value);

/*
 * The range of code around an address that the call frame information has
 * as one function: for where there is no symbol. False: there is none.
 */
bool image_function_range(struct image *image, const char *debug_root, uint64_t address, uint64_t *start, uint64_t *end);

/*
 * The debug information of the image or of its separate debug file, opened
 * when first asked for; NULL: none. Owned by the image. Not of relocatable
 * files, whose code has no addresses.
 */
struct debuginfo *image_debuginfo(struct image *image, const char *debug_root);
/* Was that asked for before? The first time it may take long. */
bool image_debuginfo_ready(const struct image *image);

/*
 * As debuginfo_find of it, from memory where this or an earlier run (by the
 * cache of the context) has asked for the address before. Strings live as
 * long as the image.
 */
size_t image_places(struct image *image, const char *debug_root, uint64_t address,
		    struct source_place places[SOURCE_PLACES_MAX]);

/* Its memory, for tests: as bytes and back; unpacking, into a fresh one, trusts nothing. */
struct image_places;
struct image_places *image_places_create(void);
void image_places_destroy(struct image_places *places);
void image_places_pack(const struct image_places *places, struct strbuf *bytes);
bool image_places_unpack(struct image_places *places, const struct strbuf *bytes);

/*
 * Hands the call frame information to `use`, the better first: .eh_frame,
 * .debug_frame, that of the separate debug file, and what is certain of PLT
 * stubs and signal trampolines. The sections are gone when `use` returns. False when there is none,
 * or of a byte order that nobody unwinds here.
 */
typedef void image_cfi_use(void *ctx, uint16_t elf_machine, const struct cfi_section *sections, size_t n);
bool image_use_cfi(struct image *image, const char *debug_root, image_cfi_use *use, void *ctx);

/*
 * What an earlier run has kept of this very build, under a word for what it
 * is, "rows". It must not have been worked out without a debug file that
 * there is now. False: work it out, and keep it. Images without a build-id,
 * and small ones, are not worth a file.
 */
bool image_recall(struct image *image, const char *debug_root, const char *what, uint32_t layout, struct strbuf *bytes);
void image_keep(struct image *image, const char *what, uint32_t layout, const void *bytes, size_t size);

#endif
