/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The columns of a report, as people name them in --sort and --fields.
 * A key tells rows apart (comm, sym); a value is a number of each row
 * (overhead, sample).
 */
#ifndef PTK_PROFILE_COLUMNS_H
#define PTK_PROFILE_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "profile/builder.h"

enum column {
	COLUMN_CHILDREN,	/* values */
	COLUMN_OVERHEAD,
	COLUMN_OVERHEAD_SYS,
	COLUMN_OVERHEAD_US,
	COLUMN_SAMPLES,
	COLUMN_PERIOD,
	COLUMN_FIRST_KEY,
	COLUMN_COMM = COLUMN_FIRST_KEY,	/* keys */
	COLUMN_PID,
	COLUMN_TID,
	COLUMN_DSO,
	COLUMN_SYMBOL,
	COLUMN_SRCFILE,
	COLUMN_SRCLINE,
	COLUMN_CPU,
	COLUMN_SOCKET,
	COLUMN_PARENT,
	COLUMN_TIME,
	COLUMN_WEIGHT,
	COLUMN_FIELD,		/* the first of PROFILE_FIELDS_MAX: fields of tracepoints, in the order of columns->fields */
	COLUMNS = COLUMN_FIELD + PROFILE_FIELDS_MAX,
};

static inline bool column_is_key(enum column c) { return c >= COLUMN_FIRST_KEY; }
static inline bool column_is_field(enum column c) { return c >= COLUMN_FIELD; }

struct column_def {
	const char *name, *alias;	/* as typed; alias may be NULL */
	const char *title;		/* above the column */
	const char *help;
};

extern const struct column_def column_defs[COLUMN_FIELD];	/* those with names of their own */

/* What is shown, left to right, and in which order rows are compared. */
struct columns {
	enum column shown[COLUMNS], order[COLUMNS];
	unsigned n_shown, n_order;
	bool mask[COLUMNS];		/* of those shown or compared */
	char fields[PROFILE_FIELDS_MAX][FIELD_NAME_MAX];	/* as typed */
	unsigned n_fields;
	struct profile_fields *known;	/* the request's */
};

struct columns_request {
	const char *sort;	/* --sort: "KEY,…", "+KEY,…" adds to the default; NULL: the default */
	const char *fields;	/* -F: the same for what is shown; NULL: what the sort order needs */
	bool children;		/* a Children column, first */
	bool samples, period, utilization;	/* -n, --show-total-period, --showcpuutilization */
	bool parent;		/* a parent key, last: -p was given */
	struct profile_fields *known;	/* fields that events have, which may be keys too; borrowed, NULL: none */
};

/* Errors point at the word that is no column and give the nearest names. */
struct error *columns_parse(const struct columns_request *request, struct columns *columns) MUST_CHECK;

/* What the samples must be told apart by for these columns; stacks, addresses and max_stack are left as they are. */
void columns_dims(const struct columns *columns, uint64_t time_quantum, struct profile_dims *dims);

#endif
