/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk stat, the printing: the table that people read, and what programs read: fields, JSON lines, OpenMetrics. */
#ifndef PTK_CMD_STAT_PRINT_H
#define PTK_CMD_STAT_PRINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "cmd/stat_aggr.h"
#include "cmd/stat_run.h"
#include "pmu/derived.h"
#include "pmu/metric.h"

enum stat_format { STAT_TABLE, STAT_FIELDS, STAT_JSON, STAT_OPENMETRICS };

struct stat_style {
	enum stat_format format;
	const char *separator;	/* of STAT_FIELDS */
	const char *thousands;	/* between groups of three digits, or NULL */
	bool colour;
	const struct stat_groups *groups;
	bool interval;		/* a time in front of each row */
	bool hints;		/* -v: what to do about what could not be counted */
	bool metric_only;	/* metrics, not the events behind them */
	bool no_derived;	/* nothing behind "#" */
	const struct metric_set *metrics;	/* of -M, or NULL */
	const char *sharing;	/* who else holds counters, for when events took turns; or NULL */
	const char *subject;	/* "'true'", "'system wide'", "process id '7'" */
};

/* Mean and spread of several runs (Welford's sums). */
struct stat_spread {
	double n, mean, m2;
};

void stat_spread_add(struct stat_spread *spread, double value);
/* The mean's standard error, in percent of it. */
double stat_spread_percent(const struct stat_spread *spread);
double stat_spread_error(const struct stat_spread *spread);

/* Rows that went in together: one run, several runs, or an interval. */
struct stat_table {
	const struct stat_result *result;	/* aggregated */
	const struct stat_spread *spreads;	/* one a row of the result's counts, or NULL */
	const struct stat_spread *seconds;	/* of the whole runs, or NULL */
	bool summary;				/* -I's last one, of all the time */
};

/* A row with all that is printed of it. */
struct stat_row {
	const struct stat_count *count;		/* NULL for a metric's */
	const struct event *event;
	const struct opened *opened;
	const struct stat_spread *spread;	/* or NULL */
	const char *label;			/* of its group, "" for none */
	const char *cgroup;			/* or NULL */
	unsigned counters;
	bool has_derived;
	struct derived derived;
	const struct metric *metric;		/* of a metric's row */
	double value;				/* of the metric; NAN: it has none here */
};

struct stat_rows {
	VEC(struct stat_row) rows;
};

/* Events with what is derived of them, and the metrics of each group. */
void stat_rows_build(const struct stat_style *style, const struct stat_table *table, struct stat_rows *rows);
void stat_rows_deinit(struct stat_rows *rows);

/* The count as it is read: in its unit, exact where it is, else with so many digits behind the point. thousands may be NULL. */
void stat_row_value(struct strbuf *out, const struct stat_row *row, unsigned digits, const char *thousands);
const char *stat_row_unit(const struct stat_row *row);
/* "<not supported>" or "<not counted>". */
const char *stat_row_missing(const struct stat_row *row);
double stat_row_running(const struct stat_row *row);	/* percent */

void stat_print_header(const struct stat_style *style, unsigned runs, struct strbuf *out);
void stat_print_rows(const struct stat_style *style, const struct stat_table *table, struct strbuf *out);
/* Times, and what could not be counted and why. */
void stat_print_footer(const struct stat_style *style, const struct stat_table *table, struct strbuf *out);

/* ---- stat_fields.c */

void stat_print_fields(const struct stat_style *style, const struct stat_table *table, const struct stat_rows *rows, struct strbuf *out);
void stat_print_json(const struct stat_style *style, const struct stat_table *table, const struct stat_rows *rows, struct strbuf *out);
void stat_print_openmetrics(const struct stat_style *style, const struct stat_table *table, const struct stat_rows *rows,
			    struct strbuf *out);

#endif
