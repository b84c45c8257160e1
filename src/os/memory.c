/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "os/memory.h"

#include <sys/uio.h>
#include <unistd.h>

enum { PAGE = 4096 };	/* or a part of one */

size_t memory_read(pid_t pid, uint64_t address, void *to, size_t len)
{
	struct iovec here = { to, len < MEMORY_READ_MAX ? len : MEMORY_READ_MAX }, there[MEMORY_READ_MAX / PAGE + 1];
	uint64_t at = address, end = address + here.iov_len;
	unsigned long n = 0;

	if (end < address)
		return 0;
	/* The kernel leaves out whole pieces: one a page. */
	while (at < end) {
		uint64_t next = (at | (PAGE - 1)) + 1;

		if (next > end || next < at)
			next = end;
		there[n++] = (struct iovec){ (void *)(uintptr_t)at, next - at };
		at = next;
	}
	ssize_t got = process_vm_readv(pid, &here, 1, there, n, 0);
	return got < 0 ? 0 : (size_t)got;
}
