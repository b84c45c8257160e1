/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pprof's profile.proto (github.com/google/pprof, proto/profile.proto), as
 * plain protocol buffers: readers take them without gzip.
 *
 * Each event gives two values, its samples and its period. A function is a
 * symbol, a location its only place, a mapping an image; labels tell the
 * command, process and thread.
 */
#include <string.h>

#include "base/cleanup.h"
#include "out/exporters.h"

/* Numbers of the fields, by message. */
enum { PROFILE_SAMPLE_TYPE = 1, PROFILE_SAMPLE = 2, PROFILE_MAPPING = 3, PROFILE_LOCATION = 4, PROFILE_FUNCTION = 5,
       PROFILE_STRING = 6, PROFILE_TIME_NANOS = 9, PROFILE_DURATION_NANOS = 10, PROFILE_PERIOD_TYPE = 11,
       PROFILE_PERIOD = 12, PROFILE_COMMENT = 13, PROFILE_DEFAULT_TYPE = 14 };
enum { VALUE_TYPE = 1, VALUE_UNIT = 2 };
enum { SAMPLE_LOCATION = 1, SAMPLE_VALUE = 2, SAMPLE_LABEL = 3 };
enum { LABEL_KEY = 1, LABEL_TEXT = 2, LABEL_NUMBER = 3 };
enum { MAPPING_ID = 1, MAPPING_FILENAME = 5, MAPPING_HAS_FUNCTIONS = 7 };
enum { LOCATION_ID = 1, LOCATION_MAPPING = 2, LOCATION_ADDRESS = 3, LOCATION_LINE = 4 };
enum { LINE_FUNCTION = 1 };
enum { FUNCTION_ID = 1, FUNCTION_NAME = 2, FUNCTION_SYSTEM_NAME = 3, FUNCTION_FILENAME = 4 };

enum { WIRE_VARINT = 0, WIRE_BYTES = 2 };

static void add_varint(struct strbuf *b, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		strbuf_addc(b, (char)(value | 0x80));
	strbuf_addc(b, (char)value);
}

static void add_number(struct strbuf *b, unsigned field, uint64_t value)
{
	if (!value)
		return;
	add_varint(b, field << 3 | WIRE_VARINT);
	add_varint(b, value);
}

static void add_bytes(struct strbuf *b, unsigned field, const void *data, size_t len)
{
	add_varint(b, field << 3 | WIRE_BYTES);
	add_varint(b, len);
	strbuf_add(b, data, len);
}

struct pprof {
	const struct export *e;
	FILE *out;
	struct strtab strings;		/* ids are indexes of the string table: both begin with "" */
	struct strbuf message, part;	/* scratch: a message of the profile, and one in it */
	bool *used;			/* by frame */
};

static void end_message(struct pprof *w, unsigned field)
{
	struct strbuf head = { 0 };

	add_varint(&head, field << 3 | WIRE_BYTES);
	add_varint(&head, w->message.len);
	fwrite(head.data, 1, head.len, w->out);
	fwrite(strbuf_str(&w->message), 1, w->message.len, w->out);
	strbuf_deinit(&head);
	strbuf_truncate(&w->message, 0);
}

static uint32_t text(struct pprof *w, const char *s)
{
	autostrbuf struct strbuf clean = { 0 };

	export_clean(s, &clean);
	return strtab_id(&w->strings, strbuf_str(&clean));
}

static void add_value_type(struct pprof *w, unsigned field, const char *type, const char *unit)
{
	add_number(&w->message, VALUE_TYPE, text(w, type));
	add_number(&w->message, VALUE_UNIT, text(w, unit));
	end_message(w, field);
}

static void write_types(struct pprof *w)
{
	for (size_t i = 0; i < w->e->events.len; i++) {
		const struct export_event *event = &w->e->events.data[i];
		autofree char *samples = w->e->events.len > 1 ? xasprintf("%s-samples", export_event_name(w->e, event)) : xstrdup("samples");
		add_value_type(w, PROFILE_SAMPLE_TYPE, samples, "count");
		add_value_type(w, PROFILE_SAMPLE_TYPE, export_event_name(w->e, event), export_event_unit(w->e, event));
	}
}

