/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A JSON writer. Commas and quoting are its business; what is written is
 * checked only by assertion. `struct json j = { .out = stdout };` to begin.
 * Bytes that are not UTF-8 become U+FFFD.
 */
#ifndef PTK_BASE_JSON_H
#define PTK_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *out;
	bool pretty;		/* a member a line */
	unsigned depth;
	bool started;		/* this level has an element already */
	bool keyed;		/* a key was written, its value is due */
};

void json_object_begin(struct json *j);
void json_object_end(struct json *j);
void json_array_begin(struct json *j);
void json_array_end(struct json *j);
void json_key(struct json *j, const char *key);
void json_string(struct json *j, const char *value);	/* NULL writes null */
void json_string_n(struct json *j, const char *value, size_t len);
void json_u64(struct json *j, uint64_t value);
void json_i64(struct json *j, int64_t value);
void json_double(struct json *j, double value);		/* not finite writes null */
void json_bool(struct json *j, bool value);
/* A newline: ends a document, or a line of JSON lines. */
void json_newline(struct json *j);

#endif
