/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/stat_options.h"

#include "base/cleanup.h"
#include "base/number.h"

enum { INTERVAL_MIN = 10 };	/* ms; perf's, too */

static struct error *add_events(void *into, const char *value)
{
	struct stat_options *o = into;

	vec_push(&o->texts, (struct events_text){ .events = value });
	return NULL;
}

static struct error *add_filter(void *into, const char *value)
{
	struct stat_options *o = into;

	if (!o->texts.len)
		return error_usage("a filter belongs behind the -e whose events it filters");
	vec_push(&o->texts, (struct events_text){ .filter = value });
	return NULL;
}

static struct error *add_cgroups(void *into, const char *value)
{
	struct stat_options *o = into;

	vec_push(&o->texts, (struct events_text){ .cgroups = value });
	return NULL;
}

static struct error *set_repeat(void *into, const char *value)
{
	struct stat_options *o = into;

	o->repeat_said = true;
	if (!number_u64(value, &o->repeat))
		return error_usage("%s is no number", value);
	return NULL;
}

static struct error *set_interval(void *into, const char *value)
{
	struct stat_options *o = into;

	if (!number_u64(value, &o->interval))
		return error_usage("%s is no number of milliseconds", value);
	if (o->interval < INTERVAL_MIN)
		return error_usage("an interval of %s ms is shorter than %d ms", value, INTERVAL_MIN);
	return NULL;
}

static struct error *set_log_fd(void *into, const char *value)
{
	struct stat_options *o = into;

	o->log_fd_said = true;
	if (!number_u64(value, &o->log_fd) || o->log_fd > INT32_MAX)
		return error_usage("%s is no descriptor", value);
	return NULL;
}

static struct error *set_big_num(void *into, const char *value)
{
	struct stat_options *o = into;

	o->big_num_said = true;
	o->big_num = !value;
	return NULL;
}

#define INTO(field) .offset = offsetof(struct stat_options, field)

