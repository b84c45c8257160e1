/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts of CPUs and threads as rows of cores, dies, sockets, nodes, threads and uncore units, on a made-up machine. */
#include "cmd/stat_aggr.h"

#include "base/alloc.h"
#include "tests/lib/tap.h"
#include "tests/pmu/machine.h"

/* Two sockets, the first with two dies; two threads a core; CPU 5 is offline. Node 1 is the second socket. */
static const struct machine_file files[] = {
	{ "/sys/devices/system/cpu/online", "0-4,6-7" }, { "/sys/devices/system/cpu/present", "0-7" },
#define CPU(n, socket, die, core) \
	{ "/sys/devices/system/cpu/cpu" #n "/topology/physical_package_id", #socket }, \
	{ "/sys/devices/system/cpu/cpu" #n "/topology/die_id", #die }, { "/sys/devices/system/cpu/cpu" #n "/topology/core_id", #core }
	CPU(0, 0, 0, 0), CPU(1, 0, 0, 0), CPU(2, 0, 1, 1), CPU(3, 0, 1, 1), CPU(4, 1, 0, 0), CPU(6, 1, 0, 7), CPU(7, 1, 0, 7),
	{ "/sys/devices/system/node/online", "0-1" },
	{ "/sys/devices/system/node/node0/meminfo", "Node 0 MemTotal: 8 kB" }, { "/sys/devices/system/node/node0/cpulist", "0-3" },
	{ "/sys/devices/system/node/node1/meminfo", "Node 1 MemTotal: 8 kB" }, { "/sys/devices/system/node/node1/cpulist", "4-7" },
	{ "/proc/11/task/11/comm", "first" }, { "/proc/12/task/12/comm", "a-second" },
	{ 0 },
};

static char cycles[] = "cycles", box[] = "uncore_imc/reads/", box0[] = "uncore_imc_0", box1[] = "uncore_imc_1", inside[] = "a";
static struct event events[] = {
	{ .kind = EVENT_HARDWARE, .name = cycles },
	{ .kind = EVENT_PMU, .name = box, .pmu = box0, .per_package = true },
	{ .kind = EVENT_PMU, .name = box, .pmu = box1, .per_package = true },
	{ .kind = EVENT_PMU, .name = box, .pmu = box1, .per_package = true, .cgroup = inside },
};
static struct event_list list = { .events = { .data = events, .len = 4, .cap = 4 } };
static struct opened opened[4];
static const struct counters counters = { .list = &list, .opened = opened };

static struct stat_count count(size_t event, int cpu, int task, uint64_t value)
{
	return (struct stat_count){ .event = event, .cpu = cpu, .task = task, .group = -1, .counters = 1, .counted = true,
				    .count = { .value = value, .enabled = 2, .running = 2, .scaled = (double)value } };
}

/* "LABEL*COUNTERS EVENT=VALUE …" */
static char *rows(const struct stat_groups *groups, const struct stat_result *result)
{
	struct strbuf out = { 0 };

	for (size_t i = 0; i < result->counts.len; i++) {
		const struct stat_count *row = &result->counts.data[i];
		strbuf_printf(&out, "%s%s*%u %zu=%llu", i ? " " : "", row->group < 0 ? "all" : groups->labels.data[row->group],
			      row->counters, row->event, (unsigned long long)row->count.value);
	}
	return strbuf_take(&out);
}

static void by(const struct os *os, enum stat_by by, const char *want, const char *what)
{
	struct stat_result result = { .counters = &counters };
	struct target target = { 0 };
	struct stat_groups groups;

	stat_groups_read(os, by, &target, &groups);
	for (int cpu = 0; cpu < 8; cpu++)
		if (cpu != 5)
			vec_push(&result.counts, count(0, cpu, -1, 1ull << cpu));
	stat_aggregate(&groups, false, &result);
	autofree char *got = rows(&groups, &result);
	CHECK_STR(got, want, what);
	vec_deinit(&result.counts);
	stat_groups_deinit(&groups);
}

/* Event 0 has the term percore, event 1 has not. */
static void percore(const struct os *os, bool show_thread, const char *want, const char *what)
{
	struct stat_result result = { .counters = &counters };
	struct target target = { 0 };
	struct stat_groups groups;

	events[0].wishes.percore = true;
	stat_groups_read(os, STAT_BY_CPU, &target, &groups);
	groups.cpus_show_core = show_thread;
	for (int cpu = 0; cpu < 8; cpu++)
		if (cpu != 5)
			vec_push(&result.counts, count(0, cpu, -1, 1ull << cpu));
	vec_push(&result.counts, count(1, 0, -1, 7));
	vec_push(&result.counts, count(1, 1, -1, 9));
	stat_aggregate(&groups, false, &result);
	autofree char *got = rows(&groups, &result);
	CHECK_STR(got, want, what);
	vec_deinit(&result.counts);
	stat_groups_deinit(&groups);
	events[0].wishes.percore = false;
}

static void boxes(bool keep, const char *want, const char *what)
{
	struct stat_result result = { .counters = &counters };
	struct stat_groups groups = { 0 };

	vec_push(&result.counts, count(0, 0, -1, 9));
	for (size_t e = 1; e < 4; e++) {
		vec_push(&result.counts, count(e, 0, -1, 10 * e));
		vec_push(&result.counts, count(e, 4, -1, 1));
	}
	stat_aggregate(&groups, keep, &result);
	autofree char *got = rows(&groups, &result);
	CHECK_STR(got, want, what);
	vec_deinit(&result.counts);
}

static void threads(const struct os *os)
{
	struct stat_result result = { .counters = &counters };
	struct target target = { 0 };
	struct stat_groups groups;

	vec_push(&target.tasks, 11);
	vec_push(&target.tasks, 12);
	vec_push(&target.tasks, 13);
	stat_groups_read(os, STAT_BY_THREAD, &target, &groups);
	vec_push(&result.counts, count(0, 0, 0, 5));
	vec_push(&result.counts, count(0, 1, 0, 1));
	vec_push(&result.counts, count(0, 0, 1, 7));
	vec_push(&result.counts, count(0, 0, 2, 0));
	stat_aggregate(&groups, false, &result);
	autofree char *got = rows(&groups, &result);
	CHECK_STR(got, "a-second-12*1 0=7 first-11*2 0=6 ?-13*1 0=0", "threads by name and number, the busiest first");
	groups.hide_zero = true;
	stat_aggregate(&groups, false, &result);
	CHECK_EQ(result.counts.len, 2, "those that did nothing are left out");
	vec_deinit(&result.counts);
	vec_deinit(&target.tasks);
	stat_groups_deinit(&groups);
}

int main(void)
{
	char *root = machine_create(files);
	const struct os os = { .root = root };

	by(&os, STAT_BY_ALL, "all*7 0=223", "all CPUs are one row");
	by(&os, STAT_BY_CPU, "CPU0*1 0=1 CPU1*1 0=2 CPU2*1 0=4 CPU3*1 0=8 CPU4*1 0=16 CPU6*1 0=64 CPU7*1 0=128", "CPUs");
	by(&os, STAT_BY_CORE, "S0-D0-C0*2 0=3 S0-D1-C1*2 0=12 S1-D0-C0*1 0=16 S1-D0-C7*2 0=192",
	   "cores: the threads of one, and equal numbers on two sockets apart");
	by(&os, STAT_BY_DIE, "S0-D0*2 0=3 S0-D1*2 0=12 S1-D0*3 0=208", "dies");
	by(&os, STAT_BY_SOCKET, "S0*4 0=15 S1*3 0=208", "sockets");
	by(&os, STAT_BY_NODE, "N0*4 0=15 N1*3 0=208", "nodes");
	percore(&os, false, "S0-D0-C0*2 0=3 S0-D1-C1*2 0=12 S1-D0-C0*1 0=16 S1-D0-C7*2 0=192 CPU0*1 1=7 CPU1*1 1=9",
		"percore: rows of cores beside those of CPUs");
	percore(&os, true, "CPU0*2 0=3 CPU1*2 0=3 CPU2*2 0=12 CPU3*2 0=12 CPU4*1 0=16 CPU6*2 0=192 CPU7*2 0=192 CPU0*1 1=7 CPU1*1 1=9",
		"percore, shown by thread: each CPU has its core's sum");
	boxes(false, "all*1 0=9 all*4 1=32 all*2 3=31", "boxes of one name are one event, those of a cgroup apart");
	boxes(true, "all*1 0=9 all*2 1=11 all*2 2=21 all*2 3=31", "unless they are kept apart");
	threads(&os);
	machine_remove(root);
	return tap_done();
}
