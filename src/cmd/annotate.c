/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk annotate: which instructions and source lines of a function the samples hit. */
#include "cmd/annotate.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/nearest.h"
#include "cmd/browse.h"
#include "cmd/input.h"
#include "cmd/mode.h"
#include "cmd/report_browse.h"

/* ---- options */

static struct error *set_syntax(void *into, const char *value)
{
	struct annotate_options *o = into;

	o->how.syntax = !strcmp(value, "intel") ? SYNTAX_INTEL : SYNTAX_ATT;
	if (!strcmp(value, "intel") || !strcmp(value, "att"))
		return NULL;
	return error_usage("the syntax is att or intel, not %s", value);
}

static const char *const percent_words[] = {
	[PERCENT_LOCAL_PERIOD] = "local-period", [PERCENT_LOCAL_HITS] = "local-hits",
	[PERCENT_GLOBAL_PERIOD] = "global-period", [PERCENT_GLOBAL_HITS] = "global-hits",
};

static struct error *set_percent_type(void *into, const char *value)
{
	struct annotate_options *o = into;

	for (size_t i = 0; i < ARRAY_SIZE(percent_words); i++)
		if (!strcmp(value, percent_words[i])) {
			o->percent = (enum listing_percent)i;
			return NULL;
		}
	return error_hint(error_usage("percentages are not %s", value),
			  "local-period, local-hits (of the function), global-period or global-hits (of all samples)");
}

static struct error *set_percent_limit(void *into, const char *value)
{
	return report_percent(value, &((struct annotate_options *)into)->report.percent_limit);
}

static struct error *set_source(void *into, const char *value)
{
	struct annotate_options *o = into;

	o->no_source = value != NULL;
	return NULL;
}

static struct error *set_color(void *into, const char *value)
{
	struct annotate_options *o = into;

	o->color = !value || !strcmp(value, "always");
	o->no_color = value && !strcmp(value, "never");
	if (o->color || o->no_color || !strcmp(value, "auto"))
		return NULL;
	return error_usage("colours are always, never or auto, not %s", value);
}

#define AT(member) .offset = offsetof(struct annotate_options, member)
#define BASE offsetof(struct annotate_options, report)

static const struct option_def options[] = {
	REPORT_INPUT_OPTIONS(BASE, 'f'),
	{ .kind = OPTION_FLAG, .name = "stdio", REPORT_AT(BASE, stdio), .help = "Print text" },
	{ .kind = OPTION_FLAG, .name = "tui", REPORT_AT(BASE, tui), .help = "On the screen (default at a terminal)" },
	{ .kind = OPTION_STRING, .name = "script", .arg = "KEYS", REPORT_AT(BASE, script),
	  .help = "Print the screen as text, before and after each of these keys" },
	{ .kind = OPTION_STRING, .name = "screen", .arg = "COLUMNSxROWS", REPORT_AT(BASE, screen_size),
	  .help = "How large it is for --script (default 80x24)" },
	{ .kind = OPTION_FLAG, .name = "stdio2", REPORT_AT(BASE, stdio), .flags = OPTION_HIDDEN, .help = "The same" },
	{ .kind = OPTION_CALL, .name = "stdio-color", .arg = "always|never|auto", .call = set_color, .flags = OPTION_OPTIONAL,
	  .help = "Colour what is hot (default: at a terminal)" },
	{ .kind = OPTION_FLAG, .letter = 'q', .name = "quiet", REPORT_AT(BASE, quiet), .help = "No notes" },

	{ .kind = OPTION_HEADING, .help = "What is shown:" },
	{ .kind = OPTION_STRING, .letter = 's', .name = "symbol", .arg = "SYMBOL", AT(symbol),
	  .help = "This function (default: all that were hit, the hottest first)" },
	{ .kind = OPTION_CALL, .name = "source", .call = set_source, .flags = OPTION_NEGATABLE,
	  .help = "Put source lines between the instructions (default)" },
	{ .kind = OPTION_FLAG, .letter = 'l', .name = "print-line", AT(print_line),
	  .help = "Sum up source lines first, and show file and line of instructions" },
	{ .kind = OPTION_FLAG, .letter = 'P', .name = "full-paths", AT(full_paths), .help = "Show whole paths of files" },
	{ .kind = OPTION_FLAG, .letter = 'n', .name = "show-nr-samples", REPORT_AT(BASE, samples),
	  .help = "Show numbers of samples instead of percentages" },
	{ .kind = OPTION_FLAG, .name = "show-total-period", REPORT_AT(BASE, period),
	  .help = "Show sums of periods instead of percentages" },
	{ .kind = OPTION_CALL, .name = "percent-type", .arg = "TYPE", .call = set_percent_type,
	  .help = "local-period (default), local-hits: of the function; global-period, global-hits: of all samples" },
	{ .kind = OPTION_CALL, .name = "percent-limit", .arg = "PERCENT", .call = set_percent_limit,
	  .help = "Leave out functions below that part of all samples" },

	{ .kind = OPTION_HEADING, .help = "Disassembly and source:" },
	{ .kind = OPTION_CALL, .letter = 'M', .name = "disassembler-style", .arg = "att|intel", .call = set_syntax,
	  .help = "Syntax of x86 instructions (default: att)" },
	{ .kind = OPTION_FLAG, .name = "asm-raw", AT(asm_raw), .help = "Show the bytes of instructions" },
	{ .kind = OPTION_STRING, .name = "objdump", .arg = "PROGRAM", AT(how.objdump), .help = "Disassemble with this objdump" },
	{ .kind = OPTION_STRING, .name = "prefix", .arg = "FOLDER", AT(prefix), .help = "Look for sources with absolute paths below it" },
	{ .kind = OPTION_U64, .name = "prefix-strip", .arg = "N", AT(prefix_strip), .help = "Without the first N folders of their paths" },

	REPORT_SAMPLE_OPTIONS(BASE),
	REPORT_FUNCTION_OPTIONS(BASE, 'p'),

	REPORT_NAME_OPTIONS(BASE),
};

