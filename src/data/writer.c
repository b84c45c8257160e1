/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "data/writer.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "abi/build.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "data/events.h"
#include "data/inflate.h"
#include "data/layout.h"

/*
 * Compressed, so much is packed to an end at a time: a reader can unpack as
 * soon as it has it, and perf sets room aside for each COMPRESSED record as
 * the COMPRESSED feature says (PACK_ROOM).
 */
enum { PACK_PIECE = 1 << 19, PACK_ROOM = 1 << 20, ZSTD = 1 /* PERF_COMP_ZSTD */ };

struct data_writer {
	int fd;
	bool pipe;
	char *path;
	int failed;		/* errno of the write that failed; nothing is written any more */
	struct file_header header;
	uint64_t bytes;		/* of whole records */
	bool replaces;		/* a file that is thrown away when it cannot be whole */
	struct strbuf desc;	/* EVENT_DESC, ready */
	struct deflate *deflate;	/* NULL: not compressed */
	uint8_t *packed;	/* room for one COMPRESSED record */
	int level;
	uint64_t plain_bytes, packed_bytes;
};

/* ---- writing, and what to do when the disk is full */

static struct error *failure(const struct data_writer *w)
{
	struct error *err = error_os(w->failed, "cannot write %s", w->path);

	if (w->pipe || w->replaces)
		return err;
	return error_hint(err, "what was recorded until then (%llu bytes) is kept and readable; %s, or write elsewhere with -o FILE",
			  (unsigned long long)w->bytes, w->failed == EFBIG ? "raise ulimit -f" : "make room");
}

/* Bytes of the front of iov that are whole records, at most `limit`. */
static size_t whole_records(const struct iovec *iov, int n, size_t limit)
{
	size_t whole = 0;

	while (limit - whole >= sizeof(struct perf_event_header)) {
		struct perf_event_header h;
		/* The header may lie across two pieces. */
		size_t skip = whole, have = 0;
		const struct iovec *v = iov;
		for (int i = 0; i < n && have < sizeof(h); i++, v++) {
			if (skip >= v->iov_len) {
				skip -= v->iov_len;
				continue;
			}
			size_t part = v->iov_len - skip < sizeof(h) - have ? v->iov_len - skip : sizeof(h) - have;
			memcpy((char *)&h + have, (const char *)v->iov_base + skip, part);
			have += part;
			skip = 0;
		}
		if (have < sizeof(h) || h.size < sizeof(h) || h.size > limit - whole)
			break;
		whole += h.size;
	}
	return whole;
}

/* One piece, waiting where the descriptor does not; bytes written before an error. */
static size_t write_piece(int fd, const char *data, size_t size, int *reason)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = write(fd, data + done, size - done);
		if (n > 0) {
			done += (size_t)n;
			continue;
		}
		if (n < 0 && errno == EAGAIN) {
			struct pollfd p = { .fd = fd, .events = POLLOUT };
			poll(&p, 1, -1);
		} else if (n < 0 && errno != EINTR) {
			*reason = errno;
			break;
		}
	}
	return done;
}

/* All of iov; at most IOV_MAX pieces. Bytes written; fewer than there are sets *reason. */
static size_t write_pieces(int fd, const struct iovec *iov, int n, int *reason)
{
	ssize_t first;
	size_t done, skip;

	do {
		first = writev(fd, iov, n);
	} while (first < 0 && errno == EINTR);
	if (first < 0 && errno != EAGAIN) {
		*reason = errno;
		return 0;
	}
	done = skip = first > 0 ? (size_t)first : 0;
	for (int i = 0; i < n && !*reason; i++) {
		if (skip >= iov[i].iov_len) {
			skip -= iov[i].iov_len;
			continue;
		}
		done += write_piece(fd, (const char *)iov[i].iov_base + skip, iov[i].iov_len - skip, reason);
		skip = 0;
	}
	return done;
}

/* Cuts the file behind its last whole record; where that fails readers see a piece of a record at the end. */
static void cut_back(struct data_writer *w, const struct iovec *iov, int n, size_t written)
{
	w->bytes += whole_records(iov, n, written);
	uint64_t end = w->header.data.offset + w->bytes;
	if (!w->pipe && !ftruncate(w->fd, (off_t)end))
		lseek(w->fd, (off_t)end, SEEK_SET);
}

