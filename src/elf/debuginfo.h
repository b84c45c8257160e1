/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What DWARF says of an address: the source line, the function, and the
 * calls that were inlined there. Read by libdw (.debug_info of the file,
 * compressed or not, with its .dwo files and dwz supplement).
 *
 * Everything is read when first asked for, and no more than is needed: of a
 * file the ranges of its units, of a unit its functions, of a function its
 * inlined calls. Each is a table of ranges then, so that a look-up is three
 * binary searches and one in the line table, whose cost does not grow with
 * the file. Names are those of the DWARF strings, not copied.
 */
#ifndef PTK_ELF_DEBUGINFO_H
#define PTK_ELF_DEBUGINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elf/header.h"

struct debuginfo;

/* A place in a function. Strings live as long as the debug information. */
struct source_place {
	const char *function;	/* mangled, as the linker knows it, else the plain name; NULL: not known */
	const char *file;	/* as the compiler recorded it, with the directory; NULL: not known */
	uint32_t line;		/* 0: not known */
};

enum { SOURCE_PLACES_MAX = 64 };

/*
 * Of an ELF file that is open; the descriptor is taken over, also on failure.
 * NULL when there is no debug information in it, or no libdw.
 */
struct debuginfo *debuginfo_open(struct elf_source source);
void debuginfo_close(struct debuginfo *d);	/* NULL is fine */

/*
 * Where an address of the image is, innermost first: places[0] is the line
 * itself, in the function that was inlined there, places[1] the line of that
 * call, in the function that it was inlined into; the last one is the function
 * that has code of its own. How many there are; 0: nothing is known.
 */
size_t debuginfo_find(struct debuginfo *d, uint64_t address, struct source_place places[SOURCE_PLACES_MAX]);

/* Is all of it there: the .dwo files and the supplement that units looked at so far refer to? */
bool debuginfo_is_whole(const struct debuginfo *d);

#endif
