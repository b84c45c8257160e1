/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/pairs.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/nearest.h"

enum source { SOURCE_FIELD, SOURCE_TID, SOURCE_PID, SOURCE_CPU };

/* How a field of the key is read from an event's samples. */
struct field_reader {
	enum source source;
	struct tracepoint_field field;
};

struct side_reader {
	bool is[PAIR_SIDES];	/* both, where an event is paired with itself */
	VEC(struct field_reader) fields[PAIR_SIDES];
};

/* One "NAME" or "NAME=OTHER" of the key. */
static struct error *add_field(struct pairs *p, const char *key, size_t at, size_t len)
{
	const char *equals = memchr(key + at, '=', len);
	size_t first = equals ? (size_t)(equals - key) - at : len, second = equals ? len - first - 1 : 0;

	if (!first || (equals && !second))
		return error_hint(error_at(error_usage("--key: a field is missing"), key, at, len ? len : 1),
				  "names of fields: sector,dev; NAME=OTHER where the second event calls it otherwise");
	struct pair_field field = { .name[PAIR_FROM] = arena_strndup(&p->text, key + at, first) };
	field.name[PAIR_TO] = equals ? arena_strndup(&p->text, equals + 1, second) : field.name[PAIR_FROM];
	vec_push(&p->key, field);
	return NULL;
}

struct error *pairs_init(struct pairs *p, const char *from, const char *to, const char *key, struct tracepoint_formats *formats)
{
	*p = (struct pairs){ .event = { from, to }, .formats = formats, .shortest = UINT64_MAX };
	for (size_t at = 0;; at++) {
		size_t len = strcspn(key + at, ",");
		TRY(add_field(p, key, at, len));
		at += len;
		if (!key[at])
			return NULL;
	}
}

void pairs_deinit(struct pairs *p)
{
	for (size_t i = 0; p->sides.slots && i <= p->sides.mask; i++) {
		struct side_reader *r = p->sides.taken[i] ? (struct side_reader *)(uintptr_t)p->sides.slots[i].value : NULL;
		for (int side = 0; r && side < PAIR_SIDES; side++)
			vec_deinit(&r->fields[side]);
		free(r);
	}
	vec_deinit(&p->list);
	vec_deinit(&p->key);
	vec_deinit(&p->last);
	arena_deinit(&p->text);
	map64_deinit(&p->sides);
	map64_deinit(&p->by_key);
	error_destroy(p->failure);
	p->failure = NULL;
}

struct field_names {
	struct arena *text;
	struct nearest best;
	struct strbuf list;
};

static void add_name(void *ctx, const char *name, size_t len)
{
	struct field_names *names = ctx;

	nearest_offer(&names->best, arena_strndup(names->text, name, len));
	strbuf_adds(&names->list, names->list.len ? ", " : "");
	strbuf_add(&names->list, name, len);
}

static void no_field(struct pairs *p, struct tracing_piece format, const char *event, const char *name)
{
	struct field_names names = { .text = &p->text, .best.word = name };

	if (p->failure)
		return;
	tracepoint_field_names(format, add_name, &names);
	p->failure = error_usage("--key: %s has no field %s", event, name);
	autofree char *hint = nearest_hint(&names.best);
	if (hint)
		p->failure = error_hint(p->failure, "%s", hint);
	if (names.list.len)
		p->failure = error_hint(p->failure, "it has %s; NAME=OTHER where the second event calls it otherwise", strbuf_str(&names.list));
	else
		p->failure = error_hint(p->failure, "the file does not have the event's format: only tid, pid and cpu can be used");
	strbuf_deinit(&names.list);
}

static void find_fields(struct pairs *p, struct side_reader *r, enum pair_side side, const char *event, const struct perf_event_attr *attr)
{
	static const struct { const char *name; enum source source; } own[] = {
		{ "tid", SOURCE_TID }, { "pid", SOURCE_PID }, { "cpu", SOURCE_CPU },
	};
	struct tracing_piece format = { "", 0 };

	tracepoint_formats_find(p->formats, attr->config, event, &format);
	for (size_t i = 0; i < p->key.len; i++) {
		const char *name = p->key.data[i].name[side];
		struct field_reader reader = { 0 };
		bool found = tracepoint_field_find(p->formats, format, name, &reader.field);
		for (size_t k = 0; !found && k < ARRAY_SIZE(own); k++)
			if (!strcmp(own[k].name, name)) {
				reader.source = own[k].source;
				found = true;
			}
		if (!found)
			no_field(p, format, event, name);
		vec_push(&r->fields[side], reader);
	}
}

