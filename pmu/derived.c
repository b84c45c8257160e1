/* SPDX-License-Identifier: GPL-2.0-or-later */
/* To add a number: a row in `ratios`. What has no row there is shown a second of CPU time. */
#include "pmu/derived.h"

#include "base/cleanup.h"

#define HARDWARE(name) PERF_TYPE_HARDWARE, PERF_COUNT_HW_##name
#define CACHE_READ(cache, result) PERF_TYPE_HW_CACHE, \
	PERF_COUNT_HW_CACHE_##cache | PERF_COUNT_HW_CACHE_OP_READ << 8 | PERF_COUNT_HW_CACHE_RESULT_##result << 16

static const struct ratio {
	uint32_t type;
	uint64_t config;
	uint32_t base_type;	/* set against this one */
	uint64_t base_config;
	bool percent;
	const char *unit;
} ratios[] = {
	{ HARDWARE(INSTRUCTIONS), HARDWARE(CPU_CYCLES), false, "insn per cycle" },
	{ HARDWARE(BRANCH_MISSES), HARDWARE(BRANCH_INSTRUCTIONS), true, "of all branches" },
	{ HARDWARE(CACHE_MISSES), HARDWARE(CACHE_REFERENCES), true, "of all cache refs" },
	{ HARDWARE(STALLED_CYCLES_FRONTEND), HARDWARE(CPU_CYCLES), true, "frontend cycles idle" },
	{ HARDWARE(STALLED_CYCLES_BACKEND), HARDWARE(CPU_CYCLES), true, "backend cycles idle" },
	{ CACHE_READ(L1D, MISS), CACHE_READ(L1D, ACCESS), true, "of all L1-dcache accesses" },
	{ CACHE_READ(L1I, MISS), CACHE_READ(L1I, ACCESS), true, "of all L1-icache accesses" },
	{ CACHE_READ(LL, MISS), CACHE_READ(LL, ACCESS), true, "of all LL-cache accesses" },
	{ CACHE_READ(DTLB, MISS), CACHE_READ(DTLB, ACCESS), true, "of all dTLB cache accesses" },
	{ CACHE_READ(ITLB, MISS), CACHE_READ(ITLB, ACCESS), true, "of all iTLB cache accesses" },
	{ CACHE_READ(BPU, MISS), CACHE_READ(BPU, ACCESS), true, "of all branch predictions" },
	{ CACHE_READ(NODE, MISS), CACHE_READ(NODE, ACCESS), true, "of all node accesses" },
};

bool event_is_clock(const struct event *event)
{
	return event->kind == EVENT_SOFTWARE && (event->attr.config == PERF_COUNT_SW_TASK_CLOCK ||
						 event->attr.config == PERF_COUNT_SW_CPU_CLOCK);
}

/* The config as the kernel's headers name it: on hybrid machines the PMU's type stands in the upper half. */
static bool is(const struct event *event, uint32_t type, uint64_t config)
{
	return (event->kind == EVENT_HARDWARE || event->kind == EVENT_CACHE) && event->attr.type == type &&
	       (uint32_t)event->attr.config == config;
}

static bool alike(const struct event *a, const struct event *b)
{
	return a->attr.exclude_user == b->attr.exclude_user && a->attr.exclude_kernel == b->attr.exclude_kernel &&
	       a->attr.exclude_hv == b->attr.exclude_hv && a->attr.config >> 32 == b->attr.config >> 32;
}

static const struct derived_count *find_base(const struct derived_count *counts, size_t n, const struct event *of,
					     const struct ratio *ratio)
{
	for (size_t i = 0; i < n; i++)
		if (counts[i].counted && counts[i].value > 0 && alike(counts[i].event, of) &&
		    is(counts[i].event, ratio->base_type, ratio->base_config))
			return &counts[i];
	return NULL;
}

static const struct derived_count *find_clock(const struct derived_count *counts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (counts[i].counted && counts[i].value > 0 && event_is_clock(counts[i].event))
			return &counts[i];
	return NULL;
}

/* A rate in the unit that keeps it short. */
static void derive_rate(double per_second, struct derived *derived)
{
	static const struct { double from; const char *unit; } steps[] = {
		{ 1e9, "G/sec" }, { 1e6, "M/sec" }, { 1e3, "K/sec" },
	};

	*derived = (struct derived){ .value = per_second, .digits = 3, .unit = "/sec" };
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		if (per_second < steps[i].from)
			continue;
		derived->value = per_second / steps[i].from;
		derived->unit = steps[i].unit;
		return;
	}
}

bool derive(const struct derived_count *counts, size_t n, size_t i, double seconds, struct derived *derived)
{
	const struct event *event = counts[i].event;
	const struct derived_count *base;

	if (!counts[i].counted || event->kind == EVENT_TOOL)
		return false;
	if (event_is_clock(event)) {
		*derived = (struct derived){ .value = counts[i].value / 1e9 / seconds, .digits = 3, .unit = "CPUs utilized" };
		return seconds > 0;
	}
	for (size_t r = 0; r < ARRAY_SIZE(ratios); r++) {
		const struct ratio *ratio = &ratios[r];
		if (!is(event, ratio->type, ratio->config) || !(base = find_base(counts, n, event, ratio)))
			continue;
		*derived = (struct derived){ .value = counts[i].value / base->value * (ratio->percent ? 100 : 1), .digits = 2,
					     .percent = ratio->percent, .unit = ratio->unit };
		return true;
	}
	base = find_clock(counts, n);
	if (!base || event->per_package || event->unit)
		return false;
	if (is(event, HARDWARE(CPU_CYCLES)))
		*derived = (struct derived){ .value = counts[i].value / base->value, .digits = 3, .unit = "GHz" };
	else
		derive_rate(counts[i].value / (base->value / 1e9), derived);
	return true;
}
