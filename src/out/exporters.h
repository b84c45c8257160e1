/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A profile in the formats of other tools. Each format is a file and a row of
 * the table in exporters.c: a walk over what is exported (export.h) that
 * writes to a stream. What could not be written is found by who owns the
 * stream (ferror).
 */
#ifndef PTK_OUT_EXPORTERS_H
#define PTK_OUT_EXPORTERS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "out/export.h"

struct exporter {
	const char *name, *suffix;
	const char *help;
	bool binary;		/* nothing for a terminal */
	bool threads;		/* wants samples told apart by process and thread */
	bool times;		/* and by time and CPU */
	struct error *(*ready)(void);	/* why this program cannot write it, or NULL; no function: it can */
	void (*write)(const struct export *e, FILE *out);
	/* Instead, where more can fail than the stream. */
	struct error *(*try_write)(const struct export *e, FILE *out);
};

extern const struct exporter exporters[];	/* the last has no name */
const struct exporter *exporter_find(const char *name);	/* or NULL */

/* Each in the file of its name. */
void export_chrome(const struct export *e, FILE *out);
void export_gecko(const struct export *e, FILE *out);
void export_folded(const struct export *e, FILE *out);
void export_speedscope(const struct export *e, FILE *out);
void export_pprof(const struct export *e, FILE *out);
void export_callgrind(const struct export *e, FILE *out);
void export_dot(const struct export *e, FILE *out);
void export_json(const struct export *e, FILE *out);
struct error *export_sqlite_ready(void) MUST_CHECK;
struct error *export_sqlite(const struct export *e, FILE *out) MUST_CHECK;
void export_csv(const struct export *e, FILE *out);

#endif
