/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table of symbols sorted by address: of an ELF image, of the kernel, of a
 * perf map. Built once, then read-only.
 */
#ifndef PTK_ELF_SYMTAB_H
#define PTK_ELF_SYMTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/vec.h"

struct symtab_entry {
	uint64_t start, end;	/* [start, end) in the address space of the table */
	const char *name;	/* as in the image: mangled */
	uint8_t binding;	/* 0 local, 1 weak, 2 global: of aliases the better one stays */
};

struct symtab {
	VEC(struct symtab_entry) entries;
	struct arena names;
};

/* end may be start (size unknown: it then reaches to the next symbol when the table is finished). */
void symtab_add(struct symtab *t, uint64_t start, uint64_t end, const char *name, uint8_t binding);
/*
 * Sorts, and of several names for one address keeps the one a person
 * expects: no version (free, not cfree@GLIBC_2.2.5), no padding (__pfx_,
 * __cfi_), no local label, global before weak before local, fewer leading
 * underscores, then the shorter, then by letters. `limit` ends the last one.
 */
void symtab_finish(struct symtab *t, uint64_t limit);
/* The symbol that covers the address, or NULL. */
const struct symtab_entry *symtab_find(const struct symtab *t, uint64_t address);
void symtab_deinit(struct symtab *t);

/* A C++ or Rust name as its programmer wrote it, for the caller to free; NULL when it is not mangled. */
char *demangle(const char *name);

#endif
