/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's own event names on an Arm PMU, for kernels that do not take the PMU's type in config. */
#ifndef PTK_PMU_ARM_EVENTS_H
#define PTK_PMU_ARM_EVENTS_H

#include "os/root.h"
#include "pmu/event.h"

/*
 * Changes attr from PERF_TYPE_HARDWARE or _HW_CACHE with a PMU's type in the
 * upper half of config to that PMU's type and number of the event, as its
 * sysfs folder has it. False where it has none: attr is then as it was.
 */
bool arm_event_translate(const struct os *os, const struct event *event, struct perf_event_attr *attr);

#endif
