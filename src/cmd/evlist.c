/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk evlist: the events of a recording. */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "cmd/attr_text.h"
#include "cmd/input.h"
#include "data/tracing.h"

struct evlist_options {
	const char *input;
	bool force, freq, group, trace_fields;
	unsigned verbose;
};

#define AT(member) .offset = offsetof(struct evlist_options, member)

static const struct option_def options[] = {
	{ .kind = OPTION_STRING, .letter = 'i', .name = "input", .arg = "FILE", AT(input), .help = "Read FILE, or standard input for - (default: perf.data)" },
	{ .kind = OPTION_FLAG, .letter = 'F', .name = "freq", AT(freq), .help = "Show how often each was sampled" },
	{ .kind = OPTION_COUNT, .letter = 'v', .name = "verbose", AT(verbose), .help = "Show all that each was opened with" },
	{ .kind = OPTION_FLAG, .letter = 'g', .name = "group", AT(group), .help = "Show which are groups" },
	{ .kind = OPTION_FLAG, .name = "trace-fields", AT(trace_fields), .help = "Show the fields of tracepoints" },
	{ .kind = OPTION_FLAG, .letter = 'f', .name = "force", AT(force), .help = "Read a file that belongs to another user" },
};

/* A pipe tells of its events first, and of their formats and groups; then come records. */
static struct error *read_front(struct data_reader *reader)
{
	uint64_t done, size;
	bool end = false, front = true;

	data_progress(reader, &done, &size);
	while (!size && front && !end) {
		struct records records = { 0 };
		TRY(data_next(reader, &records, &end));
		for (size_t at = 0; front && at + sizeof(struct perf_event_header) <= records.len;) {
			const struct perf_event_header *record = (const void *)(records.bytes + at);
			front = record->type >= RECORD_USER_FIRST;
			at += record->size;
		}
		records_free(&records);
	}
	return NULL;
}

/* The group that this event leads, or is in; NULL: none. */
static const struct data_group *group_of(const struct data_features *f, size_t event)
{
	for (size_t i = 0; i < f->groups.len; i++) {
		const struct data_group *g = &f->groups.data[i];
		if (event >= g->leader && event - g->leader < g->members)
			return g;
	}
	return NULL;
}

/* "{a,b}", at the first of them; anonymous ones have no name in front. */
static void print_group(const struct data_reader *reader, const struct data_group *g)
{
	if (strcmp(g->name, "{anon_group}"))
		fputs(g->name, stdout);
	for (uint32_t i = 0; i < g->members && g->leader + i < data_n_events(reader); i++)
		printf("%s%s", i ? "," : "{", data_event(reader, g->leader + i)->name);
	puts("}");
}

static void print_fields(const struct data_features *f, const struct data_event *event)
{
	struct tracing tracing;
	struct tracing_event format;
	struct tracing_field field;
	const char *between = ": trace_fields: ";

	if (event->attr.type != PERF_TYPE_TRACEPOINT || !f->tracing_data ||
	    !tracing_begin(&tracing, f->tracing_data, f->tracing_size))
		return;
	while (tracing_next(&tracing, &format))
		if (format.id == event->attr.config)
			for (size_t at = 0; tracing_next_field(&format, &at, &field);) {
				if (field.name_len > 7 && !memcmp(field.name, "common_", 7))
					continue;
				printf("%s%.*s", between, (int)field.name_len, field.name);
				between = ",";
			}
}

static void print_event(const struct data_reader *reader, const struct evlist_options *o, const struct data_event *event)
{
	const struct perf_event_attr *attr = &event->attr;

	fputs(event->name, stdout);
	if (o->verbose) {
		fputs(": ", stdout);
		attr_text_print(stdout, attr, ": ");
	} else if (o->freq) {
		printf(": %s=%" PRIu64, attr->freq ? "sample_freq" : "sample_period", (uint64_t)attr->sample_period);
	}
	if (o->trace_fields)
		print_fields(data_features(reader), event);
	putchar('\n');
}

static void print_events(const struct data_reader *reader, const struct evlist_options *o)
{
	bool tracepoints = false;

	for (size_t i = 0; i < data_n_events(reader); i++) {
		const struct data_event *event = data_event(reader, i);
		const struct data_group *group = o->group ? group_of(data_features(reader), i) : NULL;
		tracepoints |= event->attr.type == PERF_TYPE_TRACEPOINT;
		if (!group)
			print_event(reader, o, event);
		else if (group->leader == i)
			print_group(reader, group);
	}
	if (tracepoints && !o->trace_fields)
		puts("# Tip: use 'ptk evlist --trace-fields' to show fields for tracepoint events");
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct evlist_options o = { .input = NULL };
	struct notes notes = { 0 };
	struct data_reader *reader = NULL;
	bool helped;

	TRY(input_options(mode, &o, &o.input, argc, argv, &helped));
	if (helped)
		return NULL;
	if (o.group && (o.verbose || o.freq))
		return error_usage("ptk evlist: -g stands alone, without -v and -F");
	struct error *err = input_open(o.input, o.force, &notes, &reader);
	if (!err)
		err = read_front(reader);
	if (!err)
		print_events(reader, &o);
	fflush(stdout);
	mode_notes(&notes);
	data_close(reader);
	return err;
}

const struct mode mode_evlist = {
	.name = "evlist",
	.usage = "[OPTIONS] [FILE]",
	.summary = "List the events of a recording",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = run,
};
