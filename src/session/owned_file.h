/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that a task leaves in places where anyone may write, as /tmp: they
 * count only when they are the task's own user's, root's or ours.
 */
#ifndef PTK_SESSION_OWNED_FILE_H
#define PTK_SESSION_OWNED_FILE_H

#include <stdint.h>
#include <sys/stat.h>

#include "os/root.h"

/* Opens it for reading: a regular file, no symbolic link. -1 when it is not to be believed. Takes over path. */
int owned_file_open(const struct os *os, char *path, uint32_t pid, struct stat *st);

#endif
