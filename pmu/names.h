/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events that the kernel names itself: hardware, software and cache (perf_event_open(2)), and ptk's own. */
#ifndef PTK_PMU_NAMES_H
#define PTK_PMU_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pmu/event.h"

struct event_name {
	const char *name;
	const char *alias;	/* another word for it, or NULL */
	enum event_kind kind;	/* EVENT_HARDWARE, EVENT_SOFTWARE or EVENT_TOOL */
	uint64_t config;	/* an enum event_tool for EVENT_TOOL */
	const char *help;	/* a few words */
};

/* Ends with a row whose name is NULL. To add an event, add a row. */
extern const struct event_name event_names[];

const struct event_name *event_name_find(const char *word, size_t len);

/*
 * A cache event in any of perf's spellings (L1-dcache-load-misses, l1d-loads,
 * LLC, dTLB-speculative-read-miss …) to its config. False when it is none;
 * *refused then points at the operation, if one is named that this cache does
 * not have (iTLB-stores).
 */
bool cache_name_parse(const char *word, size_t len, uint64_t *config, const char **refused);

enum { CACHE_NAME_SIZE = 64 };
/* Steps through all cache events: begin with *step 0; false at the end. */
bool cache_name_next(unsigned *step, uint64_t *config, char text[CACHE_NAME_SIZE]);

#endif
