/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perf.data written and read back, whole, unfinished, cut short, damaged, and on a disk that is full. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abi/build.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "data/inflate.h"
#include "data/layout.h"
#include "data/reader.h"
#include "data/tracing.h"
#include "data/writer.h"
#include "tests/lib/tap.h"

enum { SAMPLES = 100, SAMPLE_SIZE = 40 };

/* ---- making files */

struct made {
	struct data_event events[2];
	uint64_t ids[2][2];
};

/* Two events, the second with a unit. */
static void make_events(struct made *m)
{
	*m = (struct made){ .ids = { { 11, 12 }, { 21, 22 } } };
	for (int i = 0; i < 2; i++) {
		struct data_event *e = &m->events[i];
		e->attr = (struct perf_event_attr){ .type = PERF_TYPE_SOFTWARE, .config = (uint64_t)i,
			.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME };
		e->name = i ? (char *)"my-second" : (char *)"my-first";
		e->ids.data = m->ids[i];
		e->ids.len = 2;
		e->scale = 1;
	}
	m->events[1].unit = (char *)"Joules";
	m->events[1].scale = 0.25;
}

static void add_samples(struct strbuf *out, size_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		uint64_t words[4] = { 11, 0x400000 + i, 1, 1000 + i };
		build_plain(out, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, words, sizeof(words));
	}
}

static int new_file(void)
{
	int fd = memfd_create("perf.data", MFD_CLOEXEC);

	if (fd < 0)
		abort();
	return fd;
}

static struct data_writer *begin(int fd, bool pipe)
{
	struct made m;
	struct data_writer *w = NULL;

	make_events(&m);
	CHECK_OK(data_writer_create(fd, "perf.data", pipe, m.events, 2, &w), "a writer begins");
	return w;
}

static void must(struct error *err)
{
	if (err)
		abort();
}

static void put_samples(struct data_writer *w, size_t n)
{
	autostrbuf struct strbuf b = { 0 };

	add_samples(&b, n);
	struct iovec iov = { b.data, b.len };
	must(data_writer_put(w, &iov, 1));
}

/* A finished file of SAMPLES samples. */
static int whole_file(void)
{
	struct data_features f = { .hostname = "testhost" };
	int fd = new_file();
	struct made m;
	struct data_writer *w;

	make_events(&m);
	must(data_writer_create(fd, "perf.data", false, m.events, 2, &w));
	put_samples(w, SAMPLES);
	must(data_writer_finish(w, &f));
	data_writer_destroy(w);
	return fd;
}

static int copy_of(int fd, size_t size)
{
	char buffer[1 << 16];
	ssize_t n = file_pread_full(fd, buffer, size < sizeof(buffer) ? size : sizeof(buffer), 0);
	int copy = new_file();

	if (n < 0 || file_write_full(copy, buffer, (size_t)n) != n)
		abort();
	return copy;
}

static int file_of(const void *bytes, size_t size)
{
	int fd = new_file();

	if (file_write_full(fd, bytes, size) != (ssize_t)size)
		abort();
	return fd;
}

/* Where the samples begin. */
static size_t first_sample(int fd)
{
	struct perf_event_header h;
	uint64_t at = 0;

	if (pread(fd, &at, sizeof(at), offsetof(struct file_header, data)) < 0)
		abort();
	while (pread(fd, &h, sizeof(h), (off_t)at) == sizeof(h) && h.type != PERF_RECORD_SAMPLE)
		at += h.size;
	return at;
}

static size_t size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : (size_t)st.st_size;
}

/* ---- reading them */

struct read {
	size_t counts[RECORD_TYPES];
	size_t bytes;
	bool good;		/* every sample is one of ours, in order */
	struct strbuf notes;
	struct strbuf names;	/* of events, each with a space behind */
	char *hostname;
	struct error *err;
};

static void look_at(struct read *to, const struct perf_event_header *h)
{
	const uint64_t *words = (const uint64_t *)(h + 1);

	to->counts[h->type % RECORD_TYPES]++;
	if (h->type == PERF_RECORD_SAMPLE)
		to->good = to->good && h->size == SAMPLE_SIZE && words[0] == 11 && words[3] - 1000 == words[1] - 0x400000;
}