static struct error *put_plain(struct data_writer *w, const struct iovec *iov, int n)
{
	if (w->failed)
		return failure(w);
	while (n > 0) {
		int now = n < IOV_MAX ? n : IOV_MAX;
		size_t size = 0, written;
		for (int i = 0; i < now; i++)
			size += iov[i].iov_len;
		written = write_pieces(w->fd, iov, now, &w->failed);
		if (w->failed) {
			cut_back(w, iov, now, written);
			return failure(w);
		}
		w->bytes += size;
		iov += now;
		n -= now;
	}
	return NULL;
}

static struct error *put_buffer(struct data_writer *w, const struct strbuf *b)
{
	struct iovec iov = { b->data, b->len };

	return b->len ? put_plain(w, &iov, 1) : NULL;
}

/* ---- compressed */

/* What was fed, as COMPRESSED records. */
static struct error *put_packed(struct data_writer *w)
{
	struct perf_event_header h = { .type = RECORD_COMPRESSED };
	size_t n;

	while ((n = deflate_some(w->deflate, w->packed + sizeof(h), UINT16_MAX - sizeof(h)))) {
		if (n == SIZE_MAX)
			return error_create("cannot compress %s", w->path);
		h.size = (uint16_t)(sizeof(h) + n);
		memcpy(w->packed, &h, sizeof(h));
		w->packed_bytes += h.size;
		struct iovec iov = { w->packed, h.size };
		TRY(put_plain(w, &iov, 1));
	}
	return NULL;
}

static struct error *pack(struct data_writer *w, const struct iovec *v)
{
	for (size_t at = 0; at < v->iov_len;) {
		size_t n = v->iov_len - at < PACK_PIECE ? v->iov_len - at : PACK_PIECE;
		deflate_feed(w->deflate, (const char *)v->iov_base + at, n);
		TRY(put_packed(w));
		w->plain_bytes += n;
		at += n;
	}
	return NULL;
}

struct error *data_writer_put(struct data_writer *w, const struct iovec *iov, int n)
{
	if (!w->deflate)
		return put_plain(w, iov, n);
	for (int i = 0; i < n; i++)
		TRY(pack(w, &iov[i]));
	return NULL;
}

struct error *data_writer_compress(struct data_writer *w, int level)
{
	w->deflate = deflate_create(level);
	if (!w->deflate)
		return error_hint(error_create("cannot compress: libzstd is not on this machine"),
				  "install it (Debian: libzstd1), or record without -z");
	w->level = level;
	w->packed = xmalloc(UINT16_MAX);
	return NULL;
}

static void describe_compression(const struct data_writer *w, struct data_features *f)
{
	f->compressed_version = 1;
	f->compressed_type = ZSTD;
	f->compressed_level = (uint32_t)w->level;
	f->compressed_ratio = w->packed_bytes ? (uint32_t)(w->plain_bytes / w->packed_bytes) : 0;
	f->compressed_mmap = PACK_ROOM;
}

/* ---- the beginning */

static void add_update(struct strbuf *out, const struct data_event *e, uint64_t type, const void *data, size_t size)
{
	enum { TEXT_MAX = 4096 };
	uint64_t fixed[2] = { type, e->ids.len ? e->ids.data[0] : 0 };
	autostrbuf struct strbuf body = { 0 };

	strbuf_add(&body, fixed, sizeof(fixed));
	strbuf_add(&body, data, size < TEXT_MAX ? size : TEXT_MAX);
	strbuf_addc(&body, '\0');	/* a text that was cut still ends */
	build_plain(out, RECORD_EVENT_UPDATE, 0, body.data, body.len);
}

static void add_updates(struct strbuf *out, const struct data_event *e)
{
	if (!e->ids.len)
		return;
	if (e->name && *e->name)
		add_update(out, e, EVENT_UPDATE_NAME, e->name, strlen(e->name));
	if (e->unit && *e->unit)
		add_update(out, e, EVENT_UPDATE_UNIT, e->unit, strlen(e->unit));
	if (e->scale != 0 && e->scale != 1)
		add_update(out, e, EVENT_UPDATE_SCALE, &e->scale, sizeof(e->scale));
}

