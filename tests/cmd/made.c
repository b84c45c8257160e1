/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * made KIND FILE: recordings that this machine's hardware or kernel cannot
 * make, by hand, of this very program mapped at BASE.
 *
 *	sleeps		sched_switch and sched_stat_sleep samples, see sleeps()
 *	branches	branch stacks
 *	memory		data addresses and all that goes with them
 *	broken		a tracepoint whose format is damaged
 *	damaged		records that are too short for what they hold, see damaged()
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi/build.h"
#include "base/cleanup.h"
#include "data/writer.h"

enum { BASE = 0x10000000, MAPPED = 1 << 20, PID = 100 };

extern const char __ehdr_start[];

struct made {
	struct data_event events[3];
	size_t n;
	struct strbuf records, tracing;
};

static struct data_event *add_event(struct made *m, const char *name, uint32_t type, uint64_t config, uint64_t sample_type)
{
	struct data_event *e = &m->events[m->n];

	e->name = xstrdup(name);
	e->attr = (struct perf_event_attr){ .type = type, .size = sizeof(e->attr), .config = config, .sample_period = 1,
					    .sample_id_all = 1, .mmap = 1, .comm = 1,
					    .sample_type = sample_type | PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID |
							   PERF_SAMPLE_TIME | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD };
	vec_push(&e->ids, (uint64_t)++m->n);
	sample_layout_init(&e->layout, &e->attr);
	return e;
}

static void put64(struct made *m, uint64_t value)
{
	strbuf_add(&m->records, &value, sizeof(value));
}

/* Header and what every sample here has; to be ended by end_sample. */
static size_t begin_sample(struct made *m, size_t event, uint32_t tid, uint64_t time, uint64_t ip, uint64_t addr)
{
	const struct data_event *e = &m->events[event];
	struct perf_event_header header = { .type = PERF_RECORD_SAMPLE, .misc = PERF_RECORD_MISC_USER };
	size_t at = m->records.len;

	strbuf_add(&m->records, &header, sizeof(header));
	put64(m, e->ids.data[0]);
	put64(m, ip);
	put64(m, (uint64_t)tid << 32 | tid);
	put64(m, time);
	if (e->attr.sample_type & PERF_SAMPLE_ADDR)
		put64(m, addr);
	put64(m, 0);		/* cpu */
	put64(m, 1);		/* period */
	return at;
}

static void end_sample(struct made *m, size_t at)
{
	((struct perf_event_header *)(m->records.data + at))->size = (uint16_t)(m->records.len - at);
}

/* ---- tracepoints */

static void add_sized(struct strbuf *out, const char *name, const char *text)
{
	uint64_t size = strlen(text);

	if (name)
		strbuf_add(out, name, strlen(name) + 1);
	strbuf_add(out, &size, sizeof(size));
	strbuf_adds(out, text);
}

#define COMMON "format:\n" \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n" \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n" \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n" \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

static const char switch_format[] = "name: sched_switch\nID: 314\n" COMMON
	"\tfield:char prev_comm[16];\toffset:8;\tsize:16;\tsigned:0;\n"
	"\tfield:pid_t prev_pid;\toffset:24;\tsize:4;\tsigned:1;\n"
	"\tfield:int prev_prio;\toffset:28;\tsize:4;\tsigned:1;\n"
	"\tfield:long prev_state;\toffset:32;\tsize:8;\tsigned:1;\n"
	"\tfield:char next_comm[16];\toffset:40;\tsize:16;\tsigned:0;\n"
	"\tfield:pid_t next_pid;\toffset:56;\tsize:4;\tsigned:1;\n"
	"\tfield:int next_prio;\toffset:60;\tsize:4;\tsigned:1;\n\n"
	"print fmt: \"prev_pid=%d next_pid=%d\", REC->prev_pid, REC->next_pid\n";

