/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"

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

char *error_text(const struct error *err)
{
	struct strbuf out = { 0 };

	strbuf_printf(&out, "%s\n", err->message);
	if (err->source) {
		size_t carets = columns(err->source + err->column, err->width);

		/* A newline or a tab in what was typed would move the caret. */
		strbuf_add(&out, "  ", 2);
		for (const char *p = err->source; *p; p++)
			strbuf_addc(&out, (unsigned char)*p < ' ' ? ' ' : *p);
		strbuf_printf(&out, "\n  %*s", (int)columns(err->source, err->column), "");
		for (size_t i = 0; i < (carets ? carets : 1); i++)
			strbuf_addc(&out, '^');
		strbuf_addc(&out, '\n');
	}
	if (err->hint)
		strbuf_printf(&out, "%s\n", err->hint);
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
