/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

bool file_read_fd(int fd, size_t max, struct strbuf *out)
{
	size_t start = out->len;

	for (;;) {
		char *at = strbuf_reserve(out, 4096);
		ssize_t n = read(fd, at, out->cap - out->len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			out->data[out->len] = '\0';
			return !n;
		}
		out->len += (size_t)n;
		if (out->len - start > max) {
			errno = EFBIG;
			return false;
		}
	}
}

bool file_read_at(int dir, const char *path, size_t max, struct strbuf *out)
{
	autoclose int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);

	return fd >= 0 && file_read_fd(fd, max, out);
}

struct error *file_read(const char *path, size_t max, struct strbuf *out)
{
	if (!file_read_at(AT_FDCWD, path, max, out))
		return error_os(errno, "cannot read %s", path);
	return NULL;
}

int file_open_regular(const char *path, int flags, uint64_t *size)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = ENXIO;
		return -1;
	}
	if (size)
		*size = (uint64_t)st.st_size;
	int opened = fd;
	fd = -1;
	return opened;
}

/* All of it, or up to the end; offset UINT64_MAX: from where the descriptor stands. */
static ssize_t read_full(int fd, void *data, size_t size, uint64_t offset)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = offset == UINT64_MAX ? read(fd, (char *)data + done, size - done) :
						   pread(fd, (char *)data + done, size - done, (off_t)(offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (!n)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

ssize_t file_read_full(int fd, void *data, size_t size)
{
	return read_full(fd, data, size, UINT64_MAX);
}

ssize_t file_pread_full(int fd, void *data, size_t size, uint64_t offset)
{
	if (offset > INT64_MAX) {	/* as pread has it */
		errno = EINVAL;
		return -1;
	}
	return read_full(fd, data, size, offset);
}

ssize_t file_write_full(int fd, const void *data, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = write(fd, (const char *)data + done, size - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static struct error *make_way(const char *path, const struct stat *st, bool keep_old, enum file_created *how)
{
	if (S_ISLNK(st->st_mode))
		return error_hint(error_create("%s is a symbolic link, and output is not written through one", path),
				  "name the file that it points to, or another");
	if (S_ISDIR(st->st_mode))
		return error_create("%s is a directory", path);
	if (!S_ISREG(st->st_mode)) {
		if (S_ISCHR(st->st_mode) || S_ISFIFO(st->st_mode))
			*how = FILE_OPENED;
		return NULL;
	}
	if (st->st_uid != geteuid())
		return error_hint(error_create("%s belongs to another user (uid %u)", path, st->st_uid),
				  "remove it, or write to another file with -o FILE");
	if (!keep_old)
		return unlink(path) && errno != ENOENT ? error_os(errno, "cannot replace %s", path) : NULL;
	autofree char *old = xasprintf("%s.old", path);
	if (!rename(path, old))
		*how = FILE_OLD_KEPT;
	else if (errno != ENOENT)
		return error_os(errno, "cannot rename %s to %s", path, old);
	return NULL;
}

struct error *file_create(const char *path, bool keep_old, enum file_created *how, int *fd)
{
	enum file_created created = FILE_NEW;
	struct stat st;

	if (!lstat(path, &st))
		TRY(make_way(path, &st, keep_old, &created));
	*fd = created == FILE_OPENED ? open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW) :
				       open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0) {
		struct error *err = error_os(errno, "cannot create %s", path);
		if (created == FILE_OLD_KEPT)
			file_uncreate(path, created);
		return err;
	}
	if (how)
		*how = created;
	return NULL;
}

void file_uncreate(const char *path, enum file_created how)
{
	if (how == FILE_OPENED)
		return;
	autofree char *old = xasprintf("%s.old", path);
	/* what cannot be taken back stays as it is: the failure before it is what is told */
	if (how == FILE_NEW ? unlink(path) : rename(old, path))
		return;
}

struct error *file_begin(const char *path, bool private_, struct file_new *file)
{
	mode_t mask = umask(077);
	int fd;

	*file = (struct file_new){ .path = xstrdup(path), .temporary = xasprintf("%s.XXXXXX", path) };
	fd = mkostemp(file->temporary, O_CLOEXEC);
	umask(mask);
	if (fd < 0) {
		struct error *err = error_os(errno, "cannot create %s", path);
		free(file->path);
		free(file->temporary);
		*file = (struct file_new){ 0 };
		return err;
	}
	if (!private_)
		fchmod(fd, 0666 & ~mask);
	file->out = fdopen(fd, "w");
	return NULL;
}

/* Why an earlier write failed, which a stream does not keep: the next one to a file that is given up anyway tells. */
static int reason_again(FILE *out)
{
	static const char block[4096];

	return write(fileno(out), block, sizeof(block)) < 0 ? errno : EIO;
}

struct error *file_commit(struct file_new *file)
{
	struct error *err = NULL;
	bool bad = ferror(file->out) || fflush(file->out);
	int reason = bad ? reason_again(file->out) : 0;

	if (fclose(file->out) && !bad) {
		bad = true;
		reason = errno;
	}
	file->out = NULL;
	if (bad)
		err = error_os(reason, "cannot write %s", file->path);
	else if (rename(file->temporary, file->path))
		err = error_os(errno, "cannot write %s", file->path);
	if (err) {
		file_abandon(file);
		return err;
	}
	free(file->path);
	free(file->temporary);
	*file = (struct file_new){ 0 };
	return NULL;
}

void file_abandon(struct file_new *file)
{
	if (file->out)
		fclose(file->out);
	if (file->temporary)
		unlink(file->temporary);
	free(file->path);
	free(file->temporary);
	*file = (struct file_new){ 0 };
}
