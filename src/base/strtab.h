/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interned strings: equal strings get equal 32-bit ids, id 0 is "". The
 * text of an id stays where it is until the table goes. All-zero is empty.
 */
#ifndef PTK_BASE_STRTAB_H
#define PTK_BASE_STRTAB_H

#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/vec.h"

struct strtab {
	struct arena arena;
	struct idtable ids;
	VEC(const char *) text;
};

uint32_t strtab_id(struct strtab *t, const char *s);
uint32_t strtab_id_n(struct strtab *t, const char *s, size_t len);
/* The id of a string that may not be there: NO_ID then. */
uint32_t strtab_find(const struct strtab *t, const char *s);
const char *strtab_text(const struct strtab *t, uint32_t id);
void strtab_deinit(struct strtab *t);

#endif
