/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "os/root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

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

bool os_view_open(const struct os *os, const char *path, struct os_view *view)
{
	autofree char *full = os_path(os, "%s", path);
	autoclose int fd = open(full, O_RDONLY | O_CLOEXEC);
	struct strbuf bytes = { 0 };
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return false;
	size_t size = st.st_size > 0 && st.st_size <= OS_FILE_MAX ? (size_t)st.st_size : 0;
	void *map = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	if (map != MAP_FAILED) {
		*view = (struct os_view){ map, size, true };
		return true;
	}
	strbuf_reserve(&bytes, size);
	if (!file_read_fd(fd, OS_FILE_MAX, &bytes)) {
		int why = errno;
		strbuf_deinit(&bytes);
		errno = why;
		return false;
	}
	size = bytes.len;
	*view = (struct os_view){ strbuf_take(&bytes), size, false };
	return true;
}

void os_view_close(struct os_view *view)
{
	if (view->mapped)
		munmap((void *)view->data, view->size);
	else
		free((void *)view->data);
	*view = (struct os_view){ 0 };
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