const struct option_def stat_options_table[N_STAT_OPTIONS] = {
	{ .kind = OPTION_HEADING, .help = "Whom to count (default: the command and its children):" },
	{ .kind = OPTION_FLAG, .letter = 'a', .name = "all-cpus", INTO(all), .help = "The whole machine" },
	{ .kind = OPTION_STRING, .letter = 'C', .name = "cpu", .arg = "CPUS", INTO(cpus),
	  .help = "These CPUs alone: 0-3,5" },
	{ .kind = OPTION_STRING, .letter = 'p', .name = "pid", .arg = "PID,…", INTO(pids),
	  .help = "Processes that run already, with all their threads" },
	{ .kind = OPTION_STRING, .letter = 't', .name = "tid", .arg = "TID,…", INTO(tids),
	  .help = "Single threads" },
	{ .kind = OPTION_STRING, .letter = 'u', .name = "uid", .arg = "USER", INTO(user),
	  .help = "Every process of a user" },
	{ .kind = OPTION_CALL, .letter = 'G', .name = "cgroup", .arg = "NAME,…", .call = add_cgroups,
	  .help = "The first event of the -e before it in the first of these cgroups, and so on; one alone: all of them in it" },
	{ .kind = OPTION_STRING, .name = "for-each-cgroup", .arg = "NAME,…", INTO(each_cgroup),
	  .help = "All events in each of these cgroups" },
	{ .kind = OPTION_FLAG, .letter = 'i', .name = "no-inherit", INTO(no_inherit),
	  .help = "Leave out children and threads that start meanwhile" },
	{ .kind = OPTION_HEADING, .help = "What to count:" },
	{ .kind = OPTION_CALL, .letter = 'e', .name = "event", .arg = "EVENT,…", .call = add_events,
	  .help = "These events (ptk list shows them) in place of the default ones" },
	{ .kind = OPTION_CALL, .name = "pfm-events", .arg = "EVENT,…", .call = add_events,
	  .help = "Events by their libpfm4 names, as -e takes them too" },
	{ .kind = OPTION_CALL, .name = "filter", .arg = "EXPR", .call = add_filter,
	  .help = "Count of the tracepoints of the -e before it only those that match" },
	{ .kind = OPTION_STRING, .letter = 'M', .name = "metrics", .arg = "METRIC,…", INTO(metrics),
	  .help = "What is computed of several counts: IPC, branch-miss-rate … (ptk list metrics shows them)" },
	{ .kind = OPTION_STRING, .name = "metric-file", .arg = "FILE", INTO(metric_file),
	  .help = "A table of metrics of your own, read before the others" },
	{ .kind = OPTION_FLAG, .name = "metric-only", INTO(metric_only), .help = "Metrics without the counts behind them" },
	{ .kind = OPTION_FLAG, .name = "topdown", INTO(topdown), .help = "The same as -M topdown" },
	{ .kind = OPTION_COUNT, .letter = 'd', .name = "detailed", INTO(detailed),
	  .help = "L1 and last-level cache loads as well; twice: TLBs and instruction cache; three times: prefetches" },
	{ .kind = OPTION_FLAG, .name = "all-user", INTO(all_user), .help = "User space alone, of every event" },
	{ .kind = OPTION_FLAG, .name = "all-kernel", INTO(all_kernel), .help = "The kernel alone, of every event" },
	{ .kind = OPTION_FLAG, .name = "no-bpf", INTO(no_bpf),
	  .help = "Count system calls by their tracepoints even where one small program would do for all of them" },
	{ .kind = OPTION_FLAG, .letter = 'n', .name = "null", INTO(null), .help = "No events, only the time" },
	{ .kind = OPTION_HEADING, .help = "How long, how often:" },
	{ .kind = OPTION_CALL, .letter = 'r', .name = "repeat", .arg = "N", .call = set_repeat,
	  .help = "Run the command N times and print means and their standard errors; 0: for ever, a table each" },
	{ .kind = OPTION_FLAG, .name = "table", INTO(table), .help = "With -r: how long each run took" },
	{ .kind = OPTION_STRING, .name = "pre", .arg = "COMMAND", INTO(pre), .help = "A shell command to run before each run" },
	{ .kind = OPTION_STRING, .name = "post", .arg = "COMMAND", INTO(post), .help = "A shell command to run after each run" },
	{ .kind = OPTION_FLAG, .letter = 'S', .name = "sync", INTO(sync), .help = "sync(2) before each run" },
	{ .kind = OPTION_CALL, .letter = 'I', .name = "interval-print", .arg = "MS", .call = set_interval,
	  .help = "Print what was counted every so many milliseconds" },
	{ .kind = OPTION_U64, .name = "interval-count", .arg = "N", INTO(interval_count),
	  .help = "End after N intervals" },
	{ .kind = OPTION_FLAG, .name = "interval-clear", INTO(clear), .help = "Clear the screen before each interval" },
	{ .kind = OPTION_FLAG, .name = "summary", INTO(summary), .help = "With -I: at the end, the counts of all the time" },
	{ .kind = OPTION_U64, .name = "timeout", .arg = "MS", INTO(timeout),
	  .help = "End after so many milliseconds" },
	{ .kind = OPTION_STRING, .letter = 'D', .name = "delay", .arg = "MS", INTO(delay),
	  .help = "Begin to count so many milliseconds after the start; -1: when --control says so" },
	{ .kind = OPTION_STRING, .name = "control", .arg = "fifo:CTL[,ACK]", INTO(control),
	  .help = "Be told enable, disable, ping and stop through a fifo (or fd:N[,M]), and answer ack" },
	{ .kind = OPTION_HEADING, .help = "How to print it:" },
	{ .kind = OPTION_FLAG, .letter = 'A', .name = "no-aggr", INTO(per_cpu),
	  .help = "A row for each CPU (with -a or -C)" },
	{ .kind = OPTION_FLAG, .name = "per-core", INTO(per_core), .help = "A row for each core (with -a or -C)" },
	{ .kind = OPTION_FLAG, .name = "per-die", INTO(per_die), .help = "A row for each die (with -a or -C)" },
	{ .kind = OPTION_FLAG, .name = "per-socket", INTO(per_socket), .help = "A row for each socket (with -a or -C)" },
	{ .kind = OPTION_FLAG, .name = "per-node", INTO(per_node), .help = "A row for each NUMA node (with -a or -C)" },
	{ .kind = OPTION_FLAG, .name = "per-thread", INTO(per_thread),
	  .help = "A row for each thread (with -p, -t or -u; else of all that run)" },
	{ .kind = OPTION_FLAG, .name = "percore-show-thread", INTO(percore_show_thread),
	  .help = "With -A: each CPU's row of an event with the term percore has the sum of its core" },
	{ .kind = OPTION_FLAG, .name = "no-merge", INTO(no_merge), .help = "A row for each uncore box of one name" },
	{ .kind = OPTION_STRING, .letter = 'x', .name = "field-separator", .arg = "SEP", INTO(separator),
	  .help = "Fields with SEP between them, for programs; ptk-stat(1) says which" },
	{ .kind = OPTION_FLAG, .letter = 'j', .name = "json-output", INTO(json), .help = "A JSON object for each row" },
	{ .kind = OPTION_STRING, .name = "format", .arg = "FORMAT", INTO(format), .help = "table, csv, json or openmetrics" },
	{ .kind = OPTION_STRING, .letter = 'o', .name = "output", .arg = "FILE", INTO(output),
	  .help = "Into a file instead of standard error" },
	{ .kind = OPTION_FLAG, .name = "append", INTO(append), .help = "Behind what is in the file of -o" },
	{ .kind = OPTION_CALL, .name = "log-fd", .arg = "N", .call = set_log_fd, .help = "Into this descriptor" },
	{ .kind = OPTION_CALL, .letter = 'B', .name = "big-num", .call = set_big_num, .flags = OPTION_NEGATABLE,
	  .help = "Commas between thousands; else the locale's, on a terminal alone (--no-big-num: never)" },
	{ .kind = OPTION_FLAG, .name = "quiet", INTO(quiet), .help = "Print nothing (for stat record)" },
	{ .kind = OPTION_FLAG, .name = "no-csv-summary", INTO(no_csv_summary), .help = "Leave the word summary out of --summary's rows" },
	{ .kind = OPTION_FLAG, .name = "scale", INTO(unused), .flags = OPTION_HIDDEN, .help = "Counts are always scaled" },
	{ .kind = OPTION_FLAG, .name = "metric-no-group", INTO(unused), .flags = OPTION_HIDDEN, .help = "Groups of metrics are weak ones" },
	{ .kind = OPTION_FLAG, .name = "metric-no-merge", INTO(unused), .flags = OPTION_HIDDEN, .help = "Metrics share equal groups" },
	{ .kind = OPTION_STRING, .letter = 0, .name = "input", .arg = "FILE", INTO(input),
	  .help = "stat report: the file to read (perf.data)" },
	{ .kind = OPTION_COUNT, .letter = 'v', .name = "verbose", INTO(verbose),
	  .help = "Say more: times of each counter, and what helps with events that cannot be counted" },
};

struct error *stat_options_by(const struct stat_options *o, enum stat_by *by)
{
	const struct { bool said; enum stat_by by; const char *name; } choices[] = {
		{ o->per_cpu, STAT_BY_CPU, "-A" }, { o->per_core, STAT_BY_CORE, "--per-core" }, { o->per_die, STAT_BY_DIE, "--per-die" },
		{ o->per_socket, STAT_BY_SOCKET, "--per-socket" }, { o->per_node, STAT_BY_NODE, "--per-node" },
		{ o->per_thread, STAT_BY_THREAD, "--per-thread" },
	};
	const char *first = NULL;

	*by = STAT_BY_ALL;
	for (size_t i = 0; i < ARRAY_SIZE(choices); i++) {
		if (!choices[i].said)
			continue;
		if (first)
			return error_usage("%s and %s exclude each other", first, choices[i].name);
		first = choices[i].name;
		*by = choices[i].by;
	}
	return NULL;
}
