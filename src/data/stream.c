/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The record area of perf.data, cut into stretches of whole records.
 *
 * Nearly every chunk is records of the kernel and nothing else: it is read
 * into a buffer behind the piece of a record that the last chunk ended with,
 * walked header by header, and the buffer itself is handed out. Only a chunk
 * in which something else stands - compressed records, bytes behind a record,
 * a record whose size is no multiple of 8, damage - is copied, in stretches,
 * without it.
 *
 * A header that cannot be one (size below 8, a type that was never given
 * out) means that the place is no record's beginning: something before it
 * was damaged, or is. Reading goes on where several sound headers follow each
 * other again.
 */
#include <string.h>

#include "base/cleanup.h"
#include "data/layout.h"
#include "data/reader_state.h"

enum {
	PIPE_CHUNK = 1 << 18,		/* a pipe gives 64 KiB at a time; a stretch is handed out when it has nothing more */
	INNER_SIZE = 1 << 17,
	CHAIN = 8,			/* so many sound headers in a row are no accident */
	KERNEL_TYPES = 32, USER_TYPES = 128,	/* with room for those to come */
};

static inline struct perf_event_header header_at(const uint8_t *bytes)
{
	struct perf_event_header h;

	memcpy(&h, bytes, sizeof(h));
	return h;
}

enum kind { PLAIN, SPECIAL, NONE };

/* The types in front are the ones that come by the million. */
static inline enum kind kind_of(struct perf_event_header h)
{
	if (h.type - 1 < KERNEL_TYPES - 1)
		return h.size >= sizeof(h) && h.size % 8 == 0 ? PLAIN : NONE;
	if (h.type < RECORD_USER_FIRST || h.type >= USER_TYPES || h.size < sizeof(h))
		return NONE;
	if (h.type == RECORD_FINISHED_ROUND)
		return h.size % 8 ? SPECIAL : PLAIN;
	return SPECIAL;
}

enum stop {
	STOP_END,	/* at the end, or inside of the last record */
	STOP_SPECIAL,	/* a whole record that needs a look */
	STOP_NONE,	/* no record begins here */
};

/* Passes over plain records. */
static enum stop walk(const uint8_t *bytes, size_t len, size_t *at)
{
	size_t i = *at;
	enum stop stop = STOP_END;

	while (len - i >= sizeof(struct perf_event_header)) {
		struct perf_event_header h = header_at(bytes + i);
		enum kind kind = kind_of(h);
		if (kind == NONE)
			stop = STOP_NONE;
		else if (h.size <= len - i && kind == SPECIAL)
			stop = STOP_SPECIAL;
		if (kind != PLAIN || h.size > len - i)
			break;
		i += h.size;
	}
	*at = i;
	return stop;
}

void stream_init(struct data_reader *r)
{
	r->stream.pool = records_pool_create(STREAM_CHUNK + RECORD_MAX);
	r->stream.carry = xmalloc(RECORD_MAX);
}

void stream_deinit(struct data_reader *r)
{
	struct stream *s = &r->stream;

	records_free(&s->chunk);
	records_free(&s->out);
	records_pool_destroy(s->pool);
	strbuf_deinit(&s->blob);
	inflate_destroy(s->inner.inflate);
	free(s->inner.bytes);
	free(s->carry);
}

/* ---- what is handed out */

/* Copies whole records behind those gathered; false, and nothing done, when they do not fit any more. */
static bool gather(struct stream *s, const uint8_t *bytes, size_t len, uint64_t offset)
{
	if (!len)
		return true;
	if (s->out.bytes && s->out.len + len > records_pool_size(s->pool))
		return false;
	if (!s->out.bytes) {
		s->out = records_pool_take(s->pool);
		s->out.offset = offset;
	}
	memcpy(s->out.bytes + s->out.len, bytes, len);
	s->out.len += len;
	return true;
}

static bool hand_out(struct stream *s, struct records *to)
{
	*to = s->out;
	s->out = (struct records){ 0 };
	return to->len;
}

