/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk report: where the time went, from a perf.data file. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/browse.h"
#include "cmd/file_header.h"
#include "cmd/flame.h"
#include "cmd/input.h"
#include "cmd/mode.h"
#include "cmd/report_browse.h"
#include "cmd/report_view.h"
#include "out/text.h"

/* ---- options */

static struct error *set_calltree(void *into, const char *value)
{
	struct report_options *o = into;

	o->no_calltree = value && !*value;
	return value && *value ? calltree_spec_parse(value, &o->calltree) : NULL;
}

static struct error *set_inverted(void *into, const char *value)
{
	struct report_options *o = into;

	(void)value;
	o->calltree.caller = o->calltree.order_set = true;
	return NULL;
}

static struct error *set_children(void *into, const char *value)
{
	struct report_options *o = into;

	o->no_children = value != NULL;
	o->children = !value;
	return NULL;
}

static struct error *set_inline(void *into, const char *value)
{
	struct report_options *o = into;

	o->no_inline = value != NULL;
	return NULL;
}

static struct error *set_percent_limit(void *into, const char *value)
{
	struct report_options *o = into;

	TRY(report_percent(value, &o->percent_limit));
	o->calltree.min_percent = o->percent_limit;
	return NULL;
}

static struct error *set_percentage(void *into, const char *value)
{
	return report_absolute(value, &((struct report_options *)into)->absolute);
}