/* ---- listings */

/* The listing of one of its functions, with its samples counted. */
static struct error *annotation_listing(struct annotation *a, const struct function *function, struct listing **listing)
{
	struct listing_source source = {
		.profile = &a->file->profile, .session = a->file->session, .functions = &a->functions,
		.sources = a->o->no_source ? NULL : &a->sources, .how = a->o->how,
	};

	return listing_of(&source, function, listing);
}

/* ---- which functions */

static bool is_wanted(const struct annotation *a, const struct function *f)
{
	const struct profile *p = &a->file->profile;
	uint64_t whole = 0;

	for (size_t e = 0; e < p->events.len; e++)
		whole += a->functions.wholes[e].period;
	return (double)f->period * 100 >= a->o->report.percent_limit * (double)whole && (!a->o->symbol || !strcmp(strtab_text(&p->strings, p->symbols.data[f->symbol].name), a->o->symbol));
}

/* An image with samples whose file is another build than what ran; NULL: none. */
static const char *replaced_image(const struct annotation *a)
{
	const struct profile *p = &a->file->profile;

	for (size_t i = 0; i < p->images.len; i++)
		if (images_get(session_images(a->file->session), p->images.data[i].source)->replaced)
			return strtab_text(&p->strings, p->images.data[i].path);
	return NULL;
}

static struct error *no_such_function(const struct annotation *a)
{
	const struct profile *p = &a->file->profile;
	struct nearest best = { .word = a->o->symbol };
	const char *replaced = replaced_image(a);
	struct error *err = error_create("no sample hit a function called %s", a->o->symbol);

	if (replaced)
		err = error_hint(error_context(err, "%s was replaced since the recording (build-id differs): its functions cannot be told",
					       replaced),
				 "record again, or put the old file below a folder and name that with --symfs");
	for (size_t i = 0; i < a->functions.all.len; i++)
		nearest_offer(&best, strtab_text(&p->strings, p->symbols.data[a->functions.all.data[i].symbol].name));
	autofree char *hint = nearest_hint(&best);
	if (hint)
		err = error_hint(err, "%s", hint);
	if (a->functions.all.len)
		err = error_hint(err, "the hottest one is %s",
				 strtab_text(&p->strings, p->symbols.data[a->functions.all.data[0].symbol].name));
	return err;
}

static struct error *nothing(const struct annotation *a)
{
	const struct profile *p = &a->file->profile;
	uint64_t sampled = 0;

