/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The "tracing" blob of a perf.data file: tracefs's format files of the
 * tracepoints that were recorded (trace.dat(5), version 6 without its
 * sections of data). Read for the names and the fields of tracepoints.
 */
#ifndef PTK_DATA_TRACING_H
#define PTK_DATA_TRACING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/cursor.h"

struct tracing {
	uint8_t long_size;	/* bytes of the kernel's long */
	uint32_t page_size;
	struct cursor rest;	/* what follows is of tracing_next */
	const char *system;
	uint32_t systems_left, events_left;
};

/* One event's format file; all of it points into the blob. */
struct tracing_event {
	const char *system;	/* "sched" */
	const char *format;	/* the file's text, not NUL-terminated */
	size_t format_len;
	const char *name;	/* of the line "name:", not NUL-terminated */
	size_t name_len;
	uint64_t id;		/* perf_event_attr.config of the event */
};

/* False: not a blob of this byte order, or damaged. */
bool tracing_begin(struct tracing *t, const void *blob, size_t size);
/* The next event; false at the end, or where the rest is damaged. */
bool tracing_next(struct tracing *t, struct tracing_event *event);
/* A field of an event; its name points into the format. */
struct tracing_field {
	const char *name;
	size_t name_len;
	uint32_t offset, size;	/* of its bytes in a sample's raw data */
};

/* The next field behind *at, which is 0 to begin with; the common ones come first. */
bool tracing_next_field(const struct tracing_event *event, size_t *at, struct tracing_field *field);
/* Where a field of that name stands; false when there is none. */
bool tracing_find_field(const struct tracing_event *event, const char *name, struct tracing_field *field);

#endif