static struct perf_event_attr full_attr(const struct data_event *e)
{
	struct perf_event_attr attr = e->attr;

	attr.size = sizeof(attr);	/* perf finds the ids behind so many bytes */
	return attr;
}

/* Header, ids, attrs. */
static void add_file_front(struct data_writer *w, const struct data_event *events, size_t n, struct strbuf *out)
{
	uint64_t ids_at = sizeof(w->header);

	w->header = (struct file_header){ .magic = PERF_MAGIC, .size = sizeof(w->header),
					  .attr_size = sizeof(struct file_attr) };
	strbuf_add(out, &w->header, sizeof(w->header));
	for (size_t i = 0; i < n; i++)
		strbuf_add(out, events[i].ids.data, events[i].ids.len * sizeof(uint64_t));
	w->header.attrs = (struct file_section){ out->len, n * sizeof(struct file_attr) };
	for (size_t i = 0; i < n; i++) {
		struct file_attr attr = { full_attr(&events[i]), { ids_at, events[i].ids.len * sizeof(uint64_t) } };
		ids_at += attr.ids.size;
		strbuf_add(out, &attr, sizeof(attr));
	}
	w->header.data.offset = out->len;
	memcpy(out->data, &w->header, sizeof(w->header));
}

/*
 * Header and HEADER_ATTR records. A record cannot hold more than some 8,000
 * ids: an event with more is described again for the rest, which readers
 * take as one more event of that name.
 */
static void add_pipe_front(const struct data_event *events, size_t n, struct strbuf *out)
{
	enum { IDS_MAX = (UINT16_MAX - sizeof(struct perf_event_header) - sizeof(struct perf_event_attr)) / 8 };
	uint64_t header[2] = { PERF_MAGIC, FILE_HEADER_PIPE };

	strbuf_add(out, header, sizeof(header));
	for (size_t i = 0; i < n; i++) {
		struct perf_event_attr attr = full_attr(&events[i]);
		size_t done = 0;
		do {
			autostrbuf struct strbuf body = { 0 };
			size_t now = events[i].ids.len - done < IDS_MAX ? events[i].ids.len - done : IDS_MAX;
			strbuf_add(&body, &attr, sizeof(attr));
			if (now)
				strbuf_add(&body, events[i].ids.data + done, now * sizeof(uint64_t));
			build_plain(out, RECORD_HEADER_ATTR, 0, body.data, body.len);
			done += now;
		} while (done < events[i].ids.len);
	}
}

void data_writer_replaces(struct data_writer *w)
{
	w->replaces = true;
}

struct error *data_writer_create(int fd, const char *path, bool pipe, const struct data_event *events, size_t n,
				 struct data_writer **writer)
{
	struct data_writer *w = xcalloc(1, sizeof(*w));
	autostrbuf struct strbuf front = { 0 }, updates = { 0 };
	struct error *err = NULL;

	*w = (struct data_writer){ .fd = fd, .pipe = pipe, .path = xstrdup(path) };
	if (pipe)
		add_pipe_front(events, n, &front);
	else
		add_file_front(w, events, n, &front);
	event_desc_encode(events, n, &w->desc);
	for (size_t i = 0; i < n; i++)
		add_updates(&updates, &events[i]);
	write_piece(fd, front.data, front.len, &w->failed);
	if (w->failed)
		err = error_os(w->failed, "cannot write %s", path);
	if (!err)
		err = put_buffer(w, &updates);
	if (err) {
		data_writer_destroy(w);
		w = NULL;
	}
	*writer = w;
	return err;
}

uint64_t data_writer_bytes(const struct data_writer *w)
{
	return w->bytes;
}

/* ---- features */

static bool add_feature(struct data_writer *w, const struct data_features *f, unsigned bit, struct strbuf *out)
{
	if (bit != FEATURE_EVENT_DESC)
		return data_feature_encode(f, bit, out);
	strbuf_add(out, w->desc.data, w->desc.len);
	return true;
}

