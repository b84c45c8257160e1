/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A heat map of samples over time, with the flame graph of any stretch of it, as a page. */
#ifndef PTK_OUT_HEAT_H
#define PTK_OUT_HEAT_H

#include <stdio.h>

#include "out/export.h"
#include "profile/pairs.h"

enum { HEAT_ROWS = 50 };	/* of a column */

struct heat_spec {
	uint64_t column_ns;
	/*
	 * NULL: rows are fractions of a column's time, and the profile's samples
	 * are told apart by times of column_ns / HEAT_ROWS. Else rows are
	 * latencies, of the samples that begin a pair, which are told apart by
	 * time, thread and CPU; rows are wider the longer the latencies are.
	 */
	const struct pairs *pairs;
};

/* How many columns the samples take. */
uint64_t heat_columns(const struct export *e, uint64_t column_ns);
void heat_page(const struct export *e, const struct heat_spec *spec, FILE *out);

#endif
