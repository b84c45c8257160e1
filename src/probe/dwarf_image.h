/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What DWARF says of a program or kernel, for probes: where a function or a
 * line is, and what can be seen there. Read by libdw; addresses are the
 * image's own.
 */
#ifndef PTK_PROBE_DWARF_IMAGE_H
#define PTK_PROBE_DWARF_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/arch.h"
#include "elf/image.h"
#include "elf/libdw.h"
#include "elf/libelf.h"
#include "probe/scope.h"

/* A struct that some unit only declares, and its definition (or, where there is none, that declaration). */
struct dwarf_opaque {
	int tag;
	const char *name;	/* libdw's */
	Dwarf_Die die;
};

struct dwarf_image {
	struct type_source source;		/* ids are 1 + index into `types` */
	const struct libdw *dw;
	const struct libelf *lib;
	const struct arch *arch;
	struct elf_source file, code;		/* with .debug_info; with .eh_frame */
	Elf *elf, *code_elf;
	Dwarf *dwarf;
	Dwarf_CFI *cfi[2];
	VEC(Dwarf_Die) types;
	VEC(struct dwarf_opaque) opaque;
};

/* NULL when the image has no DWARF that can be read. */
struct dwarf_image *dwarf_image_open(struct image *image, const char *path, const char *debug_root, const struct arch *arch);
void dwarf_image_close(struct dwarf_image *d);

/* A function's code, or one place where it was inlined. */
struct dwarf_place {
	Dwarf_Die scope;	/* the function, or the inlined call */
	Dwarf_Die outer;	/* the function that has the code */
	uint64_t address;
	bool entry;		/* the address is where the function begins */
	const char *function;	/* name of `scope`; libdw's */
};
typedef VEC(struct dwarf_place) dwarf_places;

/*
 * Every place where a function of that name begins. `address`: where its
 * symbol is, which finds it at once; 0: all units are searched, as the function may have
 * been inlined everywhere. `inlines`: also where it was inlined (of a symbol's: in its unit).
 */
void dwarf_find_function(struct dwarf_image *d, const char *name, uint64_t address, bool inlines, dwarf_places *places);
/* The function, and the innermost inlined call, that the address is in. */
bool dwarf_find_address(struct dwarf_image *d, uint64_t address, struct dwarf_place *place);

/* The line of the source where the function of the place begins, and its file; 0: not known. */
int dwarf_first_line(struct dwarf_image *d, struct dwarf_place *place, const char **file);

/* A row of the line table that a probe can be put at. */
struct dwarf_line {
	const char *file;	/* libdw's */
	int line;
	uint64_t address;
};
typedef VEC(struct dwarf_line) dwarf_lines;

/* The rows of the function (its whole code) or, place NULL, of the source files whose names end in `file`. By address. */
void dwarf_list_lines(struct dwarf_image *d, struct dwarf_place *place, const char *file, dwarf_lines *lines);

/* Is `path` the source file that was named `name`, whole or from some folder on? */
bool dwarf_file_is(const char *path, const char *name);

/*
 * The variables that can be seen at the place. `offset` is the address's in the file (0 for the kernel, whose
 * variables are told by their symbols). With externs the unit's own as well.
 */
void dwarf_scope(struct dwarf_image *d, struct dwarf_place *place, bool kernel, uint64_t offset, struct scope *scope);

/* dwarf_types.c */
uint64_t dwarf_type_of(struct dwarf_image *d, Dwarf_Die *die);
void dwarf_types_init(struct dwarf_image *d);
/* dwarf_classes.c: is an object of that type handed over as a pointer to it, as C++ has it for what copying takes code? */
bool dwarf_type_by_reference(struct dwarf_image *d, uint64_t id);
/* dwarf_location.c: where the variable is at the address. */
struct fetch dwarf_location(struct dwarf_image *d, struct dwarf_place *place, Dwarf_Die *variable, bool kernel, uint64_t offset,
			    struct arena *arena);
/* "@<f+[0-23,40-66]>": where in the function of the place the variable is anywhere; NULL: nowhere, or everywhere. */
const char *dwarf_location_range(struct dwarf_image *d, struct dwarf_place *place, Dwarf_Die *variable, struct arena *arena);

/* A DIE's name, or NULL. Lives as long as the image. */
static inline const char *dwarf_name(struct dwarf_image *d, Dwarf_Die *die)
{
	Dwarf_Attribute attr;

	return d->dw->dwarf_attr_integrate(die, DW_AT_name, &attr) ? d->dw->dwarf_formstring(&attr) : NULL;
}

#endif