static void read_records(struct read *to, struct data_reader *r)
{
	struct records records;
	bool end = false;

	while (!to->err && !end) {
		to->err = data_next(r, &records, &end);
		for (size_t at = 0; at < records.len;) {
			const struct perf_event_header *h = (const void *)(records.bytes + at);
			look_at(to, h);
			at += h->size;
		}
		to->bytes += records.len;
		records_free(&records);
	}
}

static struct read read_fd(int fd)
{
	struct read to = { .good = true };
	struct notes notes = { 0 };
	struct data_reader *r;

	to.err = data_open_fd(fd, "perf.data", &notes, &r);
	if (!to.err) {
		read_records(&to, r);
		for (size_t i = 0; i < data_n_events(r); i++)
			strbuf_printf(&to.names, "%s ", data_event(r, i)->name);
		to.hostname = data_features(r)->hostname ? xstrdup(data_features(r)->hostname) : NULL;
		data_close(r);
	}
	for (size_t i = 0; i < notes.lines.len; i++)
		strbuf_printf(&to.notes, "%s\n", notes.lines.data[i]);
	notes_deinit(&notes);
	return to;
}

static void read_done(struct read *r)
{
	strbuf_deinit(&r->notes);
	strbuf_deinit(&r->names);
	free(r->hostname);
	error_destroy(r->err);
}

static void check_note(const struct read *r, const char *part, const char *what)
{
	if (!CHECK(strstr(strbuf_str(&r->notes), part), what))
		printf("# notes: %s\n", strbuf_str(&r->notes));
}

/* ---- tests */

static void round_trip(void)
{
	int fd = whole_file();
	struct read r = read_fd(fd);

	CHECK(!r.err && r.counts[PERF_RECORD_SAMPLE] == SAMPLES && r.good, "all samples come back");
	CHECK_STR(strbuf_str(&r.names), "my-first my-second ", "and the events' names");
	CHECK_STR(r.hostname, "testhost", "and a feature");
	CHECK_STR(strbuf_str(&r.notes), "", "without complaint");
	CHECK_EQ(r.counts[RECORD_EVENT_UPDATE], 4, "names, unit and scale are in the stream");
	read_done(&r);
	close(fd);
}

static void killed(void)
{
	int fd = new_file();
	struct data_writer *w = begin(fd, false);
	struct data_reader *reader;
	struct notes notes = { 0 };

	put_samples(w, SAMPLES);
	file_write_full(fd, &(struct perf_event_header){ PERF_RECORD_SAMPLE, 0, SAMPLE_SIZE }, 8);
	struct read r = read_fd(fd);
	CHECK(r.counts[PERF_RECORD_SAMPLE] == SAMPLES && r.good, "a recorder that was killed: its samples are there");
	check_note(&r, "did not come to its end", "that is said");
	check_note(&r, "ends inside a record", "and that a piece is left over");
	read_done(&r);
	CHECK_OK(data_open_fd(fd, "perf.data", &notes, &reader), "it opens");
	const struct data_event *e = data_event(reader, 1);
	CHECK_STR(e->name, "my-second", "its events have their names before a record is read");
	CHECK(e->unit && !strcmp(e->unit, "Joules") && e->scale == 0.25, "and their units");
	data_close(reader);
	notes_deinit(&notes);
	data_writer_destroy(w);
	close(fd);
}

static void pipes(void)
{
	struct data_features f = { .hostname = "pipehost", .tracing_data = "tracing", .tracing_size = 7 };
	int ends[2];

	if (pipe(ends))
		abort();
	struct data_writer *w = begin(ends[1], true);
	must(data_writer_pipe_features(w, &f));
	put_samples(w, SAMPLES);
	must(data_writer_finish(w, &f));
	data_writer_destroy(w);
	close(ends[1]);
	struct read r = read_fd(ends[0]);
	CHECK(!r.err && r.counts[PERF_RECORD_SAMPLE] == SAMPLES && r.good, "through a pipe: all samples");
	CHECK_STR(strbuf_str(&r.names), "my-first my-second ", "the events");
	CHECK_STR(r.hostname, "pipehost", "a feature");
	CHECK_STR(strbuf_str(&r.notes), "", "no complaint");
	read_done(&r);
	close(ends[0]);
}

