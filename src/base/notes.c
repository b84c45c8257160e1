/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/notes.h"

#include <stdarg.h>
#include <string.h>

#include "base/utf8.h"

void notes_add(struct notes *notes, const char *fmt, ...)
{
	va_list args;

	if (!notes)
		return;
	va_start(args, fmt);
	char *line = xvasprintf(fmt, args);
	va_end(args);
	utf8_tame(line, strlen(line));
	for (size_t i = 0; i < notes->lines.len; i++)
		if (!strcmp(notes->lines.data[i], line)) {
			free(line);
			return;
		}
	vec_push(&notes->lines, line);
}

void notes_deinit(struct notes *notes)
{
	for (size_t i = 0; i < notes->lines.len; i++)
		free(notes->lines.data[i]);
	vec_deinit(&notes->lines);
}