static void add_label(struct pprof *w, const char *key, const char *value, uint64_t number)
{
	strbuf_truncate(&w->part, 0);
	add_number(&w->part, LABEL_KEY, text(w, key));
	if (value)
		add_number(&w->part, LABEL_TEXT, text(w, value));
	else
		add_number(&w->part, LABEL_NUMBER, number);
	add_bytes(&w->message, SAMPLE_LABEL, w->part.data, w->part.len);
}

static void write_sample(struct pprof *w, size_t which, const struct profile_sample *s)
{
	const struct profile *p = w->e->profile;
	const struct profile_task *task = &p->tasks.data[p->origins.data[s->origin].task];

	strbuf_truncate(&w->part, 0);
	for (uint32_t stack = s->stack; stack != STACK_EMPTY; stack = p->stacks.data[stack].parent) {
		w->used[p->stacks.data[stack].frame] = true;
		add_varint(&w->part, (uint64_t)p->stacks.data[stack].frame + 1);
	}
	add_bytes(&w->message, SAMPLE_LOCATION, strbuf_str(&w->part), w->part.len);
	strbuf_truncate(&w->part, 0);
	for (size_t i = 0; i < w->e->events.len; i++) {
		add_varint(&w->part, i == which ? s->count : 0);
		add_varint(&w->part, i == which ? s->period : 0);
	}
	add_bytes(&w->message, SAMPLE_VALUE, w->part.data, w->part.len);
	add_label(w, "comm", strtab_text(&p->strings, task->comm), 0);
	if (task->pid != NO_ID)
		add_label(w, "pid", NULL, task->pid);
	if (task->tid != NO_ID)
		add_label(w, "tid", NULL, task->tid);
	end_message(w, PROFILE_SAMPLE);
}

static void write_function(struct pprof *w, uint32_t frame)
{
	const struct profile *p = w->e->profile;
	autostrbuf struct strbuf name = { 0 };

	export_exact_name(p, frame, &name);
	add_number(&w->message, FUNCTION_ID, (uint64_t)frame + 1);
	add_number(&w->message, FUNCTION_NAME, strtab_id(&w->strings, strbuf_str(&name)));
	add_number(&w->message, FUNCTION_SYSTEM_NAME, strtab_id(&w->strings, strbuf_str(&name)));
	add_number(&w->message, FUNCTION_FILENAME, text(w, strtab_text(&p->strings, profile_frame_image(p, frame)->path)));
	end_message(w, PROFILE_FUNCTION);
}

static void write_location(struct pprof *w, uint32_t frame)
{
	const struct profile *p = w->e->profile;
	const struct profile_symbol *symbol = profile_frame_symbol(p, frame);

	add_number(&w->message, LOCATION_ID, (uint64_t)frame + 1);
	add_number(&w->message, LOCATION_MAPPING, (uint64_t)symbol->image + 1);
	add_number(&w->message, LOCATION_ADDRESS, p->frames.data[frame].address ? p->frames.data[frame].address : symbol->start);
	strbuf_truncate(&w->part, 0);
	add_number(&w->part, LINE_FUNCTION, (uint64_t)frame + 1);
	add_bytes(&w->message, LOCATION_LINE, w->part.data, w->part.len);
	end_message(w, PROFILE_LOCATION);
}

/* Samples by what their command is called: the string's id to their number. */
static void count_commands(const struct export *e, struct map64 *counts)
{
	const struct profile *p = e->profile;

	for (size_t i = 0; i < e->samples.len; i++) {
		const struct profile_sample *s = &p->samples.data[e->samples.data[i]];
		*map64_put(counts, p->tasks.data[p->origins.data[s->origin].task].comm, NULL) += s->count;
	}
}

