/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A heat map of samples over time, with the flame graph of any stretch of it, as a page. */
#ifndef PTK_OUT_HEAT_H
#define PTK_OUT_HEAT_H

#include "out/export.h"

enum { HEAT_ROWS = 50 };	/* of a column */

/* How many columns the samples take. */
uint64_t heat_columns(const struct export *e, uint64_t column_ns);
/* The profile's samples are told apart by times of column_ns / HEAT_ROWS. */
void heat_page(const struct export *e, uint64_t column_ns, FILE *out);

#endif
