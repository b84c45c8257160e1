/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recording FILE [plain]: a perf.data file whose every number is known, for tests
 * that compare screens: 1000 samples of cpu-clock (250 microseconds each) and
 * ten of page-faults, in functions of this very program, whose symbols the
 * reader finds in it, and in a kernel whose symbols `recording --kallsyms`
 * prints. Some tasks have names that are hard to draw, unless they are to be plain.
 */
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "abi/build.h"
#include "base/cleanup.h"
#include "data/writer.h"

enum { BASE = 0x400000, VFS_READ = 0x1000, COPY = 0x2000 };
#define KERNEL 0xffffffff81000000ull

/* ---- functions to be found in ---- */

static volatile int sink;
#define KEPT __attribute__((noinline, used))
KEPT static void glyph(void) { sink += 1; sink *= 11; }
KEPT static void blend(void) { sink += 2; sink *= 12; }
KEPT static void token(void) { sink += 3; sink *= 13; }
KEPT static void draw(void) { sink += 4; glyph(); blend(); }
KEPT static void parse(void) { sink += 5; token(); }
KEPT static void load(void) { sink += 6; token(); }
KEPT static void run(void) { sink += 7; draw(); parse(); load(); }

/* ---- what happened ---- */

static const struct { uint32_t pid, tid; const char *comm, *plain; } tasks[] = {
	{ 1001, 1001, "editor", "editor" },
	{ 1001, 1002, "editor-io", "editor-io" },
	{ 1003, 1003, "日本語", "viewer" },
	{ 1004, 1004, "bad\xff\xc3\x1b[31m", "linter" },
	{ 1005, 1005, "e\xcc\x81tude", "backup" },
};

struct site { void (*function)(void); uint64_t kernel; };
static const struct {
	unsigned task, event, samples;
	struct site stack[4];		/* outermost first */
} samples[] = {
	{ 0, 0, 300, { { run, 0 }, { draw, 0 }, { glyph, 0 } } },
	{ 0, 0, 150, { { run, 0 }, { draw, 0 }, { blend, 0 } } },
	{ 0, 0, 50, { { run, 0 }, { parse, 0 }, { token, 0 } } },
	{ 1, 0, 100, { { run, 0 }, { load, 0 }, { token, 0 } } },
	{ 1, 0, 100, { { run, 0 }, { load, 0 }, { NULL, VFS_READ }, { NULL, COPY } } },
	{ 2, 0, 150, { { run, 0 }, { draw, 0 }, { glyph, 0 } } },
	{ 3, 0, 100, { { run, 0 }, { parse, 0 }, { token, 0 } } },
	{ 4, 0, 50, { { run, 0 }, { load, 0 } } },
	{ 0, 1, 7, { { run, 0 }, { draw, 0 } } },
	{ 1, 1, 3, { { run, 0 }, { load, 0 } } },
};

/* ---- into a file ---- */

struct text {
	uint64_t load, vaddr, offset, len;
	char path[512];
};

static int find_self(struct dl_phdr_info *info, size_t size, void *ctx)
{
	struct text *t = ctx;

	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		if (p->p_type != PT_LOAD || !(p->p_flags & PF_X))
			continue;
		*t = (struct text){ .load = info->dlpi_addr, .vaddr = p->p_vaddr & ~4095ull, .offset = p->p_offset & ~4095ull,
				    .len = (p->p_filesz + 8191) & ~4095ull };
	}
	return 1;	/* the program itself comes first */
}

static void add_tasks(struct strbuf *out, const struct data_event *event, const struct text *text, bool plain)
{
	struct build b = { .out = out, .layout = &event->layout };
	struct record_mmap kernel = { .pid = (uint32_t)-1, .start = KERNEL, .len = 0x100000, .pgoff = KERNEL,
				      .filename = "[kernel.kallsyms]_text" };

	build_mmap(&b, PERF_RECORD_MISC_KERNEL, &kernel);
	for (size_t i = 0; i < ARRAY_SIZE(tasks); i++) {
		struct record_mmap map = { .pid = tasks[i].pid, .tid = tasks[i].tid, .start = BASE, .len = text->len,
					   .pgoff = text->offset, .prot = 5, .flags = 2, .filename = text->path };
		build_comm(&b, &(struct record_comm){ .pid = tasks[i].pid, .tid = tasks[i].tid, .comm = plain ? tasks[i].plain : tasks[i].comm,
						      .exec = tasks[i].pid == tasks[i].tid });
		if (tasks[i].pid == tasks[i].tid)
			build_mmap2(&b, PERF_RECORD_MISC_USER, &map);
	}
}

