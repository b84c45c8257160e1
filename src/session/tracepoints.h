/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fields of tracepoint samples as text. What they are called and how
 * they are to be shown is in the file's tracing data (the tracefs formats of
 * the machine that recorded); where that is missing and the samples are of
 * this machine, in tracefs. libtraceevent understands the formats; without
 * it, or without a format, the raw bytes are shown.
 */
#ifndef PTK_SESSION_TRACEPOINTS_H
#define PTK_SESSION_TRACEPOINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/notes.h"
#include "base/strbuf.h"
#include "os/root.h"
#include "session/images.h"

struct tracepoints;

struct tracepoints_options {
	const void *tracing_data;	/* the blob of the file, or NULL */
	uint64_t tracing_size;
	const struct os *os;		/* where formats may be read from; NULL: nowhere */
	struct images *images;		/* names of kernel functions that fields point to */
	struct strtab *strings;		/* of the images */
};

/* All that the options point to is borrowed, and so are the notes, which a format that is damaged or missing goes to. */
struct tracepoints *tracepoints_create(const struct tracepoints_options *options, struct notes *notes);
void tracepoints_destroy(struct tracepoints *t);

/*
 * Appends the fields of a sample: "prev_comm=bash prev_pid=…". `name`:
 * "sched:sched_switch"; `id` is the attr's config.
 */
void tracepoints_print(struct tracepoints *t, uint64_t id, const char *name, uint32_t cpu,
		       const void *raw, uint32_t size, struct strbuf *out);

/* A field's value: a number; a text; or the bytes of what is neither. */
struct tracepoint_value {
	enum { TRACEPOINT_UNSIGNED, TRACEPOINT_SIGNED, TRACEPOINT_TEXT, TRACEPOINT_BYTES } kind;
	uint64_t number;
	const char *bytes;	/* of a text and of bytes, good until the next call; a text ends at len, not at a NUL */
	size_t len;
};

/* Calls `take` for each field of a sample, the common ones not counted. False, and no call: the format is not known. */
bool tracepoints_fields(struct tracepoints *t, uint64_t id, const char *name, const void *raw, uint32_t size,
			void (*take)(void *ctx, const char *field, const struct tracepoint_value *value), void *ctx);

#endif
