/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk heat: samples over time, and the flame graph of any stretch of it. */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "cmd/mode.h"
#include "cmd/selection.h"
#include "out/heat.h"

struct heat_mode {
	struct report_options report;
	const char *output, *event;
	uint64_t column_ns;	/* 0: as the recording is long */
};

static struct error *set_column(void *into, const char *value)
{
	static const struct { const char *unit; double ns; } units[] = { { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };
	struct heat_mode *m = into;
	char *unit;
	double n = strtod(value, &unit);

	for (size_t i = 0; unit != value && n > 0 && i < ARRAY_SIZE(units); i++)
		if (!strcmp(unit, units[i].unit) && n * units[i].ns >= HEAT_ROWS && n * units[i].ns < 1e15) {
			m->column_ns = (uint64_t)(n * units[i].ns) / HEAT_ROWS * HEAT_ROWS;
			return NULL;
		}
	return error_hint(error_usage("%s is no width of a column", value), "a number and us, ms or s: 1s");
}

#define AT(member) .offset = offsetof(struct heat_mode, member)
#define BASE offsetof(struct heat_mode, report)

static const struct option_def options[] = {
	REPORT_INPUT_OPTIONS(BASE, 'f'),
	{ .kind = OPTION_STRING, .letter = 'o', .name = "output", .arg = "FILE", AT(output),
	  .help = "Write there (default: heat.html)" },

	{ .kind = OPTION_HEADING, .help = "What is drawn:" },
	{ .kind = OPTION_STRING, .letter = 'e', .name = "event", .arg = "EVENT", AT(event), .help = "This event alone (default: all)" },
	{ .kind = OPTION_CALL, .name = "column", .arg = "SPAN", .call = set_column,
	  .help = "Time of a column; a row is a fiftieth of it (default: 1s, less for short recordings)" },
	{ .kind = OPTION_U64, .name = "max-stack", .arg = "N", REPORT_AT(BASE, max_stack),
	  .help = "Look at the innermost N frames of a stack" },
	{ .kind = OPTION_FLAG, .name = "no-inline", REPORT_AT(BASE, no_inline), .help = "Do not look for inlined calls" },

	REPORT_SAMPLE_OPTIONS(BASE),

	REPORT_NAME_OPTIONS(BASE),
};

enum { MOST_COLUMNS = 2000 };

/* A second; of short recordings less, of long ones more. */
static uint64_t column_for(const struct data_features *f)
{
	const uint64_t second = 1000000000;
	uint64_t lasted = f->last_sample > f->first_sample ? f->last_sample - f->first_sample : 0;

	if (!lasted || lasted > MOST_COLUMNS * second)
		return (lasted / second / MOST_COLUMNS + 1) * second;
	return lasted >= 10 * second ? second : lasted >= second ? second / 10 : second / 100;
}

static struct error *draw(struct selection *s, const struct heat_mode *m)
{
	uint64_t column_ns = m->column_ns ? m->column_ns : column_for(data_features(s->file.reader));
	struct profile_dims dims = { .comm = true, .stacks = true, .inlines = !m->report.no_inline, .max_stack = m->report.max_stack,
				     .time_quantum = column_ns / HEAT_ROWS };
	const char *path = m->output ? m->output : "heat.html";
	struct output output;

	TRY(selection_read(s, &m->report, &dims, m->event));
	if (heat_columns(&s->export, column_ns) > 100000)
		return error_hint(error_usage("a picture with %" PRIu64 " columns is too wide", heat_columns(&s->export, column_ns)),
				  "--column 1s, or more, makes it narrower; --time FROM,TO takes a part");
	s->export.options.by_period = true;
	TRY(output_begin(&output, path, false));
	heat_page(&s->export, column_ns, output.out);
	TRY(output_end(&output, false));
	if (strcmp(path, "-"))
		fprintf(stderr, "ptk: %s: columns of %g s\n", path, (double)column_ns / 1e9);
	return NULL;
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct heat_mode m = { 0 };
	struct selection selection;
	bool helped;

	(void)status;
	TRY(selection_options(mode, &m, &m.report, argc, argv, &helped));
	if (helped)
		return NULL;
	struct error *err = selection_open(&selection, &m.report);
	if (!err)
		err = draw(&selection, &m);
	mode_notes(&selection.file.notes);
	selection_deinit(&selection);
	return err;
}

const struct mode mode_heat = {
	.name = "heat",
	.usage = "[OPTIONS] [FILE]",
	.summary = "Draw when samples were taken, in one HTML file",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = run,
};