static uint64_t address(const struct site *site, const struct text *text)
{
	return site->kernel ? KERNEL + site->kernel + 4 : (uintptr_t)site->function - text->load - text->vaddr + BASE + 1;
}

static void add_sample(struct strbuf *out, size_t which, uint64_t time, const struct text *text)
{
	const struct site *stack = samples[which].stack;
	uint64_t words[20], chain[10];
	size_t n = 0, depth = 0, n_chain = 0;
	bool kernel = false;

	while (depth < 4 && (stack[depth].function || stack[depth].kernel))
		depth++;
	for (size_t i = depth; i-- > 0;) {
		if (!n_chain || kernel != (stack[i].kernel > 0)) {
			kernel = stack[i].kernel > 0;
			chain[n_chain++] = kernel ? (uint64_t)PERF_CONTEXT_KERNEL : (uint64_t)PERF_CONTEXT_USER;
		}
		chain[n_chain++] = address(&stack[i], text) + (i + 1 < depth);	/* callers by the address behind the call */
	}
	words[n++] = samples[which].event + 1;	/* identifier */
	words[n++] = chain[1];
	words[n++] = (uint64_t)tasks[samples[which].task].tid << 32 | tasks[samples[which].task].pid;
	words[n++] = time;
	words[n++] = which % 2;			/* cpu */
	words[n++] = samples[which].event ? 1 : 250000;
	words[n++] = n_chain;
	memcpy(words + n, chain, n_chain * sizeof(*words));
	build_plain(out, PERF_RECORD_SAMPLE, stack[depth - 1].kernel ? PERF_RECORD_MISC_KERNEL : PERF_RECORD_MISC_USER,
		    words, (n + n_chain) * sizeof(*words));
}

static struct data_event event(const char *name, uint64_t config, uint64_t id)
{
	struct data_event e = { .name = xstrdup(name), .attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(e.attr), .config = config, .sample_period = 1, .sample_id_all = 1,
		.mmap = 1, .mmap2 = 1, .comm = 1, .comm_exec = 1, .task = 1,
		.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU |
			       PERF_SAMPLE_PERIOD | PERF_SAMPLE_CALLCHAIN } };

	sample_layout_init(&e.layout, &e.attr);
	vec_push(&e.ids, id);
	return e;
}

static struct error *write_file(struct data_writer *writer, const struct data_event *events, bool plain)
{
	struct data_features features = { 0 };
	struct strbuf records = { 0 };
	struct text text = { 0 };

	dl_iterate_phdr(find_self, &text);
	if (readlink("/proc/self/exe", text.path, sizeof(text.path) - 1) < 0)
		return error_create("no /proc/self/exe");
	add_tasks(&records, &events[0], &text, plain);
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
		for (unsigned s = 0; s < samples[i].samples; s++)
			add_sample(&records, i, 1000000000 + (i * 1000 + s) * 250000, &text);
	struct iovec iov = { records.data, records.len };
	struct error *err = data_writer_put(writer, &iov, 1);
	strbuf_deinit(&records);
	return err ? err : data_writer_finish(writer, &features);
}

int main(int argc, char **argv)
{
	if (argc != 2 && argc != 3)
		return 2;
	if (!strcmp(argv[1], "--kallsyms")) {
		printf("%llx T _stext\n%llx T vfs_read\n%llx T copy_page_to_iter\n%llx T _etext\n", KERNEL, KERNEL + VFS_READ,
		       KERNEL + COPY, KERNEL + 0x3000);
		return 0;
	}
	struct data_event events[] = { event("cpu-clock", PERF_COUNT_SW_CPU_CLOCK, 1), event("page-faults", PERF_COUNT_SW_PAGE_FAULTS, 2) };
	struct data_writer *writer = NULL;

	int fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct error *err = fd < 0 ? error_create("cannot create %s", argv[1])
				   : data_writer_create(fd, argv[1], false, events, ARRAY_SIZE(events), &writer);
	if (!err)
		err = write_file(writer, events, argc == 3);
	if (err)
		fprintf(stderr, "recording: %s\n", err->message);
	bool failed = err;
	error_destroy(err);
	data_writer_destroy(writer);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		free(events[i].name);
		vec_deinit(&events[i].ids);
	}
	if (sink)
		run();
	close(fd);
	return failed;
}
