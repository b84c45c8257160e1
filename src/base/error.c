/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/utf8.h"

__attribute__((format(printf, 3, 0)))
static struct error *create(enum error_kind kind, int os, const char *fmt, va_list args)
{
	struct error *err = xcalloc(1, sizeof(*err));

	err->kind = kind;
	err->os = os;
	err->message = xvasprintf(fmt, args);
	return err;
}

struct error *error_create(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	struct error *err = create(ERROR_FAILED, 0, fmt, args);
	va_end(args);
	return err;
}

struct error *error_usage(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	struct error *err = create(ERROR_USAGE, 0, fmt, args);
	va_end(args);
	return err;
}

struct error *error_os(int errnum, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	struct error *err = create(ERROR_FAILED, errnum, fmt, args);
	va_end(args);
	text = xasprintf("%s: %s", err->message, strerror(errnum));
	free(err->message);
	err->message = text;
	return err;
}

struct error *error_hint(struct error *err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	char *line = xvasprintf(fmt, args);
	va_end(args);
	if (err->hint) {
		char *both = xasprintf("%s\n%s", err->hint, line);
		free(err->hint);
		free(line);
		line = both;
	}
	err->hint = line;
	return err;
}

struct error *error_context(struct error *err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	char *context = xvasprintf(fmt, args);
	va_end(args);
	char *both = xasprintf("%s: %s", context, err->message);
	free(context);
	free(err->message);
	err->message = both;
	return err;
}

struct error *error_at(struct error *err, const char *source, size_t column, size_t width)
{
	if (err->source)
		return err;
	size_t len = strlen(source);
	err->source = xstrdup(source);
	err->column = column > len ? len : column;
	err->width = width > len - err->column ? len - err->column : width;
	return err;
}

/* Screen columns of the first n bytes: UTF-8 continuation bytes take none. */
static size_t columns(const char *s, size_t n)
{
	size_t cols = 0;

	for (size_t i = 0; i < n && s[i]; i++)
		cols += ((unsigned char)s[i] & 0xc0) != 0x80;
	return cols;
}

enum {
	SOURCE_MAX = 400,	/* bytes of what was typed that are shown: some lines */
	BEFORE_MAX = 60,	/* of them in front of the caret, where not all fit */
	MESSAGE_MAX = 1200,	/* of any other line: a path and what is wrong with it */
	MESSAGE_END_MAX = 400,	/* of them at the end, where not all fit */
};

/* The first byte of the character that text[at] belongs to. */
static size_t character_begin(const char *text, size_t at)
{
	while (at && (text[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* A line that may hold names of others and words of any length. */
static void add_line(struct strbuf *out, const char *line, size_t len)
{
	size_t from = out->len;

	if (len <= MESSAGE_MAX) {
		strbuf_add(out, line, len);
	} else {
		size_t end = character_begin(line, len - MESSAGE_END_MAX);
		strbuf_add(out, line, character_begin(line, MESSAGE_MAX - MESSAGE_END_MAX));
		strbuf_adds(out, "…");
		strbuf_add(out, line + end, len - end);
	}
	strbuf_tame(out, from);
	strbuf_addc(out, '\n');
}

/* The text with carets below it; of a very long one what is around them. */
static void add_source(struct strbuf *out, const struct error *err)
{
	autofree char *text = xstrdup(err->source);
	size_t len = strlen(text), from = 0, end = len, column = err->column, width = err->width;

	for (char *p = text; (p = strpbrk(p, "\n\t")); )
		*p = ' ';	/* it would move the caret */
	utf8_tame(text, len);
	if (len > SOURCE_MAX) {
		from = column > BEFORE_MAX ? character_begin(text, column - BEFORE_MAX) : 0;
		end = len - from > SOURCE_MAX ? character_begin(text, from + SOURCE_MAX) : len;
		width = width > end - column ? end - column : width;
	}
	strbuf_printf(out, "  %s%.*s%s\n", from ? "…" : "", (int)(end - from), text + from, end < len ? "…" : "");
	size_t carets = columns(text + column, width);
	strbuf_printf(out, "  %*s", (int)columns(text + from, column - from) + (from ? 1 : 0), "");
	for (size_t i = 0; i < (carets ? carets : 1); i++)
		strbuf_addc(out, '^');
	strbuf_addc(out, '\n');
}

char *error_text(const struct error *err)
{
	struct strbuf out = { 0 };

	add_line(&out, err->message, strlen(err->message));
	if (err->source && *err->source)
		add_source(&out, err);
	for (const char *line = err->hint; line; ) {
		size_t len = strcspn(line, "\n");
		add_line(&out, line, len);
		line = line[len] ? line + len + 1 : NULL;
	}
	return strbuf_take(&out);
}

void error_destroy(struct error *err)
{
	if (!err)
		return;
	free(err->message);
	free(err->hint);
	free(err->source);
	free(err);
}
