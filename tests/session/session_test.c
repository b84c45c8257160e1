/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole sessions over records made by hand: events by id, tasks at the time of the sample, places, damage. */
#include "session/session.h"

#include "abi/build.h"
#include "base/cleanup.h"
#include "tests/lib/tap.h"

static const struct os nowhere = { .root = "/nonexistent" };

struct seen {
	struct session *session;
	struct { uint32_t event, pid, tid, location; uint64_t time; char comm[16]; } samples[32];
	size_t n, records;
};

static void take_sample(void *ctx, const struct session_sample *x)
{
	struct seen *s = ctx;

	if (s->n == 32)
		return;
	s->samples[s->n].event = x->event;
	s->samples[s->n].pid = x->task->pid;
	s->samples[s->n].tid = x->task->tid;
	s->samples[s->n].time = x->s->time;
	s->samples[s->n].location = session_locate(s->session, x->task, x->s->cpumode, x->s->ip);
	snprintf(s->samples[s->n].comm, 16, "%s", strtab_text(session_strings(s->session), x->task->comm));
	s->n++;
}

static void take_record(void *ctx, const struct perf_event_header *record, uint32_t event,
			const struct sample_id *id, uint64_t offset)
{
	((struct seen *)ctx)->records++;
}

static const struct perf_event_attr attr = {
	.size = sizeof(attr), .type = PERF_TYPE_SOFTWARE, .sample_id_all = 1,
	.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
};
static struct sample_layout layout;

static struct session *begin(struct seen *seen)
{
	struct session_options options = { .images = { .os = &nowhere, .debug_root = "" } };
	struct session_sink sink = { .ctx = seen, .sample = take_sample, .record = take_record };

	*seen = (struct seen){ .session = session_create(&options, &sink, NULL) };
	session_add_event(seen->session, &attr, (uint64_t[]){ 100, 101 }, 2);
	session_add_event(seen->session, &attr, (uint64_t[]){ 200 }, 1);
	return seen->session;
}

static struct build at(struct strbuf *out, uint64_t time, uint32_t tid)
{
	return (struct build){ .out = out, .layout = &layout, .id = { .time = time, .id = 100, .pid = tid, .tid = tid } };
}

static void sample(struct strbuf *out, uint64_t id, uint64_t time, uint32_t pid, uint32_t tid, uint64_t ip)
{
	uint64_t body[] = { id, ip, pid | (uint64_t)tid << 32, time };

	build_plain(out, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, body, sizeof(body));
}

static void comm(struct strbuf *out, uint64_t time, uint32_t tid, const char *text, bool exec)
{
	struct build b = at(out, time, tid);

	build_comm(&b, &(struct record_comm){ .pid = tid, .tid = tid, .comm = text, .exec = exec });
}

static void map(struct strbuf *out, uint64_t time, uint32_t tid, uint64_t start, const char *file)
{
	struct build b = at(out, time, tid);

	build_mmap2(&b, PERF_RECORD_MISC_USER, &(struct record_mmap){
		.pid = tid, .tid = tid, .start = start, .len = 0x1000, .pgoff = 0x3000, .prot = 5, .filename = file });
}

static void feed(struct session *s, struct strbuf *bytes)
{
	size_t len = bytes->len;

	session_feed(s, (struct records){ .bytes = (uint8_t *)strbuf_take(bytes), .len = len });
}

static const char *image_of(const struct seen *s, size_t i)
{
	const struct location *l = session_location(s->session, s->samples[i].location);

	return strtab_text(session_strings(s->session), images_get(session_images(s->session), l->image)->path);
}

/* Two rings, the second with what the first one's samples need. */
static void in_order(void)
{
	struct strbuf bytes = { 0 };
	struct seen seen;
	struct session *s = begin(&seen);

	sample(&bytes, 100, 50, 7, 7, 0x10010);
	sample(&bytes, 200, 70, 7, 7, 0x10010);
	sample(&bytes, 101, 90, 7, 7, 0x10010);
	sample(&bytes, 999, 95, 7, 7, 0x10010);
	comm(&bytes, 10, 7, "before", false);
	map(&bytes, 20, 7, 0x10000, "/bin/before");
	comm(&bytes, 60, 7, "after", true);
	map(&bytes, 80, 7, 0x10000, "/bin/after");
	feed(s, &bytes);
	CHECK_EQ(seen.n, 0, "nothing is shown before a round has ended");
	session_finish(s);
	CHECK_EQ(seen.n, 3, "samples of events that are known");
	CHECK_EQ(seen.samples[0].event * 100 + seen.samples[1].event * 10 + seen.samples[2].event, 10, "each of its event");
	CHECK_STR(seen.samples[0].comm, "before", "a sample has the name of its time");
	CHECK_STR(seen.samples[1].comm, "after", "and the next has the next name");
	CHECK_STR(image_of(&seen, 0), "/bin/before", "a place is in what was mapped then");
	CHECK_STR(image_of(&seen, 1), "[unknown]", "nothing of before the exec names what comes after it");
	CHECK_STR(image_of(&seen, 2), "/bin/after", "what is mapped then does");
	const struct location *l = session_location(s, seen.samples[2].location);
	CHECK_EQ(l->offset, 0x3010, "with its offset in the file");
	CHECK_EQ(l->raw, 0x10010, "and the address as it came");
	CHECK_EQ(session_counts(s)->unknown_event, 1, "a sample of nobody's event is counted");
	CHECK_EQ(session_counts(s)->samples, 3, "and the others");
	CHECK_EQ(seen.records, 4, "other records come out, too");
	session_destroy(s);
}