static const char stat_format[] = "name: sched_stat_sleep\nID: 315\n" COMMON
	"\tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:0;\n"
	"\tfield:pid_t pid;\toffset:24;\tsize:4;\tsigned:1;\n"
	"\tfield:u64 delay;\toffset:32;\tsize:8;\tsigned:0;\n\n"
	"print fmt: \"comm=%s pid=%d delay=%Lu [ns]\", REC->comm, REC->pid, (unsigned long long)REC->delay\n";

/* Its array begins and never ends; a field is said to lie beyond any sample. */
static const char broken_format[] = "name: sched_switch\nID: 314\n" COMMON
	"\tfield:char prev_comm[;\toffset:999999999;\tsize:16;\n"
	"print fmt: \"%s\", __print_symbolic(REC->\n";

/* trace.dat(5), version 6, without its sections of data. */
static void add_tracing(struct made *m, const char *const *formats, uint32_t n)
{
	static const char page[] = "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
		"\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
		"\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
		"\tfield: char data;\toffset:16;\tsize:4080;\tsigned:1;\n";
	const uint32_t page_size = 4096, one = 1, none = 0;
	const uint64_t no_cmdlines = 0;
	struct strbuf *out = &m->tracing;

	strbuf_add(out, "\027\010\104tracing0.6\0\0\010", 16);
	strbuf_add(out, &page_size, 4);
	add_sized(out, "header_page", page);
	add_sized(out, "header_event", "");
	strbuf_add(out, &none, 4);
	strbuf_add(out, &one, 4);
	strbuf_add(out, "sched", 6);
	strbuf_add(out, &n, 4);
	for (uint32_t i = 0; i < n; i++)
		add_sized(out, NULL, formats[i]);
	strbuf_add(out, &none, 4);	/* kallsyms */
	strbuf_add(out, &none, 4);	/* printk */
	strbuf_add(out, &no_cmdlines, 8);
}

/* A callchain of one, and 68 bytes of raw data, which are 72 with their length. */
static void put_switch(struct made *m, uint32_t tid, uint64_t time, uint64_t state, uint32_t next)
{
	struct { uint32_t size; uint8_t bytes[68]; } raw = { .size = 68 };
	size_t at = begin_sample(m, 0, tid, time, BASE + 0x1000 + tid, 0);

	put64(m, 1);
	put64(m, BASE + 0x1000 + tid);
	raw.bytes[0] = 314 & 255;
	raw.bytes[1] = 314 >> 8;
	memcpy(raw.bytes + 24, &tid, 4);
	memcpy(raw.bytes + 32, &state, 8);
	memcpy(raw.bytes + 56, &next, 4);
	strbuf_add(&m->records, &raw, sizeof(raw));
	end_sample(m, at);
}

static void put_stat(struct made *m, uint32_t waker, uint64_t time, uint32_t slept, uint64_t delay)
{
	struct { uint32_t size; uint8_t bytes[44]; } raw = { .size = 44 };
	size_t at = begin_sample(m, 1, waker, time, BASE + 0x1000, 0);

	raw.bytes[0] = 315 & 255;
	raw.bytes[1] = 315 >> 8;
	memcpy(raw.bytes + 24, &slept, 4);
	memcpy(raw.bytes + 32, &delay, 8);
	strbuf_add(&m->records, &raw, sizeof(raw));
	((uint64_t *)(m->records.data + at))[6] = delay;	/* the period */
	end_sample(m, at);
}

enum { RUNS = 0, SLEEPS = 1, BLOCKED = 2 };

static void sleeps(struct made *m)
{
	add_event(m, "sched:sched_switch", PERF_TYPE_TRACEPOINT, 314, PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_RAW);
	add_event(m, "sched:sched_stat_sleep", PERF_TYPE_TRACEPOINT, 315, PERF_SAMPLE_RAW);
	add_tracing(m, (const char *const[]){ switch_format, stat_format }, 2);
	put_switch(m, 101, 1000, SLEEPS, 102);	/* woken at 5000, after 4000 */
	put_switch(m, 102, 2000, SLEEPS, 103);	/* nobody says; runs again at 6000 */
	put_switch(m, 103, 3000, BLOCKED, 104);	/* of such sleeps the file does not tell */
	put_stat(m, 104, 5000, 101, 4000);
	put_stat(m, 104, 5500, 999, 77);	/* whose switch is not here */
	put_switch(m, 104, 6000, RUNS, 102);	/* it could go on */
	put_switch(m, 102, 7000, RUNS, 101);
	put_switch(m, 101, 8000, SLEEPS, 0);	/* for ever */
}

