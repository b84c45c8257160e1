/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All images (DSOs) that a session has met, and their symbols, by 32-bit
 * ids. An image is opened when its first address is to be named, and not
 * before. Ids are given once and stay.
 */
#ifndef PTK_SESSION_IMAGES_H
#define PTK_SESSION_IMAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/notes.h"
#include "base/strtab.h"
#include "os/root.h"

enum image_kind {
	IMAGE_FILE,		/* a user-space ELF file */
	IMAGE_KERNEL,		/* addresses are the kernel's */
	IMAGE_MODULE,		/* addresses are the kernel's */
	IMAGE_VDSO,
	IMAGE_ANON,		/* //anon, [heap], JIT: addresses are the task's; named by a perf map if there is one */
	IMAGE_BPF,		/* from KSYMBOL records */
	IMAGE_UNKNOWN,		/* no mapping at all */
};

struct session_image {
	enum image_kind kind;
	uint32_t path;		/* string: as mapped, "[kernel.kallsyms]", "[unknown]" */
	uint32_t name;		/* string: what `dso` shows: the base name, "[kernel.kallsyms]", "[nf_tables]" */
	uint8_t build_id_size, build_id[20];	/* as its mapping told */
	bool replaced;		/* the file at its path is another build than the recorded one: it is not read */
};

struct session_symbol {
	uint32_t image;
	uint32_t name;		/* string, demangled; 0: none, shown as the address */
	uint64_t start, end;	/* in the image's addresses; a nameless one: the address itself, end = start */
};

struct debug_server;

struct images_options {
	const struct os *os;		/* kallsyms, modules */
	const char *kallsyms;		/* --kallsyms FILE, or NULL */
	const char *vmlinux;		/* -k FILE, or NULL */
	const char *symfs;		/* put in front of images' paths; or NULL */
	const char *debug_root;		/* default /usr/lib/debug */
	const char *build_id_cache;	/* what perf has put by, ~/.debug; or NULL */
	struct debug_server *server;	/* asked for debug files that are not here (elf/debug_server.h); or NULL */
	struct cache *cache;		/* what earlier runs have learned (base/cache.h); or NULL */
	bool demangle;
	bool rows_only;			/* no address will be named: symbols are not read */
	bool same_machine;		/* samples are of this machine as it runs now: /proc/kallsyms may name them. From a
					   file: hostname, release and the kernel's build-id agree */
};

struct images;

/* Strings go to `strings`, notes to `notes`; these and os are borrowed and must outlive the images. */
struct images *images_create(const struct images_options *options, struct strtab *strings, struct notes *notes);
void images_destroy(struct images *images);

/*
 * The image with that path, kind and build-id (size 0: not known), new or
 * known. pid: a task that has it mapped (perf maps, /proc/PID/root), or 0.
 */
uint32_t images_id(struct images *images, enum image_kind kind, const char *path,
		   const uint8_t *build_id, uint8_t build_id_size, uint32_t pid);
/*
 * What the file's header says of the image at a path; of use where its
 * mappings do not tell (MMAP, and MMAP2 without build-ids). Before its first
 * address is named. Two different ones for one path say nothing.
 */
void images_header_build_id(struct images *images, const char *path, const uint8_t *build_id, uint8_t build_id_size);
const struct session_image *images_get(const struct images *images, uint32_t id);

/*
 * The symbol at `offset`: a file offset for IMAGE_FILE, an offset into the
 * vdso for IMAGE_VDSO, else an address. *address: the image's own address of
 * it (may be NULL). Always gives an id; a place without a name gets a
 * nameless symbol of its own.
 */
uint32_t images_symbol(struct images *images, uint32_t image, uint64_t offset, uint64_t *address);
/* The symbol of that name, which stands for nothing that has an address. */
uint32_t images_placeholder(struct images *images, uint32_t image, const char *name);
const struct session_symbol *images_symbol_get(const struct images *images, uint32_t symbol);

/*
 * The process has mapped a file; where that is jit-PID.dump, what its JIT
 * compiled is named by it. timed: samples have the times of that clock.
 */
void images_jitdump(struct images *images, const char *path, uint32_t pid, bool timed);
/*
 * The session has come to that time (ns of CLOCK_MONOTONIC): code of a JIT is
 * looked up as it was then. True when addresses of the process may mean other
 * code than at the last call.
 */
bool images_advance(struct images *images, uint32_t pid, uint64_t time);
/* Does images_advance change anything at all? */
bool images_timed(const struct images *images);

/* A place in the source text. */
struct image_place {
	uint32_t function;	/* string, demangled: the function that was inlined; 0: the symbol itself */
	uint32_t file;		/* string, with the folder; 0: not known */
	uint32_t line;		/* 0: not known */
};

enum { IMAGE_PLACES_MAX = 64 };

/*
 * Where an address of the image is in its source, by its debug information:
 * innermost first, each but the last (the symbol itself) a call that was
 * inlined into the next. How many there are; 0: nothing is known.
 */
size_t images_places(struct images *images, uint32_t image, uint64_t address, struct image_place places[IMAGE_PLACES_MAX]);

struct debuginfo;

enum { IMAGE_CODE_MAX = 8 << 20 };	/* bytes of a function at most; what says more is damaged */

/* The code of a function, to be disassembled, and what its debug information is. */
struct image_code {
	uint8_t *bytes;			/* end - start of them; the caller's */
	uint16_t machine;		/* EM_* of elf.h */
	struct debuginfo *debuginfo;	/* the images'; NULL: none */
	uint64_t debug_bias;		/* added (modulo 2^64) to an address of the image gives one of the debuginfo */
	/* Given: debug information that was not read yet is not to be waited for. Then: it was left out. */
	bool partial;
};

/*
 * The code at [start, end) in the image's own addresses, as a symbol has
 * them; `name` is the symbol's. Of the kernel it is that of the running one,
 * of a JIT what its dump has. Errors: the file was replaced since the
 * recording, is not there, may not be read.
 */
struct error *images_code(struct images *images, uint32_t image, const char *name, uint64_t start, uint64_t end,
			  struct image_code *code) MUST_CHECK;

/*
 * The symbol at one of the image's own addresses (not an offset, as for
 * images_symbol), of data, too; NO_ID: none.
 */
uint32_t images_symbol_at(struct images *images, uint32_t image, uint64_t address);

struct unwind_rows;
/*
 * The image's unwind rows, compiled when first asked for; NULL: none. offset
 * as for images_symbol; *address: the image's own address of it, in which
 * the rows are. They live as long as the images.
 */
const struct unwind_rows *images_unwind_rows(struct images *images, uint32_t image, uint64_t offset, uint64_t *address);

/* Names from KSYMBOL records (BPF programs, ftrace trampolines): addresses of the kernel. */
void images_ksymbol(struct images *images, uint64_t address, uint32_t len, const char *name, bool unregister);
/* The image that an address of the kernel lies in: kernel, module or BPF; mappings of the file go first. */
uint32_t images_kernel_at(struct images *images, uint64_t address);
/* A kernel mapping of the file (MMAP with pid -1): "[kernel.kallsyms]_text", "/lib/modules/…/x.ko", "[x]". */
void images_kernel_map(struct images *images, uint64_t start, uint64_t len, uint64_t pgoff, const char *name);

#endif
