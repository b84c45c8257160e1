/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any perf.data through ptk inject, with any of its options: where it gives
 * a recording, that reads without a complaint, as a file and as a pipe.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cmd/inject.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct os nowhere = { .root = "/nonexistent" };

static void insist(bool good)
{
	if (!good)
		abort();
}

/* What inject wrote: whole records from the beginning to the end. */
static void read_back(int fd)
{
	struct notes notes = { 0 };
	struct data_reader *reader = NULL;
	bool end = false;

	lseek(fd, 0, SEEK_SET);
	struct error *err = data_open_fd(fd, "output", &notes, &reader);
	insist(!err);
	while (!end) {
		struct records records = { 0 };
		err = data_next(reader, &records, &end);
		insist(!err);
		records_free(&records);
	}
	insist(!notes.lines.len);
	data_close(reader);
	notes_deinit(&notes);
}

static void inject(int fd, const struct inject_options *o, bool pipe)
{
	autoclose int out = memfd_create("output", MFD_CLOEXEC);
	struct notes notes = { 0 };
	struct inject in = { .o = o, .os = &nowhere, .notes = &notes, .fd = out, .path = "output", .pipe = pipe };

	lseek(fd, 0, SEEK_SET);
	struct error *err = data_open_fd(fd, "input", &notes, &in.reader);
	if (!err)
		err = inject_stream(&in);
	bool good = !err;
	error_destroy(err);
	inject_deinit(&in);
	data_close(in.reader);
	notes_deinit(&notes);
	if (good)
		read_back(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autoclose int fd = memfd_create("input", MFD_CLOEXEC);

	/* The options come last, so that any perf.data is a seed as it is. */
	if (!size || file_write_full(fd, data, size) != (ssize_t)size)
		return 0;
	const struct inject_options o = { .build_ids = data[size - 1] & 1, .sleeps = data[size - 1] & 2,
					  .jit = data[size - 1] & 4, .verbose = 1 };
	inject(fd, &o, false);
	inject(fd, &o, true);
	return 0;
}