static void broken(struct made *m)
{
	add_event(m, "sched:sched_switch", PERF_TYPE_TRACEPOINT, 314, PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_RAW);
	add_tracing(m, (const char *const[]){ broken_format }, 1);
	put_switch(m, 101, 1000, SLEEPS, 102);
}

/* ---- damage */

/* A record of that many words, which end with a trailer of ones; `words` is what its type says. */
static void put_words(struct made *m, uint32_t type, const uint64_t *words, size_t n)
{
	static const uint64_t trailer[] = { 1, 1, 1, 1 };	/* TID, TIME, CPU, IDENTIFIER */
	uint64_t all[16];

	memcpy(all, words, n * 8);
	memcpy(all + n, trailer, sizeof(trailer));
	build_plain(&m->records, type, PERF_RECORD_MISC_USER, all, n * 8 + sizeof(trailer));
}

/* Each ends in the middle of something. */
static void damaged(struct made *m)
{
	const uint64_t pid = 1ull << 32 | 1, letters = 0x6161616161616161;

	add_event(m, "cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, PERF_SAMPLE_CALLCHAIN);
	put_words(m, PERF_RECORD_COMM, (const uint64_t[]){ pid, letters }, 2);			/* no NUL */
	put_words(m, PERF_RECORD_MMAP2, (const uint64_t[]){ pid, 0x1000, 0x1000, 0, 0 }, 5);	/* an inode that is not there */
	put_words(m, PERF_RECORD_FORK, (const uint64_t[]){ pid }, 1);
	put_words(m, PERF_RECORD_NAMESPACES, (const uint64_t[]){ pid, 1000, 0, 0 }, 4);		/* a thousand, and has one */
	put_words(m, PERF_RECORD_SWITCH_CPU_WIDE, (const uint64_t[]){ 0 }, 0);
	put_words(m, PERF_RECORD_CGROUP, (const uint64_t[]){ 7, letters, letters }, 3);
	build_plain(&m->records, PERF_RECORD_LOST, 0, (const uint64_t[]){ 1 }, 8);		/* no trailer */
	size_t at = begin_sample(m, 0, PID, 1000, BASE, 0);
	put64(m, 5000);		/* frames that are not there */
	put64(m, BASE);
	end_sample(m, at);
	build_plain(&m->records, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, (const uint64_t[]){ 1, BASE, pid }, 24);
	at = begin_sample(m, 0, PID, 2000, BASE, 0);
	put64(m, 1);
	put64(m, BASE);
	end_sample(m, at);	/* a whole one */
}

/* ---- what processors tell */

static uint64_t place(uintptr_t address)
{
	return BASE + (uint64_t)(address - (uintptr_t)__ehdr_start);
}

static void branches(struct made *m)
{
	struct data_event *e = add_event(m, "cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, PERF_SAMPLE_BRANCH_STACK);
	uint64_t from = place((uintptr_t)put_switch) + 4, to = place((uintptr_t)begin_sample);
	struct perf_branch_entry entries[] = {
		{ .from = from, .to = to, .predicted = 1, .cycles = 7 },
		{ .from = to + 2, .to = from + 1, .mispred = 1, .type = 5 },
		{ .from = 0x9000, .to = from, .in_tx = 1, .abort = 1, .type = 8 },
		{ .from = 0x7000, .to = 0x8000 },
	};

	e->attr.branch_sample_type = PERF_SAMPLE_BRANCH_ANY;
	sample_layout_init(&e->layout, &e->attr);
	for (uint64_t i = 0; i < 3; i++) {
		size_t at = begin_sample(m, 0, PID, 1000 * (i + 1), from, 0);
		put64(m, i ? ARRAY_SIZE(entries) : 0);
		if (i)
			strbuf_add(&m->records, entries, sizeof(entries));
		end_sample(m, at);
	}
}

static void memory(struct made *m)
{
	/* Beyond 82 characters of text perf cuts it off. */
	static const uint64_t sources[] = {
		0x68100142,		/* a load, in L1 */
		0, 0x1a2001, 0x70880184, 0x8822, 0xe00001, 1 | 1ull << 37 | 2ull << 43, 0x2 | 9ull << 33,
		4 | 3ull << 33, 8 | 1ull << 24, 16 | 1ull << 38, 2 | 2ull << 40, 2 | 6ull << 40, 2 | 0x2000ull << 5,
	};

	add_event(m, "cpu/mem-loads/", PERF_TYPE_RAW, 0x1cd, PERF_SAMPLE_ADDR | PERF_SAMPLE_WEIGHT_STRUCT | PERF_SAMPLE_DATA_SRC |
		  PERF_SAMPLE_PHYS_ADDR | PERF_SAMPLE_DATA_PAGE_SIZE | PERF_SAMPLE_CODE_PAGE_SIZE);
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		size_t at = begin_sample(m, 0, PID, 1000 * (i + 1), place((uintptr_t)memory), 0x7fff00001000 + i);
		put64(m, (uint64_t)(i + 3) << 32 | (100 + i));
		put64(m, sources[i]);
		put64(m, 0x123456000 + i);
		put64(m, i % 2 ? 4096 : 2 << 20);
		put64(m, 4096);
		end_sample(m, at);
	}
}

/* ---- the file */

static void put_tasks(struct made *m)
{
	struct build b = { .out = &m->records, .layout = &m->events[0].layout, .id = { .id = 1 } };
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n <= 0)
		exit(1);
	path[n] = '\0';
	for (uint32_t tid = PID; tid < PID + 5; tid++) {
		char name[16];
		snprintf(name, sizeof(name), tid == PID ? "made by hand" : "sleeper %u", tid);
		b.id.pid = b.id.tid = tid;
		build_comm(&b, &(struct record_comm){ .pid = tid, .tid = tid, .comm = name });
		build_mmap2(&b, PERF_RECORD_MISC_USER, &(struct record_mmap){ .pid = tid, .tid = tid, .start = BASE, .len = MAPPED,
			.prot = PROT_READ | PROT_EXEC, .flags = MAP_PRIVATE, .filename = path });
	}
}