static struct side_reader *reader_of(struct pairs *p, uint32_t event, const char *name, const struct perf_event_attr *attr)
{
	bool added;
	uint64_t *place = map64_put(&p->sides, event, &added);

	if (added) {
		struct side_reader *r = xcalloc(1, sizeof(*r));
		for (int side = 0; side < PAIR_SIDES; side++) {
			r->is[side] = !strcmp(name, p->event[side]);
			if (r->is[side])
				find_fields(p, r, (enum pair_side)side, name, attr);
		}
		*place = (uintptr_t)r;
	}
	return (struct side_reader *)(uintptr_t)*place;
}

/* The key's values as one number: 64 bits of a hash, which two keys that wait at the same time hardly share. */
static bool key_of(const struct side_reader *r, enum pair_side side, const struct sample *s, uint64_t *key)
{
	*key = 0;
	for (size_t i = 0; i < r->fields[side].len; i++) {
		const struct field_reader *reader = &r->fields[side].data[i];
		uint64_t value = reader->source == SOURCE_TID ? s->tid : reader->source == SOURCE_PID ? s->pid : s->cpu;
		size_t len;
		const char *bytes;
		if (reader->source == SOURCE_FIELD && (reader->field.text || reader->field.dynamic)) {
			bytes = s->raw ? tracepoint_field_bytes(&reader->field, s->raw, s->raw_size, &len) : NULL;
			if (!bytes)
				return false;
			value = hash_bytes(bytes, len, i);
		} else if (reader->source == SOURCE_FIELD && (!s->raw || !tracepoint_field_number(&reader->field, s->raw, s->raw_size, &value))) {
			return false;
		}
		*key = hash_mix(*key + i, value);
	}
	return true;
}

static void begin_pair(struct pairs *p, uint64_t key, const struct sample *s)
{
	bool added;
	uint64_t *index = map64_put(&p->by_key, key, &added);

	if (added) {
		*index = p->last.len;
		vec_add(&p->last);
	}
	struct last_from *last = &p->last.data[*index];
	p->unmatched[PAIR_FROM] += last->waits;	/* the one before never came to its end */
	*last = (struct last_from){ .pair = { .from_time = s->time, .tid = s->tid, .cpu = s->cpu }, .waits = true };
}

static void end_pair(struct pairs *p, uint64_t key, const struct sample *s)
{
	const uint64_t *index = map64_get(&p->by_key, key);

	if (!index || !p->last.data[*index].waits) {
		p->unmatched[PAIR_TO]++;
		return;
	}
	struct pair pair = p->last.data[*index].pair;
	p->last.data[*index].waits = false;
	pair.to_time = s->time > pair.from_time ? s->time : pair.from_time;
	uint64_t took = pair.to_time - pair.from_time;
	p->shortest = took < p->shortest ? took : p->shortest;
	p->longest = took > p->longest ? took : p->longest;
	vec_push(&p->list, pair);
}

bool pairs_sample(struct pairs *p, const struct session_sample *sample, const char *name, const struct perf_event_attr *attr)
{
	const struct side_reader *r = reader_of(p, sample->event, name, attr);
	uint64_t key;

	if (p->failure || (!r->is[PAIR_FROM] && !r->is[PAIR_TO]))
		return false;
	/* an event that is paired with itself ends one pair and begins the next */
	for (int side = PAIR_SIDES; side-- > 0;) {
		if (!r->is[side])
			continue;
		if (!key_of(r, (enum pair_side)side, sample->s, &key))
			p->unreadable++;
		else
			(side == PAIR_TO ? end_pair : begin_pair)(p, key, sample->s);
	}
	return r->is[PAIR_FROM];
}

static int compare(const void *x, const void *y)
{
	const struct pair *a = x, *b = y;

	if (a->from_time != b->from_time)
		return a->from_time < b->from_time ? -1 : 1;
	if (a->cpu != b->cpu)
		return a->cpu < b->cpu ? -1 : 1;
	return a->tid < b->tid ? -1 : a->tid > b->tid;
}

struct error *pairs_finish(struct pairs *p)
{
	for (size_t i = 0; i < p->last.len; i++)
		p->unmatched[PAIR_FROM] += p->last.data[i].waits;
	vec_sort(&p->list, compare);
	return no_free(p->failure);
}

const struct pair *pairs_find(const struct pairs *p, uint64_t from_time, uint32_t tid, uint32_t cpu)
{
	struct pair key = { .from_time = from_time, .tid = tid, .cpu = cpu };

	return p->list.len ? bsearch(&key, p->list.data, p->list.len, sizeof(key), compare) : NULL;
}
