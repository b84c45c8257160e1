/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked for of a file that is read into a profile: options that ptk report shares with other modes, and the filters in them. */
#ifndef PTK_CMD_REPORT_OPTIONS_H
#define PTK_CMD_REPORT_OPTIONS_H

#include <regex.h>

#include "base/error.h"
#include "base/options.h"
#include "cmd/names.h"
#include "profile/builder.h"
#include "profile/calltree.h"
#include "profile/places.h"

struct annotate_options;

/* The command line, as typed. */
struct report_options {
	const char *input;
	const char *flame;		/* draw a flame graph there instead */
	bool stdio, tui;
	const char *script, *screen_size;	/* --script: keys, screens as text */
	const struct annotate_options *annotate;	/* the browser of ptk annotate; or NULL */
	const char *sort, *fields, *parent, *separator, *widths;
	bool samples, period, utilization;
	bool exclude_other, hide_unresolved;
	bool children, no_children;	/* neither: as the file has call chains or not */
	struct calltree_spec calltree;
	bool no_calltree;		/* --no-call-graph */
	uint64_t max_stack, quantum;
	const char *comms, *dsos, *symbols, *symbol_part, *pids, *tids, *cpus, *time;
	const char *vmlinux, *kallsyms, *symfs;
	bool demangle, force, no_inline, no_cache;
	bool header, header_only, show_info, stats;
	bool quiet;
	unsigned verbose;
	double percent_limit;
	bool limit_set, absolute;
};

void report_options_init(struct report_options *o);

/* How much of stacks, for modes that draw them or write them out. */
#define REPORT_STACK_OPTIONS(base) \
	{ .kind = OPTION_U64, .name = "max-stack", .arg = "N", REPORT_AT(base, max_stack), \
	  .help = "Look at the innermost N frames of a stack" }, \
	{ .kind = OPTION_FLAG, .name = "no-inline", REPORT_AT(base, no_inline), .help = "Do not look for inlined calls" }

/*
 * Rows of the option tables of all modes that read a file into a profile;
 * `base` is where the mode's own struct has its report_options.
 */
#define REPORT_AT(base, member) .offset = (base) + offsetof(struct report_options, member)
#define REPORT_INPUT_OPTIONS(base, force_letter) \
	{ .kind = OPTION_STRING, .letter = 'i', .name = "input", .arg = "FILE", REPORT_AT(base, input), \
	  .help = "File to read, - for standard input (default: perf.data)" }, \
	{ .kind = OPTION_FLAG, .letter = (force_letter), .name = "force", REPORT_AT(base, force), \
	  .help = "Read a file of another user, too" }
#define REPORT_SAMPLE_OPTIONS(base) REPORT_SAMPLE_OPTIONS_OF(base, 'c', 'C')
#define REPORT_SAMPLE_OPTIONS_OF(base, comms_letter, cpu_letter) \
	{ .kind = OPTION_HEADING, .help = "Which samples:" }, \
	{ .kind = OPTION_STRING, .letter = (comms_letter), .name = "comms", .arg = "COMM,…", REPORT_AT(base, comms), \
	  .help = "Of threads with these names" }, \
	{ .kind = OPTION_STRING, .name = "pid", .arg = "PID,…", REPORT_AT(base, pids), .help = "Of these processes" }, \
	{ .kind = OPTION_STRING, .name = "tid", .arg = "TID,…", REPORT_AT(base, tids), .help = "Of these threads" }, \
	{ .kind = OPTION_STRING, .letter = (cpu_letter), .name = "cpu", .arg = "CPUS", REPORT_AT(base, cpus), \
	  .help = "On these CPUs: 0-3,8" }, \
	{ .kind = OPTION_STRING, .letter = 'd', .name = "dsos", .arg = "DSO,…", REPORT_AT(base, dsos), \
	  .help = "In these programs and libraries" }, \
	{ .kind = OPTION_STRING, .letter = 'S', .name = "symbols", .arg = "SYMBOL,…", REPORT_AT(base, symbols), \
	  .help = "In these functions" }, \
	{ .kind = OPTION_FLAG, .letter = 'U', .name = "hide-unresolved", REPORT_AT(base, hide_unresolved), \
	  .help = "Hide what has no name" }, \
	{ .kind = OPTION_STRING, .name = "time", .arg = "FROM,TO", REPORT_AT(base, time), \
	  .help = "Taken between these times, in seconds as ptk script shows them, either may be left out; or 10%-20% of the whole" }
#define REPORT_FUNCTION_OPTIONS(base, parent_letter) \
	{ .kind = OPTION_STRING, .name = "symbol-filter", .arg = "PART", REPORT_AT(base, symbol_part), \
	  .help = "In functions whose names have PART in them" }, \
	{ .kind = OPTION_STRING, .letter = (parent_letter), .name = "parent", .arg = "REGEX", REPORT_AT(base, parent), \
	  .help = "Called, through others or not, by a function whose name matches" }
#define REPORT_NAME_OPTIONS(base) \
	{ .kind = OPTION_HEADING, .help = "Names:" }, \
	{ .kind = OPTION_STRING, .letter = 'k', .name = "vmlinux", .arg = "FILE", REPORT_AT(base, vmlinux), \
	  .help = "The kernel's image" }, \
	{ .kind = OPTION_STRING, .name = "kallsyms", .arg = "FILE", REPORT_AT(base, kallsyms), \
	  .help = "The kernel's symbols, as /proc/kallsyms" }, \
	{ .kind = OPTION_STRING, .name = "symfs", .arg = "FOLDER", REPORT_AT(base, symfs), .help = "Look for images below it" }, \
	{ .kind = OPTION_FLAG, .name = "demangle", REPORT_AT(base, demangle), .help = "C++ and Rust names as written (default)" }, \
	{ .kind = OPTION_FLAG, .name = "no-cache", REPORT_AT(base, no_cache), .help = NAMES_NO_CACHE_HELP }

/* --percent-limit: from 0 to 100. --percentage: absolute or relative. */
struct error *report_percent(const char *value, double *percent) MUST_CHECK;
struct error *report_absolute(const char *value, bool *absolute) MUST_CHECK;

/* The lists that options hold, as filters. `text` keeps the words that they point into. */
struct report_filters {
	struct arena text;
	struct profile_filter samples;
	VEC(const char *) dsos, symbols;
	VEC(unsigned) widths;
	regex_t parent;
	bool parent_set;
};

struct error *report_filters_parse(const struct report_options *o, struct report_filters *filters) MUST_CHECK;
/* Which samples by their place and callers; points into both. */
struct place_filter report_places(const struct report_filters *filters, const struct report_options *o);
void report_filters_deinit(struct report_filters *filters);

#endif