static struct error *set_quantum(void *into, const char *value)
{
	static const struct { const char *unit; double ns; } units[] = {
		{ "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 },
	};
	struct report_options *o = into;
	char *unit;
	double n = strtod(value, &unit);

	for (size_t i = 0; unit != value && n > 0 && i < ARRAY_SIZE(units); i++)
		if (!strcmp(unit, units[i].unit) && n * units[i].ns >= 1 && n * units[i].ns < 1e18) {
			o->quantum = (uint64_t)(n * units[i].ns);
			return NULL;
		}
	return error_hint(error_usage("%s is no span of time", value), "a number and ns, us, ms or s: 100ms");
}

static const char *const calltree_words[] = {
	"graph", "fractal", "flat", "folded", "none", "caller", "callee", "function", "address", "percent", "period", "count",
	NULL,
};

#define AT(member) .offset = offsetof(struct report_options, member)

static const struct option_def options[] = {
	REPORT_INPUT_OPTIONS(0, 'f'),
	{ .kind = OPTION_STRING, .name = "flame", .arg = "FILE", AT(flame),
	  .help = "Draw a flame graph, FILE.html or FILE.svg, as ptk flame does" },
	{ .kind = OPTION_FLAG, .name = "stdio", AT(stdio), .help = "Print text (default where there is no terminal)" },
	{ .kind = OPTION_FLAG, .name = "stdio2", AT(stdio), .flags = OPTION_HIDDEN, .help = "The same" },
	{ .kind = OPTION_FLAG, .name = "tui", AT(tui), .help = "Browse on the screen (default at a terminal)" },
	{ .kind = OPTION_STRING, .name = "script", .arg = "KEYS", AT(script), .help = "Feed the browser these keys and print its screens" },
	{ .kind = OPTION_STRING, .name = "screen", .arg = "COLSxROWS", AT(screen_size), .help = "How large they are (default 80x24)" },

	{ .kind = OPTION_HEADING, .help = "What is shown:" },
	{ .kind = OPTION_STRING, .letter = 's', .name = "sort", .arg = "KEYS", AT(sort),
	  .help = "Group and sort by comm, pid, tid, dso, symbol, srcfile, srcline, cpu, socket, parent, time, local_weight, overhead, "
		  "sample, period, or a tracepoint's or probe's field; +KEY adds to comm,dso,symbol" },
	{ .kind = OPTION_STRING, .letter = 'F', .name = "fields", .arg = "FIELDS", AT(fields),
	  .help = "Show these columns: the same words, and overhead_children, overhead_sys, overhead_us" },
	{ .kind = OPTION_FLAG, .letter = 'n', .name = "show-nr-samples", AT(samples), .help = "Show the number of samples" },
	{ .kind = OPTION_FLAG, .name = "show-total-period", AT(period), .help = "Show the sum of the periods" },
	{ .kind = OPTION_FLAG, .name = "showcpuutilization", AT(utilization), .help = "Show kernel and user parts" },
	{ .kind = OPTION_CALL, .name = "percent-limit", .arg = "PERCENT", .call = set_percent_limit,
	  .help = "Hide rows, and branches of call graphs, below that" },
	{ .kind = OPTION_CALL, .name = "percentage", .arg = "relative|absolute", .call = set_percentage,
	  .help = "Percentages of what the filters leave (default), or of everything" },
	{ .kind = OPTION_STRING, .letter = 't', .name = "field-separator", .arg = "SEP", AT(separator),
	  .help = "Put SEP between the fields and do not pad them" },
	{ .kind = OPTION_STRING, .letter = 'w', .name = "column-widths", .arg = "N,…", AT(widths),
	  .help = "Widths of the columns, 0 for as wide as needed" },
	{ .kind = OPTION_COUNT, .letter = 'v', .name = "verbose", AT(verbose), .help = "Show addresses and paths" },
	{ .kind = OPTION_FLAG, .letter = 'q', .name = "quiet", AT(quiet), .help = "Leave out the comment lines" },

	{ .kind = OPTION_HEADING, .help = "Call graphs:" },
	{ .kind = OPTION_CALL, .letter = 'g', .name = "call-graph", .arg = "SPEC", .call = set_calltree, .words = calltree_words,
	  .flags = OPTION_OPTIONAL | OPTION_NEGATABLE,
	  .help = "graph|fractal|flat|folded|none,MIN-PERCENT,LINES,caller|callee,function|address,percent|period|count" },
	{ .kind = OPTION_CALL, .letter = 'G', .name = "inverted", .call = set_inverted, .help = "From the outermost caller inwards" },
	{ .kind = OPTION_CALL, .name = "children", .call = set_children, .flags = OPTION_NEGATABLE,
	  .help = "Count callees for their callers, too (default where the file has call chains)" },
	{ .kind = OPTION_U64, .name = "max-stack", .arg = "N", AT(max_stack), .help = "Look at the innermost N frames of a stack" },
	{ .kind = OPTION_STRING, .letter = 'p', .name = "parent", .arg = "REGEX", AT(parent),
	  .help = "Group by the nearest caller whose name matches" },
	{ .kind = OPTION_FLAG, .letter = 'x', .name = "exclude-other", AT(exclude_other),
	  .help = "Leave out samples without such a caller" },
	{ .kind = OPTION_CALL, .name = "inline", .call = set_inline, .flags = OPTION_NEGATABLE,
	  .help = "Show inlined calls in call graphs, by the debug information (default)" },

	REPORT_SAMPLE_OPTIONS(0),
	{ .kind = OPTION_STRING, .name = "symbol-filter", .arg = "PART", AT(symbol_part),
	  .help = "Show functions whose names have PART in them" },
	{ .kind = OPTION_CALL, .name = "time-quantum", .arg = "SPAN", .call = set_quantum,
	  .help = "Steps of the time column (default 100ms)" },

	REPORT_NAME_OPTIONS(0),

	{ .kind = OPTION_HEADING, .help = "About the file:" },
	{ .kind = OPTION_FLAG, .name = "header", AT(header), .help = "Print what the file says of the machine and the run first" },
	{ .kind = OPTION_FLAG, .name = "header-only", AT(header_only), .help = "Print nothing else" },
	{ .kind = OPTION_FLAG, .letter = 'I', .name = "show-info", AT(show_info), .help = "With the machine's topology" },
	{ .kind = OPTION_FLAG, .name = "stats", AT(stats), .help = "Count the records of each type" },
};

/* ---- what is shown */

/* Is the order of rows begun by symbol, so that call graphs would repeat it? */
static bool begins_with_symbol(const struct report_options *o)
{
	return !o->fields && o->sort && !strncmp(o->sort, "sym", 3);
}

/* What samples have to be told apart by. Whether there are call chains is known when the file was read. */
static struct profile_dims dims_of(const struct report_options *o, const struct columns *columns)
{
	struct profile_dims dims = { .max_stack = o->max_stack, .addresses = o->calltree.addresses };
	bool drawn = !o->no_calltree && o->calltree.mode != CALLTREE_NONE;

