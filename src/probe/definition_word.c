/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words of a definition, and errors that point at them. */
#include "base/cleanup.h"
#include "probe/definition.h"

struct error *probe_def_error(const struct probe_def *def, struct probe_word where, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	autofree char *message = xvasprintf(fmt, args);
	va_end(args);
	return error_at(error_usage("%s", message), def->text, where.column, where.len);
}

struct probe_word probe_word_make(struct probe_def *def, const char *at, size_t len)
{
	return (struct probe_word){ arena_strndup(&def->arena, at, len), (size_t)(at - def->text), len };
}
