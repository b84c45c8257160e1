/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files, in and out. */
#ifndef PTK_BASE_FILE_H
#define PTK_BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/strbuf.h"

/* Appends the file's bytes to `out`; a file longer than max bytes is an error. Works for procfs, where sizes are 0. */
struct error *file_read(const char *path, size_t max, struct strbuf *out) MUST_CHECK;
/* The same from an open file, or below a directory descriptor; false and errno instead of an error. */
bool file_read_fd(int fd, size_t max, struct strbuf *out);
bool file_read_at(int dir, const char *path, size_t max, struct strbuf *out);

/*
 * A regular file for reading: its descriptor and size (may be NULL). A pipe
 * or device is refused, and never waited for. -1 with errno (ENXIO: not a
 * regular file). flags are added to those of open(2): O_NOFOLLOW.
 */
int file_open_regular(const char *path, int flags, uint64_t *size);

/* read(2), pread(2), write(2) to the last byte or the end of the file; EINTR is retried. Bytes done, or -1 with errno. */
ssize_t file_read_full(int fd, void *data, size_t size);
ssize_t file_pread_full(int fd, void *data, size_t size, uint64_t offset);
ssize_t file_write_full(int fd, const void *data, size_t size);

/*
 * Creates a new file at `path`, readable by its owner alone, for reading and
 * writing. Never through a symbolic link, never into a file that was there:
 * a regular file of ours is renamed to PATH.old first (when keep_old) or
 * removed; one of another user is an error. A character device or pipe
 * (/dev/null) is opened as it is. *how says which (may be NULL).
 */
enum file_created {
	FILE_OPENED,		/* a device or a pipe that was there */
	FILE_NEW,		/* a regular file; none is kept */
	FILE_OLD_KEPT,		/* a regular file; the one before it is PATH.old now */
};
struct error *file_create(const char *path, bool keep_old, enum file_created *how, int *fd) MUST_CHECK;

/* Takes back a file that came to nothing: it goes, and what file_create() put aside for it is PATH again. */
void file_uncreate(const char *path, enum file_created how);

/*
 * A file that appears whole or not at all: written beside `path` under a
 * name of its own and renamed over it by file_commit. file_abandon (also
 * when file_commit fails) removes it. Mode 0666 less the umask, or 0600.
 */
struct file_new {
	FILE *out;
	char *path, *temporary;
};

struct error *file_begin(const char *path, bool private_, struct file_new *file) MUST_CHECK;
struct error *file_commit(struct file_new *file) MUST_CHECK;
void file_abandon(struct file_new *file);

#endif
