/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of another process, as it is now (process_vm_readv(2)). */
#ifndef PTK_OS_MEMORY_H
#define PTK_OS_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { MEMORY_READ_MAX = 1 << 20 };	/* bytes at a time; more is cut off */

/* How many bytes from there on could be read: fewer where a page is not mapped, 0 when it is gone or not ours to read. */
size_t memory_read(pid_t pid, uint64_t address, void *to, size_t len);

#endif
