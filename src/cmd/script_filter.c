/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which samples are shown, by the options that ptk report and all exports have: they mean the same there. */
#include "cmd/script.h"

#include <string.h>

#include "base/cleanup.h"

struct error *script_filter_init(struct script *s)
{
	TRY(report_filters_parse(&s->o->report, &s->filters));
	return time_ranges_parse(s->o->report.time, data_features(s->reader), &s->times);
}

void script_filter_deinit(struct script *s)
{
	report_filters_deinit(&s->filters);
	vec_deinit(&s->times.all);
}

static bool has_word(const char *const *words, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(words[i], word))
			return true;
	return !n;
}

#define in_list(list, word) has_word((list)->data, (list)->len, word)

/* Where the sample itself is (not its callers), when that is asked for. */
static bool at_place(struct script *s, const struct session_sample *sample)
{
	const struct report_options *o = &s->o->report;
	const struct report_filters *f = &s->filters;
	const struct images *images = session_images(s->session);
	const struct strtab *strings = session_strings(s->session);

	if (!f->symbols.len && !f->dsos.len && !o->symbol_part && !o->hide_unresolved)
		return true;
	uint32_t id = session_locate(s->session, sample->task, sample->s->cpumode, sample->s->ip);
	const struct location *l = session_location(s->session, id);
	const struct session_image *image = images_get(images, l->image);
	const struct session_symbol *symbol = images_symbol_get(images, l->symbol);
	const char *name = strtab_text(strings, symbol->name);
	return (symbol->name || !o->hide_unresolved) && (!o->symbol_part || strstr(name, o->symbol_part)) &&
	       in_list(&f->symbols, name) &&
	       (in_list(&f->dsos, strtab_text(strings, image->name)) || in_list(&f->dsos, strtab_text(strings, image->path)));
}

static bool matches(struct script *s, uint32_t location)
{
	const struct location *l = session_location(s->session, location);
	const struct session_symbol *symbol = images_symbol_get(session_images(s->session), l->symbol);

	return symbol->name && !regexec(&s->filters.parent, strtab_text(session_strings(s->session), symbol->name), 0, NULL, 0);
}

/* Is one of the functions in the stack as --parent has it? */
static bool has_parent(struct script *s, const struct session_sample *sample)
{
	const struct sample *d = sample->s;
	struct script_walk walk = { .chain = d->chain, .left = d->chain_len, .frames = UINT64_MAX };
	uint64_t ip;

	if (!d->chain_len)
		return matches(s, session_locate(s->session, sample->task, d->cpumode, d->ip));
	while (script_walk_next(&walk, &ip))
		if (matches(s, session_locate(s->session, sample->task, walk.mode, ip - walk.caller)))
			return true;
	return false;
}

bool script_filter_cpu(const struct script *s, uint32_t cpu)
{
	return profile_filter_has(s->filters.samples.cpus.data, s->filters.samples.cpus.len, cpu);
}

bool script_filter(struct script *s, const struct session_sample *sample)
{
	const struct profile_filter *f = &s->filters.samples;
	const struct task *task = sample->task;

	return time_ranges_hold(&s->times, sample->s->time) && script_filter_cpu(s, sample->s->cpu) &&
	       profile_filter_has(f->pids.data, f->pids.len, task->pid) &&
	       profile_filter_has(f->tids.data, f->tids.len, task->tid) &&
	       (!f->comms.len || in_list(&f->comms, strtab_text(session_strings(s->session), task->comm))) &&
	       at_place(s, sample) && (!s->o->report.parent || has_parent(s, sample));
}
