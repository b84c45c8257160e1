/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that can be asked for by name on this machine, for lists and completion. */
#ifndef PTK_PMU_CATALOG_H
#define PTK_PMU_CATALOG_H

#include <stdbool.h>

#include "base/error.h"
#include "base/vec.h"
#include "pmu/parse.h"

/* Sections, in the order in which they are listed; sets of them are bits 1 << section. */
enum catalog_section {
	CATALOG_HARDWARE,
	CATALOG_SOFTWARE,	/* ptk's own as well: duration_time … */
	CATALOG_CACHE,
	CATALOG_PMU,		/* events/ of the sysfs PMUs */
	CATALOG_RAW,		/* no events, but how they are written */
	CATALOG_BREAKPOINT,	/* the same */
	CATALOG_TRACEPOINT,
	CATALOG_PROBE,		/* dynamic tracepoints */
	CATALOG_SECTIONS,
};

struct catalog_entry {
	enum catalog_section section;
	const char *kind;	/* "Hardware event", as perf list has it */
	char *name;		/* what to type */
	char *alias;		/* another word for it, or NULL */
	char *pmu;		/* or NULL */
	char *terms;		/* what a PMU's name stands for, "event=0x3c"; where a probe is; or NULL */
	char *unit;		/* or NULL */
	double scale;		/* 1 for most */
	char *help;		/* or NULL */
	bool supported;		/* false: this machine cannot count it; only hardware and cache events are tried */
};

struct catalog {
	VEC(struct catalog_entry) entries;
	struct error *unsupported;	/* why some are not supported, or NULL */
	struct error *no_tracepoints;	/* why tracefs could not be read, when it was asked for; or NULL */
};

/* Reads the sections. What cannot be read is left out and said in the catalog. */
void catalog_read(const struct os *os, struct pmus *pmus, unsigned sections, struct catalog *catalog);
void catalog_deinit(struct catalog *catalog);

#endif
