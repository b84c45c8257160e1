/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "os/limits.h"

#include <sys/resource.h>

static uint64_t most_files(const struct os *os)
{
	uint64_t most;

	return os_read_u64(os, "/proc/sys/fs/nr_open", &most) ? most : 1 << 20;
}

bool limits_raise_files(const struct os *os, uint64_t want)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files))
		return false;
	if (files.rlim_cur >= want)
		return true;
	if (files.rlim_max < want) {
		uint64_t most = most_files(os), target = want < most ? want : most;
		struct rlimit higher = { .rlim_cur = target, .rlim_max = target };
		if (target > files.rlim_max && !setrlimit(RLIMIT_NOFILE, &higher))
			return target >= want;
	}
	files.rlim_cur = files.rlim_max;
	return !setrlimit(RLIMIT_NOFILE, &files) && files.rlim_cur >= want;
}

void limits_read_files(const struct os *os, struct limits_files *files)
{
	struct rlimit now = { 0 };

	getrlimit(RLIMIT_NOFILE, &now);
	*files = (struct limits_files){ .soft = now.rlim_cur, .hard = now.rlim_max, .most = most_files(os) };
}

uint64_t limits_sample_rate(const struct os *os)
{
	uint64_t rate;

	return os_read_u64(os, "/proc/sys/kernel/perf_event_max_sample_rate", &rate) && rate ? rate : LIMITS_SAMPLE_RATE;
}

void limits_read_memory(const struct os *os, struct limits_memory *memory)
{
	struct rlimit lock;
	uint64_t kb;

	if (!os_read_u64(os, "/proc/sys/kernel/perf_event_mlock_kb", &kb) || kb > UINT64_MAX / 1024)
		kb = LIMITS_MLOCK_KB;
	memory->perf = kb * 1024;
	memory->lock = UINT64_MAX;
	if (!getrlimit(RLIMIT_MEMLOCK, &lock) && lock.rlim_cur != RLIM_INFINITY)
		memory->lock = lock.rlim_cur;
}
