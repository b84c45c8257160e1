/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records: what build.c makes, record.c reads; samples against words put down by hand from perf_event_open(2). */
#include "abi/build.h"
#include "base/cleanup.h"
#include "tests/lib/tap.h"

static const struct perf_event_header *at(const struct strbuf *b)
{
	return (const struct perf_event_header *)b->data;
}

static struct sample_layout layout_of(uint64_t sample_type, uint64_t read_format)
{
	struct perf_event_attr attr = { .sample_type = sample_type, .read_format = read_format, .sample_id_all = 1 };
	struct sample_layout layout;

	sample_layout_init(&layout, &attr);
	return layout;
}

static struct build builder(struct strbuf *out, const struct sample_layout *layout)
{
	return (struct build){ .out = out, .layout = layout,
			       .id = { .pid = 10, .tid = 11, .time = 99, .id = 7, .stream_id = 8, .cpu = 3 } };
}

/* The trailer that each record built with this layout must end with. */
static void check_trailer(const struct sample_layout *layout, const struct perf_event_header *record, const char *what)
{
	struct sample_id id;
	uint64_t time = 0, event = 0;
	bool good = sample_id_decode(layout, record, &id) && id.pid == 10 && id.tid == 11 && id.time == 99 &&
		    id.id == 7 && id.stream_id == 8 && id.cpu == 3;

	good = good && record_time(layout, record, &time) && time == 99;
	good = good && record_event_id(layout, record, &event) && event == 7;
	CHECK(good && record->size % 8 == 0, what);
}

static const uint64_t FULL_ID = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID |
				PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER;

static void mmaps(const struct sample_layout *layout)
{
	autostrbuf struct strbuf b = { 0 };
	struct build build = builder(&b, layout);
	size_t trailer = layout->id_words * 8u;
	struct record_mmap in = { .pid = 1, .tid = 2, .start = 0x1000, .len = 0x2000, .pgoff = 3, .maj = 8, .min = 1,
				  .ino = 42, .ino_generation = 5, .prot = 5, .flags = 2, .filename = "/bin/sh" };
	struct record_mmap out;

	build_mmap2(&build, PERF_RECORD_MISC_USER, &in);
	CHECK(record_mmap(at(&b), trailer, &out) && out.pid == 1 && out.start == 0x1000 && out.len == 0x2000 &&
	      out.pgoff == 3 && out.maj == 8 && out.ino == 42 && out.ino_generation == 5 && out.prot == 5 &&
	      out.flags == 2 && !out.build_id_size && !strcmp(out.filename, "/bin/sh"), "MMAP2 comes back");
	check_trailer(layout, at(&b), "MMAP2 ends with its trailer");
	strbuf_truncate(&b, 0);
	in.build_id_size = 3;
	memcpy(in.build_id, "\1\2\3", 3);
	build_mmap2(&build, PERF_RECORD_MISC_USER, &in);
	CHECK(record_mmap(at(&b), trailer, &out) && out.build_id_size == 3 && !memcmp(out.build_id, in.build_id, 20) &&
	      !out.ino, "MMAP2 with a build-id comes back");
	CHECK(at(&b)->misc & PERF_RECORD_MISC_MMAP_BUILD_ID, "its flag is set");
	b.data[8 + 32] = 21;
	CHECK(record_mmap(at(&b), trailer, &out) && !out.build_id_size && out.maj == 21, "one of 21 bytes is none");
	/* Kernels leave the bit in records that hold an inode: devices vda, sda, nvme, dm; without a generation, too. */
	static const uint32_t devices[][2] = { { 254, 0 }, { 8, 1 }, { 8, 0 }, { 259, 3 }, { 253, 2 }, { 0, 35 } };
	bool good = true;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(devices); i++) {
		struct record_mmap file = in;
		file.build_id_size = 0;
		file.maj = devices[i / 2][0];
		file.min = devices[i / 2][1];
		file.ino_generation = i % 2 ? 0 : 0xc1bf7ae2;
		strbuf_truncate(&b, 0);
		build_mmap2(&build, PERF_RECORD_MISC_USER | PERF_RECORD_MISC_MMAP_BUILD_ID, &file);
		good &= record_mmap(at(&b), trailer, &out) && !out.build_id_size && out.ino == 42 && out.maj == file.maj;
	}
	CHECK(good, "a flag of a build-id where an inode stands is not believed");
	in.build_id_size = 20;
	memcpy(in.build_id, "\x5a\0\xc3\x11" "0123456789abcdef", 20);
	strbuf_truncate(&b, 0);
	build_mmap2(&build, PERF_RECORD_MISC_USER, &in);
	CHECK(record_mmap(at(&b), trailer, &out) && out.build_id_size == 20 && !memcmp(out.build_id, in.build_id, 20),
	      "a build-id of 20 bytes is");
	strbuf_truncate(&b, 0);
	build_mmap(&build, PERF_RECORD_MISC_KERNEL, &in);
	CHECK(record_mmap(at(&b), trailer, &out) && out.len == 0x2000 && !strcmp(out.filename, "/bin/sh"),
	      "MMAP comes back");
	memset(b.data + 8 + 32, 'x', b.len - 40 - trailer);
	CHECK(!record_mmap(at(&b), trailer, &out), "a name without an end is refused");
}

