/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine with two kinds of cores has two PMUs, and cycles are counted on
 * both by their types in the upper half of config. x86 kernels have known
 * that since 5.13, Arm's since 6.6; an older one says ENOENT. Its PMU's own
 * folder then has the event under Arm's name, with its number.
 */
#include "pmu/arm_events.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"

#define CACHE(cache, op, result) \
	(PERF_COUNT_HW_CACHE_##cache | PERF_COUNT_HW_CACHE_OP_##op << 8 | PERF_COUNT_HW_CACHE_RESULT_##result << 16)

/* What the kernel's driver maps (drivers/perf/arm_pmuv3.c). To add one, add a row; several of one event: the first that is there. */
static const struct {
	uint32_t type;
	uint32_t config;
	const char *name;
} rows[] = {
	{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, "cpu_cycles" },
	{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, "inst_retired" },
	{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_REFERENCES, "l1d_cache" },
	{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES, "l1d_cache_refill" },
	{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, "pc_write_retired" },
	{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, "br_retired" },
	{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES, "br_mis_pred" },
	{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_BUS_CYCLES, "bus_cycles" },
	{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_STALLED_CYCLES_FRONTEND, "stall_frontend" },
	{ PERF_TYPE_HARDWARE, PERF_COUNT_HW_STALLED_CYCLES_BACKEND, "stall_backend" },
	{ PERF_TYPE_HW_CACHE, CACHE(L1D, READ, ACCESS), "l1d_cache" },
	{ PERF_TYPE_HW_CACHE, CACHE(L1D, READ, MISS), "l1d_cache_refill" },
	{ PERF_TYPE_HW_CACHE, CACHE(L1I, READ, ACCESS), "l1i_cache" },
	{ PERF_TYPE_HW_CACHE, CACHE(L1I, READ, MISS), "l1i_cache_refill" },
	{ PERF_TYPE_HW_CACHE, CACHE(DTLB, READ, ACCESS), "l1d_tlb" },
	{ PERF_TYPE_HW_CACHE, CACHE(DTLB, READ, MISS), "l1d_tlb_refill" },
	{ PERF_TYPE_HW_CACHE, CACHE(ITLB, READ, ACCESS), "l1i_tlb" },
	{ PERF_TYPE_HW_CACHE, CACHE(ITLB, READ, MISS), "l1i_tlb_refill" },
	{ PERF_TYPE_HW_CACHE, CACHE(LL, READ, ACCESS), "ll_cache_rd" },
	{ PERF_TYPE_HW_CACHE, CACHE(LL, READ, MISS), "ll_cache_miss_rd" },
	{ PERF_TYPE_HW_CACHE, CACHE(BPU, READ, ACCESS), "br_pred" },
	{ PERF_TYPE_HW_CACHE, CACHE(BPU, READ, MISS), "br_mis_pred" },
};

/* "event=0x0011": of these PMUs it is config's lower bits. */
static bool number_of(const struct os *os, const char *pmu, const char *name, uint64_t *number)
{
	static const char term[] = "event=";
	autofree char *path = xasprintf("/sys/bus/event_source/devices/%s/events/%s", pmu, name);
	autofree char *line = os_read_line(os, path);

	return line && !strncmp(line, term, strlen(term)) && number_u64(line + strlen(term), number);
}

bool arm_event_translate(const struct os *os, const struct event *event, struct perf_event_attr *attr)
{
	uint64_t type = attr->config >> 32, number;

	if (!type || !event->pmu || (attr->type != PERF_TYPE_HARDWARE && attr->type != PERF_TYPE_HW_CACHE))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].type != attr->type || rows[i].config != (uint32_t)attr->config ||
		    !number_of(os, event->pmu, rows[i].name, &number))
			continue;
		attr->type = (uint32_t)type;
		attr->config = number;
		return true;
	}
	return false;
}
