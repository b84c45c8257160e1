/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel lets a process have: descriptors, locked memory for rings, samples a second. */
#ifndef PTK_OS_LIMITS_H
#define PTK_OS_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "os/root.h"

struct limits_files {
	uint64_t soft, hard;	/* RLIMIT_NOFILE as it is now */
	uint64_t most;		/* fs.nr_open: no hard limit goes above it */
};

/*
 * Raises this process's RLIMIT_NOFILE so that `want` descriptors may be
 * open: the soft limit up to the hard one, and where that is too low the
 * hard one too, which needs CAP_SYS_RESOURCE. Goes as far as it is let;
 * true when `want` is reached. Programs started later inherit it: fork first.
 */
bool limits_raise_files(const struct os *os, uint64_t want);
void limits_read_files(const struct os *os, struct limits_files *files);

enum { LIMITS_SAMPLE_RATE = 100000, LIMITS_MLOCK_KB = 516 };	/* the kernel's defaults */

/* kernel.perf_event_max_sample_rate: samples a second; lowered by the kernel itself when samples take long. */
uint64_t limits_sample_rate(const struct os *os);

/* Bytes of rings that one user may have without CAP_IPC_LOCK: for all rings of a CPU's worth, and beyond that. */
struct limits_memory {
	uint64_t perf;		/* kernel.perf_event_mlock_kb, in bytes: for each online CPU */
	uint64_t lock;		/* RLIMIT_MEMLOCK's soft limit in bytes, UINT64_MAX for none: what is taken beyond `perf` */
};

void limits_read_memory(const struct os *os, struct limits_memory *memory);

#endif
