/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which samples are shown: by CPU, task, name, time, place. */
#include "cmd/script.h"

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"

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

/* Seconds with up to nine decimals, in nanoseconds. */
static bool parse_seconds(const char *at, size_t len, uint64_t *ns)
{
	uint64_t whole = 0, part = 0, unit = 1000000000;
	size_t i = 0;

	if (!len)
		return false;
	for (; i < len && isdigit((unsigned char)at[i]); i++) {
		whole = whole * 10 + (uint64_t)(at[i] - '0');
		if (whole > UINT32_MAX * 4ull)
			return false;
	}
	if (i < len && at[i] == '.')
		for (i++; i < len && isdigit((unsigned char)at[i]) && unit > 1; i++) {
			unit /= 10;
			part += (uint64_t)(at[i] - '0') * unit;
		}
	*ns = whole * 1000000000 + part;
	return i == len;
}

static struct error *bad_time(const char *text, const char *at, size_t len)
{
	return error_hint(error_at(error_usage("--time: not a range of time"), text, (size_t)(at - text), len),
			  "FROM,TO in seconds as they are shown, either may be left out (5.2,); or 10%%-20%%; or 10%%/2, the second tenth");
}

/* "10%-20%" and "10%/2": parts of the time between the first and the last sample. */
static struct error *parse_percent(struct script *s, const char *text, const char *at, size_t len,
				   struct script_range *range)
{
	const struct data_features *f = data_features(s->reader);
	autofree char *copy = xstrndup(at, len);
	uint64_t span = f->last_sample - f->first_sample;
	double from, to, piece;
	int end = 0;

	if (sscanf(copy, "%lf%%-%lf%%%n", &from, &to, &end) == 2 && end == (int)len) {
		if (from < 0 || to > 100 || from > to)
			return bad_time(text, at, len);
	} else if (sscanf(copy, "%lf%%/%lf%n", &to, &piece, &end) == 2 && end == (int)len) {
		if (piece < 1 || to <= 0 || to * piece > 100)
			return bad_time(text, at, len);
		from = to * (piece - 1);
		to = to * piece;
	} else {
		return bad_time(text, at, len);
	}
	if (!f->last_sample)
		return error_hint(error_create("--time: the file does not say when its first and last samples are"),
				  "give the times in seconds");
	*range = (struct script_range){ f->first_sample + (uint64_t)((double)span * from / 100),
					f->first_sample + (uint64_t)((double)span * to / 100) };
	return NULL;
}

static struct error *parse_times(struct script *s, const char *text)
{
	bool percent = strchr(text, '%');

	/* Ranges of seconds are parted by spaces, ranges of percent by commas. */
	for (const char *at = text; *at;) {
		size_t len = strcspn(at, percent ? "," : " ");
		struct script_range range = { 0, UINT64_MAX };
		if (percent) {
			TRY(parse_percent(s, text, at, len, &range));
		} else {
			size_t comma = strcspn(at, ",");
			if (comma >= len || (comma && !parse_seconds(at, comma, &range.from)) ||
			    (len > comma + 1 && !parse_seconds(at + comma + 1, len - comma - 1, &range.to)) ||
			    range.to < range.from)
				return bad_time(text, at, len);
		}
		vec_push(&s->ranges, range);
		at += len + (at[len] != '\0');
	}
	return NULL;
}

struct error *script_filter_init(struct script *s)
{
	const struct script_options *o = s->o;

	if (o->cpus) {
		struct error *err = cpuset_parse(o->cpus, &s->cpus);
		if (err)
			return error_context(err, "--cpu");
	}
	TRY(parse_ids("--pid", o->pids, &s->pids));
	TRY(parse_ids("--tid", o->tids, &s->tids));
	parse_words(o->comms, &s->comms);
	parse_words(o->symbols, &s->symbols);
	parse_words(o->dsos, &s->dsos);
	return o->time ? parse_times(s, o->time) : NULL;
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
	vec_deinit(&s->ranges);
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

static bool in_time(const struct script *s, uint64_t time)
{
	for (size_t i = 0; i < s->ranges.len; i++)
		if (time >= s->ranges.data[i].from && time <= s->ranges.data[i].to)
			return true;
	return !s->ranges.len;
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

	return in_time(s, d->time) &&
	       (!s->cpus.cpus.len || d->cpu == UINT32_MAX || cpuset_has(&s->cpus, (int)d->cpu)) &&
	       has_id(&s->pids, sample->task->pid) && has_id(&s->tids, sample->task->tid) &&
	       (!s->comms.all.len || has_word(&s->comms, strtab_text(session_strings(s->session), sample->task->comm))) &&
	       at_place(s, sample);
}
