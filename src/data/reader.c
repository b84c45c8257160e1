/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a perf.data file says of itself: header, events, feature sections.
 * The records are stream.c's.
 */
#include "data/reader.h"

#include <string.h>

#include "base/cleanup.h"
#include "data/layout.h"
#include "data/reader_state.h"

/* No section that is read whole is longer, whatever the file says. */
enum { SECTION_MAX = 64 << 20, ATTR_SIZE_MAX = 4096, PEEK = 1 << 16 };

/* ---- header */

/* Not perf.data; what is it then? */
static struct error *foreign_format(const struct data_reader *r, const uint8_t *bytes)
{
	static const struct { const char *magic; size_t len; const char *what, *unpack; } packed[] = {
		{ "\x1f\x8b", 2, "gzip", "gzip -dc" },
		{ "\x28\xb5\x2f\xfd", 4, "zstd", "zstd -dc" },
		{ "\xfd" "7zXZ", 5, "xz", "xz -dc" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(packed); i++) {
		if (!memcmp(bytes, packed[i].magic, packed[i].len))
			return error_hint(error_create("%s is packed with %s", r->source.name, packed[i].what),
					  "unpack it first: %s %s > FILE", packed[i].unpack, r->source.name);
	}
	return error_create("%s is not a perf.data file", r->source.name);
}

static struct error *check_magic(const struct data_reader *r, const struct file_header *h)
{
	if (h->magic == PERF_MAGIC)
		return NULL;
	if (h->magic == PERF_MAGIC_SWAPPED)
		return error_hint(error_create("%s was recorded on a machine of the other byte order", r->source.name),
				  "read it on a machine like the one it was recorded on");
	if (h->magic == PERF_MAGIC_OLD || h->magic == __builtin_bswap64(PERF_MAGIC_OLD))
		return error_hint(error_create("%s has the format of perf before Linux 3.2, which is not read", r->source.name),
				  "record again with ptk record");
	return foreign_format(r, (const uint8_t *)h);
}

static struct error *cut_in_header(const struct data_reader *r, uint64_t have)
{
	return error_hint(error_create("%s is cut short inside its header: it has %llu bytes", r->source.name,
				       (unsigned long long)have),
			  "nothing of it can be read; copy it again, or record again");
}

static struct error *read_header(struct data_reader *r, struct file_header *h)
{
	size_t got;

	*h = (struct file_header){ 0 };
	TRY(source_read(&r->source, h, FILE_HEADER_PIPE, FILE_HEADER_PIPE, &got));
	if (got < sizeof(h->magic))
		return error_create("%s is not a perf.data file: it has %zu bytes", r->source.name, got);
	TRY(check_magic(r, h));
	if (got < FILE_HEADER_PIPE)
		return cut_in_header(r, got);
	r->pipe = h->size == FILE_HEADER_PIPE;
	if (r->pipe)
		return NULL;
	if (h->size < FILE_HEADER_BARE)
		return error_create("%s is damaged: its header says that it has %llu bytes", r->source.name,
				    (unsigned long long)h->size);
	if (!r->source.seekable)	/* ssh HOST cat perf.data | ptk report -i - */
		TRY(source_spool(&r->source, h, FILE_HEADER_PIPE));
	TRY(source_read(&r->source, (char *)h + got, sizeof(*h) - got, sizeof(*h) - got, &got));
	if (got + FILE_HEADER_PIPE < (h->size < sizeof(*h) ? FILE_HEADER_BARE : sizeof(*h)))
		return cut_in_header(r, got + FILE_HEADER_PIPE);
	if (h->size < sizeof(*h))
		memset(h->features, 0, sizeof(h->features));
	return NULL;
}

/* ---- sections */

/* `size` bytes at `at`, in *bytes (the caller frees them); *got says how many of them there are. */
static struct error *read_section(const struct data_reader *r, uint64_t at, uint64_t size, uint8_t **bytes, size_t *got)
{
	uint64_t there = at < r->source.size ? r->source.size - at : 0;

