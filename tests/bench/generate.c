/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * generate KIND SAMPLES FILE: a perf.data file for benchmarks, the same at
 * every run.
 *
 *	flat	150 tasks, no call chains, user and kernel addresses; each task
 *		has some functions of its own and keeps the CPU for a while
 *	deep	8 tasks, 67 frames, nearly all of a function that calls itself
 *	mixed	100 tasks, 4 to 5 frames, walks through a call graph: chains
 *		differ by their leaves and thousands of paths
 *	random	as mixed, but any function calls any other: hardly a chain
 *		comes twice
 */
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/build.h"
#include "base/cleanup.h"
#include "base/hash.h"
#include "data/writer.h"

enum { FUNCTIONS = 600, CALL_SITES = 8, INSTRUCTIONS = 64, ROUND = 20000, KERNEL_ADDRESSES = 500, OWN = 30 };

static const struct kind {
	const char *name;
	unsigned tasks, depth;	/* depth 0: no chains; else frames, half of the samples one less */
	bool graph;		/* a function has CALL_SITES callees, not all */
	unsigned leaves;	/* different addresses of a leaf's function */
	bool recursive;
} kinds[] = {
	{ "flat", 150, 0, true, 16, false },
	{ "deep", 8, 67, true, 16, true },
	{ "mixed", 100, 5, true, INSTRUCTIONS, false },
	{ "random", 100, 5, false, INSTRUCTIONS, false },
};

struct image {
	char path[512];
	uint64_t start, len, pgoff;	/* of its text */
};

struct generator {
	const struct kind *kind;
	struct image libc;
	uint64_t kernel[KERNEL_ADDRESSES];
	unsigned n_kernel;
	uint64_t random;
	struct data_event event;
	struct data_writer *writer;
	struct strbuf records;
	uint64_t time;
	uint32_t task;		/* that runs */
};

static uint64_t next(struct generator *g)
{
	g->random ^= g->random << 13;
	g->random ^= g->random >> 7;
	g->random ^= g->random << 17;
	return g->random >> 11;
}

/* Small numbers more often than large ones, as functions are hot. */
static uint64_t skewed(struct generator *g, uint64_t below)
{
	uint64_t a = next(g) % below, b = next(g) % below;

	return a * b / below;
}

static int find_libc(struct dl_phdr_info *info, size_t size, void *ctx)
{
	struct image *image = ctx;

	(void)size;
	if (!strstr(info->dlpi_name, "libc.so"))
		return 0;
	snprintf(image->path, sizeof(image->path), "%s", info->dlpi_name);
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		if (p->p_type == PT_LOAD && (p->p_flags & PF_X)) {
			image->start = 0x7f0000000000 + (p->p_vaddr & ~4095ull);
			image->len = (p->p_filesz + 4095) & ~4095ull;
			image->pgoff = p->p_offset & ~4095ull;
			return 1;
		}
	}
	return 0;
}

/* Functions of the running kernel, where root may see them. */
static void find_kernel(struct generator *g)
{
	autofclose FILE *f = fopen("/proc/kallsyms", "r");
	char line[512], type;
	unsigned long long address;
	unsigned seen = 0;

	while (f && fgets(line, sizeof(line), f) && g->n_kernel < KERNEL_ADDRESSES)
		if (sscanf(line, "%llx %c", &address, &type) == 2 && (type == 't' || type == 'T') && address >> 63 &&
		    !strchr(line, '[') && seen++ % 97 == 0)
			g->kernel[g->n_kernel++] = address;
}

static void put(struct generator *g)
{
	struct iovec iov = { .iov_base = g->records.data, .iov_len = g->records.len };
	struct error *err = data_writer_put(g->writer, &iov, 1);

	if (err) {
		fprintf(stderr, "generate: %s\n", err->message);
		exit(1);
	}
	strbuf_truncate(&g->records, 0);
}

static void add_tasks(struct generator *g)
{
	struct build b = { .out = &g->records, .layout = &g->event.layout, .id = { .pid = 0 } };

	if (g->n_kernel) {
		struct record_mmap kernel = { .pid = (uint32_t)-1, .start = 0xffffffff80000000, .len = 0x7f000000,
					      .pgoff = 0xffffffff80000000, .filename = "[kernel.kallsyms]_text" };
		build_mmap(&b, PERF_RECORD_MISC_KERNEL, &kernel);
	}
	for (unsigned i = 0; i < g->kind->tasks; i++) {
		uint32_t pid = 1000 + i;
		char name[16];
		snprintf(name, sizeof(name), "task-%u", i % 40);
		build_comm(&b, &(struct record_comm){ .pid = pid, .tid = pid, .comm = name, .exec = true });
		struct record_mmap map = { .pid = pid, .tid = pid, .start = g->libc.start, .len = g->libc.len,
					   .pgoff = g->libc.pgoff, .prot = 5, .flags = 2, .filename = g->libc.path };
		build_mmap2(&b, PERF_RECORD_MISC_USER, &map);
	}
	put(g);
}