/* The image that was sampled most under its own name, which a command has the first 15 bytes of; else the first program or library. */
static uint32_t main_image(const struct export *e)
{
	enum { COMM_LEN = 15 };
	const struct profile *p = e->profile;
	struct map64 counts = { 0 };
	uint32_t best = 0;
	uint64_t most = 0;

	count_commands(e, &counts);
	for (uint32_t i = 0; i < p->images.len; i++) {
		const char *name = strtab_text(&p->strings, p->images.data[i].name);
		autofree char *comm = xstrndup(name, COMM_LEN);
		uint32_t id = strtab_find(&p->strings, comm);
		const uint64_t *count = id == NO_ID ? NULL : map64_get(&counts, id);
		bool file = strtab_text(&p->strings, p->images.data[i].path)[0] == '/';
		uint64_t score = p->images.data[i].kernel || !*name ? 0 : count ? *count + 2 : file;
		if (score > most) {
			most = score;
			best = i;
		}
	}
	map64_deinit(&counts);
	return best;
}

static void write_mapping(struct pprof *w, uint32_t image)
{
	const struct profile *p = w->e->profile;

	add_number(&w->message, MAPPING_ID, (uint64_t)image + 1);
	add_number(&w->message, MAPPING_FILENAME, text(w, strtab_text(&p->strings, p->images.data[image].path)));
	/* said to be named, so that no reader tries to name them by addresses that are the image's */
	add_number(&w->message, MAPPING_HAS_FUNCTIONS, 1);
	end_message(w, PROFILE_MAPPING);
}

static void write_places(struct pprof *w)
{
	const struct profile *p = w->e->profile;
	uint32_t first = main_image(w->e);

	/* readers take the first for the program's */
	write_mapping(w, first);
	for (uint32_t image = 0; image < p->images.len; image++)
		if (image != first)
			write_mapping(w, image);
	for (uint32_t frame = 0; frame < p->frames.len; frame++)
		if (w->used[frame]) {
			write_location(w, frame);
			write_function(w, frame);
		}
}

static void write_rest(struct pprof *w)
{
	const struct export_about *about = w->e->about;
	struct strbuf plain = { 0 };

	if (about->recorded_s)
		add_number(&plain, PROFILE_TIME_NANOS, about->recorded_s * 1000000000);
	if (about->last_ns > about->first_ns)
		add_number(&plain, PROFILE_DURATION_NANOS, about->last_ns - about->first_ns);
	const struct export_event *first = &w->e->events.data[0];
	add_number(&plain, PROFILE_DEFAULT_TYPE, text(w, export_event_name(w->e, first)));
	if (about->command)
		add_number(&plain, PROFILE_COMMENT, text(w, about->command));
	add_number(&plain, PROFILE_PERIOD, first->count ? first->period / first->count : 0);
	fwrite(strbuf_str(&plain), 1, plain.len, w->out);
	strbuf_deinit(&plain);
	add_value_type(w, PROFILE_PERIOD_TYPE, export_event_name(w->e, first), export_event_unit(w->e, first));
	for (size_t i = 0; i < w->strings.text.len; i++) {
		const char *s = w->strings.text.data[i];
		strbuf_add(&w->message, s, strlen(s));
		end_message(w, PROFILE_STRING);
	}
}

void export_pprof(const struct export *e, FILE *out)
{
	struct pprof w = { .e = e, .out = out, .used = xcalloc(e->profile->frames.len + 1, sizeof(*w.used)) };

	strtab_id(&w.strings, "");
	write_types(&w);
	for (size_t i = 0; i < e->events.len; i++)
		for (size_t n = 0; n < e->events.data[i].n; n++)
			write_sample(&w, i, export_sample(e, &e->events.data[i], n));
	write_places(&w);
	write_rest(&w);
	strtab_deinit(&w.strings);
	strbuf_deinit(&w.message);
	strbuf_deinit(&w.part);
	free(w.used);
}
