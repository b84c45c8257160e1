/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this process may do with perf events, and who says so. */
#ifndef PTK_OS_PRIVILEGE_H
#define PTK_OS_PRIVILEGE_H

#include <stdbool.h>
#include <stdint.h>

#include "os/root.h"

enum {	/* bits of privilege.capabilities (linux/capability.h); perfmon is of Linux 5.8 */
	PRIVILEGE_SYS_PTRACE = 19,
	PRIVILEGE_SYS_ADMIN = 21,
	PRIVILEGE_SYS_RESOURCE = 24,
	PRIVILEGE_PERFMON = 38,
};

struct privilege {
	uint64_t capabilities;	/* effective ones, a bit each */
	int paranoid;		/* kernel.perf_event_paranoid; 2, the kernel's default, when it cannot be read */
	bool no_perf;		/* there is no such setting: the kernel was built without CONFIG_PERF_EVENTS */
	bool seccomp;		/* a filter may refuse system calls */
	bool user_namespace;	/* capabilities are those of a user namespace: perf events do not heed them */
	bool lockdown;		/* kernel lockdown in its "confidentiality" mode: no perf events of the kernel for anyone */
};

void privilege_read(const struct os *os, struct privilege *privilege);

bool privilege_has(const struct privilege *privilege, unsigned capability);
/* perfmon_capable() of the kernel: CAP_PERFMON or CAP_SYS_ADMIN in the first user namespace. */
bool privilege_perfmon(const struct privilege *privilege);
/* "2: user space of your own processes only" … */
const char *privilege_paranoid_text(int paranoid);

#endif
