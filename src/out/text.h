/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report as text, laid out as perf's --stdio: comment lines, a table
 * with a row a line, call graphs below the rows.
 */
#ifndef PTK_OUT_TEXT_H
#define PTK_OUT_TEXT_H

#include <stdio.h>

#include "profile/calltree.h"
#include "profile/grouping.h"

struct text_options {
	FILE *out;
	const char *separator;		/* fields parted by it, nothing padded; NULL: a table */
	VEC(unsigned) widths;		/* by column, the most that is shown of it; 0 or missing: all */
	double min_percent;		/* rows below are not shown (and said to be hidden) */
	struct calltree_spec calltree;	/* mode CALLTREE_NONE: no call graphs */
	bool skip_own_frame;		/* call graphs leave out the first frame where it is the row's own */
	size_t max_rows;		/* 0: all */
	bool quiet;			/* no comment lines */
	bool verbose;			/* images by path, symbols with their address */
	uint64_t lost_samples;		/* for the comment */
};

/* One event's section. */
void text_report(const struct grouping *g, const struct text_options *options);

/* The call graph below a row; the tree is scratch that the caller keeps from row to row. */
void text_calltree(const struct grouping *g, const struct row *row, const struct text_options *options,
		   struct calltree *tree);

#endif