static uint64_t address(struct generator *g, unsigned function, unsigned instruction)
{
	uint64_t size = g->libc.len / FUNCTIONS;

	return g->libc.start + function * size + 16 + instruction * (size / (INSTRUCTIONS + 1));
}

/* Words of a chain, the leaf first; their number. */
static size_t make_chain(struct generator *g, uint64_t *words)
{
	const struct kind *k = g->kind;
	unsigned depth = k->depth - (next(g) & 1), function = 0, sites[128], functions[128];

	for (unsigned i = 0; i < depth; i++) {
		sites[i] = k->recursive && i + 3 < depth ? 0 : (unsigned)skewed(g, CALL_SITES);
		functions[i] = function;
		if (k->recursive && i && i + 3 < depth)
			continue;
		function = k->graph ? (unsigned)(hash_mix(function, sites[i]) % FUNCTIONS) : (unsigned)(next(g) % FUNCTIONS);
	}
	size_t n = 0;
	words[n++] = (uint64_t)PERF_CONTEXT_USER;
	words[n++] = address(g, functions[depth - 1], (unsigned)skewed(g, k->leaves));
	for (unsigned i = depth - 1; i-- > 0;)
		words[n++] = address(g, functions[i], sites[i]) + 5;
	return n;
}

static void add_sample(struct generator *g)
{
	uint64_t words[160], chain[140];
	size_t n = 0, n_chain = 0;
	uint16_t misc = PERF_RECORD_MISC_USER;
	uint64_t ip;

	if (next(g) % 8 == 0)
		g->task = (uint32_t)skewed(g, g->kind->tasks);
	uint32_t pid = 1000 + g->task;

	if (g->kind->depth) {
		n_chain = make_chain(g, chain);
		ip = chain[1];
	} else if (g->n_kernel && next(g) % 10 < 3) {
		misc = PERF_RECORD_MISC_KERNEL;
		ip = g->kernel[hash_mix(g->task, skewed(g, OWN)) % g->n_kernel] + 8 * (next(g) % 4);
	} else {
		ip = address(g, (unsigned)(hash_mix(g->task, skewed(g, OWN)) % FUNCTIONS), (unsigned)skewed(g, g->kind->leaves));
	}
	g->time += 1000 + next(g) % 1000;
	words[n++] = ip;
	words[n++] = (uint64_t)pid << 32 | pid;
	words[n++] = g->time;
	words[n++] = next(g) % 2;	/* cpu */
	words[n++] = 250000;		/* period */
	if (g->kind->depth) {
		words[n++] = n_chain;
		memcpy(words + n, chain, n_chain * sizeof(*words));
		n += n_chain;
	}
	build_plain(&g->records, PERF_RECORD_SAMPLE, misc, words, n * sizeof(*words));
}

static void generate(struct generator *g, uint64_t samples)
{
	g->time = 1000000000;
	add_tasks(g);
	for (uint64_t i = 0; i < samples; i++) {
		add_sample(g);
		if (i % ROUND == ROUND - 1) {
			build_plain(&g->records, RECORD_FINISHED_ROUND, 0, NULL, 0);
			put(g);
		}
	}
	put(g);
}

int main(int argc, char **argv)
{
	struct generator g = { .random = 88172645463325252 };
	struct data_features features = { 0 };
	uint64_t id = 1;

	for (size_t i = 0; argc == 4 && i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, argv[1]))
			g.kind = &kinds[i];
	if (!g.kind) {
		fprintf(stderr, "usage: generate flat|deep|mixed|random SAMPLES FILE\n");
		return 2;
	}
	dl_iterate_phdr(find_libc, &g.libc);
	find_kernel(&g);
	g.event.name = xstrdup("cpu-clock");
	g.event.attr = (struct perf_event_attr){
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(g.event.attr), .config = PERF_COUNT_SW_CPU_CLOCK, .freq = 1,
		.sample_freq = 4000, .sample_id_all = 1, .mmap = 1, .mmap2 = 1, .comm = 1, .comm_exec = 1, .task = 1,
		.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD,
	};
	if (g.kind->depth)
		g.event.attr.sample_type |= PERF_SAMPLE_CALLCHAIN;
	sample_layout_init(&g.event.layout, &g.event.attr);
	vec_push(&g.event.ids, id);
	unlink(argv[3]);
	int fd = open(argv[3], O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		perror(argv[3]);
		return 1;
	}
	struct error *err = data_writer_create(fd, argv[3], false, &g.event, 1, &g.writer);
	if (!err) {
		generate(&g, strtoull(argv[2], NULL, 0));
		err = data_writer_finish(g.writer, &features);
	}
	if (err)
		fprintf(stderr, "generate: %s\n", err->message);
	data_writer_destroy(g.writer);
	close(fd);
	return err != NULL;
}
