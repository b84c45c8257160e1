/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk timeline: what tasks and CPUs did over time. */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "cmd/mode.h"
#include "cmd/selection.h"
#include "out/timeline.h"

struct timeline_mode {
	struct report_options report;
	const char *output, *follow;
};

#define AT(member) .offset = offsetof(struct timeline_mode, member)
#define BASE offsetof(struct timeline_mode, report)

static const struct option_def options[] = {
	REPORT_INPUT_OPTIONS(BASE, 'f'),
	{ .kind = OPTION_STRING, .letter = 'o', .name = "output", .arg = "FILE", AT(output),
	  .help = "Write there (default: timeline.html); FILE.json is a trace for Perfetto" },

	{ .kind = OPTION_HEADING, .help = "What is drawn:" },
	{ .kind = OPTION_STRING, .name = "follow", .arg = "COMM|PID,…", AT(follow),
	  .help = "These processes, and all that they started" },
	REPORT_STACK_OPTIONS(BASE),

	REPORT_SAMPLE_OPTIONS(BASE),
	REPORT_FUNCTION_OPTIONS(BASE, 0),

	REPORT_NAME_OPTIONS(BASE),
};

/* What is built while the file is read. */
struct building {
	struct selection selection;
	struct timeline timeline;
	struct tracepoint_formats formats;
	VEC(const char *) follow;
	struct arena text;
};

static bool watch_sample(void *ctx, const struct session_sample *sample)
{
	struct building *b = ctx;
	const struct data_event *event = data_event(b->selection.file.reader, sample->event);
	struct session *session = b->selection.file.session;

	return timeline_sample(&b->timeline, sample, event->name, &event->attr,
			       strtab_text(session_strings(session), sample->task->comm));
}

static void watch_record(void *ctx, const struct perf_event_header *record, const struct sample_id *id, size_t trailer)
{
	struct building *b = ctx;

	timeline_record(&b->timeline, record, id, trailer);
}

static void split_follow(struct building *b, const char *words)
{
	for (const char *at = words; at && *at;) {
		size_t len = strcspn(at, ",");
		if (len)
			vec_push(&b->follow, arena_strndup(&b->text, at, len));
		at += len + (at[len] == ',');
	}
}

static void note_what_is_missing(struct building *b)
{
	struct notes *notes = &b->selection.file.notes;

	if (b->timeline.unreadable)
		notes_add(notes, "%" PRIu64 " samples of sched events lack the CPU or the fields that tell of tasks, and are left out",
			  b->timeline.unreadable);
	if (b->timeline.sampled_switches)
		notes_add(notes, "sched:sched_switch was sampled: not every switch is in the file; without -F, or with -c 1, it is");
	if (!b->timeline.switches)
		notes_add(notes, "nothing in the file says when tasks were switched: "
			  "record -a -e sched:sched_switch,sched:sched_waking, or --switch-events");
}

static uint64_t samples_drawn(const struct building *b)
{
	const struct export *e = &b->selection.export;
	uint64_t n = 0;

	for (size_t i = 0; i < e->samples.len; i++) {
		const struct profile_sample *s = &e->profile->samples.data[e->samples.data[i]];
		n += timeline_task_of(&b->timeline, e, s) != NO_ID ? s->count : 0;
	}
	return n;
}

/* From the first time that is wanted to the last. */
static struct time_range wanted_times(const struct profile_filter *filter)
{
	struct time_range all = { .to = filter->times.all.len ? 0 : UINT64_MAX, .from = filter->times.all.len ? UINT64_MAX : 0 };

	for (size_t i = 0; i < filter->times.all.len; i++) {
		const struct time_range *range = &filter->times.all.data[i];
		all.from = range->from < all.from ? range->from : all.from;
		all.to = range->to > all.to ? range->to : all.to;
	}
	return all;
}

static struct error *build(struct building *b, const struct timeline_mode *m)
{
	const struct profile_dims dims = {
		.comm = true, .pid = true, .tid = true, .cpu = true, .stacks = true, .inlines = !m->report.no_inline,
		.max_stack = m->report.max_stack, .time_quantum = 1,
	};
	struct selection *s = &b->selection;

	TRY(selection_open(s, &m->report));
	TRY(report_file_needs_records(&s->file, "timeline"));
	report_file_formats(&s->file, &b->formats);
	timeline_init(&b->timeline, &b->formats);
	s->file.watch = (struct report_watch){ .ctx = b, .sample = watch_sample, .record = watch_record };
	s->may_be_empty = true;
	TRY(selection_read(s, &m->report, &dims, NULL));
	split_follow(b, m->follow);
	const struct profile_filter *samples = &s->file.filter;
	struct time_range times = wanted_times(samples);
	timeline_finish(&b->timeline, &(struct timeline_filter){
		.comms = samples->comms.data, .n_comms = samples->comms.len, .pids = samples->pids.data, .n_pids = samples->pids.len,
		.tids = samples->tids.data, .n_tids = samples->tids.len, .cpus = samples->cpus.data, .n_cpus = samples->cpus.len,
		.time_from = times.from, .time_to = times.to, .follow = b->follow.data, .n_follow = b->follow.len });
	if (!b->timeline.spans.len && !samples_drawn(b))
		return error_hint(error_create("nothing is left to be drawn by what was asked for"), "ptk report -s comm,pid shows who was sampled");
	note_what_is_missing(b);
	return NULL;
}

static bool is_json(const char *path)
{
	size_t n = strlen(path);

	return n > 5 && !strcmp(path + n - 5, ".json");
}

static struct error *draw(struct building *b, const char *path)
{
	const struct timeline *t = &b->timeline;
	struct output output;

	b->selection.export.options.by_period = true;
	TRY(output_begin(&output, path, false));
	(is_json(path) ? timeline_chrome : timeline_page)(t, &b->selection.export, output.out);
	TRY(output_end(&output, false));
	if (strcmp(path, "-"))
		fprintf(stderr, "ptk: %s: %.3f s, %" PRIu64 " switches, %" PRIu64 " samples\n", path,
			(double)(t->last_ns - t->first_ns) / 1e9, t->switches, samples_drawn(b));
	return NULL;
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct timeline_mode m = { 0 };
	struct building b = { 0 };
	bool helped;

	(void)status;
	TRY(selection_options(mode, &m, &m.report, argc, argv, &helped));
	if (helped)
		return NULL;
	struct error *err = build(&b, &m);
	if (!err)
		err = draw(&b, m.output ? m.output : "timeline.html");
	mode_notes(&b.selection.file.notes);
	timeline_deinit(&b.timeline);
	tracepoint_formats_deinit(&b.formats);
	selection_deinit(&b.selection);
	vec_deinit(&b.follow);
	arena_deinit(&b.text);
	return err;
}

const struct mode mode_timeline = {
	.name = "timeline",
	.usage = "[OPTIONS] [FILE]",
	.summary = "Draw what tasks and CPUs did over time, as a page or for Perfetto",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = run,
};
