/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Derived numbers from made-up counts: no PMU needed. */
#include "pmu/derived.h"

#include "tests/lib/tap.h"

enum { CLOCK, CYCLES, INSTRUCTIONS, BRANCHES, MISSES, L1, L1_MISS, CYCLES_U, INSTRUCTIONS_U, FAULTS, N };

#define CACHE(id, result) ((id) | PERF_COUNT_HW_CACHE_OP_READ << 8 | (result) << 16)

static struct event events[N] = {
	[CLOCK] = { .kind = EVENT_SOFTWARE, .attr = { .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_TASK_CLOCK } },
	[CYCLES] = { .kind = EVENT_HARDWARE, .attr = { .type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES } },
	[INSTRUCTIONS] = { .kind = EVENT_HARDWARE, .attr = { .type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_INSTRUCTIONS } },
	[BRANCHES] = { .kind = EVENT_HARDWARE, .attr = { .type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_BRANCH_INSTRUCTIONS } },
	[MISSES] = { .kind = EVENT_HARDWARE, .attr = { .type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_BRANCH_MISSES } },
	[L1] = { .kind = EVENT_CACHE, .attr = { .type = PERF_TYPE_HW_CACHE, .config = CACHE(PERF_COUNT_HW_CACHE_L1D, PERF_COUNT_HW_CACHE_RESULT_ACCESS) } },
	[L1_MISS] = { .kind = EVENT_CACHE, .attr = { .type = PERF_TYPE_HW_CACHE, .config = CACHE(PERF_COUNT_HW_CACHE_L1D, PERF_COUNT_HW_CACHE_RESULT_MISS) } },
	[CYCLES_U] = { .kind = EVENT_HARDWARE, .attr = { .type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES, .exclude_kernel = 1 } },
	[INSTRUCTIONS_U] = { .kind = EVENT_HARDWARE, .attr = { .type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_INSTRUCTIONS, .exclude_kernel = 1 } },
	[FAULTS] = { .kind = EVENT_SOFTWARE, .attr = { .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_PAGE_FAULTS } },
};

static const double values[N] = {
	[CLOCK] = 2e9, [CYCLES] = 6e9, [INSTRUCTIONS] = 9e9, [BRANCHES] = 1e9, [MISSES] = 25e6,
	[L1] = 3e9, [L1_MISS] = 6e7, [CYCLES_U] = 4e9, [INSTRUCTIONS_U] = 8e9, [FAULTS] = 84,
};

static void want(const struct derived_count *counts, size_t n, size_t i, const char *text)
{
	struct derived d;
	char got[64] = "none";

	if (derive(counts, n, i, 4.0, &d))
		snprintf(got, sizeof(got), "%.*f%s %s", d.digits, d.value, d.percent ? "%" : "", d.unit);
	CHECK_STR(got, text, text);
}

int main(void)
{
	struct derived_count counts[N];

	for (size_t i = 0; i < N; i++)
		counts[i] = (struct derived_count){ .event = &events[i], .value = values[i], .counted = true };
	want(counts, N, CLOCK, "0.500 CPUs utilized");
	want(counts, N, CYCLES, "3.000 GHz");
	want(counts, N, INSTRUCTIONS, "1.50 insn per cycle");
	want(counts, N, BRANCHES, "500.000 M/sec");
	want(counts, N, MISSES, "2.50% of all branches");
	want(counts, N, L1, "1.500 G/sec");
	want(counts, N, L1_MISS, "2.00% of all L1-dcache accesses");
	want(counts, N, FAULTS, "42.000 /sec");
	want(counts, N, INSTRUCTIONS_U, "2.00 insn per cycle");
	counts[CYCLES].counted = false;
	want(counts, N, INSTRUCTIONS, "4.500 G/sec");
	counts[CLOCK].counted = false;
	want(counts, N, FAULTS, "none");
	want(counts, N, CYCLES, "none");
	want(counts, N, INSTRUCTIONS_U, "2.00 insn per cycle");
	return tap_done();
}
