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
	const char *from, *to, *key;
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
	{ .kind = OPTION_STRING, .name = "from", .arg = "EVENT", AT(from),
	  .help = "Latencies: from each sample of this tracepoint …" },
	{ .kind = OPTION_STRING, .name = "to", .arg = "EVENT", AT(to), .help = "… to the next of this one with the same key" },
	{ .kind = OPTION_STRING, .name = "key", .arg = "FIELD,…", AT(key),
	  .help = "Fields that both have alike, FIELD=OTHER where --to calls it otherwise (default: tid)" },
	REPORT_STACK_OPTIONS(BASE),

	REPORT_SAMPLE_OPTIONS(BASE),
	REPORT_FUNCTION_OPTIONS(BASE, 0),

	REPORT_NAME_OPTIONS(BASE),
};

enum { MOST_COLUMNS = 2000, WIDEST = 100000 };

/* A second; of short recordings less, of long ones more. Latencies have their rows for themselves: a hundred columns or more. */
static uint64_t column_for(const struct data_features *f, bool latencies)
{
	const uint64_t second = 1000000000;
	uint64_t lasted = f->last_sample > f->first_sample ? f->last_sample - f->first_sample : 0, column = 1000 * HEAT_ROWS;

	if (latencies) {
		while (column * 100 < lasted)
			column *= 2;
		return column;
	}
	if (!lasted || lasted > MOST_COLUMNS * second)
		return (lasted / second / MOST_COLUMNS + 1) * second;
	return lasted >= 10 * second ? second : lasted >= second ? second / 10 : second / 100;
}

struct drawing {
	const struct heat_mode *mode;
	struct selection selection;
	struct heat_spec spec;
	/* of latencies */
	struct tracepoint_formats formats;
	struct pairs pairs;
};

/* Only first ones are in the picture: at their time, with their stack. */
static bool watch_sample(void *ctx, const struct session_sample *sample)
{
	struct drawing *d = ctx;
	const struct data_event *event = data_event(d->selection.file.reader, sample->event);

	return !pairs_sample(&d->pairs, sample, event->name, &event->attr);
}

static struct error *begin_latencies(struct drawing *d)
{
	const struct heat_mode *m = d->mode;
	struct selection *s = &d->selection;

	if (!m->from || !m->to)
		return error_hint(error_usage("latencies are --from one event --to another"),
				  "ptk heat --from block:block_rq_issue --to block:block_rq_complete --key sector,dev");
	TRY(selection_has_event(s, "--from", m->from));
	TRY(selection_has_event(s, "--to", m->to));
	report_file_formats(&s->file, &d->formats);
	TRY(pairs_init(&d->pairs, m->from, m->to, m->key ? m->key : "tid", &d->formats));
	s->file.watch = (struct report_watch){ .ctx = d, .sample = watch_sample };
	d->spec.pairs = &d->pairs;
	return NULL;
}

static struct error *end_latencies(struct drawing *d)
{
	struct notes *notes = &d->selection.file.notes;
	const struct pairs *p = &d->pairs;

	TRY(pairs_finish(&d->pairs));
	if (p->unmatched[PAIR_FROM])
		notes_add(notes, "%" PRIu64 " samples of %s have no %s behind them, and are left out", p->unmatched[PAIR_FROM], p->event[PAIR_FROM],
			  p->event[PAIR_TO]);
	if (p->unmatched[PAIR_TO])
		notes_add(notes, "%" PRIu64 " samples of %s have no %s before them, and are left out", p->unmatched[PAIR_TO], p->event[PAIR_TO],
			  p->event[PAIR_FROM]);
	if (p->unreadable)
		notes_add(notes, "%" PRIu64 " samples lack a field of the key, and are left out", p->unreadable);
	if (!p->list.len)
		return error_hint(error_create("no two samples of %s and %s belong together", p->event[PAIR_FROM], p->event[PAIR_TO]),
				  "--key names the fields that both have alike");
	return NULL;
}

static struct error *read_samples(struct drawing *d)
{
	const struct heat_mode *m = d->mode;
	bool latencies = m->from || m->to || m->key;
	struct profile_dims dims = { .comm = true, .stacks = true, .inlines = !m->report.no_inline, .max_stack = m->report.max_stack,
				     .tid = latencies, .cpu = latencies };

	if (latencies)
		TRY(begin_latencies(d));
	dims.time_quantum = latencies ? 1 : d->spec.column_ns / HEAT_ROWS;
	struct error *err = selection_read(&d->selection, &m->report, &dims, latencies ? m->from : m->event);
	if (!latencies)
		return err;
	if (!err || d->pairs.failure) {	/* why nothing could be paired is worth more than that there is nothing */
		error_destroy(err);
		err = end_latencies(d);
	}
	return err;
}

static struct error *draw(struct drawing *d)
{
	const struct heat_mode *m = d->mode;
	struct selection *s = &d->selection;
	const char *path = m->output ? m->output : "heat.html";
	struct output output;

	d->spec.column_ns = m->column_ns ? m->column_ns : column_for(data_features(s->file.reader), m->from);
	TRY(read_samples(d));
	uint64_t columns = heat_columns(&s->export, d->spec.column_ns);
	if (columns > WIDEST)
		return error_hint(error_usage("a picture with %" PRIu64 " columns is too wide", columns),
				  "--column 1s, or more, makes it narrower; --time FROM,TO takes a part");
	s->export.options.by_period = !d->spec.pairs;
	TRY(output_begin(&output, path, false));
	heat_page(&s->export, &d->spec, output.out);
	TRY(output_end(&output, false));
	if (strcmp(path, "-"))
		fprintf(stderr, d->spec.pairs ? "ptk: %s: columns of %g s, %zu pairs\n" : "ptk: %s: columns of %g s\n", path,
			(double)d->spec.column_ns / 1e9, d->pairs.list.len);
	return NULL;
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct heat_mode m = { 0 };
	struct drawing d = { .mode = &m };
	bool helped;

	(void)status;
	TRY(selection_options(mode, &m, &m.report, argc, argv, &helped));
	if (helped)
		return NULL;
	struct error *err = selection_open(&d.selection, &m.report);
	if (!err)
		err = report_file_needs_records(&d.selection.file, "heat");
	if (!err)
		err = draw(&d);
	mode_notes(&d.selection.file.notes);
	pairs_deinit(&d.pairs);
	tracepoint_formats_deinit(&d.formats);
	selection_deinit(&d.selection);
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
