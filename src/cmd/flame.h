/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flame graphs, for ptk flame and ptk report. */
#ifndef PTK_CMD_FLAME_H
#define PTK_CMD_FLAME_H

#include "cmd/report_options.h"

struct flame_request {
	const char *output;	/* a .svg is a picture that does not move; NULL: flame.html */
	const char *old;	/* file to compare with, or NULL */
	const char *event;	/* or NULL: all */
	bool by_samples, quiet;
};

struct error *flame_write(const struct report_options *o, const struct flame_request *request) MUST_CHECK;

#endif