/* cat perf.data | ptk report -i - */
static void file_in_a_pipe(void)
{
	int fd = whole_file(), ends[2];
	char buffer[1 << 15];
	ssize_t n = pread(fd, buffer, sizeof(buffer), 0);

	if (pipe(ends) || file_write_full(ends[1], buffer, (size_t)n) != n)
		abort();
	close(ends[1]);
	struct read r = read_fd(ends[0]);
	CHECK(!r.err && r.counts[PERF_RECORD_SAMPLE] == SAMPLES && r.hostname && !r.notes.len,
	      "a file that comes through a pipe is read to its last section");
	read_done(&r);
	close(ends[0]);
	close(fd);
}

/* Every prefix: what is whole is handed out, and what is not is said. */
static void cut_short(void)
{
	int fd = whole_file();
	size_t size = size_of(fd), wrong = 0, silent = 0, last = 0;

	for (size_t i = 1; i < 64; i++) {
		int cut = copy_of(fd, size * i / 64);
		struct read r = read_fd(cut);
		size_t n = r.counts[PERF_RECORD_SAMPLE];
		silent += !r.err && !r.notes.len;
		wrong += n < last || !r.good || (r.err && n);
		last = n;
		read_done(&r);
		close(cut);
	}
	CHECK_EQ(silent, 0, "no prefix of a file passes for the whole");
	CHECK_EQ(wrong, 0, "a longer one never has fewer samples");
	CHECK_EQ(last, SAMPLES, "cut behind the records it has them all");
	int cut = copy_of(fd, first_sample(fd) + 20 * SAMPLE_SIZE + 8);
	struct read r = read_fd(cut);
	check_note(&r, "are missing; shown is what is there", "the note says what is missing");
	CHECK_EQ(r.counts[PERF_RECORD_SAMPLE], 20, "those before the cut are there");
	read_done(&r);
	close(cut);
	close(fd);
}

static void shrinks(void)
{
	enum { MANY = 100000 };
	int fd = new_file();
	struct data_features f = { 0 };
	struct data_writer *w = begin(fd, false);
	struct notes notes = { 0 };
	struct data_reader *r;
	struct records records;
	size_t n = 0;
	bool end = false;

	put_samples(w, MANY);
	must(data_writer_finish(w, &f));
	data_writer_destroy(w);
	must(data_open_fd(fd, "perf.data", &notes, &r));
	while (!end) {
		must(data_next(r, &records, &end));
		n += records.len / SAMPLE_SIZE;
		records_free(&records);
		if (ftruncate(fd, 2 << 20))
			abort();
	}
	data_close(r);
	CHECK(n > (2 << 20) / SAMPLE_SIZE - 100 && n < MANY, "a file that shrinks while it is read ends where it ends");
	CHECK(notes.lines.len == 1 && strstr(notes.lines.data[0], "cut short"), "and that is said");
	notes_deinit(&notes);
	close(fd);
}

static void damaged(void)
{
	int fd = whole_file();
	size_t size = size_of(fd), bad = 0, kept = 0;
	size_t samples = first_sample(fd);
	uint16_t zero = 0;

	pwrite(fd, &zero, 2, (off_t)(samples + 10 * SAMPLE_SIZE + 6));
	struct read r = read_fd(fd);
	CHECK_EQ(r.counts[PERF_RECORD_SAMPLE], SAMPLES - 1, "one record without a size costs that one");
	autofree char *note = xasprintf("damaged at offset 0x%zx: 40 bytes", samples + 10 * SAMPLE_SIZE);
	check_note(&r, note, "where it stands is said");
	read_done(&r);
	for (uint64_t seed = 1, i = 0; i < 100; i++) {
		int copy = copy_of(fd, size);
		char byte;
		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		off_t at = (off_t)(samples + (seed >> 33) % (SAMPLES * SAMPLE_SIZE));
		pread(copy, &byte, 1, at);
		byte ^= (char)(1 << (seed >> 60) % 8);
		pwrite(copy, &byte, 1, at);
		r = read_fd(copy);
		bad += !!r.err;
		kept += r.counts[PERF_RECORD_SAMPLE] >= SAMPLES - 30;
		read_done(&r);
		close(copy);
	}
	CHECK_EQ(bad, 0, "one flipped bit is never an error");
	CHECK(kept >= 95, "and nearly always most of the samples are there");
	close(fd);
}

