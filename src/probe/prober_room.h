/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the prober share. */
#ifndef PTK_PROBE_PROBER_ROOM_H
#define PTK_PROBE_PROBER_ROOM_H

#include "arch/arch.h"
#include "base/nearest.h"
#include "elf/image.h"
#include "probe/btf.h"
#include "probe/dwarf_image.h"
#include "probe/kernel_names.h"
#include "probe/prober.h"

/* A module's BTF, once it was read. */
struct module_btf {
	char *module;
	struct os_view bytes;
	struct btf btf;
};

struct prober {
	const struct os *os;
	const struct probe_target *target;
	const struct arch *arch;
	struct notes *notes;
	/* the kernel */
	bool btf_tried;
	struct os_view btf_bytes;
	struct btf btf;
	char *no_btf;			/* why there is none */
	VEC(struct module_btf *) modules;
	bool modules_read;
	struct strbuf kallsyms;
	bool kallsyms_read;
	/* a program */
	char *path;			/* its real one; of the vmlinux where that is used */
	struct image *image;
	const char *vmlinux;		/* found where debug packages put it; or NULL */
	bool vmlinux_sought;
	int fetched;			/* that of a server, or -1 */
	bool foreign;			/* the vmlinux is not the running kernel's */
	kernel_names functions;		/* ascending, each once */
	struct strbuf kept_functions;	/* they lie in it, where the cache had them, else in the arena */
	struct arena arena;
	struct dwarf_image *dwarf;
	bool dwarf_tried;
	/* names that are taken */
	bool names_read;
	struct tracefs_probes there;
};

/* A function's symbol that was looked for. */
struct found_symbol {
	const char *name, *linkage;	/* as written in C++, and as the symbol has it */
	uint64_t address;
};
typedef VEC(struct found_symbol) found_symbols;

/* ---- prober_image.c */

/* The kernel's image with debug information: the one that was named, else that of the running kernel's debug package; or NULL. */
const char *prober_vmlinux(struct prober *p);
/* Opens target->file, or the vmlinux; done once. */
struct error *prober_open(struct prober *p) MUST_CHECK;
/*
 * The symbols of the open image that have the name, or fit it as a glob, by
 * address, each address once; texts are in the arena. False: the image has
 * no symbols at all.
 */
bool prober_symbols(struct prober *p, const char *name, bool glob, struct arena *arena, found_symbols *found);

/* ---- prober_functions.c */

bool prober_is_glob(const char *word);
/* More places than target->max? */
struct error *prober_limit(const struct prober *p, const struct probe_def *def, size_t n) MUST_CHECK;
/* "there is no function …" with the nearest of them. */
struct error *prober_unknown(struct prober *p, const struct probe_def *def, const char *where) MUST_CHECK;
struct error *prober_no_symbols(struct prober *p) MUST_CHECK;
/* All of /proc/kallsyms; "" when it cannot be read. */
const char *prober_kallsyms(struct prober *p);
/* How many functions of the kernel have that name. */
unsigned prober_count_named(struct prober *p, const char *name);

/* ---- prober_kernel.c */

struct error *kernel_points(struct prober *p, const struct probe_def *def, bool args, struct arena *arena, probe_points *points) MUST_CHECK;
struct error *kernel_explain(struct prober *p, const struct probe_event *event, int errnum, struct error *err) MUST_CHECK;
void kernel_deinit(struct prober *p);

/* If the probe is on a kernel function's return: which variables of its entry are still known there. */
void kernel_keep_arguments(struct prober *p, const struct probe_def *def, struct scope *scope);

/* ---- prober_user.c: of target->file, or target->vmlinux */

struct error *user_points(struct prober *p, const struct probe_def *def, bool args, struct arena *arena, probe_points *points) MUST_CHECK;
/* Where @SYMBOL of an argument is; `address` is that of the probe in the image. */
struct error *user_symbol(struct prober *p, const struct probe_def *def, const struct probe_value *value, uint64_t address, struct fetch *where) MUST_CHECK;

/* ---- prober_dwarf.c: once the image is open */

struct dwarf_image *prober_dwarf(struct prober *p);
struct error *prober_no_dwarf(struct prober *p) MUST_CHECK;
void dwarf_fill_scope(struct prober *p, struct probe_point *point);
void dwarf_add_inlined(struct prober *p, const struct probe_def *def, uint64_t address, dwarf_places *places);
/* The points of a definition by line or pattern; their `place` is left to do. */
struct error *line_points(struct prober *p, const struct probe_def *def, struct arena *arena, probe_points *points) MUST_CHECK;

#endif
