/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * C types, wherever they are described: BTF and DWARF both fill this in, so
 * that members, pointers and bit-fields are followed by one piece of code.
 * A type is a 64-bit id that only its source understands.
 */
#ifndef PTK_PROBE_TYPES_H
#define PTK_PROBE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

enum type_kind {
	TYPE_VOID, TYPE_INT, TYPE_ENUM, TYPE_FLOAT, TYPE_POINTER, TYPE_ARRAY, TYPE_STRUCT, TYPE_UNION, TYPE_FUNCTION,
	TYPE_TYPEDEF, TYPE_CONST, TYPE_VOLATILE, TYPE_RESTRICT,
	TYPE_OTHER,		/* something between: only its target counts */
};

enum { TYPE_NONE = 0 };		/* the id of void */

struct type_info {
	enum type_kind kind;
	const char *name;	/* without "struct"; NULL or "" when it has none; the source's */
	uint64_t size;		/* bytes; of an array that of all of it; 0 where it is not known */
	bool is_signed;
	uint64_t target;	/* what a pointer points to, an array's element, a typedef's type, what a function gives */
	uint64_t count;		/* elements of an array */
};

struct type_member {
	const char *name;	/* NULL or "": an anonymous struct or union; the source's */
	uint64_t type;
	uint64_t bit_offset;	/* from the beginning of the struct, counted as a little-endian machine does */
	unsigned bit_size;	/* of a bit-field, else 0 */
};

struct type_source {
	const char *name;	/* "BTF", "DWARF" */
	/* False when the id is none, or damaged. */
	bool (*info)(const struct type_source *source, uint64_t id, struct type_info *info);
	/* The next member of a struct or union; *cursor is 0 to begin with. False at the end. */
	bool (*member)(const struct type_source *source, uint64_t id, uint64_t *cursor, struct type_member *member);
};

/* Looks through typedefs and qualifiers: the id of what is behind them. False when it is damaged. */
bool type_strip(const struct type_source *source, uint64_t id, uint64_t *stripped, struct type_info *info);
/* The type as C writes it, without a name: "struct sock *", "char [16]". */
void type_name(const struct type_source *source, uint64_t id, struct strbuf *out);
/* The member of that name, also inside of anonymous structs and unions; bit_offset is from the outermost. */
bool type_find_member(const struct type_source *source, uint64_t id, const char *name, struct type_member *member);
/* Calls for each name that type_find_member would find. */
void type_each_member(const struct type_source *source, uint64_t id, void (*call)(void *ctx, const char *name), void *ctx);

#endif
