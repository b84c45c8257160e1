/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The language that probes are asked for in (perf-probe(1), PROBE SYNTAX):
 *
 *	[GROUP:][EVENT=]FUNC[@SRC][:LINE|+OFFSET|%return|;PATTERN] [ARG …]
 *	[GROUP:][EVENT=]SRC:LINE [ARG …]
 *	[GROUP:][EVENT=]SRC;PATTERN [ARG …]
 *	sdt_PROVIDER:NAME
 *
 * FUNC of C++ may be the name as written, without parameters: shop::cart::add.
 *
 *	ARG:	[NAME=]VALUE[:TYPE][@user]
 *	VALUE:	VARIABLE[->FIELD|.FIELD|[INDEX]]…  $retval[->FIELD…]  $vars  $params
 *		%REGISTER  $stack[N]  $comm  $argN  \NUMBER  @SYMBOL[±OFFSET]  @ADDRESS  ±OFFSET(VALUE)
 */
#ifndef PTK_PROBE_DEFINITION_H
#define PTK_PROBE_DEFINITION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

/* A stretch of the typed text: its bytes, and where they stand, for carets. */
struct probe_word {
	const char *text;	/* NUL-terminated copy in the definition's arena; NULL: not there */
	size_t column, len;
};

enum probe_step_kind { PROBE_STEP_ARROW, PROBE_STEP_DOT, PROBE_STEP_INDEX };

struct probe_step {
	enum probe_step_kind kind;
	struct probe_word name;		/* the member; of an index the number as typed */
	int64_t index;
};

enum probe_value_kind {
	PROBE_VARIABLE,		/* word: its name */
	PROBE_RETVAL,
	PROBE_RAW,		/* word: text that the kernel takes as it is: %di $stack2 $comm \1 @0xffff… */
	PROBE_SYMBOL,		/* word: a symbol's name, offset: bytes from it */
	PROBE_DEREF,		/* memory at offset from `inner` */
	PROBE_VARS,		/* all variables */
	PROBE_PARAMS,		/* all parameters */
};

struct probe_value {
	enum probe_value_kind kind;
	struct probe_word word;
	int64_t offset;
	bool user;			/* of PROBE_DEREF: +uOFFSET */
	struct probe_value *inner;
	VEC(struct probe_step) steps;	/* behind a variable or $retval */
};

struct probe_arg {
	struct probe_word whole;	/* as typed */
	struct probe_word name;		/* NAME=, or none */
	struct probe_word type;		/* :TYPE, or none */
	bool user;			/* @user */
	struct probe_value value;
};

struct probe_def {
	const char *text;		/* as typed */
	struct probe_word group, event, function, file, pattern;
	struct probe_word sdt;		/* sdt_PROVIDER:NAME or %sdt_…: then nothing else is there but event */
	bool has_line;
	uint64_t line;			/* of the file, or from the function's first */
	struct probe_word place;	/* what stands for line, offset or %return */
	uint64_t offset;
	bool has_offset;
	bool is_return;
	bool has_address;		/* the function is an address */
	uint64_t address;
	VEC(struct probe_arg) args;
	struct arena arena;
};

/* All-zero or parsed; on an error there is nothing to free. */
struct error *probe_def_parse(const char *text, struct probe_def *def) MUST_CHECK;
void probe_def_deinit(struct probe_def *def);

/* A usage error with the caret under the word. */
struct error *probe_def_error(const struct probe_def *def, struct probe_word where, const char *fmt, ...) PRINTF_LIKE(3, 4) MUST_CHECK;

/* Arguments (argument.c); `at` lies in def->text. */
struct error *probe_arg_parse(struct probe_def *def, const char *at, size_t len) MUST_CHECK;
struct probe_word probe_word_make(struct probe_def *def, const char *at, size_t len);

#endif