/* The disk is full in the middle of a record, in the second of two pieces. */
static void full_disk(void)
{
	char path[] = "/tmp/ptk-full.XXXXXX";
	int fd = mkstemp(path);
	struct rlimit old, tight;
	struct data_writer *w = begin(fd, false);
	struct data_features f = { .hostname = "testhost" };
	autostrbuf struct strbuf b = { 0 };
	size_t before = size_of(fd);

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	tight = old;
	tight.rlim_cur = before + 33 * SAMPLE_SIZE + 12;
	add_samples(&b, 50);
	struct iovec iov[2] = { { b.data, 20 * SAMPLE_SIZE + 16 }, { b.data + 20 * SAMPLE_SIZE + 16, 30 * SAMPLE_SIZE - 16 } };
	setrlimit(RLIMIT_FSIZE, &tight);
	struct error *err = data_writer_put(w, iov, 2);
	CHECK_ERR(err, "cannot write perf.data: File too large", "a full disk is an error that names the file");
	CHECK_EQ(size_of(fd), before + 33 * SAMPLE_SIZE, "the file ends with its last whole record");
	CHECK_ERR(data_writer_put(w, iov, 2), "cannot write perf.data", "and so does every later call");
	CHECK_ERR(data_writer_finish(w, &f), "is kept and readable", "there is no room for the features either");
	setrlimit(RLIMIT_FSIZE, &old);
	struct read r = read_fd(fd);
	CHECK(!r.err && r.counts[PERF_RECORD_SAMPLE] == 33 && r.good, "all whole records can be read");
	CHECK_STR(strbuf_str(&r.names), "my-first my-second ", "with their names");
	read_done(&r);
	CHECK_OK(data_writer_finish(w, &f), "once there is room it is finished");
	r = read_fd(fd);
	CHECK(r.counts[PERF_RECORD_SAMPLE] == 33 && r.hostname && !r.notes.len, "and whole");
	read_done(&r);
	data_writer_destroy(w);
	unlink(path);
	close(fd);
}

static void refused(void)
{
	struct notes notes = { 0 };
	struct data_reader *r;
	struct file_header h = { .magic = PERF_MAGIC_SWAPPED, .size = sizeof(h) };
	int fd = new_file();

	CHECK_ERR(data_open("/nonexistent/perf.data", &notes, &r), "No such file", "a file that is not there");
	CHECK_ERR(data_open("/", &notes, &r), "is a directory", "a directory");
	CHECK_ERR(data_open_fd(fd, "perf.data", &notes, &r), "is empty", "an empty file");
	close(fd);
#define REFUSED(bytes, size, part, what) \
	(fd = file_of(bytes, size), CHECK_ERR(data_open_fd(fd, "perf.data", &notes, &r), part, what), close(fd))
	REFUSED("hello, world, this is text", 26, "is not a perf.data file", "a text");
	REFUSED("hi", 2, "is not a perf.data file", "two bytes");
	REFUSED("\x1f\x8b\x08 and so on and so on", 24, "gzip", "a packed file");
	REFUSED(&h, sizeof(h), "other byte order", "the other byte order");
	h.magic = PERF_MAGIC_OLD;
	REFUSED(&h, sizeof(h), "before Linux 3.2", "the old format");
	h.magic = PERF_MAGIC;
	REFUSED(&h, 50, "cut short inside its header", "half a header");
	h.attr_size = 144;
	REFUSED(&h, sizeof(h), "cut short inside its header", "a header without events");
	h.attr_size = UINT64_MAX;
	REFUSED(&h, sizeof(h), "damaged", "an attr size beyond reason");
	CHECK(!r, "a refused file gives no reader");
	notes_deinit(&notes);
}