static struct error *write_file(struct made *m, const char *path)
{
	struct data_features features = { .arch = "x86_64", .tracing_data = m->tracing.data, .tracing_size = m->tracing.len };
	struct data_writer *writer;
	autoclose int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	struct iovec iov = { m->records.data, m->records.len };

	TRY(data_writer_create(fd, path, false, m->events, m->n, &writer));
	struct error *err = data_writer_put(writer, &iov, 1);
	if (!err)
		err = data_writer_finish(writer, &features);
	data_writer_destroy(writer);
	return err;
}

static void made_deinit(struct made *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->events[i].name);
		vec_deinit(&m->events[i].ids);
	}
	strbuf_deinit(&m->records);
	strbuf_deinit(&m->tracing);
}

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*make)(struct made *m); } kinds[] = {
		{ "sleeps", sleeps }, { "branches", branches }, { "memory", memory }, { "broken", broken },
		{ "damaged", damaged },
	};
	struct made m = { 0 }, samples = { 0 };

	for (size_t i = 0; argc == 3 && i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(argv[1], kinds[i].name))
			continue;
		kinds[i].make(&m);
		samples.records = m.records;
		m.records = (struct strbuf){ 0 };
		put_tasks(&m);
		strbuf_add(&m.records, samples.records.data, samples.records.len);
		struct error *err = write_file(&m, argv[2]);
		bool failed = err;
		error_destroy(err);
		strbuf_deinit(&samples.records);
		made_deinit(&m);
		return failed;
	}
	return 2;
}
