/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "data/events.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "data/cursor.h"
#include "data/layout.h"
#include "data/tracing.h"

static void set_name(struct event_entries *list, struct event_entry *e, const char *name, size_t len,
		     enum event_name_from from)
{
	len = strnlen(name, len);
	if (!len || from < e->name_from)
		return;
	e->name_from = from;
	if (strlen(e->event.name) == len && !memcmp(e->event.name, name, len))
		return;
	/* no event is called so, and every mode shows the name */
	char *copy = arena_strndup(&list->arena, name, len);
	utf8_tame(copy, len);
	e->event.name = copy;
}

struct event_entry *event_entries_add(struct event_entries *list, const void *attr, size_t size)
{
	struct event_entry *e;

	if (size < PERF_ATTR_SIZE_VER0)
		return NULL;
	e = arena_calloc(&list->arena, sizeof(*e));
	memcpy(&e->event.attr, attr, size < sizeof(e->event.attr) ? size : sizeof(e->event.attr));
	sample_layout_init(&e->event.layout, &e->event.attr);
	e->event.name = event_name_from_attr(&list->arena, &e->event.attr);
	e->event.scale = 1;
	vec_push(&list->entries, e);
	return e;
}

void event_entries_add_ids(struct event_entries *list, struct event_entry *e, const void *ids, size_t n)
{
	size_t index = list->entries.len - 1, first = e->event.ids.len;

	vec_append(&e->event.ids, (const uint64_t *)ids, n);
	while (list->entries.data[index] != e)	/* nearly always the last */
		index--;
	for (size_t i = first; i < e->event.ids.len; i++) {
		bool added;
		uint64_t *at = map64_put(&list->by_id, e->event.ids.data[i], &added);
		if (added)
			*at = index + 1;
	}
}

static struct event_entry *by_id(const struct event_entries *list, uint64_t id)
{
	const uint64_t *at = map64_get(&list->by_id, id);

	return at ? list->entries.data[*at - 1] : NULL;
}

bool event_entries_attr_record(struct event_entries *list, const struct perf_event_header *record)
{
	const char *attr = (const char *)(record + 1);
	size_t size = record->size - sizeof(*record);
	uint32_t attr_size;

	if (size < PERF_ATTR_SIZE_VER0)
		return false;
	memcpy(&attr_size, attr + offsetof(struct perf_event_attr, size), sizeof(attr_size));
	if (!attr_size)
		attr_size = PERF_ATTR_SIZE_VER0;
	if (attr_size > size)
		return false;
	struct event_entry *e = event_entries_add(list, attr, attr_size);
	if (!e)
		return false;
	event_entries_add_ids(list, e, attr + attr_size, (size - attr_size) / sizeof(uint64_t));
	return true;
}

bool event_entries_update_record(struct event_entries *list, const struct perf_event_header *record)
{
	const struct record_event_update *update = (const struct record_event_update *)record;
	size_t size = record->size - sizeof(*update);
	struct event_entry *e;
	double scale;

	if (record->size < sizeof(*update))
		return false;
	e = by_id(list, update->id);
	if (!e && list->entries.len == 1)
		e = list->entries.data[0];
	if (!e)
		return false;
	switch (update->type) {
	case EVENT_UPDATE_NAME:
		set_name(list, e, update->data, size, NAME_FROM_UPDATE);
		return size;
	case EVENT_UPDATE_UNIT:
		e->event.unit = arena_strndup(&list->arena, update->data, strnlen(update->data, size));
		return size;
	case EVENT_UPDATE_SCALE:
		if (size < sizeof(scale))
			return false;
		memcpy(&scale, update->data, sizeof(scale));
		if (!isfinite(scale))
			return false;
		e->event.scale = scale;
		return true;
	}
	return true;	/* CPUS: which CPUs an event was opened on; nothing here asks */
}

