/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk script: what a file holds, a sample a line or a stack. */
#include "cmd/script.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "cmd/file_header.h"
#include "cmd/input.h"
#include "cmd/mode.h"

static struct error *take_fields(void *into, const char *value)
{
	return script_fields_parse(&((struct script_options *)into)->fields, value);
}

/* -f was -F once, and is --force today: with words behind it the one, alone the other. */
static struct error *take_old_fields(void *into, const char *value)
{
	if (!value) {
		((struct script_options *)into)->force = true;
		return NULL;
	}
	return take_fields(into, value);
}

static struct error *take_inline(void *into, const char *value)
{
	((struct script_options *)into)->no_inline = value != NULL;
	return NULL;
}

#define AT(member) .offset = offsetof(struct script_options, member)

static const struct option_def options[] = {
	{ .kind = OPTION_STRING, .letter = 'i', .name = "input", .arg = "FILE", AT(input), .help = "Read FILE, or standard input for - (default: perf.data)" },
	{ .kind = OPTION_CALL, .letter = 'F', .name = "fields", .arg = "[TYPE:]FIELD,…", .call = take_fields, .help = "Show these fields; +FIELD and -FIELD change the default ones" },
	{ .kind = OPTION_FLAG, .letter = 'L', .name = "list-fields", AT(list), .help = "List the fields" },
	{ .kind = OPTION_CALL, .letter = 'f', .name = "force", .arg = "FIELD,…", .call = take_old_fields, .words = script_field_words, .flags = OPTION_OPTIONAL,
	  .help = "With fields: as -F; alone: read a file that belongs to another user" },
	{ .kind = OPTION_FLAG, .letter = 'G', .name = "hide-call-graph", AT(hide_chains), .help = "Leave call stacks out" },
	{ .kind = OPTION_U64, .name = "max-stack", .arg = "N", AT(max_stack), .help = "Show at most N frames of a stack (default 127)" },
	{ .kind = OPTION_CALL, .name = "inline", .call = take_inline, .flags = OPTION_NEGATABLE, .help = "Show inlined calls in stacks, by the debug information (default)" },
	{ .kind = OPTION_FLAG, .letter = 'D', .name = "dump-raw-trace", AT(dump), .help = "Show every record of the file and its bytes" },
	{ .kind = OPTION_FLAG, .name = "header", AT(header), .help = "Show first what the file says of the machine and the run" },
	{ .kind = OPTION_FLAG, .name = "header-only", AT(header_only), .help = "Show nothing but that" },
	{ .kind = OPTION_FLAG, .letter = 'I', .name = "show-info", AT(full_header), .help = "With --header: CPUs, caches and memory, too" },

	{ .kind = OPTION_FLAG, .name = "json", AT(json), .help = "Show a JSON object a line" },
	{ .kind = OPTION_STRING, .letter = 's', .name = "script", .arg = "PROGRAM", AT(program),
	  .help = "Start PROGRAM, with the words behind the options, and pipe these lines into it" },

	REPORT_SAMPLE_OPTIONS(offsetof(struct script_options, report)),
	REPORT_FUNCTION_OPTIONS(offsetof(struct script_options, report), 0),

	{ .kind = OPTION_HEADING, .help = "Records besides samples:" },
	{ .kind = OPTION_FLAG, .name = "show-task-events", AT(show_task), .help = "Tasks that begin, change their name and end" },
	{ .kind = OPTION_FLAG, .name = "show-mmap-events", AT(show_mmap), .help = "Mappings" },
	{ .kind = OPTION_FLAG, .name = "show-switch-events", AT(show_switch), .help = "Context switches (record --switch-events)" },
	{ .kind = OPTION_FLAG, .name = "show-namespace-events", AT(show_namespaces), .help = "Namespaces of tasks" },
	{ .kind = OPTION_FLAG, .name = "show-lost-events", AT(show_lost), .help = "Records that were lost" },
	{ .kind = OPTION_FLAG, .name = "show-round-events", AT(show_round), .help = "Ends of the recorder's rounds" },
	{ .kind = OPTION_FLAG, .name = "show-bpf-events", AT(show_bpf), .help = "BPF programs and kernel symbols that come and go" },
	{ .kind = OPTION_FLAG, .name = "show-cgroup-events", AT(show_cgroup), .help = "Control groups" },
	{ .kind = OPTION_FLAG, .name = "show-text-poke-events", AT(show_text_poke), .help = "Changes of the kernel's code" },

	{ .kind = OPTION_HEADING, .help = "How it is shown:" },
	{ .kind = OPTION_FLAG, .name = "ns", AT(nanoseconds), .help = "Times with nine decimals" },
	{ .kind = OPTION_FLAG, .name = "reltime", AT(relative_time), .help = "Times since the first sample" },
	{ .kind = OPTION_FLAG, .name = "deltatime", AT(delta_time), .help = "Times since the sample before" },
	{ .kind = OPTION_FLAG, .name = "show-kernel-path", AT(show_kernel_path), .help = "Paths of the kernel and its modules" },
	{ .kind = OPTION_FLAG, .name = "no-demangle", AT(no_demangle), .help = "Names of C++ and Rust as they are in the image" },

	{ .kind = OPTION_HEADING, .help = "Where symbols come from:" },
	{ .kind = OPTION_STRING, .letter = 'k', .name = "vmlinux", .arg = "FILE", AT(vmlinux), .help = "The kernel's image" },
	{ .kind = OPTION_STRING, .name = "kallsyms", .arg = "FILE", AT(kallsyms), .help = "The kernel's symbols" },
	{ .kind = OPTION_STRING, .name = "symfs", .arg = "DIR", AT(symfs), .help = "Look for images below DIR" },
	{ .kind = OPTION_FLAG, .name = "no-cache", AT(no_cache), .help = NAMES_NO_CACHE_HELP },
};

