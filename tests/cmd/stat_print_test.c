/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table and the fields of ptk stat, of made-up counts: multiplexed ones, other units, CPUs, repeated runs. */
#include "cmd/stat_print.h"

#include "base/alloc.h"
#include "tests/lib/tap.h"

enum { CLOCK, CYCLES, INSTRUCTIONS, POWER, NONE, SHARED, N };

static char names[N][16] = { "task-clock", "cycles", "instructions", "energy", "branches", "cache-misses" };
static char joules[] = "Joules";
static struct event events[N] = {
	[CLOCK] = { .kind = EVENT_SOFTWARE, .attr = { .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_TASK_CLOCK } },
	[CYCLES] = { .kind = EVENT_HARDWARE, .attr = { .config = PERF_COUNT_HW_CPU_CYCLES } },
	[INSTRUCTIONS] = { .kind = EVENT_HARDWARE, .attr = { .config = PERF_COUNT_HW_INSTRUCTIONS } },
	[POWER] = { .kind = EVENT_PMU, .unit = joules, .scale = 2.3283064365386962890625e-10 },
	[NONE] = { .kind = EVENT_HARDWARE, .attr = { .config = PERF_COUNT_HW_BRANCH_INSTRUCTIONS } },
	[SHARED] = { .kind = EVENT_HARDWARE, .attr = { .config = PERF_COUNT_HW_CACHE_MISSES } },
};
static struct event_list list = { .events = { .data = events, .len = N, .cap = N } };
static struct opened opened[N];
static const struct counters counters = { .list = &list, .opened = opened };

static struct stat_count count(size_t event, int cpu, uint64_t value, uint64_t enabled, uint64_t running)
{
	struct stat_count c = { .event = event, .cpu = cpu, .task = -1, .group = -1, .counters = 1, .counted = running };

	c.count = (struct count){ .value = value, .enabled = enabled, .running = running };
	c.count.scaled = running ? (double)value * (double)enabled / (double)running : 0;
	return c;
}

static struct stat_result made_up(void)
{
	struct stat_result result = { .counters = &counters, .at = 2, .seconds = 2, .last = true, .usage = true, .user = 1.5, .system = 0.25 };

	vec_push(&result.counts, count(CLOCK, -1, 1000000000, 8, 8));
	vec_push(&result.counts, count(CYCLES, -1, 12345678901234567, 8, 8));
	vec_push(&result.counts, count(INSTRUCTIONS, -1, 1000, 8, 5));
	vec_push(&result.counts, count(POWER, -1, 5000000000, 8, 8));
	vec_push(&result.counts, count(NONE, -1, 0, 0, 0));
	vec_push(&result.counts, count(SHARED, -1, 0, 8, 0));
	return result;
}

static void one_run(void)
{
	struct stat_style style = { .thousands = ",", .subject = "'x'", .sharing = "the watchdog has one" };
	struct stat_result result = made_up();
	struct stat_table table = { .result = &result };
	struct strbuf out = { 0 };

	stat_print_header(&style, 1, &out);
	stat_print_rows(&style, &table, &out);
	stat_print_footer(&style, &table, &out);
	CHECK_STR(strbuf_str(&out),
		  "\n Performance counter stats for 'x':\n\n"
		  "          1,000.00 msec task-clock                       #    0.500 CPUs utilized\n"
		  "12,345,678,901,234,567      cycles                           # 12345678.901 GHz\n"
		  "             1,600      instructions                     #     0.00 insn per cycle           (62.50%)\n"
		  "              1.16 Joules energy\n"
		  "   <not supported>      branches\n"
		  "     <not counted>      cache-misses\n"
		  "\n"
		  "       2.000000000 seconds time elapsed\n"
		  "\n"
		  "       1.500000000 seconds user\n"
		  "       0.250000000 seconds sys\n"
		  "\n"
		  " branches is not supported: because\n"
		  " cache-misses is not counted: more events were asked for than there are counters, and its turn never came\n"
		  " 2 of 6 counts are estimates: the events took turns on about 3 counters, each counted 31% of the time; the watchdog has one\n"
		  "\n",
		  "the table: exact beyond 2^53, scaled with its percentage, units, reasons");
	strbuf_truncate(&out, 0);
	style.separator = ";";
	style.format = STAT_FIELDS;
	stat_print_rows(&style, &table, &out);
	CHECK_STR(strbuf_str(&out),
		  "1000.00;msec;task-clock;8;100.00;0.500;CPUs utilized\n"
		  "12345678901234567;;cycles;8;100.00;12345678.901;GHz\n"
		  "1600;;instructions;5;62.50;0.00;insn per cycle\n"
		  "1.16;Joules;energy;8;100.00;;\n"
		  "<not supported>;;branches;0;100.00;;\n"
		  "<not counted>;;cache-misses;0;0.00;;\n",
		  "the fields");
	strbuf_deinit(&out);
	vec_deinit(&result.counts);
}

static void cpus(void)
{
	struct stat_groups groups = { .by = STAT_BY_CPU };
	struct stat_style style = { .format = STAT_FIELDS, .separator = ",", .groups = &groups };
	struct stat_result result = { .counters = &counters, .seconds = 1 };
	struct stat_table table = { .result = &result };
	struct strbuf out = { 0 };

	vec_push(&result.counts, count(CYCLES, 0, 100, 8, 8));
	vec_push(&result.counts, count(CYCLES, 5, 1000, 8, 8));
	vec_push(&result.counts, count(INSTRUCTIONS, 0, 300, 8, 8));
	vec_push(&result.counts, count(INSTRUCTIONS, 5, 1000, 8, 4));
	for (int cpu = 0; cpu < 6; cpu++) {
		vec_push(&groups.of, cpu);
		vec_push(&groups.labels, xasprintf("CPU%d", cpu));
	}
	stat_aggregate(&groups, false, &result);
	stat_print_rows(&style, &table, &out);
	CHECK_STR(strbuf_str(&out),
		  "CPU0,100,,cycles,8,100.00,,\nCPU5,1000,,cycles,8,100.00,,\n"
		  "CPU0,300,,instructions,8,100.00,3.00,insn per cycle\nCPU5,2000,,instructions,4,50.00,2.00,insn per cycle\n",
		  "each CPU's numbers are derived from its own");
	stat_groups_deinit(&groups);
	groups.by = STAT_BY_ALL;
	stat_aggregate(&groups, false, &result);
	CHECK_EQ(result.counts.len, 2, "one row an event");
	CHECK_EQ(result.counts.data[1].count.scaled, 2300, "the sum of what each CPU's would have been");
	strbuf_deinit(&out);
	vec_deinit(&result.counts);
}

static void spread(void)
{
	struct stat_spread s = { 0 };

	stat_spread_add(&s, 10);
	CHECK_EQ(stat_spread_percent(&s) * 100, 0, "one run has no spread");
	stat_spread_add(&s, 12);
	stat_spread_add(&s, 14);
	CHECK_EQ(s.mean, 12, "mean");
	/* deviation 2, error 2 / sqrt 3 = 1.1547, of 12: 9.6225 % */
	CHECK_EQ(stat_spread_percent(&s) * 10000, 96225, "standard error of the mean");
}

int main(void)
{
	for (size_t i = 0; i < N; i++) {
		events[i].name = names[i];
		events[i].leader = i;
	}
	opened[NONE].state = EVENT_NOT_SUPPORTED;
	opened[NONE].reason = error_create("because");
	one_run();
	cpus();
	spread();
	error_destroy(opened[NONE].reason);
	return tap_done();
}