static void foreign_owner(void)
{
	char path[] = "/tmp/ptk-foreign.XXXXXX";
	struct data_reader *r;
	int fd;

	if (geteuid()) {
		SKIP(2, "only root can give a file away");
		return;
	}
	fd = mkstemp(path);
	file_write_full(fd, "hello, world", 12);
	if (fchown(fd, 65534, 65534))
		abort();
	CHECK_ERR(data_open(path, NULL, &r), "use -f to read it", "a file of another user is refused");
	CHECK_ERR(data_open_foreign(path, NULL, &r), "is not a perf.data", "but not with -f");
	unlink(path);
	close(fd);
}

/* A pipe's beginning: header and an attr whose size is not ours. */
static void pipe_front(struct strbuf *out, size_t attr_size)
{
	uint64_t header[2] = { PERF_MAGIC, FILE_HEADER_PIPE };
	struct perf_event_attr attr = { .type = PERF_TYPE_HW_CACHE, .config = 0x10000, .size = (uint32_t)attr_size,
					.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID |
						       PERF_SAMPLE_TIME };
	uint64_t body[64] = { 0 };

	memcpy(body, &attr, sizeof(attr) < attr_size ? sizeof(attr) : attr_size);
	body[attr_size / 8] = 11;
	strbuf_add(out, header, sizeof(header));
	build_plain(out, RECORD_HEADER_ATTR, 0, body, attr_size + 8);
}

static struct read read_bytes(const struct strbuf *b)
{
	int fd = file_of(b->data, b->len);
	struct read r = read_fd(fd);

	close(fd);
	return r;
}

/* Writes the rest when it is first asked to wait, and has had enough when it is asked again. */
struct waiter {
	const struct strbuf *bytes;
	size_t written;
	int to, asked;
};

static bool wait_for_rest(void *ctx, int fd)
{
	struct waiter *w = ctx;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t left = w->bytes->len - 4 - w->written;

	CHECK(!poll(&p, 1, 0), "who waits is asked when there is nothing");
	if (w->asked++)
		return false;
	return file_write_full(w->to, w->bytes->data + w->written, left) == (ssize_t)left;
}

/* All but the last four bytes come, and the writer lives on. */
static void paused_pipe(void)
{
	autostrbuf struct strbuf b = { 0 };
	struct read to = { .good = true };
	struct notes notes = { 0 };
	struct data_reader *r;
	struct waiter w = { .bytes = &b };
	int ends[2];

	pipe_front(&b, 128);
	add_samples(&b, 10);
	w.written = b.len - 3 * SAMPLE_SIZE + 8;
	if (pipe(ends) || file_write_full(ends[1], b.data, w.written) != (ssize_t)w.written)
		abort();
	w.to = ends[1];
	must(data_open_fd(ends[0], "perf.data", &notes, &r));
	data_wait(r, wait_for_rest, &w);
	read_records(&to, r);
	CHECK_EQ(w.asked, 2, "in front of each wait");
	CHECK(!to.err && to.counts[PERF_RECORD_SAMPLE] == 9 && to.good, "what is whole was handed out");
	CHECK_EQ(notes.lines.len, 0, "that somebody has had enough is no damage");
	read_done(&to);
	data_close(r);
	notes_deinit(&notes);
	close(ends[0]);
	close(ends[1]);
}

static void attr_sizes(void)
{
	static const size_t sizes[] = { PERF_ATTR_SIZE_VER0, PERF_ATTR_SIZE_VER5, 256 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		autostrbuf struct strbuf b = { 0 };
		pipe_front(&b, sizes[i]);
		add_samples(&b, 3);
		struct read r = read_bytes(&b);
		CHECK(!r.err && r.counts[PERF_RECORD_SAMPLE] == 3 && r.good, "an attr of another kernel's size");
		CHECK_STR(strbuf_str(&r.names), "L1-dcache-load-misses ", "has a name made of what it counts");
		read_done(&r);
	}
}

