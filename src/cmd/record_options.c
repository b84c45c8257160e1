/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The option table of ptk record. To add one: a member of struct record_options, a row here, a line in doc/ptk-record.1. */
#include "cmd/record.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "cmd/names.h"

struct error *record_take_event(void *into, const char *value)
{
	vec_push(&((struct record_options *)into)->words, (struct record_word){ .text = value });
	return NULL;
}

struct error *record_take_filter(void *into, const char *value)
{
	vec_push(&((struct record_options *)into)->words, (struct record_word){ .filter = true, .text = value });
	return NULL;
}

struct error *record_take_frequency(void *into, const char *value)
{
	struct record_options *o = into;

	o->frequency_max = !strcmp(value, "max");
	o->frequency = 0;
	if (!o->frequency_max && (!number_scaled(value, false, &o->frequency) || !o->frequency))
		return error_hint(error_usage("%s is no number of samples a second", value), "a number above 0, or max");
	return NULL;
}

struct error *record_take_period(void *into, const char *value)
{
	struct record_options *o = into;

	if (!number_scaled(value, false, &o->period) || !o->period)
		return error_usage("%s is no number of events between samples", value);
	if (o->period > INT64_MAX)	/* the kernel calls it invalid, as it does what it does not know */
		return error_usage("a sample each %s events: the kernel counts to %" PRId64, value, INT64_MAX);
	return NULL;
}

struct error *record_take_chains(void *into, const char *value)
{
	return record_chains_parse(into, value);
}

struct error *record_take_chains_flag(void *into, const char *value)
{
	/* --no-call-graph comes as "" */
	return record_chains_parse(into, value && !*value ? "no" : value);
}

static struct error *take_any_branch(void *into, const char *value)
{
	((struct record_options *)into)->branches = PERF_SAMPLE_BRANCH_ANY;
	return NULL;
}

static struct error *take_branches(void *into, const char *value)
{
	return record_branches_parse(value, &((struct record_options *)into)->branches);
}

static struct error *take_clock(void *into, const char *value)
{
	struct record_options *o = into;

	o->clock_given = true;
	return record_clock_parse(value, &o->clock);
}

/* -m 128 is pages; -m 1M bytes; a second number, of perf's AUX rings, is not known here. */
struct error *record_take_pages(void *into, const char *value)
{
	struct record_options *o = into;
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), bytes, pages;

	if (number_u64(value, &pages) && pages && pages <= UINT32_MAX)
		bytes = pages * page;
	else if (!number_scaled(value, true, &bytes) || bytes < page || bytes > (uint64_t)UINT32_MAX * page)
		return error_hint(error_usage("%s is no size of a ring", value), "pages, or bytes with a unit: -m 256, -m 1M");
	for (o->ring_bytes = page; o->ring_bytes < bytes;)
		o->ring_bytes *= 2;
	return NULL;
}

static struct error *take_delay(void *into, const char *value)
{
	struct record_options *o = into;
	uint64_t ms;

	o->delay_ms = -1;
	if (!strcmp(value, "-1"))
		return NULL;
	if (!number_u64(value, &ms) || ms > INT32_MAX)
		return error_hint(error_usage("%s is no number of milliseconds", value), "-1 leaves the events off");
	o->delay_ms = (int64_t)ms;
	return NULL;
}

static struct error *take_size(void *into, const char *value)
{
	struct record_options *o = into;

	if (!number_scaled(value, true, &o->max_size) || !o->max_size)
		return error_hint(error_usage("%s is no size of a file", value), "a number with a unit: 100M, 2G");
	return NULL;
}

/* zstd's levels; 0 is its own choice */
static struct error *take_level(void *into, const char *value)
{
	struct record_options *o = into;
	uint64_t level = 0;

	o->compress = value && !*value ? COMPRESS_NOT : COMPRESS;	/* --no-compression-level comes as "" */
	if (value && *value && (!number_u64(value, &level) || level > 22))
		return error_hint(error_usage("%s is no level of compression", value), "1 (fast) to 22 (small)");
	o->compress_level = (int)level;
	return NULL;
}

