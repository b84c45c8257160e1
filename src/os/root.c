/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "os/root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"

char *os_path(const struct os *os, const char *fmt, ...)
{
	struct strbuf b = { 0 };
	va_list args;

	strbuf_adds(&b, os->root);
	va_start(args, fmt);
	strbuf_vprintf(&b, fmt, args);
	va_end(args);
	return strbuf_take(&b);
}

bool os_read(const struct os *os, const char *path, struct strbuf *out)
{
	autofree char *full = os_path(os, "%s", path);

	return file_read_at(AT_FDCWD, full, OS_FILE_MAX, out);
}

char *os_read_line(const struct os *os, const char *path)
{
	autostrbuf struct strbuf b = { 0 };

	if (!os_read(os, path, &b))
		return NULL;
	strbuf_truncate(&b, strcspn(strbuf_str(&b), "\n"));
	return strbuf_take(&b);
}

bool os_read_i64(const struct os *os, const char *path, int64_t *value)
{
	autofree char *line = os_read_line(os, path);
	char *end;

	if (!line)
		return false;
	errno = 0;
	*value = strtoll(line, &end, 0);
	return !errno && end != line && !*end;
}

bool os_read_u64(const struct os *os, const char *path, uint64_t *value)
{
	autofree char *line = os_read_line(os, path);
	char *end;

	if (!line || *line == '-')
		return false;
	errno = 0;
	*value = strtoull(line, &end, 0);
	return !errno && end != line && !*end;
}
