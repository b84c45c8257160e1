/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes an archive that tar(1) unpacks: POSIX ustar (pax(1), "ustar
 * Interchange Format"), sizes of 8 GiB and more as GNU tar has them. Folders
 * are made by whoever unpacks.
 */
#ifndef PTK_BASE_TAR_H
#define PTK_BASE_TAR_H

#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

/* An open regular file as `name` (100 bytes, or 155 and 100 parted at a slash), readable by all. */
struct error *tar_add_fd(FILE *out, const char *name, int fd, uint64_t mtime) MUST_CHECK;
struct error *tar_add(FILE *out, const char *name, const void *bytes, size_t size, uint64_t mtime) MUST_CHECK;
/* Two blocks of zeros. */
void tar_end(FILE *out);

#endif
