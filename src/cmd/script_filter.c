/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which samples are shown: by CPU, task, name, time, place. */
#include "cmd/script.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "cmd/sample_cpus.h"

static struct error *parse_ids(const char *option, const char *list, struct script_ids *ids)
{
	for (const char *at = list; at && *at;) {
		size_t len = strcspn(at, ",");
		autofree char *word = xstrndup(at, len);
		uint64_t v;
		if (!number_u64(word, &v) || v > INT32_MAX)
			return error_at(error_usage("%s: %s is not the number of a task", option, len ? word : "nothing"),
					list, (size_t)(at - list), len);
		vec_push(&ids->all, (uint32_t)v);
		at += len + (at[len] == ',');
	}
	return NULL;
}

static void parse_words(const char *list, struct script_words *words)
{
	for (const char *at = list; at && *at;) {
		size_t len = strcspn(at, ",");
		if (len)
			vec_push(&words->all, xstrndup(at, len));
		at += len + (at[len] == ',');
	}
}

struct error *script_filter_init(struct script *s)
{
	const struct script_options *o = s->o;

	if (o->cpus) {
		struct error *err = cpuset_parse(o->cpus, &s->cpus);
		if (err)
			return error_context(err, "--cpu");
		TRY(sample_cpus_known(s->reader));
	}
	TRY(parse_ids("--pid", o->pids, &s->pids));
	TRY(parse_ids("--tid", o->tids, &s->tids));
	parse_words(o->comms, &s->comms);
	parse_words(o->symbols, &s->symbols);
	parse_words(o->dsos, &s->dsos);
	return time_ranges_parse(o->time, data_features(s->reader), &s->times);
}

static void words_deinit(struct script_words *words)
{
	for (size_t i = 0; i < words->all.len; i++)
		free(words->all.data[i]);
	vec_deinit(&words->all);
}

void script_filter_deinit(struct script *s)
{
	cpuset_deinit(&s->cpus);
	vec_deinit(&s->pids.all);
	vec_deinit(&s->tids.all);
	words_deinit(&s->comms);
	words_deinit(&s->symbols);
	words_deinit(&s->dsos);
	vec_deinit(&s->times.all);
}

static bool has_id(const struct script_ids *ids, uint32_t id)
{
	for (size_t i = 0; i < ids->all.len; i++)
		if (ids->all.data[i] == id)
			return true;
	return !ids->all.len;
}

static bool has_word(const struct script_words *words, const char *word)
{
	for (size_t i = 0; i < words->all.len; i++)
		if (!strcmp(words->all.data[i], word))
			return true;
	return !words->all.len;
}

/* Where the sample itself is (not its callers), when that is asked for. */
static bool at_place(struct script *s, const struct session_sample *sample)
{
	struct images *images = session_images(s->session);
	const struct strtab *strings = session_strings(s->session);

	if (!s->symbols.all.len && !s->dsos.all.len)
		return true;
	uint32_t id = session_locate(s->session, sample->task, sample->s->cpumode, sample->s->ip);
	const struct location *l = session_location(s->session, id);
	const struct session_image *image = images_get(images, l->image);
	return has_word(&s->symbols, strtab_text(strings, images_symbol_get(images, l->symbol)->name)) &&
	       (has_word(&s->dsos, strtab_text(strings, image->name)) ||
		has_word(&s->dsos, strtab_text(strings, image->path)));
}

bool script_filter(struct script *s, const struct session_sample *sample)
{
	const struct sample *d = sample->s;

	return time_ranges_hold(&s->times, d->time) &&
	       (!s->cpus.cpus.len || d->cpu == UINT32_MAX || cpuset_has(&s->cpus, (int)d->cpu)) &&
	       has_id(&s->pids, sample->task->pid) && has_id(&s->tids, sample->task->tid) &&
	       (!s->comms.all.len || has_word(&s->comms, strtab_text(session_strings(s->session), sample->task->comm))) &&
	       at_place(s, sample);
}
