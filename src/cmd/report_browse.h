/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The browser over a file: ptk report and ptk annotate at a terminal. */
#ifndef PTK_CMD_REPORT_BROWSE_H
#define PTK_CMD_REPORT_BROWSE_H

#include "cmd/report_file.h"

/*
 * On the screen, or by o->script as text. Reads the file, and shows what there is as soon as that takes long.
 */
struct error *report_browse(struct report_file *file, const struct report_options *o, const struct report_filters *filters,
			    const struct profile_dims *dims) MUST_CHECK;

#endif