	if (a->o->symbol)
		return no_such_function(a);
	for (size_t i = 0; i < p->events.len; i++)
		sampled += p->events.data[i].count + p->events.data[i].dropped;
	if (!sampled)
		return error_create("%s has no samples", input_name(a->file->path));
	return error_hint(error_create("none of %" PRIu64 " samples hit a function with a name, by what was asked for", sampled),
			  "ptk report -s comm,dso,sym shows what there is");
}

static const char *image_name(const struct annotation *a, const struct function *f)
{
	const struct profile *p = &a->file->profile;

	return strtab_text(&p->strings, p->images.data[p->symbols.data[f->symbol].image].name);
}

/*
 * All wanted functions, one after the other. Where one cannot be read,
 * that is an error if it is the only one, else said among the others.
 */
static struct error *show(struct annotation *a)
{
	struct error *err = NULL;
	size_t wanted = 0, shown = 0;

	for (size_t i = 0; i < a->functions.all.len; i++) {
		const struct function *f = &a->functions.all.data[i];
		struct listing *listing;
		if (!is_wanted(a, f))
			continue;
		wanted++;
		struct error *why = annotation_listing(a, f, &listing);
		if (why) {
			notes_add(&a->file->notes, "functions of %s are left out: %s", image_name(a, f), why->message);
			if (err)
				error_destroy(why);
			else
				err = why;
			continue;
		}
		annotate_text(a, f, listing, stdout);
		listing_destroy(listing);
		shown++;
	}
	if (!wanted)
		return nothing(a);
	if (!shown) {
		notes_deinit(&a->file->notes);	/* the error says it */
		return err;
	}
	error_destroy(err);
	return NULL;
}

static struct error *annotate(struct report_file *file, const struct annotate_options *o, struct report_filters *filters)
{
	struct profile_dims dims = { .hits = true, .stacks = o->report.parent != NULL };
	struct functions_filter which = { .places = report_places(filters, &o->report) };
	struct annotation a = { .file = file, .o = o, .sources = { .prefix = o->prefix, .strip = (unsigned)o->prefix_strip } };

	TRY(report_file_read(file, &o->report, &dims, &filters->samples));
	report_file_losses(file);
	functions_init(&a.functions, &file->profile, &which);
	struct error *err = show(&a);
	functions_deinit(&a.functions);
	sources_deinit(&a.sources);
	return err;
}

/* The screen: unless what was asked for is text. */
static bool browses(const struct annotate_options *o)
{
	bool text = o->report.stdio || o->print_line || o->full_paths || o->asm_raw || o->color || o->no_color || o->report.quiet;

	return o->report.tui || o->report.script || (!text && browse_possible(false));
}

static struct error *browse(struct report_file *file, const struct annotate_options *o, const struct report_filters *filters)
{
	struct report_options report = o->report;
	struct profile_dims dims = { .stacks = o->report.parent != NULL };

	report.annotate = o;
	report.sort = "dso,sym";
	report.no_children = true;
	report.calltree.mode = CALLTREE_NONE;
	return report_browse(file, &report, filters, &dims);
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct annotate_options o = { 0 };
	struct report_filters filters = { 0 };
	struct report_file file = { 0 };
	struct options_rest rest;
	bool helped;

	(void)status;
	report_options_init(&o.report);
	TRY(mode_options(mode, &o, OPTIONS_MIXED, argc, argv, &rest, &helped));
	if (helped)
		return NULL;
	if (rest.index < argc && !o.symbol)
		o.symbol = argv[rest.index++];
	if (rest.index < argc)
		return mode_too_many(mode, argv[rest.index]);
	TRY(browse_or_text(o.report.stdio, o.report.tui, o.report.script));
	struct error *err = report_filters_parse(&o.report, &filters);
	if (!err)
		err = report_file_open(&file, &o.report);
	if (!err)
		err = report_file_needs_records(&file, "annotate");
	if (!err)
		err = browses(&o) ? browse(&file, &o, &filters) : annotate(&file, &o, &filters);
	fflush(stdout);
	if (!o.report.quiet)
		mode_notes(&file.notes);
	report_file_deinit(&file);
	report_filters_deinit(&filters);
	return err;
}

const struct mode mode_annotate = {
	.name = "annotate",
	.usage = "[OPTIONS] [SYMBOL]",
	.summary = "Show which instructions and source lines were hit",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = run,
};
