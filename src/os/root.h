/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine's own description of itself: /proc, /sys and what lies below,
 * under a root that a test can point at a made-up tree.
 */
#ifndef PTK_OS_ROOT_H
#define PTK_OS_ROOT_H

#include <stdbool.h>
#include <stddef.h>
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
/*
 * The file's bytes to look at, no copy of them where the kernel lets the file be mapped. For files of the kernel
 * only: what another writes may shrink under a mapping. False with errno.
 */
struct os_view {
	const char *data;
	size_t size;
	bool mapped;
};
bool os_view_open(const struct os *os, const char *path, struct os_view *view);
void os_view_close(struct os_view *view);
/* The first line without its newline, for the caller to free; NULL with errno. */
char *os_read_line(const struct os *os, const char *path) MUST_CHECK;
/* A file that holds one number. */
bool os_read_u64(const struct os *os, const char *path, uint64_t *value);
bool os_read_i64(const struct os *os, const char *path, int64_t *value);

#endif
