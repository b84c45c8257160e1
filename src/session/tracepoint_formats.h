/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The formats of tracepoints (tracefs: events/SYSTEM/NAME/format): where they
 * are found, and where a field stands in the raw bytes of a sample
 * (Documentation/trace/events.rst of the kernel, "Event formats").
 */
#ifndef PTK_SESSION_TRACEPOINT_FORMATS_H
#define PTK_SESSION_TRACEPOINT_FORMATS_H

#include "base/strbuf.h"
#include "os/root.h"
#include "session/tracing_data.h"

struct tracepoint_formats {
	struct tracing_data data;
	const struct os *os;		/* where formats may be read from; NULL: nowhere */
	char *tracefs;			/* where it is mounted; NULL: not looked for, or not there */
	bool tracefs_sought;
	struct strbuf local;		/* the last format that was read there */
};

/*
 * tracing_data: the blob of the file, or NULL; borrowed, as `os` is, which
 * is to be NULL unless the samples are of this machine. False: the blob is
 * damaged, and what could be read of it is used.
 */
bool tracepoint_formats_init(struct tracepoint_formats *f, const void *tracing_data, uint64_t size, const struct os *os);
void tracepoint_formats_deinit(struct tracepoint_formats *f);

/*
 * The format of an event ("sched:sched_switch"; `id` is its attr's config):
 * of the file, or else of this machine, if the event has that number here.
 * *text is good until the next call. False: nobody knows.
 */
bool tracepoint_formats_find(struct tracepoint_formats *f, uint64_t id, const char *name, struct tracing_piece *text);

/* Where a field stands. */
struct tracepoint_field {
	uint32_t offset, size;
	bool is_signed;
	bool text;		/* an array of characters */
	bool dynamic;		/* __data_loc: where there stands where it is */
	bool swap;		/* not in this machine's byte order */
};

/* False where the format has no such field, or one that is nowhere. */
bool tracepoint_field_find(const struct tracepoint_formats *f, struct tracing_piece format, const char *name,
			   struct tracepoint_field *field);
/* Every field's name to `each`, common ones as well. */
void tracepoint_field_names(struct tracing_piece format, void (*each)(void *ctx, const char *name, size_t len), void *ctx);

/* A number of 1, 2, 4 or 8 bytes; signed ones are extended. False where the sample is too short. */
bool tracepoint_field_number(const struct tracepoint_field *field, const void *raw, uint32_t size, uint64_t *value);
/* The bytes, to the first NUL of a text; *len of them. NULL where the sample is too short. */
const char *tracepoint_field_bytes(const struct tracepoint_field *field, const void *raw, uint32_t size, size_t *len);

#endif
