/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ptk report shows of a file, as text or on the screen: columns, and how samples are put into rows. */
#ifndef PTK_CMD_REPORT_VIEW_H
#define PTK_CMD_REPORT_VIEW_H

#include "cmd/report_file.h"
#include "profile/columns.h"
#include "profile/grouping.h"

/* The columns for these keys (NULL: those of the command line). */
struct error *report_columns(struct report_file *file, const struct report_options *o, const char *sort, bool children,
			     struct columns *columns) MUST_CHECK;
/* Has any event call chains, so far? */
bool report_has_chains(const struct report_file *file);
/* By CPU its socket, *n of them; the caller frees it. */
int32_t *report_sockets(const struct report_file *file, size_t *n);
/* How samples are put into rows, but for the sockets. */
struct grouping_options report_grouping(const struct report_options *o, const struct report_filters *filters,
					const struct columns *columns, bool children);

#endif
