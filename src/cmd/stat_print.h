/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk stat, the printing: the table that people read, and fields that programs read. */
#ifndef PTK_CMD_STAT_PRINT_H
#define PTK_CMD_STAT_PRINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "cmd/stat_run.h"

struct stat_style {
	const char *separator;	/* fields between these, or NULL for the table */
	bool big_num;		/* 1,234,567 */
	bool per_cpu;		/* -A: a row for each CPU */
	bool interval;		/* a time in front of each row */
	bool hints;		/* -v: what to do about what could not be counted */
	const char *subject;	/* "'true'", "'system wide'", "process id '7'" */
};

/* Mean and spread of several runs (Welford's sums). */
struct stat_spread {
	double n, mean, m2;
};

void stat_spread_add(struct stat_spread *spread, double value);
/* The mean's standard error, in percent of it. */
double stat_spread_percent(const struct stat_spread *spread);

/* Rows that went in together: one run, several runs, or an interval. */
struct stat_table {
	const struct stat_result *result;
	const struct stat_spread *spreads;	/* one a row of the result's counts, or NULL */
	const struct stat_spread *seconds;	/* of the whole runs, or NULL */
};

/* The counts of all CPUs of an event as one row. */
void stat_sum_cpus(struct stat_result *result);

void stat_print_header(const struct stat_style *style, unsigned runs, struct strbuf *out);
void stat_print_rows(const struct stat_style *style, const struct stat_table *table, struct strbuf *out);
/* Times, and what could not be counted and why. */
void stat_print_footer(const struct stat_style *style, const struct stat_table *table, struct strbuf *out);

/* 1234567 with commas, or without. */
void stat_print_number(struct strbuf *out, uint64_t value, bool big_num);

#endif