static void odd_records(void)
{
	autostrbuf struct strbuf b = { 0 };
	struct record_auxtrace aux = { { RECORD_AUXTRACE, 0, sizeof(aux) }, .size = 3 << 20 };
	struct record_feature odd = { { RECORD_HEADER_FEATURE, 0, sizeof(odd) + 4 + 7 }, FEATURE_HOSTNAME };
	uint32_t len = 7;

	pipe_front(&b, 128);
	strbuf_add(&b, &odd, sizeof(odd));
	strbuf_add(&b, &len, 4);
	strbuf_add(&b, "oddhost", 7);
	add_samples(&b, 2);
	strbuf_add(&b, &aux, sizeof(aux));
	memset(strbuf_reserve(&b, aux.size), 0xff, aux.size);
	b.len += aux.size;
	add_samples(&b, 2);
	struct read r = read_bytes(&b);
	CHECK(r.counts[PERF_RECORD_SAMPLE] == 4 && r.good, "records behind one of odd size, and behind a trace, are found");
	CHECK_EQ(r.counts[RECORD_AUXTRACE], 1, "the trace's record comes, the trace does not");
	CHECK_STR(r.hostname, "oddhost", "a string that nothing ends");
	CHECK_STR(strbuf_str(&r.notes), "", "nothing of that is damage");
	read_done(&r);
}

/* Records packed into COMPRESSED2, cut inside a record, others between. */
static void compressed(void)
{
	autostrbuf struct strbuf b = { 0 }, plain = { 0 };
	struct deflate *z = deflate_create(3);
	uint8_t packed[4096];
	size_t last = 0;

	if (!z) {
		SKIP(3, "no libzstd here");
		return;
	}
	pipe_front(&b, 128);
	add_samples(&plain, SAMPLES);
	for (size_t at = 0, n; at < plain.len; at += n) {
		n = plain.len - at < 1001 ? plain.len - at : 1001;
		deflate_feed(z, plain.data + at, n);
		uint64_t got = deflate_some(z, packed + 8, sizeof(packed) - 8);
		memcpy(packed, &got, 8);
		last = b.len + 16;
		build_plain(&b, RECORD_COMPRESSED2, 0, packed, got + 8);
		add_samples(&b, 1);
	}
	deflate_destroy(z);
	struct read r = read_bytes(&b);
	CHECK(r.counts[PERF_RECORD_SAMPLE] == SAMPLES + 4 && r.good, "records cut by the packing come out whole");
	CHECK_STR(strbuf_str(&r.notes), "", "nothing is left over");
	read_done(&r);
	memset(b.data + last, 0xff, 8);
	r = read_bytes(&b);
	CHECK(!r.err && r.counts[PERF_RECORD_SAMPLE] >= 50 && r.notes.len, "a damaged stream costs what is behind");
	read_done(&r);
}

static void packed_by_writer(void)
{
	int fd = new_file();
	struct data_features f = { 0 };
	struct data_writer *w = begin(fd, false);
	struct error *err = data_writer_compress(w, 1);

	if (err) {
		error_destroy(err);
		SKIP(2, "no libzstd here");
	} else {
		put_samples(w, 100000);
		CHECK(data_writer_bytes(w) < 100000 * SAMPLE_SIZE / 2, "packed records are smaller");
		must(data_writer_finish(w, &f));
		struct read r = read_fd(fd);
		CHECK(r.counts[PERF_RECORD_SAMPLE] == 100000 && r.good && !r.notes.len, "and come back");
		read_done(&r);
	}
	data_writer_destroy(w);
	close(fd);
}

