/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The symbols of the kernel that was recorded: from a file that the user
 * names, from the running kernel when it is the same build, or from what lies
 * on this machine under its build-id. Used by images.c alone.
 */
#ifndef PTK_SESSION_KERNEL_H
#define PTK_SESSION_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "session/images.h"

struct kernel;

/* What is known of the recorded kernel when its first address is to be named. */
struct kernel_recorded {
	const uint8_t *build_id;
	uint8_t build_id_size;		/* 0: not known */
	uint64_t text;			/* where `symbol` was; 0: not known, and no kernel is moved */
	bool is_stext;			/* the symbol is _stext, not _text */
};

struct kernel *kernel_create(const struct images_options *options, struct notes *notes);
void kernel_destroy(struct kernel *kernel);

/* Loads the symbols; called once. False when there are none for that kernel, which a note has said. */
bool kernel_load(struct kernel *kernel, const struct kernel_recorded *recorded);

struct kernel_place {
	const char *name;		/* of the function; the kernel's string */
	const char *module;		/* "" for the kernel itself, "bpf" for a BPF program */
	uint64_t start, end;		/* where it was when it was recorded */
};

/* A module as the recording has it. */
struct kernel_module {
	const char *name;
	uint64_t base;			/* where it began; 0: not known. It may lie elsewhere now */
	const uint8_t *build_id;
	uint8_t build_id_size;		/* 0: not known */
};

/* The function at an address of the recorded kernel; `module` has the address, NULL: none. */
bool kernel_find(struct kernel *kernel, const struct kernel_module *module, uint64_t address, struct kernel_place *place);

/* Where code of the recorded kernel can be read now. */
struct kernel_code {
	struct image *image;		/* the kernel's: of the running one /proc/kcore, else a vmlinux */
	uint64_t address;		/* in it */
	struct image *debug;		/* a vmlinux with source lines, and where in it; NULL: none */
	uint64_t debug_address;
};

/* After kernel_load. Errors say why it cannot be read and what would help. */
struct error *kernel_code(struct kernel *kernel, const struct kernel_module *module, uint64_t address,
			  struct kernel_code *code) MUST_CHECK;

struct image;
/* The kernel's vmlinux for its lines, where it is at hand, and where in it an address of the recorded kernel lies. NULL: none. */
struct image *kernel_vmlinux(struct kernel *kernel, uint64_t address, uint64_t *linked);

#endif