/* An event of EVENT_DESC without ids is the one at its place, if they are alike. */
static struct event_entry *by_place(const struct event_entries *list, size_t index, const struct perf_event_attr *attr)
{
	struct event_entry *e = index < list->entries.len ? list->entries.data[index] : NULL;

	return e && e->event.attr.type == attr->type && e->event.attr.config == attr->config ? e : NULL;
}

bool event_entries_desc(struct event_entries *list, const void *bytes, size_t size)
{
	struct cursor c = { bytes, size }, name;
	uint32_t n, attr_size, ids, name_len;

	if (!cursor_u32(&c, &n) || !cursor_u32(&c, &attr_size) || attr_size < PERF_ATTR_SIZE_VER0)
		return false;
	for (size_t i = 0; i < n; i++) {
		struct perf_event_attr attr = { 0 };
		struct event_entry *e = NULL;
		uint64_t id;
		const void *at = c.at;
		if (!cursor_skip(&c, attr_size))
			return false;
		memcpy(&attr, at, attr_size < sizeof(attr) ? attr_size : sizeof(attr));
		if (!cursor_u32(&c, &ids) || !cursor_u32(&c, &name_len))
			return false;
		name = c;
		if (!cursor_skip(&c, name_len) || ids > c.left / sizeof(id))
			return false;
		if (ids) {
			memcpy(&id, c.at, sizeof(id));
			e = by_id(list, id);
		}
		cursor_skip(&c, (uint64_t)ids * sizeof(id));
		if (!e)
			e = by_place(list, i, &attr);
		if (e)
			set_name(list, e, (const char *)name.at, name_len, NAME_FROM_DESC);
	}
	return true;
}

void event_desc_encode(const struct data_event *events, size_t n, struct strbuf *out)
{
	uint32_t numbers[2] = { (uint32_t)n, sizeof(struct perf_event_attr) };

	strbuf_add(out, numbers, sizeof(numbers));
	for (size_t i = 0; i < n; i++) {
		struct perf_event_attr attr = events[i].attr;
		uint32_t ids = (uint32_t)events[i].ids.len;
		attr.size = sizeof(attr);
		strbuf_add(out, &attr, sizeof(attr));
		strbuf_add(out, &ids, sizeof(ids));
		data_string_encode(out, events[i].name ? events[i].name : "");
		strbuf_add(out, events[i].ids.data, ids * sizeof(uint64_t));
	}
}

void event_entries_tracing(struct event_entries *list, const void *blob, size_t size)
{
	struct map64 wanted = { 0 };	/* a tracepoint's id: to its name, once found */
	struct tracing t;
	struct tracing_event found;

	for (size_t i = 0; i < list->entries.len; i++) {
		const struct event_entry *e = list->entries.data[i];
		if (e->event.attr.type == PERF_TYPE_TRACEPOINT && e->name_from < NAME_FROM_TRACING)
			map64_put(&wanted, e->event.attr.config, NULL);
	}
	if (wanted.used && tracing_begin(&t, blob, size)) {
		while (tracing_next(&t, &found)) {
			uint64_t *name = map64_get(&wanted, found.id);
			if (name)
				*name = (uintptr_t)arena_printf(&list->arena, "%s:%.*s", found.system,
								(int)found.name_len, found.name);
		}
	}
	for (size_t i = 0; i < list->entries.len; i++) {
		struct event_entry *e = list->entries.data[i];
		uint64_t *name = e->event.attr.type == PERF_TYPE_TRACEPOINT ?
				 map64_get(&wanted, e->event.attr.config) : NULL;
		if (name && *name)
			set_name(list, e, (const char *)(uintptr_t)*name, SIZE_MAX, NAME_FROM_TRACING);
	}
	map64_deinit(&wanted);
}

void event_entries_deinit(struct event_entries *list)
{
	for (size_t i = 0; i < list->entries.len; i++)
		vec_deinit(&list->entries.data[i]->event.ids);
	vec_deinit(&list->entries);
	map64_deinit(&list->by_id);
	arena_deinit(&list->arena);
}