static struct error *take_with_period(void *into, const char *value)
{
	((struct record_options *)into)->period_wanted = value && !*value ? -1 : 1;
	return NULL;
}

const char *const record_chain_words[] = { "fp", "dwarf", "lbr", "no", NULL };

#define AT(field) offsetof(struct record_options, field)
static const struct option_def options[] = {
	{ OPTION_HEADING, .help = "Whom to look at:" },
	{ OPTION_FLAG, 'a', "all-cpus", NULL, AT(all), .help = "Every task on every CPU" },
	{ OPTION_STRING, 'p', "pid", "PID,…", AT(pids), .help = "These processes, their threads and children" },
	{ OPTION_STRING, 't', "tid", "TID,…", AT(tids), .help = "These threads" },
	{ OPTION_STRING, 'C', "cpu", "CPUS", AT(cpus), .help = "On these CPUs only: 0-3,5" },
	{ OPTION_STRING, 'u', "uid", "USER", AT(user), .help = "The processes of this user" },
	{ OPTION_FLAG, 'i', "no-inherit", NULL, AT(no_inherit), .help = "Not the children" },
	{ OPTION_FLAG, 0, "all-user", NULL, AT(all_user), .help = "User space only" },
	{ OPTION_FLAG, 0, "all-kernel", NULL, AT(all_kernel), .help = "The kernel only" },
	{ OPTION_FLAG, 0, "include-self", NULL, AT(include_self),
	  .help = "With -a, let tracepoints see ptk itself; with -u, count it among the tasks" },

	{ OPTION_HEADING, .help = "Events, and how often:" },
	{ OPTION_CALL, 'e', "event", "EVENT,…", .call = record_take_event, .help = "What to sample (ptk list; default cycles)" },
	{ OPTION_CALL, 0, "filter", "EXPR", .call = record_take_filter,
	  .help = "For the tracepoints of the -e before it: 'count < 10 && comm != \"sh\"'" },
	{ OPTION_CALL, 'F', "freq", "HZ", .call = record_take_frequency,
	  .help = "Samples a second, or max for as many as the kernel lets (default 4000)" },
	{ OPTION_CALL, 'c', "count", "PERIOD", .call = record_take_period, .help = "A sample each PERIOD events" },
	{ OPTION_FLAG, 0, "strict-freq", NULL, AT(strict_frequency),
	  .help = "Fail rather than lower a frequency that is above the limit" },
	{ OPTION_FLAG, 'n', "no-samples", NULL, AT(no_samples), .help = "Count only" },
	{ OPTION_CALL, 'D', "delay", "MS", .call = take_delay, .help = "Start MS milliseconds after the command" },

	{ OPTION_HEADING, .help = "What a sample holds:" },
	{ OPTION_CALL, 'g', NULL, "HOW", .call = record_take_chains, .words = record_chain_words, .flags = OPTION_OPTIONAL,
	  .help = "Call chains, right for any program; or as HOW says (see --call-graph)" },
	{ OPTION_CALL, 0, "call-graph", "HOW", .call = record_take_chains_flag, .flags = OPTION_NEGATABLE,
	  .help = "Call chains: dwarf[,BYTES] (-g; unwound while recording; dwarf,raw: when read), fp (frame pointers), lbr (the CPU's branch record)" },
	{ OPTION_FLAG, 0, "user-callchains", NULL, AT(user_chains), .help = "The user's part of call chains only" },
	{ OPTION_FLAG, 0, "kernel-callchains", NULL, AT(kernel_chains), .help = "The kernel's part only" },
	{ OPTION_CALL, 'b', "branch-any", NULL, .call = take_any_branch, .help = "The last branches taken" },
	{ OPTION_CALL, 'j', "branch-filter", "KINDS", .call = take_branches,
	  .help = "Branches of these kinds: any, any_call, any_ret, ind_call, cond, u, k …" },
	{ OPTION_FLAG, 'd', "data", NULL, AT(addresses), .help = "Data addresses, and mappings of data" },
	{ OPTION_FLAG, 0, "phys-data", NULL, AT(physical), .help = "Physical data addresses" },
	{ OPTION_FLAG, 0, "data-page-size", NULL, AT(data_pages), .help = "The page size of the data address" },
	{ OPTION_FLAG, 0, "code-page-size", NULL, AT(code_pages), .help = "The page size of the instruction" },
	{ OPTION_FLAG, 'W', "weight", NULL, AT(weight), .help = "How costly the sampled access was" },
	{ OPTION_FLAG, 0, "transaction", NULL, AT(transaction), .help = "Flags of hardware transactions" },
	{ OPTION_CALL, 'P', "period", NULL, .call = take_with_period, .flags = OPTION_NEGATABLE, .help = "The period of each sample" },
	{ OPTION_FLAG, 'R', "raw-samples", NULL, AT(raw), .help = "Raw bytes of every event (tracepoints always have them)" },
	{ OPTION_FLAG, 'T', "timestamp", NULL, AT(timestamps), .help = "The time (always there)" },
	{ OPTION_FLAG, 0, "sample-cpu", NULL, AT(cpu), .help = "The CPU (always there with -a and -C)" },
	{ OPTION_CALL, 'k', "clockid", "CLOCK", .call = take_clock, .help = "The clock of the times: monotonic, realtime, boottime …" },
	{ OPTION_FLAG, 's', "stat", NULL, AT(counts), .help = "Counts of each thread when it ends" },
	{ OPTION_FLAG, 0, "switch-events", NULL, AT(switches), .help = "A record for each context switch" },

	{ OPTION_HEADING, .help = "Output:" },
	{ OPTION_STRING, 'o', "output", "FILE", AT(output), .help = "Write to FILE (default perf.data; - is a pipe)" },
	{ OPTION_CALL, 'm', "mmap-pages", "PAGES", .call = record_take_pages,
	  .help = "Size of a CPU's ring buffer, in pages or with a unit (default: a few MiB, or what is allowed)" },
	{ OPTION_CALL, 'z', "compression-level", "LEVEL", .call = take_level,
	  .flags = OPTION_OPTIONAL | OPTION_NEGATABLE, .help = "Pack the records with zstd (those with -g are)" },
	{ OPTION_CALL, 0, "max-size", "SIZE", .call = take_size, .help = "Stop when the file is that large" },
	{ OPTION_FLAG, 0, "no-buffering", NULL, AT(no_buffering), .help = "Write each sample at once" },
	{ OPTION_U64, 'r', "realtime", "PRIO", AT(realtime), .help = "Drain with this SCHED_FIFO priority" },
	{ OPTION_FLAG, 'B', "no-buildid", NULL, AT(no_buildid), .help = "Leave the build-ids out" },
	{ OPTION_FLAG, 0, "no-cache", NULL, AT(no_cache), .help = NAMES_NO_CACHE_HELP },
	{ OPTION_FLAG, 'q', "quiet", NULL, AT(quiet), .help = "Say nothing but errors" },
	{ OPTION_COUNT, 'v', "verbose", NULL, AT(verbose), .help = "Say what is opened" },
	/* What ptk does in any case. */
	{ OPTION_FLAG, 'N', "no-buildid-cache", NULL, AT(no_buildid_cache), .flags = OPTION_HIDDEN, .help = "(there is no cache)" },
	{ OPTION_FLAG, 0, "buildid-all", NULL, AT(buildid_all), .flags = OPTION_HIDDEN, .help = "(always)" },
	{ OPTION_FLAG, 0, "buildid-mmap", NULL, AT(buildid_mmap), .flags = OPTION_HIDDEN, .help = "(always)" },
};

const struct mode mode_record = {
	.name = "record",
	.usage = "[-a | -p PID,… | -t TID,…] [-e EVENT,…] [-g] [OPTIONS] [--] [COMMAND [ARG…]]",
	.summary = "Record samples into perf.data",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.epilogue = "With -a, tracepoints do not see ptk itself (the kernel filters it out); --include-self\n"
		    "lets them. The exit status is the command's.",
	.run = record_run,
};
