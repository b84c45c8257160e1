/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of ptk report, and the lists in them. */
#include "base/cleanup.h"
#include "base/number.h"
#include "cmd/mode.h"
#include "cmd/report.h"
#include "os/cpuset.h"

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

struct error *report_percent(const char *value, double *percent)
{
	if (number_double(value, percent) && *percent >= 0 && *percent <= 100)
		return NULL;
	return error_usage("%s is no percentage", value);
}

struct error *report_absolute(const char *value, bool *absolute)
{
	*absolute = !strcmp(value, "absolute");
	if (*absolute || !strcmp(value, "relative"))
		return NULL;
	return error_usage("percentages are relative or absolute, not %s", value);
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

const struct mode mode_report = {
	.name = "report",
	.usage = "[OPTIONS] [FILE] [PART-OF-A-NAME]",
	.summary = "Print where the time of a recording went",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = report_run,
};

void report_options_init(struct report_options *o)
{
	*o = (struct report_options){ .demangle = true, .quantum = 100000000 };
	calltree_spec_init(&o->calltree);
}

/* ---- lists */

enum { WIDEST = 4096 };		/* characters of a column */

/* The comma-separated words of `text`, in the arena. */
#define split(f, option_text, list) do { \
	for (const char *at_ = (option_text); at_ && *at_;) { \
		size_t len_ = strcspn(at_, ","); \
		if (len_) \
			vec_push(list, arena_strndup(&(f)->text, at_, len_)); \
		at_ += len_ + (at_[len_] == ','); \
	} \
} while (0)

static struct error *add_number(const char *option, const char *text, size_t at, size_t len, uint64_t *value)
{
	autofree char *word = xstrndup(text + at, len);

	if (number_u64(word, value) && *value <= UINT32_MAX)
		return NULL;
	return error_at(error_usage("%s: %s is not a number", option, *word ? word : "an empty word"), text, at, len);
}

#define add_numbers(option, list, option_text) do { \
	const char *text_ = (option_text); \
	for (size_t at_ = 0; text_ && text_[at_];) { \
		size_t len_ = strcspn(text_ + at_, ","); \
		uint64_t value_; \
		TRY(add_number(option, text_, at_, len_, &value_)); \
		vec_push(list, (uint32_t)value_); \
		at_ += len_ + (text_[at_ + len_] == ','); \
	} \
} while (0)

static struct error *parse_regex(const char *text, regex_t *regex)
{
	char why[256];
	int failed = regcomp(regex, text, REG_EXTENDED | REG_NOSUB);

	if (!failed)
		return NULL;
	regerror(failed, regex, why, sizeof(why));
	return error_at(error_usage("--parent: %s", why), text, 0, strlen(text));
}

struct error *report_filters_parse(const struct report_options *o, struct report_filters *f)
{
	struct cpuset cpus = { 0 };

	split(f, o->comms, &f->samples.comms);
	split(f, o->dsos, &f->dsos);
	split(f, o->symbols, &f->symbols);
	add_numbers("--pid", &f->samples.pids, o->pids);
	add_numbers("--tid", &f->samples.tids, o->tids);
	add_numbers("-w", &f->widths, o->widths);
	for (size_t i = 0; i < f->widths.len; i++)
		if (f->widths.data[i] > WIDEST)
			return error_usage("-w: no column is wider than %d", WIDEST);
	if (o->cpus) {
		struct error *err = cpuset_parse(o->cpus, &cpus);
		if (err) {
			err->kind = ERROR_USAGE;
			return error_context(err, "-C");
		}
		for (size_t i = 0; i < cpus.cpus.len; i++)
			vec_push(&f->samples.cpus, (uint32_t)cpus.cpus.data[i]);
		cpuset_deinit(&cpus);
	}
	/* without -p, the functions through which tasks enter the kernel, as perf has it */
	TRY(parse_regex(o->parent ? o->parent : "^sys_|^do_page_fault|^__x64_sys_|^exc_page_fault", &f->parent));
	f->parent_set = true;
	return NULL;
}

struct place_filter report_places(const struct report_filters *f, const struct report_options *o)
{
	return (struct place_filter){
		.dsos = f->dsos.data, .n_dsos = f->dsos.len, .symbols = f->symbols.data, .n_symbols = f->symbols.len,
		.symbol_part = o->symbol_part, .named = o->hide_unresolved, .parent = o->parent ? &f->parent : NULL,
	};
}

void report_filters_deinit(struct report_filters *f)
{
	arena_deinit(&f->text);
	profile_filter_deinit(&f->samples);
	vec_deinit(&f->dsos);
	vec_deinit(&f->symbols);
	vec_deinit(&f->widths);
	if (f->parent_set)
		regfree(&f->parent);
}
