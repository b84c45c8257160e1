/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An event as every mode sees it: what was typed, and the attr that counts it. */
#ifndef PTK_PMU_EVENT_H
#define PTK_PMU_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/perf_abi.h"
#include "base/vec.h"
#include "os/cpuset.h"

/* The attr of every perf kernel to date, with what this kernel's header may not know yet: unused bytes are zero. */
enum event_kind {
	EVENT_HARDWARE,
	EVENT_CACHE,
	EVENT_SOFTWARE,
	EVENT_TRACEPOINT,	/* dynamic probes of tracefs as well */
	EVENT_BREAKPOINT,
	EVENT_RAW,
	EVENT_PMU,		/* a sysfs PMU by name; kprobe and uprobe PMUs as well */
	EVENT_TOOL,		/* counted by ptk itself: duration_time, user_time, system_time */
};

/* Which one an EVENT_TOOL is. Its attr is a dummy event, so that it can stand in any list. */
enum event_tool { TOOL_NONE, TOOL_DURATION_TIME, TOOL_USER_TIME, TOOL_SYSTEM_TIME };

/*
 * What terms between slashes asked of the recording of this one event
 * (cycles/call-graph=no/): a mode lets them win over its options. period=,
 * freq=, branch_type=, max-stack= and aux-…= stand in the attr itself.
 */
enum event_wish { WISH_NONE, WISH_YES, WISH_NO };

struct event_wishes {
	enum event_wish time, inherit;
	bool percore;		/* stat: sum over the threads of a core */
	char *call_graph;	/* "fp", "dwarf", "lbr", "no" …; or NULL */
	uint32_t stack_size;	/* bytes of user stack a sample, with dwarf; 0: not said */
};

struct event {
	enum event_kind kind;
	char *name;		/* as shown: perf's spelling of what was typed, modifiers included ("cycles:u") */
	char *pmu;		/* sysfs name of the PMU, or NULL */
	struct perf_event_attr attr;	/* type, config*, bp_*, exclude_*, precise_ip, pinned …; sampling left to the mode */
	enum event_tool tool;	/* of an EVENT_TOOL */
	bool exclude_typed;	/* the modifiers said whom to count (:u …): a fallback must not change exclude_* unasked */
	bool guest_typed;	/* ":G" or ":H": else exclude_guest is only perf's default, and may be dropped where a PMU refuses it */
	uint8_t precise_max;	/* 1: ":P", the highest precise_ip that opens */
	bool sample_read;	/* ":S" */
	bool weak_group;	/* ":W" on its group */
	struct cpuset cpus;	/* where this PMU wants to be opened; empty: anywhere */
	bool per_package;	/* an uncore PMU (it has a cpumask): counts a CPU, never a task */
	char *unit;		/* or NULL */
	bool snapshot;		/* the count is a state at the time of reading, not a sum */
	double scale;		/* count * scale is in units; 1 for most */
	size_t leader;		/* index of the group's first event in the list; its own for an event alone */
	struct event_wishes wishes;
	char *tracepoint;	/* "SYSTEM:NAME" of a tracepoint, whatever its name is; else NULL */
	char *filter;		/* tracepoint filter, or NULL */
	char *cgroup;		/* counted while tasks of this cgroup run, on CPUs: its path below the hierarchy's root; or NULL */
	char *probe_path;	/* kprobe_func or uprobe_path that attr.config1 points to, or NULL */
};

/* Several events may come of one word (globs, hybrid machines, uncore boxes), each with its own name. */
struct event_list {
	VEC(struct event) events;
};

/* Everything of *from, owned by *to; the group's leader is the same index. */
void event_copy(struct event *to, const struct event *from);
void event_deinit(struct event *event);
void event_list_deinit(struct event_list *list);

#endif
