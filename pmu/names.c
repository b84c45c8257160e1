/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pmu/names.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define HW(n, a, c, h) { n, a, EVENT_HARDWARE, PERF_COUNT_HW_##c, h }
#define SW(n, a, c, h) { n, a, EVENT_SOFTWARE, PERF_COUNT_SW_##c, h }

const struct event_name event_names[] = {
	HW("branch-instructions", "branches", BRANCH_INSTRUCTIONS, "retired branches"),
	HW("branch-misses", NULL, BRANCH_MISSES, "mispredicted branches"),
	HW("bus-cycles", NULL, BUS_CYCLES, "cycles of the bus"),
	HW("cache-misses", NULL, CACHE_MISSES, "misses of the last cache, usually"),
	HW("cache-references", NULL, CACHE_REFERENCES, "accesses of the last cache, usually"),
	HW("cpu-cycles", "cycles", CPU_CYCLES, "cycles of the CPU; their speed changes with its frequency"),
	HW("instructions", NULL, INSTRUCTIONS, "retired instructions"),
	HW("ref-cycles", NULL, REF_CPU_CYCLES, "cycles at a constant rate"),
	HW("stalled-cycles-backend", "idle-cycles-backend", STALLED_CYCLES_BACKEND, "cycles without retirement"),
	HW("stalled-cycles-frontend", "idle-cycles-frontend", STALLED_CYCLES_FRONTEND, "cycles without issue"),
	SW("alignment-faults", NULL, ALIGNMENT_FAULTS, "unaligned accesses that the kernel handled"),
	SW("bpf-output", NULL, BPF_OUTPUT, "data from BPF programs"),
	SW("cgroup-switches", NULL, CGROUP_SWITCHES, "context switches to another cgroup"),
	SW("context-switches", "cs", CONTEXT_SWITCHES, "switches from one task to another"),
	SW("cpu-clock", NULL, CPU_CLOCK, "time on a CPU, by a timer of the kernel"),
	SW("cpu-migrations", "migrations", CPU_MIGRATIONS, "moves of a task to another CPU"),
	SW("dummy", NULL, DUMMY, "counts nothing; carries maps, names, forks and exits"),
	SW("emulation-faults", NULL, EMULATION_FAULTS, "instructions that the kernel emulated"),
	SW("major-faults", NULL, PAGE_FAULTS_MAJ, "page faults that read from a device"),
	SW("minor-faults", NULL, PAGE_FAULTS_MIN, "page faults that did not"),
	SW("page-faults", "faults", PAGE_FAULTS, "page faults of both kinds"),
	SW("task-clock", NULL, TASK_CLOCK, "time of a task on CPUs"),
	{ "duration_time", NULL, EVENT_TOOL, TOOL_DURATION_TIME, "elapsed time" },
	{ "user_time", NULL, EVENT_TOOL, TOOL_USER_TIME, "CPU time in user mode" },
	{ "system_time", NULL, EVENT_TOOL, TOOL_SYSTEM_TIME, "CPU time in the kernel" },
	{ 0 },
};

static bool is(const char *name, const char *word, size_t len)
{
	return name && strlen(name) == len && !memcmp(name, word, len);
}

const struct event_name *event_name_find(const char *word, size_t len)
{
	for (const struct event_name *e = event_names; e->name; e++)
		if (is(e->name, word, len) || is(e->alias, word, len))
			return e;
	return NULL;
}

/* ---- cache events: CACHE[-OPERATION][-RESULT], each with its words; the first ones are shown */

enum { WORDS = 5, READ = 1, WRITE = 2, PREFETCH = 4 };

static const struct cache {
	const char *words[WORDS];
	unsigned operations;	/* what such a cache can do */
} caches[PERF_COUNT_HW_CACHE_MAX] = {
	[PERF_COUNT_HW_CACHE_L1D] = { { "L1-dcache", "l1-d", "l1d", "L1-data" }, READ | WRITE | PREFETCH },
	[PERF_COUNT_HW_CACHE_L1I] = { { "L1-icache", "l1-i", "l1i", "L1-instruction" }, READ | PREFETCH },
	[PERF_COUNT_HW_CACHE_LL] = { { "LLC", "L2" }, READ | WRITE | PREFETCH },
	[PERF_COUNT_HW_CACHE_DTLB] = { { "dTLB", "d-tlb", "Data-TLB" }, READ | WRITE | PREFETCH },
	[PERF_COUNT_HW_CACHE_ITLB] = { { "iTLB", "i-tlb", "Instruction-TLB" }, READ },
	[PERF_COUNT_HW_CACHE_BPU] = { { "branch", "branches", "bpu", "btb", "bpc" }, READ },
	[PERF_COUNT_HW_CACHE_NODE] = { { "node" }, READ | WRITE | PREFETCH },
};

static const char *const operations[PERF_COUNT_HW_CACHE_OP_MAX][WORDS] = {
	{ "load", "loads", "read" },
	{ "store", "stores", "write" },
	{ "prefetch", "prefetches", "speculative-read", "speculative-load" },
};

static const char *const results[PERF_COUNT_HW_CACHE_RESULT_MAX][WORDS] = {
	{ "refs", "Reference", "ops", "access" },
	{ "misses", "miss" },
};

/* Takes one of the words, whole up to a '-' or the end, off the front of the text. */
static bool take(const char *const words[WORDS], const char **text, const char *end)
{
	for (int i = 0; i < WORDS && words[i]; i++) {
		size_t len = strlen(words[i]);
		if ((size_t)(end - *text) < len || strncasecmp(*text, words[i], len))
			continue;
		if (*text + len == end || (*text)[len] == '-') {
			*text += len + (*text + len < end);
			return true;
		}
	}
	return false;
}

static bool cache_rest(const struct cache *cache, const char *text, const char *end, uint64_t *config, const char **refused)
{
	int operation = -1, result = -1;

	while (text < end) {
		const char *from = text;
		for (int i = 0; operation < 0 && i < PERF_COUNT_HW_CACHE_OP_MAX; i++)
			if (take(operations[i], &text, end)) {
				operation = i;
				if (!(cache->operations & 1u << i))
					*refused = from;
			}
		for (int i = 0; text == from && result < 0 && i < PERF_COUNT_HW_CACHE_RESULT_MAX; i++)
			if (take(results[i], &text, end))
				result = i;
		if (text == from) {
			*refused = NULL;
			return false;
		}
	}
	*config = (uint64_t)(cache - caches) | (uint64_t)(operation < 0 ? 0 : operation) << 8 |
		  (uint64_t)(result < 0 ? 0 : result) << 16;
	return !*refused && end[-1] != '-';
}

bool cache_name_parse(const char *word, size_t len, uint64_t *config, const char **refused)
{
	*refused = NULL;
	for (int i = 0; len && i < PERF_COUNT_HW_CACHE_MAX; i++) {
		const char *rest = word;
		if (take(caches[i].words, &rest, word + len) && cache_rest(&caches[i], rest, word + len, config, refused))
			return true;
		if (*refused)
			return false;
	}
	return false;
}

/* The usual spelling of a config, L1-dcache-load-misses; false when there is no such event. */
static bool cache_name(uint64_t config, char text[CACHE_NAME_SIZE])
{
	uint64_t type = config & 0xff, operation = config >> 8 & 0xff, result = config >> 16 & 0xff;

	if (type >= PERF_COUNT_HW_CACHE_MAX || operation >= PERF_COUNT_HW_CACHE_OP_MAX ||
	    result >= PERF_COUNT_HW_CACHE_RESULT_MAX || config >> 24 || !(caches[type].operations & 1u << operation))
		return false;
	if (result)
		snprintf(text, CACHE_NAME_SIZE, "%s-%s-%s", caches[type].words[0], operations[operation][0], results[result][0]);
	else
		snprintf(text, CACHE_NAME_SIZE, "%s-%s", caches[type].words[0], operations[operation][1]);
	return true;
}

bool cache_name_next(unsigned *step, uint64_t *config, char text[CACHE_NAME_SIZE])
{
	while (*step < PERF_COUNT_HW_CACHE_MAX * PERF_COUNT_HW_CACHE_OP_MAX * PERF_COUNT_HW_CACHE_RESULT_MAX) {
		unsigned i = (*step)++;
		*config = i / 6 | (uint64_t)(i / 2 % 3) << 8 | (uint64_t)(i % 2) << 16;
		if (cache_name(*config, text))
			return true;
	}
	return false;
}