/* A record of any size, made a multiple of 8 with zeros; one too long for that is not handed out. */
static bool gather_padded(struct stream *s, const uint8_t *record, size_t size, uint64_t offset)
{
	size_t padded = (size + 7) / 8 * 8;
	uint16_t new_size = (uint16_t)padded;

	if (padded >= RECORD_MAX)
		return true;
	if (s->out.bytes && s->out.len + padded > records_pool_size(s->pool))
		return false;
	gather(s, record, size, offset);
	uint8_t *copy = s->out.bytes + s->out.len - size;
	memset(copy + size, 0, padded - size);
	memcpy(copy + offsetof(struct perf_event_header, size), &new_size, sizeof(new_size));
	s->out.len += padded - size;
	return true;
}

/* ---- damage */

static void note_damage(struct stream *s, uint64_t offset, uint64_t bytes)
{
	if (!s->damaged_bytes)
		s->damaged_at = offset;
	s->damaged_places += !s->damaged_bytes || offset != s->damaged_end;
	s->damaged_bytes += bytes;
	s->damaged_end = offset + bytes;
}

/* Do CHAIN records stand here, or as many as there are up to the end of the data? */
static bool sound(const uint8_t *bytes, size_t len, bool to_the_end)
{
	size_t i = 0;

	for (int n = 0; n < CHAIN; n++) {
		if (i == len)
			return to_the_end && n;
		if (len - i < sizeof(struct perf_event_header))
			return false;
		struct perf_event_header h = header_at(bytes + i);
		if (kind_of(h) == NONE || h.size > len - i || h.size % 8)
			return false;
		i += h.size;
	}
	return true;
}

/* Where the records end, as far as one can know: 0 for a pipe. */
static uint64_t known_end(const struct data_reader *r)
{
	return r->data_end == UINT64_MAX ? r->source.size : r->data_end;
}

/* Passes over what is no record. The rest of the chunk goes when nothing is found in it. */
static void find_record(struct data_reader *r)
{
	struct stream *s = &r->stream;
	size_t from = s->at, step = 8;
	bool last = s->chunk.offset + s->chunk.len >= known_end(r);

	for (s->at += s->lost ? 0 : step; s->at < s->chunk.len; s->at += step) {
		if (sound(s->chunk.bytes + s->at, s->chunk.len - s->at, last))
			break;
	}
	s->lost = s->at >= s->chunk.len;
	if (s->lost)
		s->at = s->chunk.len;
	note_damage(s, s->chunk.offset + from, s->at - from);
}

/* ---- records that need a look */

/* `size` bytes behind the record that ends at s->at. */
static void pass_payload(struct data_reader *r, uint64_t size, bool blob)
{
	struct stream *s = &r->stream;

	s->payload = size;
	s->gather = blob && size <= BLOB_MAX;
	strbuf_truncate(&s->blob, 0);
}

/* The part of the payload that is in the chunk. */
static void take_payload(struct data_reader *r)
{
	struct stream *s = &r->stream;
	size_t n = s->chunk.len - s->at;

	if (n > s->payload)
		n = (size_t)s->payload;
	if (s->gather)
		strbuf_add(&s->blob, s->chunk.bytes + s->at, n);
	s->at += n;
	s->payload -= n;
	if (s->payload || !s->gather)
		return;
	s->gather = false;
	data_feature_decode(&r->features, FEATURE_TRACING_DATA, s->blob.data, s->blob.len);
	event_entries_tracing(&r->events, s->blob.data, s->blob.len);
	strbuf_deinit(&s->blob);
}

static struct error *begin_inflate(struct data_reader *r, const uint8_t *record)
{
	struct stream *s = &r->stream;
	struct perf_event_header h = header_at(record);
	size_t fixed = sizeof(h), size;

	if (!s->inner.inflate) {
		s->inner.inflate = inflate_create();
		if (!s->inner.inflate)
			return error_hint(error_create("%s is compressed, and libzstd is not on this machine", r->source.name),
					  "install it (Debian: libzstd1)");
		s->inner.bytes = xmalloc(INNER_SIZE);
	}
	size = h.size - fixed;
	if (h.type == RECORD_COMPRESSED2) {
		uint64_t real = 0;
		if (size >= sizeof(real))
			memcpy(&real, record + fixed, sizeof(real));
		fixed = size >= sizeof(real) ? sizeof(struct record_compressed2) : h.size;
		size = real < h.size - fixed ? (size_t)real : h.size - fixed;
	}
	inflate_feed(s->inner.inflate, record + fixed, size);
	s->inner.active = true;
	return NULL;
}