static void mark(struct data_features *f, unsigned bit)
{
	f->present[bit / 64] |= 1ull << bit % 64;
}

struct error *data_writer_pipe_features(struct data_writer *w, struct data_features *f)
{
	autostrbuf struct strbuf out = { 0 };
	uint64_t last = FEATURE_MAX;

	if (w->deflate)
		describe_compression(w, f);
	memset(f->present, 0, sizeof(f->present));
	for (unsigned bit = FEATURE_BUILD_ID + 1; bit < FEATURE_MAX; bit++) {
		autostrbuf struct strbuf body = { 0 };
		uint64_t number = bit;
		strbuf_add(&body, &number, sizeof(number));
		if (!add_feature(w, f, bit, &body) || body.len > UINT16_MAX - 16)
			continue;
		build_plain(&out, RECORD_HEADER_FEATURE, 0, body.data, body.len);
		mark(f, bit);
	}
	build_plain(&out, RECORD_HEADER_FEATURE, 0, &last, sizeof(last));
	for (size_t i = 0; i < f->build_ids.len; i++)
		data_build_id_encode(&f->build_ids.data[i], &out);
	if (f->tracing_data && f->tracing_size < UINT32_MAX - 8) {
		static const char zeros[8];
		uint32_t sizes[2] = { (uint32_t)(f->tracing_size + 7) / 8 * 8, 0 };
		build_plain(&out, RECORD_HEADER_TRACING_DATA, 0, sizes, sizeof(sizes));
		strbuf_add(&out, f->tracing_data, f->tracing_size);
		strbuf_add(&out, zeros, sizes[0] - f->tracing_size);
		mark(f, FEATURE_TRACING_DATA);
	}
	return put_buffer(w, &out);
}

/* The table of sections and the sections, as they stand behind the data. */
static void add_sections(struct data_writer *w, struct data_features *f, struct strbuf *out)
{
	struct file_section sections[FEATURE_MAX] = { 0 };
	uint64_t end = w->header.data.offset + w->header.data.size;
	autostrbuf struct strbuf all = { 0 };
	size_t n = 0, table;

	if (w->deflate)
		describe_compression(w, f);
	memset(f->present, 0, sizeof(f->present));
	for (unsigned bit = 1; bit < FEATURE_MAX; bit++) {
		size_t at = all.len;
		if (!add_feature(w, f, bit, &all))
			continue;
		sections[n++] = (struct file_section){ at, all.len - at };
		mark(f, bit);
	}
	table = n * sizeof(*sections);
	for (size_t i = 0; i < n; i++)
		sections[i].offset += end + table;
	strbuf_add(out, sections, table);
	strbuf_add(out, all.data, all.len);
}

static struct error *write_header(struct data_writer *w)
{
	ssize_t n = pwrite(w->fd, &w->header, sizeof(w->header), 0);

	return n == sizeof(w->header) ? NULL : error_os(n < 0 ? errno : EIO, "cannot write %s", w->path);
}

struct error *data_writer_finish(struct data_writer *w, struct data_features *f)
{
	autostrbuf struct strbuf out = { 0 };
	uint64_t end = w->header.data.offset + w->bytes;
	int reason = 0;

	if (w->pipe)
		return NULL;
	w->header.data.size = w->bytes;
	add_sections(w, f, &out);
	if (lseek(w->fd, (off_t)end, SEEK_SET) < 0)	/* an earlier finish may have failed half way */
		reason = errno;
	else
		write_piece(w->fd, out.data, out.len, &reason);
	if (!reason) {
		memcpy(w->header.features, f->present, sizeof(f->present));
		return write_header(w);
	}
	/* No room for the features: the records are whole all the same, and the header has its place already. */
	memset(f->present, 0, sizeof(f->present));
	if (ftruncate(w->fd, (off_t)end))
		reason = errno;
	TRY(write_header(w));
	w->failed = w->failed ? w->failed : reason;
	return failure(w);
}

void data_writer_destroy(struct data_writer *w)
{
	if (!w)
		return;
	deflate_destroy(w->deflate);
	strbuf_deinit(&w->desc);
	free(w->packed);
	free(w->path);
	free(w);
}