static void tasks(const struct sample_layout *layout)
{
	autostrbuf struct strbuf b = { 0 };
	struct build build = builder(&b, layout);
	size_t trailer = layout->id_words * 8u;
	struct record_comm comm, comm_in = { .pid = 5, .tid = 6, .comm = "a-name-of-more-than-15", .exec = true };
	struct record_fork fork, fork_in = { .pid = 1, .ppid = 2, .tid = 3, .ptid = 4, .time = 5 };
	struct record_ksymbol sym, sym_in = { .addr = 0xffff, .len = 16, .type = 1, .flags = 1, .name = "bpf_prog_x" };
	struct perf_ns_link_info links[2] = { { 1, 2 }, { 3, 4 } };
	struct record_namespaces ns, ns_in = { .pid = 1, .tid = 1, .n = 2, .links = links };

	build_comm(&build, &comm_in);
	CHECK(record_comm(at(&b), trailer, &comm) && comm.tid == 6 && comm.exec && !strcmp(comm.comm, "a-name-of-more-"),
	      "COMM comes back, the name cut to 15");
	check_trailer(layout, at(&b), "COMM ends with its trailer");
	strbuf_truncate(&b, 0);
	build_fork(&build, &fork_in);
	CHECK(record_fork(at(&b), trailer, &fork) && fork.ppid == 2 && fork.ptid == 4 && fork.time == 5, "FORK comes back");
	CHECK(!record_fork(at(&b), trailer + 8, &fork), "one that is too short is refused");
	strbuf_truncate(&b, 0);
	build_ksymbol(&build, &sym_in);
	CHECK(record_ksymbol(at(&b), trailer, &sym) && sym.addr == 0xffff && sym.len == 16 && sym.type == 1 &&
	      sym.flags == 1 && !strcmp(sym.name, "bpf_prog_x"), "KSYMBOL comes back");
	strbuf_truncate(&b, 0);
	build_namespaces(&build, &ns_in);
	CHECK(record_namespaces(at(&b), trailer, &ns) && ns.n == 2 && ns.links[1].ino == 4, "NAMESPACES comes back");
	uint64_t many = 1ull << 61;	/* times 16 is 0 in 64 bits */
	memcpy(b.data + 16, &many, 8);
	CHECK(!record_namespaces(at(&b), trailer, &ns), "a count that overflows is refused");
}

/* A record of these words. */
static void sample_of(struct strbuf *b, const uint64_t *words, size_t n)
{
	strbuf_truncate(b, 0);
	build_plain(b, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER, words, n * 8);
}

static void samples(void)
{
	autostrbuf struct strbuf b = { 0 };
	struct sample s;
	struct sample_layout l = layout_of(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |
					   PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD | PERF_SAMPLE_CALLCHAIN, 0);
	uint64_t words[] = { 7, 0x401000, 11ull << 32 | 10, 99, 3, 4000, 2, PERF_CONTEXT_USER, 0x401000 };
	uint64_t id = 0, time = 0;

	sample_of(&b, words, ARRAY_SIZE(words));
	CHECK(sample_decode(&l, at(&b), &s) && s.id == 7 && s.ip == 0x401000 && s.pid == 10 && s.tid == 11 &&
	      s.time == 99 && s.cpu == 3 && s.period == 4000 && s.chain_len == 2 && s.chain[1] == 0x401000 &&
	      s.cpumode == PERF_RECORD_MISC_USER, "a sample with a chain");
	CHECK(record_event_id(&l, at(&b), &id) && id == 7 && record_time(&l, at(&b), &time) && time == 99,
	      "its id and time without decoding");
	words[6] = 3;
	sample_of(&b, words, ARRAY_SIZE(words));
	CHECK(!sample_decode(&l, at(&b), &s), "a chain longer than the record is refused");
	words[6] = UINT64_MAX;
	sample_of(&b, words, ARRAY_SIZE(words));
	CHECK(!sample_decode(&l, at(&b), &s), "a chain of 2^64 - 1 is refused");
	l = layout_of(PERF_SAMPLE_IP | PERF_SAMPLE_ID, 0);
	CHECK_EQ(l.id_at, 1, "without IDENTIFIER the id stands behind the ip");
	CHECK_EQ(l.time_at, -1, "a time that is not sampled has no place");
	sample_of(&b, words, 1);
	CHECK(!record_event_id(&l, at(&b), &id), "a record too short for its id");
}

