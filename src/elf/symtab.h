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
#include "base/strbuf.h"
#include "base/vec.h"
#include "elf/demangle.h"

/* The values of symtab_entry.binding: how far a name is to be seen. */
enum symtab_binding { SYMTAB_LOCAL, SYMTAB_WEAK, SYMTAB_GLOBAL };

struct symtab_entry {
	uint64_t start, end;	/* [start, end) in the address space of the table */
	const char *name;	/* as in the image: mangled; without a version */
	uint32_t outer;		/* the entry that goes on where this one ends, or NO_ID */
	uint16_t owner;		/* whose it is in a table of several (the kernel's modules); 0 else */
	uint8_t binding;	/* enum symtab_binding: of aliases the better one stays */
	uint8_t padding;	/* bytes in front of start that are this function's padding */
};

struct symtab {
	VEC(struct symtab_entry) entries;
	struct arena names;
	bool last_wins;		/* of several for one address the one added last stays (code of a JIT) */
};

/*
 * end may be start (size unknown: it then reaches to the next symbol when
 * the table is finished). The name is copied. A version is cut off: a
 * default one (memcpy@@GLIBC_2.14) leaves the plain name, an old one
 * (cfree@GLIBC_2.2.5) makes it a local one, which others are preferred to.
 * Local labels (.L1) and mapping symbols ($x) are left out.
 */
void symtab_add(struct symtab *t, uint64_t start, uint64_t end, const char *name, uint8_t binding);
/* The same, but the name is the caller's, and taken as it is; it stays as long as the table. The new entry, or NULL. */
struct symtab_entry *symtab_add_borrowed(struct symtab *t, uint64_t start, const char *name, uint8_t binding);
/* Something without a name begins here: a symbol of unknown size in front of it ends. */
void symtab_add_boundary(struct symtab *t, uint64_t start);
/*
 * Sorts, and of several names for one address keeps the one a person
 * expects: with a size before without, no mark of where a section begins or
 * ends (_stext), exported before local, fewer leading underscores, global
 * before weak, then the shorter, then by letters. Padding in front of a
 * function (__pfx_, __cfi_) becomes part of it; a label inside of a function
 * whose size is known is dropped. `limit` ends the last one.
 */
void symtab_finish(struct symtab *t, uint64_t limit);
/* The symbol that covers the address, or NULL. In a function's padding it is that function, and start > address. */
const struct symtab_entry *symtab_find(const struct symtab *t, uint64_t address);
void symtab_deinit(struct symtab *t);

/*
 * A finished table as bytes and back (symtab_pack.c), for a cache; owners are
 * left out. Unpacking, into an empty table, trusts nothing: false, and the
 * table is still empty, where the bytes are none. SYMTAB_PACKED is the number
 * of the layout.
 */
enum { SYMTAB_PACKED = 1 };
void symtab_pack(const struct symtab *t, struct strbuf *out);
bool symtab_unpack(struct symtab *t, const void *bytes, size_t size);

#endif
