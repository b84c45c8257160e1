/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be seen at a place in a program: its variables, where each is, and
 * of what type. Made by btf_scope.c or dwarf_scope.c; fetch.c turns an
 * argument of a definition into what the kernel is told to fetch.
 */
#ifndef PTK_PROBE_SCOPE_H
#define PTK_PROBE_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"
#include "probe/definition.h"
#include "probe/types.h"

enum fetch_kind {
	FETCH_NOWHERE,		/* base says why */
	FETCH_VALUE,		/* the value itself: a register, $retval, \1 */
	FETCH_MEMORY,		/* in memory, offset bytes from the address that `base` gives */
	FETCH_SYMBOL,		/* in memory, offset bytes from the symbol `base`; base "+": from where a program's file begins */
};

/* Where a value is. Strings are in the scope's arena. */
struct fetch {
	enum fetch_kind kind;
	const char *base;	/* in the kernel's words: "%di", "+8(%sp)", "$retval" */
	const char *second;	/* of a FETCH_VALUE: where bytes 8 to 15 of a struct are, or NULL */
	int64_t offset;
	bool user;		/* memory of the user's address space, for a kernel probe */
};

struct scope_variable {
	const char *name;
	uint64_t type;
	struct fetch where;
	const char *at_return;	/* its value at the entry, in the kernel's words where the function returns ("$arg3"); NULL: gone by then */
	const char *range;	/* where in the function it has a place: "@<f+[0-23,40-66]>"; NULL: not known */
	bool parameter;
	bool external;		/* a variable of the whole program: shown with --externs only */
};

struct scope {
	const struct type_source *types;	/* NULL: nothing is known of types and variables */
	VEC(struct scope_variable) variables;
	bool returns;				/* return_type is known */
	uint64_t return_type;
	struct arena arena;
};

void scope_deinit(struct scope *scope);

/* What the scope's owner knows beyond it. */
struct fetch_context {
	const struct probe_def *def;
	struct scope *scope;
	const char *nothing_known;	/* why there are no variables, for the hint; NULL when there are */
	/* Where a symbol of an @SYMBOL argument is; NULL: the kernel finds it by itself. */
	struct error *(*symbol)(void *ctx, const struct probe_value *value, struct fetch *where);
	void *ctx;
};

/*
 * Appends " NAME=FETCH:TYPE" for one argument (for $vars and $params: for
 * each variable that can be fetched) to the kernel's line.
 */
struct error *fetch_add(const struct fetch_context *context, const struct probe_arg *arg, struct strbuf *line) MUST_CHECK;

#endif
