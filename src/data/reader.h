/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * perf.data, read: files and pipes, perf's and ptk's, whole and damaged.
 *
 * The reader checks the framing of records (each has a sane size and is all
 * there), decompresses, keeps the events and features up to date as a pipe
 * tells of them, and hands out stretches of whole records. It does not
 * decode, order or name anything.
 *
 * Damage is never fatal half way: what is whole is handed out, what is
 * missing is said once in the notes.
 */
#ifndef PTK_DATA_READER_H
#define PTK_DATA_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/record.h"
#include "base/error.h"
#include "base/notes.h"
#include "base/vec.h"
#include "data/features.h"

/* An event of the file. */
struct data_event {
	char *name;		/* from the event description; "" when the file does not say */
	struct perf_event_attr attr;	/* fields beyond the file's attr size are zero */
	struct sample_layout layout;
	VEC(uint64_t) ids;
	char *unit;		/* or NULL */
	double scale;
};

/*
 * Whole records, back to back, the first at an 8-byte boundary and each a
 * multiple of 8 long. Who holds it frees it, in whatever thread and order,
 * even after data_close. One that is not the reader's has pool NULL and
 * bytes from malloc.
 */
struct records {
	uint8_t *bytes;
	size_t len;
	uint64_t offset;	/* of bytes[0] in the file (of the compressed record it came from); for messages */
	struct records_pool *pool;	/* where bytes go back to (data/pool.h) */
};
void records_free(struct records *r);	/* an empty one is fine */

struct data_reader;

/*
 * path "-" reads standard input; a pipe or FIFO by name works too (a
 * perf.data that is no pipe's form is kept in $TMPDIR meanwhile). A file of
 * another user is refused, except to data_open_foreign (-f).
 */
struct error *data_open(const char *path, struct notes *notes, struct data_reader **reader) MUST_CHECK;
struct error *data_open_foreign(const char *path, struct notes *notes, struct data_reader **reader) MUST_CHECK;
/* The same from a descriptor, which stays the caller's; `name` is for messages. */
struct error *data_open_fd(int fd, const char *name, struct notes *notes, struct data_reader **reader) MUST_CHECK;
void data_close(struct data_reader *reader);	/* NULL is fine */

/* Known so far; in a pipe they come with the records. Pointers stay good until data_close. */
size_t data_n_events(const struct data_reader *reader);
const struct data_event *data_event(const struct data_reader *reader, size_t index);
const struct data_features *data_features(const struct data_reader *reader);
/* Size of the record area and how much of it was handed out; size 0 for a pipe. */
void data_progress(const struct data_reader *reader, uint64_t *done, uint64_t *size);

/*
 * Who is asked before bytes of a pipe are waited for, with its descriptor:
 * returns when it has some; false ends the records there, and nothing is said
 * of it.
 */
void data_wait(struct data_reader *reader, bool (*wait)(void *ctx, int fd), void *ctx);

/*
 * The next stretch (around a MiB; never cut inside a record); *end when
 * there is no more. Errors are of reading (I/O, a missing libzstd), not of
 * content. COMPRESSED records never come out, what was in them does; records
 * that only describe the file (attrs, features, event updates, tracing data,
 * build-ids of a pipe) are applied and come out too. Bytes that stand behind
 * a record without counting in its size (TRACING_DATA, AUXTRACE) never do.
 *
 * Damage: what is no record is left out up to where whole records follow
 * again; notes say where and how much when the end is reached.
 */
struct error *data_next(struct data_reader *reader, struct records *out, bool *end) MUST_CHECK;

#endif
