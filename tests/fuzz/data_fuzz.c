/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whole perf.data file, as a file and through a pipe: what comes out is records, whatever went in. */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "data/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool good)
{
	if (!good)
		abort();
}

static void walk(const struct records *records)
{
	insist((uintptr_t)records->bytes % 8 == 0 && records->len);
	for (size_t at = 0; at < records->len;) {
		const struct perf_event_header *h = (const void *)(records->bytes + at);
		insist(records->len - at >= sizeof(*h) && h->size >= sizeof(*h));
		insist(h->size % 8 == 0 && h->size <= records->len - at);
		insist(h->type != RECORD_COMPRESSED && h->type != RECORD_COMPRESSED2);
		at += h->size;
	}
}

static void read_all(struct data_reader *r)
{
	autostrbuf struct strbuf out = { 0 };
	size_t total = 0;
	bool end = false;

	while (!end && total < 8 << 20) {	/* a little zstd can become a lot */
		struct records records;
		struct error *err = data_next(r, &records, &end);
		if (err) {
			error_destroy(err);
			break;
		}
		if (!end)
			walk(&records);
		total += records.len;
		records_free(&records);
	}
	for (size_t i = 0; i < data_n_events(r); i++)
		insist(data_event(r, i)->name);
	for (unsigned bit = 0; bit < FEATURE_MAX; bit++)
		data_feature_encode(data_features(r), bit, &out);
}

static void open_and_read(int fd)
{
	struct notes notes = { 0 };
	struct data_reader *r;
	struct error *err = data_open_fd(fd, "input", &notes, &r);

	error_destroy(err);
	if (!err)
		read_all(r);
	data_close(r);
	notes_deinit(&notes);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { PIPE_HOLDS = 1 << 16 };
	int ends[2], file = memfd_create("fuzz", MFD_CLOEXEC);

	if (file < 0 || file_write_full(file, data, size) < 0)
		abort();
	open_and_read(file);
	if (size > PIPE_HOLDS || pipe(ends))
		return 0;
	if (file_write_full(ends[1], data, size) < 0)
		abort();
	close(ends[1]);
	open_and_read(ends[0]);
	return 0;
}