/* Unpacks the record at s->at; false: `out` is full and must be handed out first. */
static bool go_on_inflating(struct data_reader *r)
{
	struct stream *s = &r->stream;
	struct inner *in = &s->inner;
	uint64_t offset = s->chunk.offset + s->at;
	struct perf_event_header h = header_at(s->chunk.bytes + s->at);

	for (size_t n; !in->broken; in->len += n) {
		size_t done = 0;
		enum stop stop;
		do {
			stop = walk(in->bytes, in->len, &done);
			if (stop == STOP_SPECIAL)
				done += header_at(in->bytes + done).size;
		} while (stop == STOP_SPECIAL && done % 8 == 0);
		if (!gather(s, in->bytes, done, offset))
			return false;
		in->len -= done;
		memmove(in->bytes, in->bytes + done, in->len);
		if (stop != STOP_END) {
			note_damage(s, offset, in->len);
			in->len = 0;
		}
		n = inflate_some(in->inflate, in->bytes + in->len, INNER_SIZE - in->len);
		if (!n)
			break;
		in->broken = n == SIZE_MAX;
		if (in->broken)
			n = 0;
	}
	if (in->broken)		/* a stream has no place to go on from */
		note_damage(s, offset, h.size);
	in->active = false;
	s->at += h.size;
	return true;
}

/* The record at s->at is whole; false: `out` is full and must be handed out first. */
static bool special(struct data_reader *r, struct error **err)
{
	struct stream *s = &r->stream;
	const uint8_t *record = s->chunk.bytes + s->at;
	struct perf_event_header h = header_at(record);
	uint64_t offset = s->chunk.offset + s->at;

	if (h.type == RECORD_COMPRESSED || h.type == RECORD_COMPRESSED2) {
		*err = begin_inflate(r, record);
		return *err || go_on_inflating(r);
	}
	if (!gather_padded(s, record, h.size, offset))
		return false;
	s->at += h.size;
	if (h.type == RECORD_HEADER_TRACING_DATA && h.size >= sizeof(struct record_tracing_data)) {
		struct record_tracing_data t;
		memcpy(&t, record, sizeof(t));
		pass_payload(r, t.size, !r->features.tracing_data);	/* there is one at most */
		take_payload(r);
	} else if (h.type == RECORD_AUXTRACE && h.size >= sizeof(struct record_auxtrace)) {
		struct record_auxtrace a;
		memcpy(&a, record, sizeof(a));
		pass_payload(r, a.size, false);
		take_payload(r);
	} else {
		/* Copied to where it is aligned. */
		autofree void *copy = xmemdup(record, h.size);
		s->unknown += !reader_apply(r, copy);
	}
	return true;
}

/* ---- chunks */

/* The payload that begins with the next chunk, without reading what is only passed over in a file. */
static void skip_payload(struct data_reader *r)
{
	struct stream *s = &r->stream;
	uint64_t end = known_end(r);

	if (!r->source.seekable || s->gather || end <= r->source.at)
		return;
	uint64_t n = s->payload < end - r->source.at ? s->payload : end - r->source.at;
	r->source.at += n;
	s->payload -= n;
}

/* False: whoever waits for bytes has had enough. */
static bool bytes_come(const struct data_reader *r)
{
	return !r->wait || !source_waits(&r->source) || r->wait(r->wait_ctx, r->source.fd);
}

static struct error *read_chunk(struct data_reader *r)
{
	struct stream *s = &r->stream;
	uint64_t left = r->data_end - r->source.at;
	size_t size = r->source.seekable ? STREAM_CHUNK : PIPE_CHUNK, got;
	struct error *err;

	s->chunk = records_pool_take(s->pool);
	s->chunk.offset = r->source.at - s->carry_len;
	s->at = 0;
	memcpy(s->chunk.bytes, s->carry, s->carry_len);
	s->chunk.len = s->carry_len;
	s->carry_len = 0;
	if (size > left)
		size = (size_t)left;
	err = source_read(&r->source, s->chunk.bytes + s->chunk.len, size, 1, &got);
	s->ended = err || !got;
	s->chunk.len += got;
	return err;
}