/* Events became known: what is shown of each. */
static struct error *add_events(struct script *s)
{
	size_t known = s->shown.len, n = data_n_events(s->reader);

	for (; known < n; known++) {
		const struct data_event *event = data_event(s->reader, known);
		size_t len = strlen(event->name);
		s->chains |= !s->o->hide_chains && (event->attr.sample_type & SCRIPT_STACKS);
		s->name_width = len > s->name_width ? len : s->name_width;
		(void)vec_add(&s->shown);
	}
	return script_fields_of(&s->o->fields, s->reader, !s->o->hide_chains, s->shown.data);
}

static bool write_out(struct script *s)
{
	if (s->out.len)
		fwrite(s->out.data, 1, s->out.len, stdout);
	strbuf_truncate(&s->out, 0);
	return !ferror(s->json ? s->json : stdout);
}

enum { WRITE_AT = 1 << 16 };

/* What a pipe tells before its first sample is known by now. */
static void begin(struct script *s)
{
	const struct data_features *f = data_features(s->reader);

	s->begun = true;
	s->arch = f->arch ? arch_find(f->arch) : arch_host();
	if (s->o->header || s->o->header_only)
		file_header_print(stdout, s->reader, s->path, s->o->full_header);
	s->done = s->o->header_only;
}

/* Before anything is shown; false: no more is. */
static bool ready(struct script *s)
{
	if (!s->failed && s->shown.len < data_n_events(s->reader))
		s->failed = add_events(s);
	if (!s->failed && !s->begun)
		begin(s);
	return !s->failed && !s->done;
}

static void show_sample(struct script *s, const struct session_sample *sample, uint32_t location)
{
	if (s->json)
		script_json_sample(s, sample);
	else
		script_print_sample(s, sample, location);
	if (s->out.len >= WRITE_AT)
		write_out(s);
}

/*
 * Samples come in batches. What is looked at for each, its place and the
 * text of that, lies all over the memory: it is asked for early, and on its
 * way while others are waited for.
 */
static void show_samples(struct script *s, const struct session_sample *const *samples, size_t n)
{
	uint32_t at[SESSION_BATCH];
	bool flat[SESSION_BATCH];

	for (size_t i = 0; i < n; i++) {
		flat[i] = !s->json && script_shows_place(s, samples[i]->event);
		if (flat[i])
			session_expect(s->session, samples[i]->task, samples[i]->s->cpumode, samples[i]->s->ip);
		else if (s->chains)
			script_expect_chain(s, samples[i]);
	}
	for (size_t i = 0; i < n; i++) {
		const struct sample *d = samples[i]->s;
		at[i] = flat[i] ? session_locate(s->session, samples[i]->task, d->cpumode, d->ip) : NO_ID;
		if (flat[i])
			script_expect_line(s, samples[i]->event, at[i]);
	}
	for (size_t i = 0; i < n; i++)
		if (flat[i])
			script_expect_text(s, samples[i]->event, at[i]);
	for (size_t i = 0; i < n; i++)
		show_sample(s, samples[i], at[i]);
}

static void take_samples(void *ctx, const struct session_sample *samples, size_t n)
{
	struct script *s = ctx;
	const struct session_sample *shown[SESSION_BATCH];
	size_t n_shown = 0;

	if (!ready(s))
		return;
	for (size_t i = 0; i < n; i++)
		if (script_filter(s, &samples[i]))
			shown[n_shown++] = &samples[i];
	s->n_seen += n;
	s->n_shown += n_shown;
	show_samples(s, shown, n_shown);
}

static void take_record(void *ctx, const struct perf_event_header *record, uint32_t event,
			const struct sample_id *id, uint64_t offset)
{
	struct script *s = ctx;

	/* In a pipe the events and features come first, as records. */
	if ((record->type < RECORD_USER_FIRST || s->begun) && ready(s) && s->shown.len)
		script_show_record(s, record, event, id);
}

