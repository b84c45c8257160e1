/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk flame, and ptk report --flame: a recording as a flame graph. */
#include "cmd/flame.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "cmd/mode.h"
#include "cmd/selection.h"
#include "out/flame.h"

struct flame_mode {
	struct report_options report;
	struct flame_request request;
};

static struct error *set_value(void *into, const char *value)
{
	struct flame_mode *m = into;

	m->request.by_samples = !strcmp(value, "samples");
	if (m->request.by_samples || !strcmp(value, "period"))
		return NULL;
	return error_usage("the value is samples or period, not %s", value);
}

#define AT(member) .offset = offsetof(struct flame_mode, request.member)
#define BASE offsetof(struct flame_mode, report)

static const struct option_def options[] = {
	REPORT_INPUT_OPTIONS(BASE, 'f'),
	{ .kind = OPTION_STRING, .letter = 'o', .name = "output", .arg = "FILE", AT(output),
	  .help = "Write there (default: flame.html); FILE.svg is a picture that does not move" },

	{ .kind = OPTION_HEADING, .help = "What is drawn:" },
	{ .kind = OPTION_STRING, .letter = 'e', .name = "event", .arg = "EVENT", AT(event), .help = "This event alone (default: all)" },
	{ .kind = OPTION_STRING, .name = "diff", .arg = "OLD", AT(old),
	  .help = "Colour by the difference to this file: red is more than there, blue less" },
	{ .kind = OPTION_CALL, .name = "value", .arg = "samples|period", .call = set_value,
	  .help = "What widths are (default: period, as in the report)" },
	REPORT_STACK_OPTIONS(BASE),

	REPORT_SAMPLE_OPTIONS(BASE),
	REPORT_FUNCTION_OPTIONS(BASE, 0),

	REPORT_NAME_OPTIONS(BASE),
};

static bool is_svg(const char *path)
{
	size_t n = strlen(path);

	return n > 4 && !strcmp(path + n - 4, ".svg");
}

static struct error *draw(const struct export *now, const struct export *old, const char *path)
{
	struct output output;

	TRY(output_begin(&output, path, false));
	if (is_svg(path))
		flame_svg(now, old, output.out);
	else
		flame_page(now, old, output.out);
	return output_end(&output, false);
}

static void say_written(const struct export *e, const char *path)
{
	fprintf(stderr, "ptk: %s: ", path);
	for (size_t i = 0; i < e->events.len && !(i && is_svg(path)); i++)
		fprintf(stderr, "%s%" PRIu64 " samples of %s", i ? ", " : "", e->events.data[i].count,
			export_event_name(e, &e->events.data[i]));
	fputc('\n', stderr);
}

static struct error *draw_selection(struct selection *now, struct selection *old, const struct flame_request *request)
{
	const char *path = request->output ? request->output : "flame.html";

	now->export.options.by_period = !request->by_samples;
	if (old)
		old->export.options.by_period = !request->by_samples;
	TRY(draw(&now->export, old ? &old->export : NULL, path));
	if (strcmp(path, "-") && !request->quiet)
		say_written(&now->export, path);
	return NULL;
}

struct error *flame_write(const struct report_options *o, const struct flame_request *request)
{
	struct profile_dims dims = { .comm = true, .stacks = true, .inlines = !o->no_inline, .max_stack = o->max_stack };
	struct report_options before = *o;
	struct selection now, old = { 0 };
	struct error *err = selection_load(&now, o, &dims, request->event);

	before.input = request->old;
	if (!err && request->old) {
		err = selection_load(&old, &before, &dims, request->event);
		mode_notes(&old.file.notes);
	}
	if (!err)
		err = draw_selection(&now, request->old ? &old : NULL, request);
	mode_notes(&now.file.notes);
	selection_deinit(&now);
	if (request->old)
		selection_deinit(&old);
	return err;
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct flame_mode m = { 0 };
	bool helped;

	(void)status;
	TRY(selection_options(mode, &m, &m.report, argc, argv, &helped));
	if (helped)
		return NULL;
	return flame_write(&m.report, &m.request);
}

const struct mode mode_flame = {
	.name = "flame",
	.usage = "[OPTIONS] [FILE]",
	.summary = "Draw a recording as a flame graph, in one HTML file",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = run,
};
