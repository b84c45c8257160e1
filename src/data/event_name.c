/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "data/events.h"

static const char *const hardware[] = {
	"cycles", "instructions", "cache-references", "cache-misses", "branches", "branch-misses", "bus-cycles",
	"stalled-cycles-frontend", "stalled-cycles-backend", "ref-cycles",
};

static const char *const software[] = {
	"cpu-clock", "task-clock", "page-faults", "context-switches", "cpu-migrations", "minor-faults",
	"major-faults", "alignment-faults", "emulation-faults", "dummy", "bpf-output", "cgroup-switches",
};

static const char *const caches[] = { "L1-dcache", "L1-icache", "LLC", "dTLB", "iTLB", "branch", "node" };
static const char *const cache_ops[] = { "load", "store", "prefetch" };

static bool name_of(const char *const *names, size_t n, uint64_t i, struct strbuf *b)
{
	if (i >= n)
		return false;
	strbuf_adds(b, names[i]);
	return true;
}

/* config: cache | operation << 8 | result << 16 (perf_event_open(2)). */
static bool cache_name(uint64_t config, struct strbuf *b)
{
	uint64_t op = config >> 8 & 0xff, result = config >> 16;

	if (result > 1 || op >= ARRAY_SIZE(cache_ops) || !name_of(caches, ARRAY_SIZE(caches), config & 0xff, b))
		return false;
	strbuf_printf(b, "-%s%s", cache_ops[op], result ? "-misses" : op == 2 ? "es" : "s");
	return true;
}

static bool breakpoint_name(const struct perf_event_attr *attr, struct strbuf *b)
{
	strbuf_printf(b, "mem:0x%llx", (unsigned long long)attr->bp_addr);
	if (attr->bp_len && attr->bp_len != 4 && attr->bp_type != 4 /* HW_BREAKPOINT_X */)
		strbuf_printf(b, "/%llu", (unsigned long long)attr->bp_len);
	strbuf_printf(b, ":%s%s%s", attr->bp_type & 1 ? "r" : "", attr->bp_type & 2 ? "w" : "",
		      attr->bp_type & 4 ? "x" : "");
	return true;
}

static bool base_name(const struct perf_event_attr *attr, struct strbuf *b)
{
	switch (attr->type) {
	case PERF_TYPE_HARDWARE:	/* the upper half is the PMU's type on hybrid machines */
		return name_of(hardware, ARRAY_SIZE(hardware), attr->config & UINT32_MAX, b);
	case PERF_TYPE_SOFTWARE:
		return name_of(software, ARRAY_SIZE(software), attr->config, b);
	case PERF_TYPE_HW_CACHE:
		return cache_name(attr->config & UINT32_MAX, b);
	case PERF_TYPE_BREAKPOINT:
		return breakpoint_name(attr, b);
	case PERF_TYPE_TRACEPOINT:
		strbuf_printf(b, "tracepoint:%llu", (unsigned long long)attr->config);
		return true;
	case PERF_TYPE_RAW:
		strbuf_printf(b, "r%llx", (unsigned long long)attr->config);
		return true;
	}
	return false;
}

char *event_name_from_attr(struct arena *a, const struct perf_event_attr *attr)
{
	autostrbuf struct strbuf b = { 0 };

	if (!base_name(attr, &b)) {
		strbuf_truncate(&b, 0);
		strbuf_printf(&b, "pmu-type-%u/config=0x%llx/", attr->type, (unsigned long long)attr->config);
	}
	if (attr->type != PERF_TYPE_TRACEPOINT && (attr->exclude_user || attr->exclude_kernel))
		strbuf_printf(&b, ":%s%s", attr->exclude_user ? "" : "u", attr->exclude_kernel ? "" : "k");
	return arena_strdup(a, strbuf_str(&b));
}