static bool go_on(void *ctx, uint64_t done, uint64_t size)
{
	struct script *s = ctx;

	return !s->failed && !s->done && write_out(s);
}

/* Lines on stderr at the end: what the file lacks. */
static void tell_counts(const struct script *s, struct notes *notes)
{
	const struct session_counts *c = session_counts(s->session);

	if (session_lost(c))
		notes_add(notes, "%llu records were lost while recording: the stream above has gaps",
			  (unsigned long long)session_lost(c));
	if (c->unknown_event)
		notes_add(notes, "%llu samples belong to no event of the file", (unsigned long long)c->unknown_event);
	if (c->malformed)
		notes_add(notes, "%llu records are damaged and were left out", (unsigned long long)c->malformed);
	if (c->out_of_order)
		notes_add(notes, "%llu records came too late to be put in order", (unsigned long long)c->out_of_order);
	if (s->n_seen && !s->n_shown)
		notes_add(notes, "nothing is left of %" PRIu64 " samples by what was asked for", s->n_seen);
}

static struct error *show(struct script *s, struct data_reader *reader, const struct os *os)
{
	struct session_sink sink = { .ctx = s, .samples = take_samples, .record = take_record };
	struct session_options how = { .images = names_begin(&s->names, os, s->o->no_cache) };
	struct error *err;
	uint64_t done, size;

	names_beside(&s->names, &how.images, s->path);
	names_ask_servers(&s->names, &how.images);
	how.images.kallsyms = s->o->kallsyms;
	how.images.vmlinux = s->o->vmlinux;
	how.images.symfs = s->o->symfs;
	how.images.demangle = !s->o->no_demangle;
	how.images.same_machine = session_same_machine(data_features(reader), os);
	s->session = session_create(&how, &sink, s->notes);
	s->os = os;
	err = script_filter_init(s);
	if (!err)
		err = add_events(s);
	data_progress(reader, &done, &size);
	if (!err && size)	/* a file: all that it says of itself is known */
		begin(s);
	if (!err && !s->done)
		err = session_read(s->session, reader, go_on, s);
	write_out(s);
	if (!err && s->failed)
		err = no_free(s->failed);
	error_destroy(s->failed);
	tell_counts(s, s->notes);
	return err;
}

/* -s: the program's exit status is ours. It may end before it has read all. */
static struct error *show_program(struct script *s, struct data_reader *reader, const struct os *os, char **args, int *status)
{
	struct script_program program;

	TRY(script_program_start(&program, s->o->program, args));
	s->json = program.to;
	struct error *err = show(s, reader, os);
	struct error *ended = script_program_end(&program, s->o->program, status);
	if (!err)
		return ended;
	error_destroy(ended);
	return err;
}

static void script_deinit(struct script *s)
{
	script_filter_deinit(s);
	for (size_t i = 0; i < SCRIPT_TEXTS; i++) {
		script_texts_deinit(&s->chain_texts[i]);
		script_texts_deinit(&s->flat_texts[i]);
	}
	vec_deinit(&s->shown);
	vec_deinit(&s->whos);
	strbuf_deinit(&s->out);
	tracepoints_destroy(s->tracepoints);
	session_destroy(s->session);
	names_end(&s->names);
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct script_options o = { .max_stack = 127 };
	struct options_rest rest;
	struct data_reader *reader = NULL;
	const struct os os = { .root = "" };
	struct notes notes = { 0 };
	struct script s = { .o = &o, .notes = &notes };
	bool helped;

	script_fields_init(&o.fields);
	TRY(mode_options(mode, &o, OPTIONS_MIXED, argc, argv, &rest, &helped));
	if (helped)
		return NULL;
	if (o.list) {
		script_fields_list(stdout);
		return NULL;
	}
	if (rest.index < argc && !o.program)
		return error_hint(error_usage("script: %s is not understood", argv[rest.index]),
				  "a file is given with -i %s", argv[rest.index]);
	const char *input = o.input ? o.input : input_default();
	struct error *err = input_open(input, o.force, &notes, &reader);
	s.reader = reader;
	s.path = input;
	s.json = o.json ? stdout : NULL;
	o.fields.all = o.json || o.program;
	if (!err && o.program)
		err = show_program(&s, reader, &os, argv + rest.index, status);
	else if (!err && o.dump)
		err = script_dump(reader, &notes);
	else if (!err)
		err = show(&s, reader, &os);
	fflush(stdout);
	mode_notes(&notes);
	script_deinit(&s);
	data_close(reader);
	return err;
}

const struct mode mode_script = {
	.name = "script",
	.usage = "[OPTIONS] [-s PROGRAM [ARG…]]",
	.summary = "Show the samples of a recording one by one",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.epilogue = "Fields: ptk script -L lists them; TYPE is hw, sw, trace, cache, raw, break or other.",
	.run = run,
};
