/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * perf.data, written: a file, or a pipe in perf's pipe form.
 *
 * A file is readable up to the last whole record at any moment: header and
 * attrs are written first with data size 0, which readers of ours take as
 * "to the end of the file"; data_writer_finish adds the features and the
 * size. Event names and units go into the record stream too (EVENT_UPDATE),
 * so that a recorder that was killed leaves names.
 */
#ifndef PTK_DATA_WRITER_H
#define PTK_DATA_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "base/error.h"
#include "data/features.h"
#include "data/reader.h"

struct data_writer;

/*
 * fd: a regular file (empty, at offset 0) or, with `pipe`, anything that can
 * be written in order. It stays the caller's; `path` is for messages. Events'
 * ids must be known.
 */
struct error *data_writer_create(int fd, const char *path, bool pipe, const struct data_event *events,
				 size_t n_events, struct data_writer **writer) MUST_CHECK;
/* The file takes another's place once it is whole, and is thrown away else: no error says that a part of it is kept. */
void data_writer_replaces(struct data_writer *w);
/*
 * From here on records are packed with zstd (perf record -z); level 1 to 22,
 * 0 is zstd's choice. In a pipe: before data_writer_pipe_features. An error
 * is a missing libzstd.
 */
struct error *data_writer_compress(struct data_writer *writer, int level) MUST_CHECK;
/*
 * Whole records as they are, written at once with writev(2) (no copy, and no
 * allocation): the ring's two stretches go in as two iovecs. After an error
 * (disk full) the file is cut back to the last whole record and every later
 * call gives an error again; data_writer_finish still works.
 */
struct error *data_writer_put(struct data_writer *writer, const struct iovec *iov, int n) MUST_CHECK;
/* Of records (as they stand in the file), those that the writer puts there itself included. */
uint64_t data_writer_bytes(const struct data_writer *writer);
/* Features and final header (in a pipe: nothing). */
struct error *data_writer_finish(struct data_writer *writer, struct data_features *features) MUST_CHECK;
/* A pipe wants its features, attrs and tracing data first. */
struct error *data_writer_pipe_features(struct data_writer *writer, struct data_features *features) MUST_CHECK;
void data_writer_destroy(struct data_writer *writer);

#endif
