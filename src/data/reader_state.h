/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A reader from inside: what reader.c (what a file says of itself) and stream.c (its records) share. */
#ifndef PTK_DATA_READER_STATE_H
#define PTK_DATA_READER_STATE_H

#include "base/strbuf.h"
#include "data/events.h"
#include "data/inflate.h"
#include "data/pool.h"
#include "data/reader.h"
#include "data/source.h"

enum {
	STREAM_CHUNK = 1 << 20,		/* bytes read at once */
	RECORD_MAX = 1 << 16,		/* no record is longer: its size has 16 bits */
	BLOB_MAX = 256 << 20,		/* the tracing blob; one is a few MiB when all tracepoints are in it */
};

/* The records inside COMPRESSED ones: a stream of their own, cut anywhere. */
struct inner {
	struct inflate *inflate;
	bool broken;
	bool active;			/* the record at stream.at is being unpacked */
	uint8_t *bytes;
	size_t len;
};

struct stream {
	struct records_pool *pool;
	struct records chunk;		/* as read; bytes NULL: the next one is due */
	size_t at;			/* of the chunk, done with */
	struct records out;		/* what is gathered to be handed out; bytes NULL: nothing */
	uint8_t *carry;			/* the beginning of a record that the last chunk ended in */
	size_t carry_len;
	uint64_t payload;		/* bytes behind the last record still to pass */
	bool gather;			/* they are the tracing blob */
	struct strbuf blob;
	struct inner inner;
	bool lost;			/* between records: looking for where they go on */
	bool ended;
	uint64_t damaged_at, damaged_end;	/* of the first place, and behind the last */
	uint64_t damaged_places, damaged_bytes;
	uint64_t unknown;		/* records that say something of the file, and are damaged */
};

struct data_reader {
	struct source source;
	struct notes *notes;
	bool pipe;			/* in pipe form, be it in a file */
	bool unfinished;		/* data size 0: to the end of the file */
	uint64_t data_start, data_end;	/* data_end UINT64_MAX: to where it ends */
	struct event_entries events;
	struct data_features features;
	struct stream stream;
	bool (*wait)(void *ctx, int fd);	/* NULL: read() waits */
	void *wait_ctx;
};

/* ---- stream.c */

void stream_init(struct data_reader *r);
void stream_deinit(struct data_reader *r);

/* ---- reader_apply.c */

/* A feature's bytes, which may be cut short (not `whole`). What of them is damaged is noted. */
void reader_feature(struct data_reader *r, unsigned bit, const void *bytes, size_t size, bool whole);
/* A record that tells of the file; false when damaged. Its size is checked to be all there. */
bool reader_apply(struct data_reader *r, const struct perf_event_header *record);

#endif
