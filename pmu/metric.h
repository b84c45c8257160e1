/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Metrics: numbers that several counts give together, defined in a table.
 *
 * A row of the table is a line of five fields with | between them:
 *
 *	NAME | GROUP | UNIT | EXPRESSION | WHAT IT IS
 *
 * Empty lines and those that begin with # are left out. Several rows may have
 * one name: the first whose events this machine has is used. An expression
 * is of numbers, events, names of other metrics, + - * / ( ), < >,
 * min(a, b), max(a, b), `a if b else c`, and `seconds`, the elapsed time. A - or /
 * with a space before it is an operator, without one it is part of an
 * event's name; a name between double quotes may have anything in it.
 */
#ifndef PTK_PMU_METRIC_H
#define PTK_PMU_METRIC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/notes.h"
#include "base/vec.h"
#include "pmu/event.h"
#include "pmu/parse.h"

/* ---- expressions (metric_expr.c) */

enum { METRIC_DEPTH = 64 };	/* brackets within brackets, and metrics within metrics */

enum metric_op {
	METRIC_NUMBER, METRIC_NAME, METRIC_SECONDS, METRIC_ADD, METRIC_SUB, METRIC_MUL, METRIC_DIV, METRIC_NEGATE,
	METRIC_LESS, METRIC_GREATER, METRIC_MIN, METRIC_MAX, METRIC_IF,
};

struct metric_node {
	enum metric_op op;
	double number;
	size_t name;		/* index into the expression's names */
	size_t a, b, c;		/* operands: indexes of nodes; METRIC_IF: a if b else c */
};

struct metric_expr {
	VEC(struct metric_node) nodes;
	VEC(char *) names;	/* each once, as they stand in the text */
	size_t root;
};

/* Errors point into the text. */
struct error *metric_expr_parse(const char *text, struct metric_expr *expr) MUST_CHECK;
void metric_expr_deinit(struct metric_expr *expr);
/* values: one a name. What cannot be computed (a division by zero) is NAN. */
double metric_expr_evaluate(const struct metric_expr *expr, const double *values, double seconds);

/* ---- the table (metric.c) */

struct metric {
	char *name, *group, *unit, *text, *help;
	struct metric_expr expr;
};

struct metric_table {
	VEC(struct metric) metrics;	/* those of files first */
};

/*
 * Reads `file` (--metric-file, or NULL), ~/.config/ptk/metrics and
 * /etc/ptk/metrics where they are, then the rows that ptk comes with. An
 * expression that does not parse is an error that names file and line.
 */
struct error *metric_table_read(const struct os *os, const char *file, struct metric_table *table) MUST_CHECK;
/* Adds the rows of a text; `name` is for messages. */
struct error *metric_table_add(struct metric_table *table, const char *text, const char *name) MUST_CHECK;
void metric_table_deinit(struct metric_table *table);
void metric_deinit(struct metric *metric);
/* Are all its events there? NULL, or the error that says which is not. */
struct error *metric_check(const struct metric_table *table, struct pmus *pmus, size_t metric) MUST_CHECK;
/* The rows that ptk comes with (metric_table.c). */
extern const char metric_builtin[];

/* ---- those that were chosen (metric_set.c) */

/* A metric's name for a value: events of the list (several boxes or kinds of core: their sum), or another metric. */
struct metric_operand {
	VEC(size_t) events;
	size_t metric;		/* index in the set; SIZE_MAX: it is events */
};

struct metric_set {
	struct metric *metrics;			/* n: those that are shown and those that they are made of */
	struct metric_operand **operands;	/* of each metric, one a name of its expression */
	size_t n;
	VEC(size_t) shown;			/* in the order they were named */
};

/*
 * The metrics of a list of names, groups and globs ("IPC,branch*"). Their
 * events are added to the list: those of one metric as a weak group where
 * one PMU counts them all, so that they are counted at the same times.
 */
struct error *metric_set_choose(const struct metric_table *table, struct pmus *pmus, const char *names, struct notes *notes,
				struct event_list *list, struct metric_set *set) MUST_CHECK;
void metric_set_deinit(struct metric_set *set);

struct metric_value {
	size_t event;		/* index in the list */
	double value;		/* scaled for multiplexing, not for units */
	double scale;		/* into units; 0 and 1: it has none */
	bool counted;
};

/* From the counts of one group; NAN where one of them was not counted. */
double metric_evaluate(const struct metric_set *set, size_t metric, const struct metric_value *values, size_t n, double seconds);

#endif