	columns_dims(columns, o->quantum, &dims);
	dims.inlines = !o->no_inline;
	dims.stacks = drawn || !o->no_children || columns->mask[COLUMN_PARENT];
	return dims;
}

static uint64_t sampled(const struct profile *p)
{
	uint64_t n = 0;

	for (size_t i = 0; i < p->events.len; i++)
		n += p->events.data[i].count + p->events.data[i].dropped;
	return n;
}

/* The browser: at a terminal, unless what was asked for is text. */
static bool browses(const struct report_file *file, const struct report_options *o)
{
	bool text = o->stdio || o->separator || o->quiet || o->header || o->header_only || o->stats || o->fields;

	return o->tui || o->script || (!text && browse_possible(!strcmp(file->path, "-")));
}

static struct error *show_events(struct report_file *file, const struct report_options *o, struct report_filters *filters,
			 const struct columns *columns, bool children)
{
	const struct profile *p = &file->profile;
	struct grouping_options grouped = report_grouping(o, filters, columns, children);
	autofree int32_t *socket = report_sockets(file, &grouped.n_cpus);
	struct text_options text = {
		.out = stdout, .separator = o->separator, .min_percent = o->percent_limit, .calltree = o->calltree,
		.skip_own_frame = begins_with_symbol(o), .quiet = o->quiet, .verbose = o->verbose,
	};

	grouped.socket_of_cpu = socket;
	memcpy(&text.widths, &filters->widths, sizeof(text.widths));
	if (!text.calltree.order_set)
		text.calltree.caller = children;
	if (!o->quiet)
		printf("#\n# Total Lost Samples: %" PRIu64 "\n#\n", session_counts(file->session)->lost_samples);
	for (uint32_t event = 0; event < p->events.len; event++) {
		struct grouping g;
		if (!p->events.data[event].count && p->events.len > 1)
			continue;
		if (o->no_calltree || !p->events.data[event].chains)
			text.calltree.mode = CALLTREE_NONE;
		else
			text.calltree.mode = o->calltree.mode;
		grouping_init(&g, p, event, &grouped);
		text_report(&g, &text);
		if (!g.rows.len)
			notes_add(&file->notes, "nothing is left of %" PRIu64 " samples by what was asked for",
				  p->events.data[event].count + p->events.data[event].dropped);
		grouping_deinit(&g);
	}
	/* Where perf has its tips; whoever chose has no need of one. */
	if (children && !o->children && !o->quiet)
		printf("#\n# (Tip: Children counts what a function called, too; --no-children sorts by its own Overhead)\n#\n");
	return NULL;
}

static struct error *report(struct report_file *file, const struct report_options *o, struct report_filters *filters)
{
	struct columns columns;

	TRY(report_columns(file, o, NULL, false, &columns));
	struct profile_dims dims = dims_of(o, &columns);
	if (browses(file, o))
		return report_browse(file, o, filters, &dims);
	TRY(report_file_read(file, o, &dims, &filters->samples));
	report_file_losses(file);
	if (!sampled(&file->profile)) {
		fflush(stdout);
		fprintf(stderr, "ptk: %s has no samples\n", input_name(file->path));
		return NULL;
	}
	bool children = o->children || (!o->no_children && report_has_chains(file));
	TRY(report_columns(file, o, NULL, children, &columns));
	children = children || columns.mask[COLUMN_CHILDREN];
	return show_events(file, o, filters, &columns, children);
}

static struct error *run_on(struct report_file *file, const struct report_options *o)
{
	struct report_filters filters = { 0 };
	struct error *err = report_filters_parse(o, &filters);

	if (!err)
		err = report_file_open(file, o);
	if (!err && (o->header || o->header_only || o->stats))
		err = report_file_needs_records(file, "report --header or --stats");
	if (!err && (o->header || o->header_only))
		file_header_print(stdout, file->reader, file->path, o->show_info);
	if (!err && o->stats) {
		err = report_file_read(file, o, NULL, NULL);
		if (!err)
			file_stats_print(stdout, file->reader, file->session, &file->profile);
	} else if (!err && !o->header_only) {
		err = report(file, o, &filters);
	}
	report_filters_deinit(&filters);
	return err;
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct report_options o;
	struct options_rest rest;
	struct report_file file = { 0 };
	bool helped;

	(void)status;
	report_options_init(&o);
	TRY(mode_options(mode, &o, OPTIONS_MIXED, argc, argv, &rest, &helped));
	if (helped)
		return NULL;
	TRY(browse_or_text(o.stdio, o.tui, o.script));
	/* a word is part of a function's name, as with perf; or the file, if there is one of that name */
	if (rest.index < argc && !o.input && !access(argv[rest.index], F_OK))
		o.input = argv[rest.index++];
	if (rest.index < argc && !o.symbol_part)
		o.symbol_part = argv[rest.index++];
	if (rest.index < argc)
		return mode_too_many(mode, argv[rest.index]);
	if (o.flame) {
		struct flame_request request = { .output = o.flame, .quiet = o.quiet };
		return flame_write(&o, &request);
	}
	struct error *err = run_on(&file, &o);
	fflush(stdout);
	if (!o.quiet)
		mode_notes(&file.notes);
	report_file_deinit(&file);
	return err;
}

const struct mode mode_report = {
	.name = "report",
	.usage = "[OPTIONS] [FILE] [PART-OF-A-NAME]",
	.summary = "Print where the time of a recording went",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = run,
};
