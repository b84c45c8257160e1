/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cgroups as perf_event_open(2) takes them (PERF_FLAG_PID_CGROUP): a
 * descriptor of the cgroup's folder. In the unified hierarchy (cgroups(7),
 * version 2) every cgroup will do; where version 1 has a perf_event
 * controller mounted, that one is meant.
 */
#ifndef PTK_PMU_CGROUP_H
#define PTK_PMU_CGROUP_H

#include "base/error.h"
#include "base/vec.h"
#include "os/root.h"

/*
 * name: a path below the hierarchy ("system.slice/ssh.service", "/"), or one
 * that begins with the mount point. The error says which are near.
 */
struct error *cgroup_open(const struct os *os, const char *name, int *fd) MUST_CHECK;

#endif
