/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a reader's bytes come from: a file, read at places (never mapped: a
 * file that shrinks under a mapping ends the program with SIGBUS), or a pipe,
 * read in order.
 */
#ifndef PTK_DATA_SOURCE_H
#define PTK_DATA_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct source {
	int fd;
	bool owned;		/* the descriptor is closed with it */
	bool seekable;
	char *name;		/* for messages */
	uint64_t at;		/* of the next byte */
	uint64_t size;		/* of the file when it was opened; 0 for a pipe */
};

/* `foreign`: another user's file is fine. */
struct error *source_open(struct source *s, const char *path, bool foreign) MUST_CHECK;
struct error *source_open_fd(struct source *s, int fd, const char *name) MUST_CHECK;
void source_deinit(struct source *s);

/*
 * Up to `size` bytes from s->at on; *got less than `size` at the end. A pipe
 * gives what is there once `enough` bytes are, instead of waiting for more.
 */
struct error *source_read(struct source *s, void *to, size_t size, size_t enough, size_t *got) MUST_CHECK;
/* Would reading a pipe have to wait? */
bool source_waits(const struct source *s);
/*
 * Makes a seekable one of a pipe: what was read of it (`front`) and all that
 * is to come go into a file without a name in $TMPDIR.
 */
struct error *source_spool(struct source *s, const void *front, size_t size) MUST_CHECK;
/* Any place of a seekable one; s->at stays. */
struct error *source_read_at(const struct source *s, uint64_t at, void *to, size_t size, size_t *got) MUST_CHECK;

#endif
