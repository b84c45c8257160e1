/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tracing data of a perf.data file, taken apart: what tracefs said on
 * the machine that recorded. The layout is that of trace.dat version 6
 * (trace-cmd's documentation, "trace-cmd.dat.v6") as perf writes it.
 */
#ifndef PTK_SESSION_TRACING_DATA_H
#define PTK_SESSION_TRACING_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"

struct tracing_piece {
	const char *at;
	size_t len;
};

struct tracing_format {
	const char *system;		/* NUL-terminated, in the blob */
	struct tracing_piece text;	/* the event's format file */
	uint64_t id;			/* from its ID line */
};

struct tracing_data {
	bool big_endian;
	uint8_t long_size;
	uint32_t page_size;
	struct tracing_piece header_page, printk, cmdlines;
	VEC(struct tracing_format) formats;
};

/* Pieces point into the blob. False when it is none; what comes behind damage is left out. */
bool tracing_data_parse(const void *blob, uint64_t size, struct tracing_data *data);
void tracing_data_deinit(struct tracing_data *data);

/* The number on the ID line of a format file; false when it has none. */
bool tracing_format_id(struct tracing_piece text, uint64_t *id);

#endif
