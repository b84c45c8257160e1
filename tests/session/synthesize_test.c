/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of a made-up machine with one process of two threads. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "session/synthesize.h"
#include "tests/lib/tap.h"

static char root[] = "/tmp/ptk-synthesize.XXXXXX";

static void put(const char *path, const char *text)
{
	autofree char *full = xasprintf("%s%s", root, path);

	for (char *slash = full + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(full, 0700);
		*slash = '/';
	}
	autofclose FILE *f = fopen(full, "w");
	if (!f || fputs(text, f) < 0)
		printf("Bail out! cannot write %s\n", full);
}

static void make_machine(void)
{
	put("/proc/kallsyms", "0000000000000000 A fixed_percpu_data\nffffffff81000000 T _stext\n"
			      "ffffffff81000000 T _text\nffffffff81000010 T other_text\n");
	put("/proc/iomem", "00000000-00000fff : Reserved\n  01000000-02206447 : Kernel code\n");
	put("/proc/modules", "virtio 4096 0 - Live 0xffffffffc0000000\n");
	put("/proc/7/status", "Name:\tprog\nTgid:\t7\nPid:\t7\nPPid:\t3\nUid:\t0\t0\t0\t0\n");
	put("/proc/7/maps", "400000-401000 r-xp 00001000 08:01 42 /bin/prog\n500000-501000 rw-p 0 08:01 42 /bin/prog\n"
			    "600000-601000 r-xp 00000000 00:00 0 \n");
	put("/proc/7/task/7/comm", "prog\n");
	put("/proc/7/task/9/comm", "worker\n");
	put("/proc/9/status", "Name:\tworker\nTgid:\t7\nPid:\t9\nPPid:\t3\nUid:\t0\t0\t0\t0\n");
}

static const struct perf_event_header *next(const struct strbuf *out, size_t *at)
{
	const struct perf_event_header *record = (const void *)(out->data + *at);

	if (*at >= out->len)
		return NULL;
	*at += record->size;
	return record;
}

static void test_kernel(struct synthesize *s)
{
	struct record_mmap m;
	bool hidden = true;
	size_t at = 0;

	synthesize_kernel(s, &hidden);
	CHECK(!hidden, "the kernel's addresses are seen");
	const struct perf_event_header *record = next(&s->out, &at);
	CHECK(record && record_mmap(record, 0, &m), "the kernel is a mapping");
	CHECK_STR(m.filename, "[kernel.kallsyms]_text", "named by its first symbol, _text before _stext");
	CHECK(m.start == 0xffffffff81000000 && m.pgoff == m.start && m.len == 0x1206448, "from there to the end of its code");
	CHECK(m.pid == UINT32_MAX && (record->misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_KERNEL, "of no process");
	record = next(&s->out, &at);
	CHECK(record && record_mmap(record, 0, &m) && m.start == 0xffffffffc0000000 && m.len == 4096, "a module follows");
	CHECK_STR(m.filename, "[virtio]", "by its name, where it has no file");
	CHECK(!next(&s->out, &at), "and nothing else");
}

static void test_process(struct synthesize *s)
{
	const struct perf_event_header *record;
	struct record_fork fork;
	struct record_comm comm;
	struct record_mmap m;
	size_t at = 0;

	strbuf_truncate(&s->out, 0);
	CHECK_OK(synthesize_tasks(s, (pid_t []){ 9, 7, 12345 }, 3), "two threads, and one that is gone");
	record = next(&s->out, &at);
	CHECK(record && record->type == PERF_RECORD_FORK && record_fork(record, 0, &fork), "a fork");
	CHECK(fork.pid == 7 && fork.tid == 7 && fork.ppid == 3, "of the process from its parent");
	CHECK(record->misc & PERF_RECORD_MISC_FORK_EXEC, "which shares no mappings");
	record = next(&s->out, &at);
	CHECK(record && record->type == PERF_RECORD_COMM && record_comm(record, 0, &comm) && !strcmp(comm.comm, "prog"), "its name");
	record = next(&s->out, &at);
	CHECK(record && record->type == PERF_RECORD_MMAP2 && record_mmap(record, 0, &m), "its code");
	CHECK(m.start == 0x400000 && m.len == 0x1000 && m.pgoff == 0x1000 && m.ino == 42 && m.maj == 8 && m.min == 1, "as it stands in maps");
	CHECK_STR(m.filename, "/bin/prog", "with the file");
	record = next(&s->out, &at);
	CHECK(record && record_mmap(record, 0, &m) && m.start == 0x600000, "data is left out");
	CHECK_STR(m.filename, "//anon", "code without a file is //anon");
	record = next(&s->out, &at);
	CHECK(record && record->type == PERF_RECORD_FORK && record_fork(record, 0, &fork) && fork.tid == 9 && fork.ptid == 7,
	      "the thread is forked by its process");
	record = next(&s->out, &at);
	CHECK(record && record_comm(record, 0, &comm) && comm.tid == 9 && !strcmp(comm.comm, "worker"), "under its own name");
	CHECK(!next(&s->out, &at), "each process comes once");
}

int main(void)
{
	struct os os = { .root = root };
	struct synthesize s = { .os = &os };
	bool hidden;

	if (!mkdtemp(root))
		return 99;
	make_machine();
	test_kernel(&s);
	test_process(&s);
	put("/proc/kallsyms", "0000000000000000 T _text\n");
	synthesize_kernel(&s, &hidden);
	CHECK(hidden, "zeros are hidden addresses");
	synthesize_deinit(&s);
	autofree char *rm = xasprintf("rm -rf '%s'", root);
	CHECK_EQ(system(rm), 0, "cleaned up");
	return tap_done();
}
