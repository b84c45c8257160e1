/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is mapped where in one address space: ranges, sorted, none
 * overlapping. Copies are shared until one of them changes, so that a fork
 * costs nothing. All-zero is empty.
 */
#ifndef PTK_SESSION_MAPS_H
#define PTK_SESSION_MAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "session/images.h"

struct mapping {
	uint64_t start, end;	/* [start, end) */
	uint64_t bias;		/* address + bias (modulo 2^64) is the image's offset */
	uint32_t image;
	bool executable;
};

struct maps {
	struct maps_table *table;
	uint32_t recent;	/* the row that was found last: most look-ups want it again */
};

void maps_deinit(struct maps *maps);
/* to must be empty. */
void maps_share(struct maps *to, const struct maps *from);
/*
 * Adds a mapping; what it overlaps is cut or goes. True when an address that
 * was mapped now means something else.
 */
bool maps_insert(struct maps *maps, struct mapping mapping);
/* The mapping that covers the address, or NULL. Good until the next change. */
const struct mapping *maps_find(struct maps *maps, uint64_t address);
size_t maps_count(const struct maps *maps);

/* What sort of image a mapping's file name is: "//anon", "[vdso]", "/memfd:x (deleted)", "/usr/bin/x" … */
enum image_kind maps_image_kind(const char *filename);

#endif
