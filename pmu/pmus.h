/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event sources of the machine: /sys/bus/event_source/devices/NAME with
 * type, format/, events/, cpumask or cpus
 * (Documentation/ABI/testing/sysfs-bus-event_source-devices-*). Each file is
 * read when a name first asks for it, then kept.
 */
#ifndef PTK_PMU_PMUS_H
#define PTK_PMU_PMUS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/vec.h"
#include "os/cpuset.h"
#include "os/root.h"

enum { FORMAT_RANGES = 16, CONFIGS = 4 };

/* format/NAME: "config1:0-7,32" — which bits of which config a term's value goes to, lowest first. */
struct pmu_format {
	char *name;
	uint8_t config;		/* 0: config, 1: config1 … */
	uint8_t n_ranges;
	struct { uint8_t low, high; } ranges[FORMAT_RANGES];
};

/* events/NAME, with what stands beside it in NAME.unit, NAME.scale, NAME.snapshot. */
struct pmu_alias {
	char *name;
	char *terms;		/* "event=0x3c,umask=0x0" */
	char *unit;		/* or NULL */
	double scale;		/* 1 where there is none */
	bool snapshot;		/* the count is a state, not a sum */
};

struct pmu {
	char *name;
	char *alias;		/* another name, from the file `alias`; or NULL */
	uint32_t type;
	bool core;		/* counts instructions: "cpu", and those that have a `cpus` file */
	bool per_package;	/* has a cpumask: counts a CPU, never a task */
	struct cpuset cpus;	/* cpumask or cpus; empty: anywhere */
	VEC(struct pmu_format) formats;
	VEC(struct pmu_alias) aliases;
	bool known, formats_known, aliases_known;	/* what was read */
};

struct pmus {
	const struct os *os;
	char *tracefs;			/* mount point below the root, once found */
	VEC(struct pmu) pmus;		/* by name, sorted as a person would: _2 before _10 */
	bool listed;
	struct error *(*find_function)(const char *file, const char *function, uint64_t *offset);	/* parse.h; or NULL */
};

struct pmus *pmus_create(const struct os *os);
void pmus_destroy(struct pmus *pmus);

/* Makes pmus->pmus whole: names only. No sysfs gives none. */
void pmus_list(struct pmus *pmus);
/* Reads type, alias and CPUs; false when there is no usable type. */
bool pmu_read(struct pmus *pmus, struct pmu *pmu);
void pmu_read_formats(struct pmus *pmus, struct pmu *pmu);
void pmu_read_aliases(struct pmus *pmus, struct pmu *pmu);
/* Does it have an event of that name? One look at a file, unless all were read. */
bool pmu_has_alias(struct pmus *pmus, const struct pmu *pmu, const char *name, size_t len);

/* The tracefs mount point, found once. */
struct error *pmus_tracefs(struct pmus *pmus, const char **path) MUST_CHECK;

/*
 * The PMUs that count instructions, by type (big cores come first). None (no CPU PMU) or one: the kernel
 * picks it. Several (hybrid): an event is opened once for each.
 */
size_t pmus_core(struct pmus *pmus, struct pmu **core, size_t max);

#endif
