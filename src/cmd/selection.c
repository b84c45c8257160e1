/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/selection.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/nearest.h"
#include "cmd/input.h"

static void describe(struct selection *s)
{
	const struct data_features *f = report_file_features(&s->file);
	const struct session_counts *counts = session_counts(s->file.session);
	struct strbuf command = { 0 };
	struct tm local;
	struct stat st;
	char when[64];

	for (size_t i = 0; i < f->cmdline.len; i++) {
		strbuf_adds(&command, i ? " " : "");
		strbuf_adds(&command, f->cmdline.data[i]);
	}
	for (size_t i = 0; i < command.len; i++)	/* a script's lines are one here */
		if (command.data[i] == '\n' || command.data[i] == '\t')
			command.data[i] = ' ';
	s->command = f->cmdline.len ? strbuf_take(&command) : NULL;
	s->about = (struct export_about){
		.file = s->file.path, .host = f->hostname, .kernel = f->osrelease, .cpu = f->cpudesc, .arch = f->arch,
		.command = s->command, .first_ns = f->first_sample, .last_ns = f->last_sample,
		.lost = session_lost(counts),
	};
	time_t recorded = (time_t)s->file.facts.recorded_s;
	if (s->file.foreign) {
		s->about.command = s->file.facts.command;
		s->about.last_ns = s->file.facts.duration_ns;
	}
	if (!recorded && (stat(s->file.path, &st) || !S_ISREG(st.st_mode)))
		return;
	if (!recorded)
		recorded = st.st_mtime;
	s->about.recorded_s = (uint64_t)recorded;
	if (localtime_r(&recorded, &local) && strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S %z", &local))
		s->about.recorded = s->recorded = xstrdup(when);
}

typedef VEC(const char *) name_list;

static struct error *no_event(const name_list *names, const char *option, const char *name)
{
	struct nearest best = { .word = name };
	struct error *err = error_usage("%s %s: there is no such event in the file", option, name);

	for (size_t i = 0; i < names->len; i++)
		nearest_offer(&best, names->data[i]);
	autofree char *hint = nearest_hint(&best);
	if (hint)
		err = error_hint(err, "%s", hint);
	for (size_t i = 0; i < names->len; i++)
		err = error_hint(err, "it has %s", names->data[i]);
	return err;
}

struct error *selection_has_event(const struct selection *s, const char *option, const char *name)
{
	name_list names = { 0 };
	struct error *err = NULL;
	bool there = false;

	for (size_t i = 0; i < data_n_events(s->file.reader); i++) {
		vec_push(&names, data_event(s->file.reader, i)->name);
		there |= !strcmp(name, vec_last(&names));
	}
	if (!there && names.len)	/* a pipe tells of its events later */
		err = no_event(&names, option, name);
	vec_deinit(&names);
	return err;
}

/* Why there is nothing to show, if so. */
static struct error *check_samples(const struct selection *s, const char *event)
{
	const struct profile *p = &s->file.profile;
	uint64_t sampled = 0;
	bool known = false;
	name_list names = { 0 };

	if (s->export.events.len)
		return NULL;
	for (size_t i = 0; i < p->events.len; i++) {
		bool this = !event || !strcmp(event, strtab_text(&p->strings, p->events.data[i].name));
		sampled += this ? p->events.data[i].count + p->events.data[i].dropped : 0;
		known |= this;
	}
	if (event && p->events.len && !known) {
		for (size_t i = 0; i < p->events.len; i++)
			vec_push(&names, strtab_text(&p->strings, p->events.data[i].name));
		struct error *err = no_event(&names, "-e", event);
		vec_deinit(&names);
		return err;
	}
	if (!sampled)
		return error_create("%s has no samples", input_name(s->file.path));
	return error_hint(error_create("nothing is left of %" PRIu64 " samples by what was asked for", sampled),
			  "ptk report -s comm,dso,sym shows what there is");
}

static void note_stacks(struct selection *s)
{
	const struct profile *p = &s->file.profile;

	for (size_t i = 0; i < s->export.events.len; i++)
		if (!p->events.data[s->export.events.data[i].event].chains)
			notes_add(&s->file.notes, "%s was recorded without call stacks: record with -g, or --call-graph=dwarf",
				  export_event_name(&s->export, &s->export.events.data[i]));
}

struct error *selection_open(struct selection *s, const struct report_options *o)
{
	*s = (struct selection){ 0 };
	TRY(report_filters_parse(o, &s->filters));
	return report_file_open(&s->file, o);
}

struct error *selection_read(struct selection *s, const struct report_options *o, const struct profile_dims *dims,
			     const char *event)
{
	TRY(report_file_read(&s->file, o, dims, &s->filters.samples));
	report_file_losses(&s->file);
	describe(s);
	struct place_filter places = report_places(&s->filters, o);
	export_init(&s->export, &s->file.profile, &s->about, &places, event);
	if (s->may_be_empty)
		return NULL;
	TRY(check_samples(s, event));
	if (dims->stacks)
		note_stacks(s);
	return NULL;
}

struct error *selection_load(struct selection *s, const struct report_options *o, const struct profile_dims *dims,
			     const char *event)
{
	TRY(selection_open(s, o));
	return selection_read(s, o, dims, event);
}

void selection_deinit(struct selection *s)
{
	export_deinit(&s->export);
	report_filters_deinit(&s->filters);
	report_file_deinit(&s->file);
	free(s->command);
	free(s->recorded);
}

struct error *output_begin(struct output *output, const char *path, bool binary)
{
	struct stat st;

	*output = (struct output){ .out = stdout, .path = path };
	if (!path || !strcmp(path, "-")) {
		if (binary && isatty(STDOUT_FILENO))
			return error_hint(error_usage("this format is not for a terminal"), "-o FILE writes it to a file");
		return NULL;
	}
	/* /dev/null, a pipe: there is nothing to put in its place */
	if (!stat(path, &st) && !S_ISREG(st.st_mode)) {
		output->out = fopen(path, "we");
		return output->out ? NULL : error_os(errno, "cannot write to %s", path);
	}
	output->whole = true;
	TRY(file_begin(path, false, &output->file));
	output->out = output->file.out;
	return NULL;
}

struct error *output_end(struct output *output, bool failed)
{
	if (output->whole && failed) {
		file_abandon(&output->file);
		return NULL;
	}
	if (output->whole)
		return file_commit(&output->file);
	if (output->out == stdout)
		return NULL;	/* main looks at it */
	errno = 0;
	bool bad = fflush(output->out) || ferror(output->out);
	int reason = errno ? errno : EIO;
	fclose(output->out);
	return bad ? error_os(reason, "cannot write %s", output->path) : NULL;
}

struct error *selection_options(const struct mode *mode, void *into, struct report_options *report,
				int argc, char **argv, bool *helped)
{
	report_options_init(report);
	return input_options(mode, into, &report->input, argc, argv, helped);
}
