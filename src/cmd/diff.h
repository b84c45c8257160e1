/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk diff: what its files share. */
#ifndef PTK_CMD_DIFF_H
#define PTK_CMD_DIFF_H

#include "cmd/report_file.h"
#include "profile/compare.h"

/* The command line, as typed. */
struct diff_options {
	struct report_options report;
	const char *files[COMPARE_SIDES];
	struct compare_order order;
	bool baseline_only, formula, stacks;
};

/* The two sides of one event. */
struct diff_event {
	const char *name;
	const char *files[COMPARE_SIDES];
	const struct comparison *comparison;
	const struct grouping *groups[COMPARE_SIDES];	/* what the rows' `from` are of; not of stacks */
};

void diff_text(const struct diff_event *event, const struct diff_options *o, FILE *out);

#endif
