/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Command lines, from one table: what is parsed, what -h prints, what the
 * completion offers and what the test holds against the man page are the
 * same rows.
 *
 * To add an option, add a row. The value goes to `offset` in the mode's own
 * struct, or to `call`. Short options cluster as people type them (-ag, -F99,
 * -ns comm); long ones may be cut short while they stay unique; `--no-NAME`
 * undoes a flag (and `--NAME` one whose row is called no-NAME).
 */
#ifndef PTK_BASE_OPTIONS_H
#define PTK_BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"

enum option_kind {
	OPTION_HEADING,	/* no option: `help` stands as a line in -h */
	OPTION_FLAG,	/* bool */
	OPTION_COUNT,	/* unsigned: how often it was given */
	OPTION_STRING,	/* const char *, which stays argv's */
	OPTION_U64,	/* uint64_t: decimal, 0x or 0 */
	OPTION_DOUBLE,	/* double */
	OPTION_CALL,	/* call(into, value): value NULL when none was given, "" from --no-NAME with OPTION_NEGATABLE */
};

enum {
	OPTION_OPTIONAL = 1,	/* the value may be left out; it is then `-gVALUE`, `--name=VALUE`, or the next word if in `words` */
	OPTION_NEGATABLE = 2,	/* an OPTION_CALL that understands --no-NAME */
	OPTION_HIDDEN = 4,	/* accepted (for people who know perf), not in -h */
};

struct option_def {
	enum option_kind kind;
	char letter;		/* or 0 */
	const char *name;	/* without --, or NULL */
	const char *arg;	/* what the value is called in -h; NULL: the option takes none */
	size_t offset;		/* offsetof() into the mode's struct */
	struct error *(*call)(void *into, const char *value);
	const char *const *words;	/* OPTION_OPTIONAL: a following word that is one of these, or
					   one of these and a comma and more, is the value; NULL-ended */
	unsigned flags;
	const char *help;	/* one sentence, no full stop */
};

struct options_rest {
	int index;		/* argv[index] is the first that is no option; argc when there is none */
	bool help;		/* -h or --help was there: nothing more was parsed */
	bool dashes;		/* "--" stood before index */
};

enum options_order {
	OPTIONS_FIRST,		/* a command follows: stop at the first word */
	OPTIONS_MIXED,		/* words and options in any order; argv is reordered, words last */
};

/*
 * Parses argv[0..argc) (the words behind the mode's name). Unknown options
 * and values that do not parse give a usage error with the caret and the
 * nearest names.
 */
struct error *options_parse(const struct option_def *defs, size_t n_defs, void *into,
			    enum options_order order, int argc, char **argv,
			    struct options_rest *rest) MUST_CHECK;

/* The rows as -h shows them, `width` columns wide. */
void options_print(const struct option_def *defs, size_t n_defs, unsigned width, FILE *out);

#endif
