/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "data/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"

enum { SPOOL_BUFFER = 1 << 20 };

static struct error *cannot_open(const char *path, int reason)
{
	struct error *err = error_os(reason, "cannot open %s", path);

	if (reason == ENOENT && !strcmp(path, "perf.data"))
		return error_hint(err, "record something first (ptk record COMMAND), or name the file with -i FILE");
	if (reason == EACCES || reason == EPERM)
		return error_hint(err, "recordings are readable by the user who made them: run as that user or as root");
	return err;
}

static struct error *directory(const char *path)
{
	autofree char *part = xasprintf("%s/data.0", path);
	struct error *err = error_create("%s is a directory", path);

	if (access(part, F_OK))
		return err;
	return error_hint(err, "it is a recording in many files (perf record --threads), which ptk does not read; "
			  "record without --threads");
}

struct error *source_open_fd(struct source *s, int fd, const char *name)
{
	struct stat st;

	*s = (struct source){ .fd = fd };
	if (fstat(fd, &st))
		return error_os(errno, "cannot read %s", name);
	if (S_ISDIR(st.st_mode))
		return directory(name);
	s->seekable = S_ISREG(st.st_mode) || S_ISBLK(st.st_mode);
	if (S_ISREG(st.st_mode))
		s->size = (uint64_t)st.st_size;
	if (s->seekable)
		posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	if (S_ISREG(st.st_mode) && !st.st_size)
		return error_hint(error_create("%s is empty", name),
				  "the recorder was killed before it wrote anything, or the disk was full");
	s->name = xstrdup(name);
	return NULL;
}

struct error *source_open(struct source *s, const char *path, bool foreign)
{
	struct stat st;
	struct error *err;
	int fd;

	*s = (struct source){ .fd = -1 };
	if (!strcmp(path, "-"))
		return source_open_fd(s, STDIN_FILENO, "standard input");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return cannot_open(path, errno);
	if (!foreign && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_uid && st.st_uid != geteuid()) {
		close(fd);
		return error_hint(error_create("%s belongs to another user (uid %u)", path, st.st_uid),
				  "what stands in it is then theirs to choose; use -f to read it all the same");
	}
	err = source_open_fd(s, fd, path);
	if (err)
		close(fd);
	else
		s->owned = true;
	return err;
}

void source_deinit(struct source *s)
{
	if (s->owned)
		close(s->fd);
	free(s->name);
}

static bool more_is_there(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

bool source_waits(const struct source *s)
{
	return !s->seekable && !more_is_there(s->fd);
}

static struct error *read_pipe(struct source *s, void *to, size_t size, size_t enough, size_t *got)
{
	*got = 0;
	while (*got < size && (*got < enough || more_is_there(s->fd))) {
		ssize_t n = read(s->fd, (char *)to + *got, size - *got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			struct pollfd p = { .fd = s->fd, .events = POLLIN };
			poll(&p, 1, -1);
			continue;
		}
		if (n < 0)
			return error_os(errno, "cannot read %s", s->name);
		if (!n)
			break;
		*got += (size_t)n;
	}
	s->at += *got;
	return NULL;
}

struct error *source_read_at(const struct source *s, uint64_t at, void *to, size_t size, size_t *got)
{
	ssize_t n = at > INT64_MAX ? 0 : file_pread_full(s->fd, to, size, at);

	*got = n > 0 ? (size_t)n : 0;
	return n < 0 ? error_os(errno, "cannot read %s", s->name) : NULL;
}

struct error *source_read(struct source *s, void *to, size_t size, size_t enough, size_t *got)
{
	if (!s->seekable)
		return read_pipe(s, to, size, enough, got);
	TRY(source_read_at(s, s->at, to, size, got));
	s->at += *got;
	return NULL;
}

/* A new file that no name leads to. */
static int nameless_file(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0 || errno != EOPNOTSUPP)
		return fd;
	autofree char *path = xasprintf("%s/ptk.XXXXXX", dir);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static struct error *spool_failed(const struct source *s, const char *dir)
{
	return error_hint(error_os(errno, "cannot keep %s in a file in %s", s->name, dir),
			  "what comes through a pipe is kept while it is read: set TMPDIR to a folder with room for it, "
			  "or name the file with -i FILE");
}

struct error *source_spool(struct source *s, const void *front, size_t size)
{
	const char *dir = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	autofree char *buffer = xmalloc(SPOOL_BUFFER);
	autoclose int fd = nameless_file(dir);
	size_t got = size;

	if (fd < 0 || file_write_full(fd, front, size) != (ssize_t)size)
		return spool_failed(s, dir);
	s->size = size;
	do {
		TRY(source_read(s, buffer, SPOOL_BUFFER, SPOOL_BUFFER, &got));
		if (file_write_full(fd, buffer, got) != (ssize_t)got)
			return spool_failed(s, dir);
		s->size += got;
	} while (got);
	if (s->owned)
		close(s->fd);
	s->fd = fd;
	s->owned = s->seekable = true;
	s->at = size;
	fd = -1;
	return NULL;
}