	if (size > there)
		size = there;
	*bytes = xmalloc(size + 1);
	return source_read_at(&r->source, at, *bytes, (size_t)size, got);
}

/*
 * The ids of one event. *budget: bytes that ids may still take. Sections do
 * not overlap in a sound file, so all of them are not longer than it; in a
 * hostile one a thousand events could name the same ones.
 */
static struct error *read_ids(struct data_reader *r, struct event_entry *e, struct file_section ids, uint64_t *budget,
			      bool *whole)
{
	autofree uint8_t *bytes = NULL;
	size_t got;

	*whole = ids.size <= SECTION_MAX && ids.size <= *budget;
	if (!*whole)
		return NULL;
	*budget -= ids.size;
	TRY(read_section(r, ids.offset, ids.size, &bytes, &got));
	*whole = got == ids.size;
	event_entries_add_ids(&r->events, e, bytes, got / sizeof(uint64_t));
	return NULL;
}

static struct error *read_events(struct data_reader *r, const struct file_header *h)
{
	autofree uint8_t *bytes = NULL;
	struct file_section ids;
	uint64_t budget = r->source.size;
	size_t got, step, damaged = 0;
	bool whole;

	if (h->attr_size < PERF_ATTR_SIZE_VER0 + sizeof(ids) || h->attr_size > ATTR_SIZE_MAX || h->attrs.size > SECTION_MAX)
		return error_create("%s is damaged: its header describes no events (attr size %llu)", r->source.name,
				    (unsigned long long)h->attr_size);
	TRY(read_section(r, h->attrs.offset, h->attrs.size, &bytes, &got));
	step = (size_t)h->attr_size;
	for (size_t at = 0; step <= got - at; at += step) {
		struct event_entry *e = event_entries_add(&r->events, bytes + at, step - sizeof(ids));
		memcpy(&ids, bytes + at + step - sizeof(ids), sizeof(ids));
		TRY(read_ids(r, e, ids, &budget, &whole));
		damaged += !whole;
	}
	if (damaged)
		notes_add(r->notes, "%s: the ids of %zu events are damaged or cut off; their samples may be missing",
			  r->source.name, damaged);
	if (!r->events.entries.len)
		return cut_in_header(r, r->source.size);
	if (got < h->attrs.size)
		notes_add(r->notes, "%s: the events are not all there", r->source.name);
	return NULL;
}

static struct error *read_feature(struct data_reader *r, unsigned bit, struct file_section section)
{
	autofree uint8_t *bytes = NULL;
	uint64_t size = section.size, max = bit == FEATURE_TRACING_DATA ? BLOB_MAX : SECTION_MAX;
	size_t got;

	if (bit >= FEATURE_MAX)
		return NULL;
	TRY(read_section(r, section.offset, size < max ? size : max, &bytes, &got));
	reader_feature(r, bit, bytes, got, got == size);
	return NULL;
}

static unsigned count_features(const uint64_t *bits)
{
	unsigned n = 0;

	for (size_t i = 0; i < FEATURE_BITS / 64; i++)
		n += (unsigned)__builtin_popcountll(bits[i]);
	return n;
}

static struct error *read_features(struct data_reader *r, const struct file_header *h)
{
	autofree uint8_t *table = NULL;
	unsigned n = count_features(h->features), i = 0;
	size_t got;

	TRY(read_section(r, r->data_end, n * sizeof(struct file_section), &table, &got));
	if (got < n * sizeof(struct file_section)) {
		if (r->source.size >= r->data_end)
			notes_add(r->notes, "%s: cut short behind the records: what it said of the machine and the run is missing",
				  r->source.name);
		return NULL;
	}
	for (unsigned bit = 0; bit < FEATURE_BITS; bit++) {
		struct file_section section;
		if (!(h->features[bit / 64] >> bit % 64 & 1))
			continue;
		memcpy(&section, table + i++ * sizeof(section), sizeof(section));
		TRY(read_feature(r, bit, section));
	}
	return NULL;
}

/* Data size 0 is a recorder that did not come to its end, unless the sections stand right behind. */
static struct error *is_finished(const struct data_reader *r, const struct file_header *h, bool *finished)
{
	unsigned n = count_features(h->features);
	struct file_section first;
	size_t got;

	*finished = h->data.size;
	if (h->data.size || !n)
		return NULL;
	TRY(source_read_at(&r->source, h->data.offset, &first, sizeof(first), &got));
	*finished = got == sizeof(first) && first.offset == h->data.offset + n * sizeof(first);
	return NULL;
}

/* Names that a recorder that was killed put in front of the records. */
static struct error *peek_updates(struct data_reader *r)
{
	autofree uint8_t *bytes = NULL;
	size_t got;

