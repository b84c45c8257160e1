/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of CPU numbers, as sysfs and people write them: 0-3,5,8-11. All-zero is empty. */
#ifndef PTK_OS_CPUSET_H
#define PTK_OS_CPUSET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/vec.h"
#include "os/root.h"

struct cpuset {
	VEC(int) cpus;		/* ascending, each once */
};

enum { CPUSET_LARGEST = 65535 };

/* Replaces *set. Errors point at what is wrong in the text (error_at). */
struct error *cpuset_parse(const char *text, struct cpuset *set) MUST_CHECK;
void cpuset_add(struct cpuset *set, int cpu);
bool cpuset_has(const struct cpuset *set, int cpu);
/* Keeps those that are in other as well. */
void cpuset_intersect(struct cpuset *set, const struct cpuset *other);
void cpuset_copy(struct cpuset *to, const struct cpuset *from);
char *cpuset_text(const struct cpuset *set) MUST_CHECK;
void cpuset_deinit(struct cpuset *set);

/* /sys/devices/system/cpu/online; where sysfs is not there, as many as sched_getaffinity(2) and sysconf(3) tell of. */
void cpuset_online(const struct os *os, struct cpuset *set);

#endif
