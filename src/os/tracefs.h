/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tracefs: where it is mounted, and its events (Documentation/trace/events.rst of the kernel). */
#ifndef PTK_OS_TRACEFS_H
#define PTK_OS_TRACEFS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "os/root.h"

/*
 * The mount point below os->root ("/sys/kernel/tracing", debugfs's tracing
 * folder, or wherever /proc/mounts has it), for the caller to free. An error
 * says which it is: not in this kernel, not mounted, or not for this user,
 * with the command that helps.
 */
struct error *tracefs_find(const struct os *os, char **path) MUST_CHECK;

/* Why reading below tracefs failed, from errno: the file and what to do about it. `what` is one path below the mount point. */
struct error *tracefs_error(const struct os *os, const char *tracefs, const char *what, int errnum) MUST_CHECK;

/* events/SYSTEM/NAME/format, appended; false with errno. */
bool tracefs_event_format(const struct os *os, const char *tracefs, const char *system, const char *name, struct strbuf *out);

#endif
