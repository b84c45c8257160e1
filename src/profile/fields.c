/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/fields.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "session/tracepoint_formats.h"

enum { BYTES_SHOWN = 32 };	/* of a field that is neither number nor text */

/* Numbers from here on are addresses, and shown as such. */
#define ADDRESSES (UINT64_C(1) << 40)

/* The fields that were chosen, of one event. */
struct event_fields {
	bool known, has[PROFILE_FIELDS_MAX], any;
	struct tracepoint_field field[PROFILE_FIELDS_MAX];
};

struct profile_fields {
	struct tracepoint_formats formats;
	struct profile_event_source source;
	char names[PROFILE_FIELDS_MAX][FIELD_NAME_MAX];
	unsigned n;
	VEC(struct event_fields) events;	/* by index */
	struct strbuf text;			/* scratch */
	struct arena offered;			/* names that somebody may be told of */
};

struct profile_fields *profile_fields_create(const void *tracing_data, uint64_t size, const struct os *os,
					     const struct profile_event_source *events)
{
	struct profile_fields *f = xcalloc(1, sizeof(*f));

	(void)tracepoint_formats_init(&f->formats, tracing_data, size, os);	/* what could be read of it is used */
	f->source = *events;
	return f;
}

void profile_fields_destroy(struct profile_fields *f)
{
	if (!f)
		return;
	tracepoint_formats_deinit(&f->formats);
	vec_deinit(&f->events);
	strbuf_deinit(&f->text);
	arena_deinit(&f->offered);
	free(f);
}

/* ---- what there is */

static bool format_of(struct profile_fields *f, uint32_t event, const char **name, struct tracing_piece *format)
{
	const struct perf_event_attr *attr;

	return f->source.event(f->source.ctx, event, name, &attr) && *name && attr->type == PERF_TYPE_TRACEPOINT &&
	       tracepoint_formats_find(&f->formats, attr->config, *name, format);
}

static bool event_exists(struct profile_fields *f, uint32_t event)
{
	const struct perf_event_attr *attr;
	const char *name;

	return f->source.event(f->source.ctx, event, &name, &attr);
}

/* Is it the event that "EVENT." in front of a field means? */
static bool is_event(const char *name, const char *wanted, size_t len)
{
	const char *colon = strchr(name, ':');

	return (strlen(name) == len && !memcmp(name, wanted, len)) || (colon && strlen(colon + 1) == len && !memcmp(colon + 1, wanted, len));
}

static bool find(struct profile_fields *f, uint32_t event, const char *name, struct tracepoint_field *field)
{
	const char *dot = strrchr(name, '.'), *event_name;
	struct tracing_piece format;

	return format_of(f, event, &event_name, &format) && (!dot || is_event(event_name, name, (size_t)(dot - name))) &&
	       tracepoint_field_find(&f->formats, format, dot ? dot + 1 : name, field);
}

bool profile_fields_known(struct profile_fields *f, const char *name)
{
	struct tracepoint_field field;

	for (uint32_t event = 0; event_exists(f, event); event++)
		if (find(f, event, name, &field))
			return true;
	return false;
}

struct offer {
	struct nearest *nearest;
	struct arena *arena;
};

static void offer(void *ctx, const char *name, size_t len)
{
	const struct offer *o = ctx;
	const char *word = arena_strndup(o->arena, name, len);

	if (strncmp(word, "common_", 7) && strncmp(word, "__probe_", 8))
		nearest_offer(o->nearest, word);
}

void profile_fields_offer(struct profile_fields *f, struct nearest *nearest)
{
	struct offer to = { nearest, &f->offered };
	struct tracing_piece format;
	const char *name;

	for (uint32_t event = 0; event_exists(f, event); event++)
		if (format_of(f, event, &name, &format))
			tracepoint_field_names(format, offer, &to);
}

void profile_fields_choose(struct profile_fields *f, const char (*names)[FIELD_NAME_MAX], unsigned n)
{
	f->n = n < PROFILE_FIELDS_MAX ? n : PROFILE_FIELDS_MAX;
	memcpy(f->names, names, f->n * sizeof(f->names[0]));
	vec_clear(&f->events);
}

/* ---- what a sample has */

static const struct event_fields *event_fields(struct profile_fields *f, uint32_t event)
{
	while (f->events.len <= event)
		vec_push(&f->events, (struct event_fields){ 0 });
	struct event_fields *e = &f->events.data[event];
	if (e->known)
		return e;
	for (unsigned i = 0; i < f->n; i++)
		e->any |= e->has[i] = find(f, event, f->names[i], &e->field[i]);
	e->known = true;
	return e;
}

static void add_number(struct strbuf *out, const struct tracepoint_field *field, uint64_t value)
{
	if (field->is_signed)
		strbuf_printf(out, "%" PRId64, (int64_t)value);
	else
		strbuf_printf(out, value < ADDRESSES ? "%" PRIu64 : "0x%" PRIx64, value);
}

static void add_value(struct strbuf *out, const struct tracepoint_field *field, const struct sample *s)
{
	uint64_t number;
	size_t len;

	if (!field->text && !field->dynamic && tracepoint_field_number(field, s->raw, s->raw_size, &number)) {
		add_number(out, field, number);
		return;
	}
	const char *bytes = tracepoint_field_bytes(field, s->raw, s->raw_size, &len);
	for (size_t i = 0; bytes && i < len && (field->text || i < BYTES_SHOWN); i++)
		if (field->text)
			strbuf_addc(out, bytes[i] == FIELD_END ? '?' : bytes[i]);
		else
			strbuf_printf(out, "%02x", (unsigned char)bytes[i]);
}

uint32_t profile_fields_of(struct profile_fields *f, struct profile *profile, uint32_t event, const struct sample *sample)
{
	const struct event_fields *e = event_fields(f, event);

	if (!e->any || !sample->raw)
		return 0;
	strbuf_truncate(&f->text, 0);
	for (unsigned i = 0; i < f->n; i++) {
		if (e->has[i])
			add_value(&f->text, &e->field[i], sample);
		strbuf_addc(&f->text, FIELD_END);
	}
	return strtab_id(&profile->strings, strbuf_str(&f->text));
}

/* ---- and how it is shown */

const char *profile_field_value(const char *text, unsigned n, size_t *len)
{
	while (n-- && *text) {
		text = strchrnul(text, FIELD_END);
		text += *text != '\0';
	}
	*len = (size_t)(strchrnul(text, FIELD_END) - text);
	return text;
}

static bool number_of(const char *text, size_t len, double *value)
{
	char *end;

	*value = strtod(text, &end);
	return len && end == text + len;
}

int profile_field_compare(const char *a, const char *b, unsigned n)
{
	size_t a_len, b_len;
	const char *x = profile_field_value(a, n, &a_len), *y = profile_field_value(b, n, &b_len);
	double i, k;
	bool first = number_of(x, a_len, &i), second = number_of(y, b_len, &k);

	if (first && second && i != k)
		return i < k ? -1 : 1;
	if (first != second)
		return first ? -1 : 1;
	int order = memcmp(x, y, a_len < b_len ? a_len : b_len);
	return order ? order : (a_len > b_len) - (a_len < b_len);
}
