/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chrome's trace events ("Trace Event Format", the JSON object form), as
 * Perfetto and chrome://tracing read them: what both writers of them share.
 * Texts come out clean (export_clean).
 */
#ifndef PTK_OUT_CHROME_H
#define PTK_OUT_CHROME_H

#include <stdio.h>

#include "base/json.h"
#include "out/export.h"

struct chrome_json {
	struct json j;
	uint64_t first_ns;	/* times are counted from there */
	uint32_t pid, tid;	/* of the track that events go to: the caller sets them */
};

/* The file up to its events, with what is known of the recording. */
void chrome_open(struct chrome_json *c, const struct export *e, uint64_t first_ns, FILE *out);
void chrome_close(struct chrome_json *c);

/* An event up to what differs by its phase; name and category may be NULL. Then members, then the end. */
void chrome_begin(struct chrome_json *c, const char *phase, const char *name, const char *category, uint64_t time);
void chrome_end(struct chrome_json *c);
/* A time or a duration as a value, in µs as the format has it: to the ns. */
void chrome_time(struct chrome_json *c, uint64_t ns);
/* "thread_name" or "process_name" of the track. */
void chrome_name(struct chrome_json *c, const char *what, const char *name);

#endif
