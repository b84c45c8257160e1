/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "os/privilege.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

/* capget(2) itself: libcap would be a library for one call. */
static uint64_t effective_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (syscall(SYS_capget, &header, data))
		return geteuid() ? 0 : UINT64_MAX;
	return data[0].effective | (uint64_t)data[1].effective << 32;
}

static bool seccomp_filter(const struct os *os)
{
	autostrbuf struct strbuf status = { 0 };

	if (!os_read(os, "/proc/self/status", &status))
		return false;
	const char *line = strstr(strbuf_str(&status), "\nSeccomp:");
	return line && strtol(line + 9, NULL, 10) > 0;
}

/* The first user namespace maps all ids onto themselves. */
static bool in_user_namespace(const struct os *os)
{
	autofree char *line = os_read_line(os, "/proc/self/uid_map");
	unsigned long inside, outside, n;
	char *end;

	if (!line)
		return false;
	inside = strtoul(line, &end, 10);
	outside = strtoul(end, &end, 10);
	n = strtoul(end, &end, 10);
	return inside || outside || n != UINT32_MAX;
}

void privilege_read(const struct os *os, struct privilege *privilege)
{
	int64_t paranoid = 2;
	bool known = os_read_i64(os, "/proc/sys/kernel/perf_event_paranoid", &paranoid);
	bool absent = !known && errno == ENOENT;
	autofree char *lockdown = os_read_line(os, "/sys/kernel/security/lockdown");
	autofree char *proc = os_path(os, "/proc/self");

	*privilege = (struct privilege){
		.capabilities = effective_capabilities(),
		.paranoid = known ? (int)paranoid : 2,
		/* without /proc nothing is known */
		.no_perf = absent && !access(proc, F_OK),
		.seccomp = seccomp_filter(os),
		.user_namespace = in_user_namespace(os),
		.lockdown = lockdown && strstr(lockdown, "[confidentiality]"),
	};
}

bool privilege_has(const struct privilege *privilege, unsigned capability)
{
	return privilege->capabilities >> capability & 1;
}

bool privilege_perfmon(const struct privilege *privilege)
{
	return !privilege->user_namespace && (privilege_has(privilege, PRIVILEGE_PERFMON) ||
					      privilege_has(privilege, PRIVILEGE_SYS_ADMIN));
}

/* Documentation/admin-guide/sysctl/kernel.rst; 3 and 4 are Debian's and Ubuntu's. */
const char *privilege_paranoid_text(int paranoid)
{
	if (paranoid < 0)
		return "everyone may count everything";
	if (paranoid == 0)
		return "no raw tracepoint data for ordinary users";
	if (paranoid == 1)
		return "no counting of whole CPUs for ordinary users";
	if (paranoid == 2)
		return "ordinary users count user space of their own processes only";
	return "no perf events at all for ordinary users";
}
