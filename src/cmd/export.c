/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk export: a recording in the format of another tool. */
#include <string.h>

#include "base/cleanup.h"
#include "base/nearest.h"
#include "cmd/mode.h"
#include "cmd/selection.h"
#include "out/exporters.h"

struct export_mode {
	struct report_options report;
	const char *format, *output, *event;
	bool period, samples;
	struct export_options how;
	bool mark_all;
};

static struct error *set_value(void *into, const char *value)
{
	struct export_mode *m = into;

	m->period = !strcmp(value, "period");
	m->samples = !strcmp(value, "samples");
	if (m->period || m->samples)
		return NULL;
	return error_usage("the value is samples or period, not %s", value);
}

static struct error *set_percent_limit(void *into, const char *value)
{
	return report_percent(value, &((struct export_mode *)into)->how.min_percent);
}

#define AT(member) .offset = offsetof(struct export_mode, member)
#define BASE offsetof(struct export_mode, report)

static const struct option_def options[] = {
	REPORT_INPUT_OPTIONS(BASE, 0),
	{ .kind = OPTION_STRING, .letter = 'f', .name = "format", .arg = "FORMAT", AT(format),
	  .help = "What to write (default: by the name of the output, else folded)" },
	{ .kind = OPTION_STRING, .letter = 'o', .name = "output", .arg = "FILE", AT(output),
	  .help = "Write there, - for standard output (default)" },

	{ .kind = OPTION_HEADING, .help = "What is written:" },
	{ .kind = OPTION_STRING, .letter = 'e', .name = "event", .arg = "EVENT", AT(event), .help = "This event alone (default: all)" },
	{ .kind = OPTION_CALL, .name = "value", .arg = "samples|period", .call = set_value,
	  .help = "What is counted, in formats with one number (default: period, samples in folded)" },
	{ .kind = OPTION_U64, .name = "max-stack", .arg = "N", REPORT_AT(BASE, max_stack),
	  .help = "Look at the innermost N frames of a stack" },
	{ .kind = OPTION_CALL, .name = "percent-limit", .arg = "PERCENT", .call = set_percent_limit,
	  .help = "dot: leave out functions and calls below that (default 0.5)" },
	{ .kind = OPTION_FLAG, .name = "kernel", AT(how.mark_kernel), .help = "folded: _[k] behind functions of the kernel" },
	{ .kind = OPTION_FLAG, .name = "jit", AT(how.mark_jit), .help = "folded: _[j] behind functions that a JIT made" },
	{ .kind = OPTION_FLAG, .name = "all", AT(mark_all), .help = "folded: both, and _[i] behind inlined ones" },
	{ .kind = OPTION_FLAG, .name = "no-inline", REPORT_AT(BASE, no_inline), .help = "Do not look for inlined calls" },

	REPORT_SAMPLE_OPTIONS(BASE),
	REPORT_FUNCTION_OPTIONS(BASE, 0),

	REPORT_NAME_OPTIONS(BASE),
};

static struct error *no_format(const char *name)
{
	struct nearest best = { .word = name };
	struct error *err = error_usage("unknown format %s", name);

	for (const struct exporter *x = exporters; x->name; x++)
		nearest_offer(&best, x->name);
	autofree char *hint = nearest_hint(&best);
	if (hint)
		err = error_hint(err, "%s", hint);
	for (const struct exporter *x = exporters; x->name; x++)
		err = error_hint(err, "%-10s  %s", x->name, x->help);
	return err;
}

static bool ends_in(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n > m && !strcmp(name + n - m, suffix);
}

/* The format that was named, or the one whose files are called so. */
static struct error *pick(const struct export_mode *m, const struct exporter **exporter)
{
	*exporter = exporter_find(m->format ? m->format : "folded");
	if (!*exporter)
		return no_format(m->format);
	for (const struct exporter *x = exporters; x->name && !m->format && m->output; x++)
		if (ends_in(m->output, x->suffix)) {
			*exporter = x;
			break;
		}
	return NULL;
}

static struct error *write_to(const struct export_mode *m, const struct exporter *exporter, const struct export *e)
{
	struct output output;

	TRY(output_begin(&output, m->output, exporter->binary));
	struct error *err = NULL;
	if (exporter->try_write)
		err = exporter->try_write(e, output.out);
	else
		exporter->write(e, output.out);
	struct error *ending = output_end(&output, err != NULL);
	return err ? err : ending;
}

static struct error *export(const struct export_mode *m, const struct exporter *exporter)
{
	struct profile_dims dims = {
		.comm = true, .stacks = true, .inlines = !m->report.no_inline, .max_stack = m->report.max_stack,
		.pid = exporter->threads, .tid = exporter->threads, .cpu = exporter->times, .time_quantum = exporter->times,
	};
	struct selection selection;
	struct error *err = selection_load(&selection, &m->report, &dims, m->event);

	if (!err) {
		selection.export.options = m->how;
		err = write_to(m, exporter, &selection.export);
	}
	fflush(stdout);
	mode_notes(&selection.file.notes);
	selection_deinit(&selection);
	return err;
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct export_mode m = { .how.min_percent = 0.5 };
	const struct exporter *exporter;
	bool helped;

	(void)status;
	TRY(selection_options(mode, &m, &m.report, argc, argv, &helped));
	if (helped)
		return NULL;
	TRY(pick(&m, &exporter));
	if (exporter->ready)
		TRY(exporter->ready());
	m.how.by_period = m.period || (!m.samples && strcmp(exporter->name, "folded"));
	m.how.mark_kernel |= m.mark_all;
	m.how.mark_jit |= m.mark_all;
	m.how.mark_inlined = m.mark_all;
	return export(&m, exporter);
}

const struct mode mode_export = {
	.name = "export",
	.usage = "[OPTIONS] [-f FORMAT] [FILE]",
	.summary = "Write a recording in the format of another tool",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = run,
};
