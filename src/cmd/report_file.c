/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file for ptk report: opened, read, made a profile of. */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/foreign_file.h"
#include "cmd/input.h"
#include "cmd/report_file.h"
#include "cmd/sample_cpus.h"
#include "cmd/time_ranges.h"
#include "cmd/stack_notes.h"

static const struct os this_machine = { .root = "" };

struct error *report_file_open(struct report_file *file, const struct report_options *o)
{
	*file = (struct report_file){ .path = o->input ? o->input : input_default() };
	profile_init(&file->profile);
	TRY(foreign_file_read(file->path, &file->foreign, &file->bytes));
	if (file->foreign)
		return NULL;
	return input_open(file->path, o->force, &file->notes, &file->reader);
}

const struct data_features *report_file_features(const struct report_file *file)
{
	static const struct data_features none;

	return file->reader ? data_features(file->reader) : &none;
}

void report_file_formats(struct report_file *file, struct tracepoint_formats *formats)
{
	const struct data_features *f = report_file_features(file);
	const struct os *os = session_same_machine(f, &this_machine) ? &this_machine : NULL;

	if (!tracepoint_formats_init(formats, f->tracing_data, f->tracing_size, os))
		notes_add(&file->notes, "the file's tracing data is damaged: fields of tracepoints may be missing");
}

struct error *report_file_needs_records(const struct report_file *file, const char *mode)
{
	if (file->reader)
		return NULL;
	return error_hint(error_create("%s is %s, which lacks what ptk %s shows", input_name(file->path), foreign_format_name(file->foreign), mode),
			  "ptk %s reads what ptk record and perf record write; ptk report, flame and export read this one", mode);
}

static bool event_of(void *ctx, uint32_t index, const char **name, const struct perf_event_attr **attr)
{
	const struct report_file *file = ctx;

	if (index >= data_n_events(file->reader))
		return false;
	const struct data_event *event = data_event(file->reader, index);
	*name = event->name;
	*attr = &event->attr;
	return true;
}

struct profile_fields *report_file_fields(struct report_file *file)
{
	struct profile_event_source source = { .ctx = file, .event = event_of };
	const struct data_features *f = report_file_features(file);

	if (!file->fields)
		file->fields = profile_fields_create(f->tracing_data, f->tracing_size,
						     session_same_machine(f, &this_machine) ? &this_machine : NULL, &source);
	return file->fields;
}

/* Only counts, for --stats. */
static void count_sample(void *ctx, const struct session_sample *sample)
{
	struct report_file *file = ctx;

	profile_event(&file->profile, sample->event)->count++;
}

static void watch_sample(void *ctx, const struct session_sample *sample)
{
	struct report_file *file = ctx;

	if (!file->watch.sample(file->watch.ctx, sample))
		profile_builder_add(file->builder, sample);
}

static void watch_record(void *ctx, const struct perf_event_header *record, uint32_t event,
			 const struct sample_id *id, uint64_t offset)
{
	struct report_file *file = ctx;
	size_t n = data_n_events(file->reader), of = event < n ? event : 0;

	(void)offset;
	if (file->watch.record)
		file->watch.record(file->watch.ctx, record, id, n ? data_event(file->reader, of)->layout.id_words * 8u : 0);
}

/* A long load says how far it is, on a terminal. */
struct progress {
	struct timespec begun;
	bool shown;
	unsigned percent;
};

enum { PATIENCE_MS = 700 };

static bool show_progress(void *ctx, uint64_t done, uint64_t size)
{
	struct progress *p = ctx;
	struct timespec now;

	if (!size)
		return true;
	unsigned percent = (unsigned)(done / (size / 100 + 1));
	if (percent == p->percent)
		return true;
	p->percent = percent;
	clock_gettime(CLOCK_MONOTONIC, &now);
	int64_t ms = (now.tv_sec - p->begun.tv_sec) * 1000 + (now.tv_nsec - p->begun.tv_nsec) / 1000000;
	if (ms < PATIENCE_MS)
		return true;
	fprintf(stderr, "\rreading: %u%% ", percent);
	fflush(stderr);
	p->shown = true;
	return true;
}

struct error *report_file_read(struct report_file *file, const struct report_options *o,
			       const struct profile_dims *dims, const struct profile_filter *filter)
{
	struct session_options options = { .images = names_begin(&file->names, &this_machine, o->no_cache) };
	struct session_sink sink = { .ctx = file, .sample = count_sample };
	struct profile_event_source source = { .ctx = file, .event = event_of };
	struct progress progress = { 0 };

	if (filter)
		file->filter = *filter;
	file->filter.times = (struct time_ranges){ 0 };
	if (file->filter.cpus.len)
		TRY(sample_cpus_known(file->reader));
	TRY(time_ranges_parse(o->time, report_file_features(file), &file->filter.times));
	names_beside(&file->names, &options.images, file->path);
	names_ask_servers(&file->names, &options.images);
	options.images.kallsyms = o->kallsyms;
	options.images.vmlinux = o->vmlinux;
	options.images.symfs = o->symfs;
	options.images.demangle = o->demangle;
	options.images.same_machine = session_same_machine(report_file_features(file), &this_machine);
	if (dims) {
		file->builder = profile_builder_create(&file->profile, dims, &file->filter, &source);
		sink = profile_builder_sink(file->builder);
		if (file->watch.sample)
			sink = (struct session_sink){ .ctx = file, .sample = watch_sample, .record = watch_record };
	}
	file->session = session_create(&options, &sink, &file->notes);
	if (file->builder)
		profile_builder_session(file->builder, file->session);
	if (file->foreign)	/* the session stays empty: there are no records */
		return foreign_read(file->foreign, strbuf_str(&file->bytes), file->bytes.len,
				    &(struct foreign_request){ .dims = dims, .filter = &file->filter, .name = file->path },
				    &file->profile, &file->facts, &file->notes);
	data_wait(file->reader, file->wait, file->progress_ctx);
	clock_gettime(CLOCK_MONOTONIC, &progress.begun);
	struct error *err = file->progress ? session_read(file->session, file->reader, file->progress, file->progress_ctx)
					   : session_read(file->session, file->reader, isatty(STDERR_FILENO) ? show_progress : NULL, &progress);
	if (progress.shown)
		fputs("\r              \r", stderr);
	return err;
}

void report_file_losses(struct report_file *file)
{
	const struct session_counts *c = session_counts(file->session);

	if (session_lost(c))
		notes_add(&file->notes, "%" PRIu64 " records were lost while recording; larger buffers (-m) or fewer events help",
			  session_lost(c));
	if (c->unknown_event)
		notes_add(&file->notes, "%" PRIu64 " samples belong to no event of the file and are left out", c->unknown_event);
	if (c->malformed)
		notes_add(&file->notes, "%" PRIu64 " records do not hold what their type says and are left out", c->malformed);
	if (c->out_of_order)
		notes_add(&file->notes, "%" PRIu64 " records came later than their time allows; names near them may be wrong",
			  c->out_of_order);
	stack_notes_add(&file->notes, c, 0, c->samples);
}

void report_file_deinit(struct report_file *file)
{
	profile_builder_destroy(file->builder);
	profile_fields_destroy(file->fields);
	session_destroy(file->session);
	names_end(&file->names);
	profile_deinit(&file->profile);
	vec_deinit(&file->filter.times.all);
	data_close(file->reader);
	strbuf_deinit(&file->bytes);
	free(file->facts.command);
	notes_deinit(&file->notes);
}
