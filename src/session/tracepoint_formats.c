/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/tracepoint_formats.h"

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "os/tracefs.h"

bool tracepoint_formats_init(struct tracepoint_formats *f, const void *tracing_data, uint64_t size, const struct os *os)
{
	*f = (struct tracepoint_formats){ .os = os };
	return !tracing_data || tracing_data_parse(tracing_data, size, &f->data);
}

void tracepoint_formats_deinit(struct tracepoint_formats *f)
{
	tracing_data_deinit(&f->data);
	strbuf_deinit(&f->local);
	free(f->tracefs);
}

/* From the tracefs of this machine, when the event has the same number there. */
static bool find_local(struct tracepoint_formats *f, uint64_t id, const char *name, struct tracing_piece *text)
{
	const char *colon = strchr(name, ':');
	uint64_t here;

	if (!f->os || !colon)
		return false;
	if (!f->tracefs_sought)
		error_destroy(tracefs_find(f->os, &f->tracefs));
	f->tracefs_sought = true;
	autofree char *system = xstrndup(name, (size_t)(colon - name));
	autofree char *event = xstrndup(colon + 1, strcspn(colon + 1, ":"));
	strbuf_truncate(&f->local, 0);
	if (!f->tracefs || !tracefs_event_format(f->os, f->tracefs, system, event, &f->local))
		return false;
	*text = (struct tracing_piece){ strbuf_str(&f->local), f->local.len };
	return tracing_format_id(*text, &here) && here == id;
}

bool tracepoint_formats_find(struct tracepoint_formats *f, uint64_t id, const char *name, struct tracing_piece *text)
{
	for (size_t i = 0; i < f->data.formats.len; i++)
		if (f->data.formats.data[i].id == id) {
			*text = f->data.formats.data[i].text;
			return true;
		}
	return find_local(f, id, name, text);
}

/* A line "\tfield:TYPE NAME[N];\toffset:8;\tsize:16;\tsigned:0;", taken apart. */
struct field_line {
	struct tracing_piece declaration, name;
	const char *rest, *end;		/* behind the declaration */
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The next field of the format at *at, which moves behind it. */
static bool next_field(const char **at, const char *end, struct field_line *line)
{
	static const char word[] = "field:";
	const char *field = memmem(*at, (size_t)(end - *at), word, sizeof(word) - 1);

	if (!field)
		return false;
	field += sizeof(word) - 1;
	const char *newline = memchr(field, '\n', (size_t)(end - field));
	*at = line->end = newline ? newline : end;
	const char *stop = memchr(field, ';', (size_t)(line->end - field));
	line->rest = stop ? stop : line->end;
	line->declaration = (struct tracing_piece){ field, (size_t)(line->rest - field) };
	/* the name is the last word, in front of what says how long an array is: "char comm[16]", but "__data_loc char[] name" */
	const char *last = line->rest;
	while (last > field && last[-1] == ']') {
		const char *bracket = memrchr(field, '[', (size_t)(last - field));
		if (!bracket)
			break;
		last = bracket;
	}
	const char *first = last;
	while (first > field && is_word(first[-1]))
		first--;
	line->name = (struct tracing_piece){ first, (size_t)(last - first) };
	return true;
}

static bool number_behind(const struct field_line *line, const char *word, uint32_t *value)
{
	const char *at = memmem(line->rest, (size_t)(line->end - line->rest), word, strlen(word));
	bool digits = false;

	if (!at)
		return false;
	for (at += strlen(word), *value = 0; at < line->end && isdigit((unsigned char)*at) && *value < 1 << 24; at++, digits = true)
		*value = *value * 10 + (uint32_t)(*at - '0');
	return digits;
}

static bool declares(const struct field_line *line, const char *word)
{
	return memmem(line->declaration.at, line->declaration.len, word, strlen(word));
}

bool tracepoint_field_find(const struct tracepoint_formats *f, struct tracing_piece format, const char *name,
			   struct tracepoint_field *field)
{
	const char *at = format.at;
	struct field_line line;
	uint16_t one = 1;
	uint32_t is_signed = 0;

	while (next_field(&at, format.at + format.len, &line)) {
		if (line.name.len != strlen(name) || memcmp(line.name.at, name, line.name.len))
			continue;
		*field = (struct tracepoint_field){
			.dynamic = declares(&line, "__data_loc"),
			.text = declares(&line, "char") && declares(&line, "["),
			.swap = f->data.long_size && f->data.big_endian == *(const char *)&one,
		};
		number_behind(&line, "signed:", &is_signed);
		field->is_signed = is_signed;
		return number_behind(&line, "offset:", &field->offset) && number_behind(&line, "size:", &field->size);
	}
	return false;
}

void tracepoint_field_names(struct tracing_piece format, void (*each)(void *ctx, const char *name, size_t len), void *ctx)
{
	const char *at = format.at;
	struct field_line line;

	while (next_field(&at, format.at + format.len, &line))
		each(ctx, line.name.at, line.name.len);
}

/* 1, 2, 4 or 8 bytes in either order. */
static uint64_t load(const uint8_t *bytes, uint32_t size, bool swap)
{
	uint16_t two;
	uint32_t four;
	uint64_t eight;

	switch (size) {
	case 1:
		return *bytes;
	case 2:
		memcpy(&two, bytes, 2);
		return swap ? __builtin_bswap16(two) : two;
	case 4:
		memcpy(&four, bytes, 4);
		return swap ? __builtin_bswap32(four) : four;
	default:
		memcpy(&eight, bytes, 8);
		return swap ? __builtin_bswap64(eight) : eight;
	}
}

bool tracepoint_field_number(const struct tracepoint_field *field, const void *raw, uint32_t size, uint64_t *value)
{
	uint32_t n = field->size;

	if ((n != 1 && n != 2 && n != 4 && n != 8) || field->offset > size || n > size - field->offset)
		return false;
	*value = load((const uint8_t *)raw + field->offset, n, field->swap);
	if (field->is_signed && n < 8)
		*value = (uint64_t)((int64_t)(*value << (64 - 8 * n)) >> (64 - 8 * n));
	return true;
}

const char *tracepoint_field_bytes(const struct tracepoint_field *field, const void *raw, uint32_t size, size_t *len)
{
	uint32_t offset = field->offset, n = field->size;

	if (offset > size || n > size - offset)
		return NULL;
	if (field->dynamic) {	/* 16 bits each: length and offset */
		if (n != 4)
			return NULL;
		uint64_t place = load((const uint8_t *)raw + offset, 4, field->swap);
		offset = place & 0xffff;
		n = (uint32_t)(place >> 16);
		if (offset > size || n > size - offset)
			return NULL;
	}
	const char *bytes = (const char *)raw + offset;
	*len = field->text || field->dynamic ? strnlen(bytes, n) : n;
	return bytes;
}
