/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "os/tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

/* 0 when the folder holds events that can be read, else errno. */
static int try_folder(const struct os *os, const char *folder)
{
	autofree char *events = os_path(os, "%s/events", folder);

	return faccessat(AT_FDCWD, events, R_OK | X_OK, AT_EACCESS) ? errno : 0;
}

/* The next mount of type tracefs in the text of /proc/mounts, its octal escapes undone; NULL at the end. */
static char *next_mount(const char **mounts)
{
	while (**mounts) {
		const char *line = *mounts;
		size_t len = strcspn(line, "\n");
		*mounts += len + (line[len] == '\n');
		size_t device = strcspn(line, " \n");
		if (line[device] != ' ')
			continue;
		const char *at = line + device + 1;
		size_t path = strcspn(at, " \n");
		if (at[path] != ' ' || strncmp(at + path + 1, "tracefs ", strlen("tracefs ")))
			continue;
		struct strbuf out = { 0 };
		for (size_t i = 0; i < path; i++) {
			if (at[i] == '\\' && path - i > 3) {
				strbuf_addc(&out, (char)((at[i + 1] - '0') << 6 | (at[i + 2] - '0') << 3 | (at[i + 3] - '0')));
				i += 3;
			} else {
				strbuf_addc(&out, at[i]);
			}
		}
		return strbuf_take(&out);
	}
	return NULL;
}

static struct error *not_there(const struct os *os)
{
	autofree char *folder = os_path(os, "/sys/kernel/tracing");
	struct error *err;

	if (access(folder, F_OK) && errno == ENOENT)
		return error_hint(error_create("this kernel has no tracefs, so there are no tracepoints and no probes"),
				  "a kernel with CONFIG_FTRACE has them; in a container, let the host's /sys/kernel/tracing in");
	err = error_create("tracefs is not mounted, so tracepoints and probes cannot be found");
	return error_hint(err, geteuid() ? "mount it: sudo mount -t tracefs tracefs /sys/kernel/tracing" :
			  "mount it: mount -t tracefs tracefs /sys/kernel/tracing");
}

struct error *tracefs_error(const struct os *os, const char *tracefs, const char *what, int errnum)
{
	struct error *err = error_os(errnum, "cannot read %s%s%s%s", os->root, tracefs, *what ? "/" : "", what);

	if (errnum == EACCES || errnum == EPERM)
		err = error_hint(err, "tracepoints are for root: run ptk with sudo, or let this group read them:\n"
				 "sudo mount -o remount,mode=750,gid=%u %s", (unsigned)getegid(), tracefs);
	return err;
}

struct error *tracefs_find(const struct os *os, char **path)
{
	static const char *const usual[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	autofree char *closed = NULL;
	autostrbuf struct strbuf mounts = { 0 };
	int closed_errno = 0;

	for (size_t i = 0; i < ARRAY_SIZE(usual); i++) {
		int failed = try_folder(os, usual[i]);
		if (!failed) {
			*path = xstrdup(usual[i]);
			return NULL;
		}
		if ((failed == EACCES || failed == EPERM) && !closed) {
			closed = xstrdup(usual[i]);
			closed_errno = failed;
		}
	}
	const char *at = os_read(os, "/proc/mounts", &mounts) ? strbuf_str(&mounts) : "";
	for (char *mount; (mount = next_mount(&at)); free(mount)) {
		int failed = try_folder(os, mount);
		if (!failed) {
			*path = mount;
			return NULL;
		}
		if ((failed == EACCES || failed == EPERM) && !closed) {
			closed = xstrdup(mount);
			closed_errno = failed;
		}
	}
	return closed ? tracefs_error(os, closed, "events", closed_errno) : not_there(os);
}

bool tracefs_event_format(const struct os *os, const char *tracefs, const char *system, const char *name, struct strbuf *out)
{
	autofree char *path = xasprintf("%s/events/%s/%s/format", tracefs, system, name);

	return os_read(os, path, out);
}