/* Done with the chunk; the beginning of a record at its end is kept for the next. */
static void leave_chunk(struct stream *s)
{
	s->carry_len = s->chunk.len - s->at;
	memcpy(s->carry, s->chunk.bytes + s->at, s->carry_len);
	records_free(&s->chunk);
}

/* Walks the chunk to its end, or until there is enough to hand out. */
static bool use_chunk(struct data_reader *r, struct records *to, struct error **err)
{
	struct stream *s = &r->stream;

	if (s->payload)
		take_payload(r);
	if (s->lost)
		find_record(r);
	if (s->inner.active && !go_on_inflating(r))
		return hand_out(s, to);
	for (;;) {
		size_t from = s->at;
		enum stop stop = walk(s->chunk.bytes, s->chunk.len, &s->at);
		if (stop == STOP_END && !from && !s->out.bytes && s->at) {
			struct records whole = s->chunk;
			s->carry_len = s->chunk.len - s->at;
			memcpy(s->carry, s->chunk.bytes + s->at, s->carry_len);
			whole.len = s->at;
			s->chunk = (struct records){ 0 };
			*to = whole;
			return true;
		}
		if (!gather(s, s->chunk.bytes + from, s->at - from, s->chunk.offset + from)) {
			s->at = from;
			return hand_out(s, to);
		}
		if (stop == STOP_END)
			break;
		if (stop == STOP_NONE)
			find_record(r);
		else if (!special(r, err))
			return hand_out(s, to);
		if (*err)
			return false;
	}
	leave_chunk(s);
	return hand_out(s, to);
}

/* ---- the end */

static void say(struct data_reader *r)
{
	struct stream *s = &r->stream;
	const char *name = r->source.name;
	uint64_t missing = r->pipe || r->unfinished ? 0 : r->data_end - r->source.at;

	if (missing) {
		notes_add(r->notes, "%s: cut short: %llu bytes (%.1f %%) are missing; shown is what is there", name,
			  (unsigned long long)missing, 100.0 * (double)missing / (double)(r->data_end - r->data_start));
	} else if (s->payload || (s->carry_len && (r->pipe || r->unfinished))) {
		notes_add(r->notes, "%s: cut short: it ends inside a record; shown is what is whole", name);
	} else if (s->carry_len) {
		note_damage(s, r->source.at - s->carry_len, s->carry_len);
	}
	if (s->inner.len)
		notes_add(r->notes, "%s: the compressed records end inside a record; shown is what is whole", name);
	if (s->damaged_places > 1)
		notes_add(r->notes, "%s: damaged in %llu places, the first at offset 0x%llx: %llu bytes in all are left out", name,
			  (unsigned long long)s->damaged_places, (unsigned long long)s->damaged_at,
			  (unsigned long long)s->damaged_bytes);
	else if (s->damaged_places)
		notes_add(r->notes, "%s: damaged at offset 0x%llx: %llu bytes from there on are left out", name,
			  (unsigned long long)s->damaged_at, (unsigned long long)s->damaged_bytes);
	if (s->unknown)
		notes_add(r->notes, "%s: %llu records that describe the file are damaged and left out", name,
			  (unsigned long long)s->unknown);
}

struct error *data_next(struct data_reader *r, struct records *out, bool *end)
{
	struct stream *s = &r->stream;
	struct error *err = NULL;

	*out = (struct records){ 0 };
	*end = false;
	while (!err) {
		if (!s->chunk.bytes && !s->ended) {
			if (s->payload)
				skip_payload(r);
			s->ended = !bytes_come(r);
			if (!s->ended)
				err = read_chunk(r);
		}
		if (err)
			break;
		if (s->ended) {
			if (s->chunk.bytes) {
				s->at = 0;
				leave_chunk(s);
				say(r);
			}
			*end = true;
			return NULL;
		}
		if (use_chunk(r, out, &err))
			return NULL;
	}
	records_free(&s->chunk);
	s->ended = true;
	return err;
}