	TRY(read_section(r, r->data_start, PEEK, &bytes, &got));
	for (size_t at = 0; got - at >= sizeof(struct perf_event_header);) {
		const struct perf_event_header *record = (const void *)(bytes + at);
		if (record->type != RECORD_EVENT_UPDATE || record->size < sizeof(*record) || record->size % 8 ||
		    record->size > got - at)
			break;
		event_entries_update_record(&r->events, record);
		at += record->size;
	}
	return NULL;
}

static struct error *read_file(struct data_reader *r, const struct file_header *h)
{
	bool finished;

	TRY(read_events(r, h));
	if (h->data.offset > r->source.size)
		return cut_in_header(r, r->source.size);
	TRY(is_finished(r, h, &finished));
	r->unfinished = !finished;
	r->data_start = h->data.offset;
	r->data_end = finished ? h->data.offset + h->data.size : UINT64_MAX;
	if (r->data_end < r->data_start)
		return error_create("%s is damaged: its header gives the records %llu bytes", r->source.name,
				    (unsigned long long)h->data.size);
	if (finished)
		TRY(read_features(r, h));
	else
		notes_add(r->notes, "%s: the recorder did not come to its end (killed, or the disk was full); shown is what is there",
			  r->source.name);
	if (!data_features_has(&r->features, FEATURE_EVENT_DESC))
		TRY(peek_updates(r));
	if (data_features_has(&r->features, FEATURE_DIR_FORMAT))
		return error_hint(error_create("%s is one file of a recording in many (perf record --threads)", r->source.name),
				  "ptk does not read those; record without --threads");
	if (data_features_has(&r->features, FEATURE_AUXTRACE))
		notes_add(r->notes, "%s: the hardware trace in it (AUX area) is left out", r->source.name);
	if (r->features.tracing_data)
		event_entries_tracing(&r->events, r->features.tracing_data, r->features.tracing_size);
	r->source.at = r->data_start;
	return NULL;
}

/* ---- opening and looking */

static struct error *begin(struct data_reader *r)
{
	struct file_header h;

	TRY(read_header(r, &h));
	stream_init(r);
	r->data_start = FILE_HEADER_PIPE;
	r->data_end = UINT64_MAX;
	return r->pipe ? NULL : read_file(r, &h);
}

static struct error *opened(struct data_reader *r, struct error *err, struct notes *notes, struct data_reader **reader)
{
	r->notes = notes;
	if (!err)
		err = begin(r);
	if (err) {
		data_close(r);
		r = NULL;
	}
	*reader = r;
	return err;
}

struct error *data_open(const char *path, struct notes *notes, struct data_reader **reader)
{
	struct data_reader *r = xcalloc(1, sizeof(*r));

	return opened(r, source_open(&r->source, path, false), notes, reader);
}

struct error *data_open_foreign(const char *path, struct notes *notes, struct data_reader **reader)
{
	struct data_reader *r = xcalloc(1, sizeof(*r));

	return opened(r, source_open(&r->source, path, true), notes, reader);
}

struct error *data_open_fd(int fd, const char *name, struct notes *notes, struct data_reader **reader)
{
	struct data_reader *r = xcalloc(1, sizeof(*r));

	return opened(r, source_open_fd(&r->source, fd, name), notes, reader);
}

void data_close(struct data_reader *r)
{
	if (!r)
		return;
	stream_deinit(r);
	event_entries_deinit(&r->events);
	data_features_deinit(&r->features);
	source_deinit(&r->source);
	free(r);
}

size_t data_n_events(const struct data_reader *r)
{
	return r->events.entries.len;
}

const struct data_event *data_event(const struct data_reader *r, size_t index)
{
	return &r->events.entries.data[index]->event;
}

const struct data_features *data_features(const struct data_reader *r)
{
	return &r->features;
}

void data_wait(struct data_reader *r, bool (*wait)(void *ctx, int fd), void *ctx)
{
	r->wait = wait;
	r->wait_ctx = ctx;
}

void data_progress(const struct data_reader *r, uint64_t *done, uint64_t *size)
{
	uint64_t end = r->data_end == UINT64_MAX ? r->source.size : r->data_end;

	*done = r->source.at > r->data_start ? r->source.at - r->data_start : 0;
	*size = end > r->data_start ? end - r->data_start : 0;
}