static void sample_parts(void)
{
	autostrbuf struct strbuf b = { 0 };
	struct sample s;
	struct sample_layout l = layout_of(PERF_SAMPLE_READ, PERF_FORMAT_GROUP | PERF_FORMAT_ID |
					   PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_LOST);
	uint64_t group[] = { 2, 100, 5, 7, 0, 6, 8, 0 };
	uint64_t raw[] = { 12 | 0x6161616100000000, 0x6161616161616161 };
	uint64_t branches[] = { 1, 0xff, 1, 2, 3, 9 };
	uint64_t stack[] = { 2 /* abi */, 11, 12, 16, 1, 2, 8 };

	sample_of(&b, group, ARRAY_SIZE(group));
	CHECK(sample_decode(&l, at(&b), &s) && s.read_words == 8 && s.read[3] == 7, "a group that is read");
	group[0] = 3;
	sample_of(&b, group, ARRAY_SIZE(group));
	CHECK(!sample_decode(&l, at(&b), &s), "a group larger than the record is refused");
	l = layout_of(PERF_SAMPLE_RAW, 0);
	sample_of(&b, raw, 2);
	CHECK(sample_decode(&l, at(&b), &s) && s.raw_size == 12 && !memcmp(s.raw, "aaaaaaaaaaaa", 12), "raw bytes");
	raw[0] = UINT32_MAX;
	sample_of(&b, raw, 2);
	CHECK(!sample_decode(&l, at(&b), &s), "raw bytes beyond the record are refused");
	l = layout_of(PERF_SAMPLE_BRANCH_STACK | PERF_SAMPLE_WEIGHT, 0);
	l.branch_type = PERF_SAMPLE_BRANCH_HW_INDEX;
	sample_of(&b, branches, 6);
	CHECK(sample_decode(&l, at(&b), &s) && s.branches_len == 1 && s.branches[0].to == 2 && s.branch_hw_idx == 0xff &&
	      s.weight == 9, "a branch");
	l.branch_type |= 1 << 19;	/* PERF_SAMPLE_BRANCH_COUNTERS */
	CHECK(!sample_decode(&l, at(&b), &s), "a branch's counters are looked for where they stand");
	branches[0] = 1ull << 61;
	sample_of(&b, branches, 6);
	CHECK(!sample_decode(&l, at(&b), &s), "a number of branches that overflows is refused");
	struct perf_event_attr attr = { .sample_type = PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER,
					.sample_regs_user = 0x101 };
	sample_layout_init(&l, &attr);
	sample_of(&b, stack, 7);
	CHECK(sample_decode(&l, at(&b), &s) && s.regs_user[1] == 12 && s.stack_size == 16 && s.stack_used == 8 &&
	      s.stack[8] == 2, "registers and a piece of the stack");
	stack[6] = 24;
	sample_of(&b, stack, 7);
	CHECK(!sample_decode(&l, at(&b), &s), "more of the stack used than there is, is refused");
	uint64_t none[] = { 0 /* PERF_SAMPLE_REGS_ABI_NONE */, 0 };
	sample_of(&b, none, 2);
	CHECK(sample_decode(&l, at(&b), &s) && !s.regs_user && !s.stack_size, "a kernel thread has neither");
}

static void others(void)
{
	autostrbuf struct strbuf b = { 0 };
	struct record_lost lost;
	struct record_switch sw;
	uint64_t words[2] = { 7, 41 };

	build_plain(&b, PERF_RECORD_LOST, 0, words, 16);
	CHECK(record_lost(at(&b), 0, &lost) && lost.id == 7 && lost.lost == 41, "LOST");
	strbuf_truncate(&b, 0);
	build_plain(&b, PERF_RECORD_LOST_SAMPLES, 0, words + 1, 8);
	CHECK(record_lost(at(&b), 0, &lost) && !lost.id && lost.lost == 41, "LOST_SAMPLES");
	strbuf_truncate(&b, 0);
	build_plain(&b, PERF_RECORD_SWITCH, PERF_RECORD_MISC_SWITCH_OUT, NULL, 0);
	CHECK(record_switch(at(&b), 0, &sw) && sw.out && sw.next_prev_pid == UINT32_MAX, "SWITCH");
	strbuf_truncate(&b, 0);
	build_plain(&b, RECORD_HEADER_FEATURE, 0, "abc", 3);
	CHECK(b.len == 16 && at(&b)->size == 16 && !b.data[11], "a body is padded with zeros to whole words");
	CHECK_STR(record_type_name(PERF_RECORD_MMAP2), "PERF_RECORD_MMAP2", "a type's name");
	CHECK(!record_type_name(RECORD_TYPES) && !record_type_name(UINT32_MAX), "no name for what is no type");
}

int main(void)
{
	struct sample_layout full = layout_of(FULL_ID, 0), bare = { 0 };

	CHECK_EQ(full.id_words, 6, "six words of trailer");
	mmaps(&full);
	tasks(&full);
	autostrbuf struct strbuf b = { 0 };
	struct build build = { .out = &b, .layout = &bare };
	struct record_comm comm = { .comm = "x" };
	build_comm(&build, &comm);
	CHECK(b.len == 24, "no trailer where the attr asks for none");
	samples();
	sample_parts();
	others();
	return tap_done();
}