/* Many events that name the same ids: what is read stays in proportion to the file. */
static void same_ids(void)
{
	enum { EVENTS = 1000, IDS = 1 << 17 };
	struct file_header h = { .magic = PERF_MAGIC, .size = sizeof(h), .attr_size = sizeof(struct file_attr),
				 .attrs = { sizeof(h), EVENTS * sizeof(struct file_attr) } };
	struct file_attr attr = { .ids = { sizeof(h), IDS * 8 } };
	struct notes notes = { 0 };
	struct data_reader *r;
	size_t n = 0;
	int fd = new_file();

	file_write_full(fd, &h, sizeof(h));
	for (int i = 0; i < EVENTS; i++)
		file_write_full(fd, &attr, sizeof(attr));
	if (ftruncate(fd, sizeof(h) + IDS * 8))
		abort();
	must(data_open_fd(fd, "perf.data", &notes, &r));
	for (size_t i = 0; i < data_n_events(r); i++)
		n += data_event(r, i)->ids.len;
	CHECK(data_n_events(r) == EVENTS && n * 8 <= size_of(fd), "ids are read once over, however many events claim them");
	CHECK(notes.lines.len && strstr(notes.lines.data[0], "ids of 999 events"), "and the others are said to be damaged");
	data_close(r);
	notes_deinit(&notes);
	close(fd);
}

/* Buffers come back in any order, and after the reader is gone. */
static void buffers(void)
{
	enum { MANY = 200000 };
	int fd = new_file();
	struct data_features f = { 0 };
	struct data_writer *w = begin(fd, false);
	struct records kept[16];
	struct data_reader *r;
	size_t n = 0, bytes = 0;
	bool end = false;

	put_samples(w, MANY);
	must(data_writer_finish(w, &f));
	bytes = data_writer_bytes(w);
	data_writer_destroy(w);
	must(data_open_fd(fd, "perf.data", NULL, &r));
	while (n < 16 && !end)
		must(data_next(r, &kept[n++], &end));
	data_close(r);
	for (size_t i = 0; i < n; i++) {
		bytes -= kept[i].len;
		records_free(&kept[i]);
	}
	CHECK_EQ(bytes, 0, "stretches outlive the reader");
	close(fd);
}

static void tracing(void)
{
	static const char format[] = "name: sched_switch\nID: 314\nformat:\n\tfield:x;\n";
	autostrbuf struct strbuf b = { 0 };
	uint64_t sizes[2] = { 3, sizeof(format) - 1 };
	uint32_t zero = 0, one = 1;
	struct tracing t;
	struct tracing_event e = { 0 };

	strbuf_add(&b, "\027\010\104tracing0.6\0\0\10\0\020\0\0header_page\0", 10 + 4 + 1 + 1 + 4 + 12);
	strbuf_add(&b, &sizes[0], 8);
	strbuf_add(&b, "abcheader_event\0", 16);
	strbuf_add(&b, &sizes[0], 8);
	strbuf_add(&b, "abc", 3);
	strbuf_add(&b, &zero, 4);
	strbuf_add(&b, &one, 4);
	strbuf_add(&b, "sched\0", 6);
	strbuf_add(&b, &one, 4);
	strbuf_add(&b, &sizes[1], 8);
	strbuf_add(&b, format, sizeof(format) - 1);
	CHECK(tracing_begin(&t, b.data, b.len) && t.long_size == 8 && t.page_size == 4096, "a tracing blob");
	CHECK(tracing_next(&t, &e) && e.id == 314 && !strcmp(e.system, "sched") && e.name_len == 12 &&
	      !memcmp(e.name, "sched_switch", 12), "its event");
	CHECK(!tracing_next(&t, &e), "its end");
	CHECK(tracing_begin(&t, b.data, b.len - 1) && !tracing_next(&t, &e), "one that is cut short");
}

int main(void)
{
	round_trip();
	killed();
	pipes();
	file_in_a_pipe();
	cut_short();
	shrinks();
	damaged();
	full_disk();
	refused();
	foreign_owner();
	paused_pipe();
	attr_sizes();
	odd_records();
	compressed();
	packed_by_writer();
	same_ids();
	buffers();
	tracing();
	return tap_done();
}
