/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "data/tracing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A NUL-terminated string. */
static bool take_text(struct cursor *c, const char **text)
{
	const uint8_t *end = c->left ? memchr(c->at, '\0', c->left) : NULL;

	if (!end)
		return false;
	*text = (const char *)c->at;
	return cursor_skip(c, (uint64_t)(end - c->at) + 1);
}

/* A 64-bit size and so many bytes, with a name in front. */
static bool skip_named(struct cursor *c, const char *want)
{
	const char *name;
	uint64_t size;

	return take_text(c, &name) && !strcmp(name, want) && cursor_u64(c, &size) && cursor_skip(c, size);
}

static bool skip_files(struct cursor *c)
{
	uint32_t n;
	uint64_t size;

	if (!cursor_u32(c, &n))
		return false;
	while (n--) {
		if (!cursor_u64(c, &size) || !cursor_skip(c, size))
			return false;
	}
	return true;
}

bool tracing_begin(struct tracing *t, const void *blob, size_t size)
{
	static const char magic[] = "\027\010\104tracing";
	struct cursor *c = &t->rest;
	const char *version;
	uint8_t big;

	*t = (struct tracing){ .rest = { blob, size } };
	if (size < sizeof(magic) - 1 || memcmp(blob, magic, sizeof(magic) - 1) || !cursor_skip(c, sizeof(magic) - 1))
		return false;
	return take_text(c, &version) && cursor_copy(c, &big, 1) &&
	       big == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) && cursor_copy(c, &t->long_size, 1) &&
	       cursor_u32(c, &t->page_size) && skip_named(c, "header_page") && skip_named(c, "header_event") &&
	       skip_files(c) && cursor_u32(c, &t->systems_left);
}

/* What stands behind `key` at the beginning of one of the first lines. */
static bool line(const struct tracing_event *e, const char *key, const char **value, size_t *len)
{
	const char *at = e->format, *end = e->format + e->format_len;
	size_t key_len = strlen(key);

	for (int i = 0; i < 4 && at < end; i++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;
		if ((size_t)(stop - at) >= key_len && !memcmp(at, key, key_len)) {
			*value = at + key_len;
			*len = (size_t)(stop - *value);
			return true;
		}
		at = newline ? newline + 1 : end;
	}
	return false;
}

static bool describe(struct tracing_event *e)
{
	const char *digits;
	size_t n;

	if (!line(e, "name: ", &e->name, &e->name_len) || !line(e, "ID: ", &digits, &n) || !n || n > 18)
		return false;
	e->id = 0;
	for (size_t i = 0; i < n; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			return false;
		e->id = e->id * 10 + (uint64_t)(digits[i] - '0');
	}
	return true;
}

bool tracing_next(struct tracing *t, struct tracing_event *e)
{
	struct cursor *c = &t->rest;
	uint64_t size;

	for (;;) {
		while (!t->events_left) {
			if (!t->systems_left || !take_text(c, &t->system) || !cursor_u32(c, &t->events_left))
				return false;
			t->systems_left--;
		}
		t->events_left--;
		if (!cursor_u64(c, &size))
			return false;
		*e = (struct tracing_event){ .system = t->system, .format = (const char *)c->at, .format_len = size };
		if (!cursor_skip(c, size))
			return false;
		if (describe(e))
			return true;
	}
}

/* "\tfield:pid_t pid;\toffset:24;\tsize:4;\tsigned:1;", "\tfield:char comm[16];\t…": the name is the last word. */
static bool describe_field(const char *line, size_t len, struct tracing_field *field)
{
	static const char begin[] = "\tfield:";
	enum { NUMBERS = 64 };
	const char *end = memchr(line, ';', len), *at = end;
	char numbers[NUMBERS];

	if (len < sizeof(begin) || memcmp(line, begin, sizeof(begin) - 1) || !end)
		return false;
	const char *bracket = memchr(line, '[', (size_t)(end - line));
	if (bracket && end[-1] == ']')
		at = bracket;
	field->name = at;
	while (field->name > line && field->name[-1] != ' ' && field->name[-1] != '*')
		field->name--;
	field->name_len = (size_t)(at - field->name);
	snprintf(numbers, sizeof(numbers), "%.*s", (int)(len - (size_t)(end + 1 - line)), end + 1);
	return sscanf(numbers, " offset:%" SCNu32 "; size:%" SCNu32, &field->offset, &field->size) == 2;
}

bool tracing_next_field(const struct tracing_event *e, size_t *at, struct tracing_field *field)
{
	while (*at < e->format_len) {
		const char *line = e->format + *at, *newline = memchr(line, '\n', e->format_len - *at);
		size_t len = newline ? (size_t)(newline - line) : e->format_len - *at;
		*at += len + 1;
		if (describe_field(line, len, field))
			return true;
	}
	return false;
}

bool tracing_find_field(const struct tracing_event *e, const char *name, struct tracing_field *field)
{
	size_t at = 0, len = strlen(name);

	while (tracing_next_field(e, &at, field))
		if (field->name_len == len && !memcmp(field->name, name, len))
			return true;
	return false;
}
