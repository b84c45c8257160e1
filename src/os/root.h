/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's own description of itself: /proc, /sys and what lies below,
 * under a root that a test can point at a made-up tree.
 */
#ifndef PTK_OS_ROOT_H
#define PTK_OS_ROOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"

struct os {
	const char *root;	/* put in front of absolute paths: "" for the machine itself; never NULL */
};

enum { OS_FILE_MAX = 64 << 20 };	/* no procfs or sysfs file is longer */

/* root + path, for the caller to free. */
char *os_path(const struct os *os, const char *fmt, ...) PRINTF_LIKE(2, 3) MUST_CHECK;
/* Appends the file's bytes; false with errno. */
bool os_read(const struct os *os, const char *path, struct strbuf *out);
/* The first line without its newline, for the caller to free; NULL with errno. */
char *os_read_line(const struct os *os, const char *path) MUST_CHECK;
/* A file that holds one number. */
bool os_read_u64(const struct os *os, const char *path, uint64_t *value);
bool os_read_i64(const struct os *os, const char *path, int64_t *value);

#endif