static bool anchored_alike(struct session *s, uint32_t tid, uint64_t address, uint32_t other_tid, uint64_t other)
{
	struct session_anchor a = session_anchor(s, session_task_now(s, tid, tid), PERF_RECORD_MISC_USER, address);
	struct session_anchor b = session_anchor(s, session_task_now(s, other_tid, other_tid), PERF_RECORD_MISC_USER, other);

	return a.address == b.address && a.space == b.space && a.generation == b.generation;
}

/* What anchors are for: equal ones are of one location, and what may be another later has another then. */
static void anchors(void)
{
	struct strbuf bytes = { 0 };
	struct seen seen;
	struct session *s = begin(&seen);

	map(&bytes, 1, 7, 0x10000, "/lib/x.so");
	map(&bytes, 1, 8, 0x50000, "/lib/x.so");
	map(&bytes, 1, 7, 0x90000, "//anon");
	map(&bytes, 1, 8, 0x90000, "//anon");
	feed(s, &bytes);
	session_finish(s);
	CHECK(anchored_alike(s, 7, 0x10020, 8, 0x50020), "a place of an image has one anchor wherever it is mapped");
	CHECK(!anchored_alike(s, 7, 0x10020, 8, 0x50021), "another place has another");
	CHECK(!anchored_alike(s, 7, 0x90020, 8, 0x90020), "memory without a file is each task's own");
	CHECK(!anchored_alike(s, 7, 0x20, 8, 0x20), "so is where nothing is mapped");
	struct session_anchor before = session_anchor(s, session_task_now(s, 7, 7), PERF_RECORD_MISC_USER, 0x10020);
	map(&bytes, 2, 7, 0x10000, "/lib/y.so");
	feed(s, &bytes);
	session_finish(s);
	struct session_anchor after = session_anchor(s, session_task_now(s, 7, 7), PERF_RECORD_MISC_USER, 0x10020);
	CHECK(before.space != after.space || before.generation != after.generation, "another file there changes it");
	session_destroy(s);
}

static void same_place(void)
{
	struct strbuf bytes = { 0 };
	struct seen seen;
	struct session *s = begin(&seen);

	map(&bytes, 1, 7, 0x10000, "/lib/x.so");
	map(&bytes, 1, 8, 0x50000, "/lib/x.so");
	sample(&bytes, 100, 2, 7, 7, 0x10020);
	sample(&bytes, 100, 3, 8, 8, 0x50020);
	sample(&bytes, 100, 4, 8, 8, 0x50021);
	sample(&bytes, 100, 5, 7, 9, 0x10020);
	feed(s, &bytes);
	session_finish(s);
	CHECK_EQ(seen.samples[0].location, seen.samples[1].location, "one place of an image is one location in all tasks");
	CHECK(seen.samples[2].location != seen.samples[0].location, "another is another");
	CHECK_EQ(seen.samples[3].location, seen.samples[0].location, "a thread that was never announced has its process's maps");
	CHECK_EQ(session_locate(s, session_task_now(s, 7, 7), PERF_RECORD_MISC_USER, 0x10020), seen.samples[0].location,
		 "asked for again");
	CHECK_EQ(session_location_count(s), 2, "locations are dense");
	session_destroy(s);
}

static void damage(void)
{
	struct strbuf bytes = { 0 };
	struct seen seen;
	struct session *s = begin(&seen);
	uint64_t none = 0;

	build_plain(&bytes, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, &none, 8);
	build_plain(&bytes, PERF_RECORD_MMAP2, PERF_RECORD_MISC_USER, &none, 8);
	build_plain(&bytes, PERF_RECORD_COMM, 0, &none, 0);
	sample(&bytes, 100, 5, 7, 7, 1);
	build_plain(&bytes, 77777, 0, &none, 8);
	strbuf_add(&bytes, "\3\0\0\0\0\0\1\0", 8);	/* 256 bytes, of which 8 are there */
	feed(s, &bytes);
	session_finish(s);
	CHECK_EQ(seen.n, 1, "what is whole is used");
	CHECK(session_counts(s)->malformed >= 3, "what is not is counted");
	CHECK_EQ(session_counts(s)->records[0], 1, "types that nobody knows are counted apart");
	session_destroy(s);
}

int main(void)
{
	sample_layout_init(&layout, &attr);
	in_order();
	same_place();
	anchors();
	damage();
	return tap_done();
}
