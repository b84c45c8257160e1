/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/utf8.h"

static void indent(struct json *j)
{
	if (!j->pretty)
		return;
	fputc('\n', j->out);
	for (unsigned i = 0; i < j->depth; i++)
		fputs("  ", j->out);
}

static void begin_value(struct json *j)
{
	if (j->keyed) {
		j->keyed = false;
		return;
	}
	if (j->started)
		fputc(',', j->out);
	if (j->depth)
		indent(j);
	j->started = true;
}

static void open_level(struct json *j, char c)
{
	begin_value(j);
	fputc(c, j->out);
	j->depth++;
	j->started = false;
}

static void close_level(struct json *j, char c)
{
	assert(j->depth && !j->keyed);
	j->depth--;
	if (j->started)
		indent(j);
	fputc(c, j->out);
	j->started = true;
}

void json_object_begin(struct json *j) { open_level(j, '{'); }
void json_object_end(struct json *j) { close_level(j, '}'); }
void json_array_begin(struct json *j) { open_level(j, '['); }
void json_array_end(struct json *j) { close_level(j, ']'); }

static void quoted(struct json *j, const char *value, size_t len)
{
	const unsigned char *s = (const unsigned char *)value;

	fputc('"', j->out);
	for (size_t i = 0, n; i < len; i += n ? n : 1) {
		n = utf8_length(value + i, len - i);
		if (!n)
			fputs("\\ufffd", j->out);
		else if (s[i] == '"' || s[i] == '\\')
			fprintf(j->out, "\\%c", s[i]);
		else if (s[i] == '\n')
			fputs("\\n", j->out);
		else if (s[i] == '\t')
			fputs("\\t", j->out);
		else if (s[i] < 0x20 || s[i] == 0x7f)
			fprintf(j->out, "\\u%04x", s[i]);
		else if (s[i] == 0xc2 && s[i + 1] < 0xa0)	/* C1: controls a terminal, too */
			fprintf(j->out, "\\u%04x", s[i + 1]);
		else
			fwrite(s + i, 1, n, j->out);
	}
	fputc('"', j->out);
}

void json_key(struct json *j, const char *key)
{
	assert(!j->keyed);
	begin_value(j);
	quoted(j, key, strlen(key));
	fputs(j->pretty ? ": " : ":", j->out);
	j->keyed = true;
}

void json_string_n(struct json *j, const char *value, size_t len)
{
	begin_value(j);
	quoted(j, value, len);
}

void json_string(struct json *j, const char *value)
{
	if (value) {
		json_string_n(j, value, strlen(value));
		return;
	}
	begin_value(j);
	fputs("null", j->out);
}

void json_u64(struct json *j, uint64_t value)
{
	begin_value(j);
	fprintf(j->out, "%" PRIu64, value);
}

void json_i64(struct json *j, int64_t value)
{
	begin_value(j);
	fprintf(j->out, "%" PRId64, value);
}

void json_double(struct json *j, double value)
{
	begin_value(j);
	if (isfinite(value))
		fprintf(j->out, "%.15g", value);
	else
		fputs("null", j->out);
}

void json_bool(struct json *j, bool value)
{
	begin_value(j);
	fputs(value ? "true" : "false", j->out);
}

void json_newline(struct json *j)
{
	fputc('\n', j->out);
	if (!j->depth)
		j->started = false;
}
