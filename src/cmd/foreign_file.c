/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/foreign_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "data/gzip.h"

enum { FOREIGN_MOST = 1 << 30 };	/* bytes of another tool's file, unpacked */

/* The first bytes of a pipe, which stay in it (tee(2)). */
static ssize_t peek_pipe(int fd, void *head, size_t size)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	ssize_t n = tee(fd, ends[1], size, 0);
	if (n > 0)
		n = read(ends[0], head, (size_t)n);
	close(ends[0]);
	close(ends[1]);
	return n;
}

static struct error *read_it(const char *path, enum foreign_format *format, struct strbuf *bytes)
{
	char head[4096];
	autoclose int fd = strcmp(path, "-") ? file_open_regular(path, 0, NULL) : dup(STDIN_FILENO);
	ssize_t n = fd < 0 ? 0 : file_pread_full(fd, head, sizeof(head), 0);
	autostrbuf struct strbuf packed = { 0 };

	if (n < 0 && errno == ESPIPE)
		n = peek_pipe(fd, head, sizeof(head));
	if (n <= 0)
		return NULL;
	bool gzip = gzip_is(head, (size_t)n);
	*format = gzip ? FOREIGN_PPROF : foreign_format_of(head, (size_t)n);
	if (*format == FOREIGN_NONE)
		return NULL;
	if (!file_read_fd(fd, FOREIGN_MOST, gzip ? &packed : bytes))
		return error_os(errno, "cannot read");
	if (!gzip)
		return NULL;
	TRY(gzip_unpack(packed.data, packed.len, FOREIGN_MOST, bytes));
	*format = foreign_format_of(strbuf_str(bytes), bytes->len);
	return *format != FOREIGN_NONE ? NULL : error_create("there is no profile of pprof and no folded stacks in it");
}

struct error *foreign_file_read(const char *path, enum foreign_format *format, struct strbuf *bytes)
{
	struct error *err;

	*format = FOREIGN_NONE;
	err = read_it(path, format, bytes);
	return err ? error_context(err, "%s", path) : NULL;
}
