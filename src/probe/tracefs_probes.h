/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The probes of the running kernel: a line each in kprobe_events,
 * uprobe_events and dynamic_events of tracefs
 * (Documentation/trace/kprobetrace.rst, uprobetracer.rst, fprobetrace.rst).
 */
#ifndef PTK_PROBE_TRACEFS_PROBES_H
#define PTK_PROBE_TRACEFS_PROBES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"
#include "os/root.h"

/* A probe that is there. Strings live in the list's arena. */
struct tracefs_probe {
	char kind;		/* 'p', 'r', 'f' (fprobe), 't' (tracepoint), 'e' (event probe) */
	bool user;		/* a uprobe: place is PATH:OFFSET… */
	const char *group, *name, *place, *args;	/* args "" when none */
	const char *line;	/* the whole definition */
};

struct tracefs_probes {
	VEC(struct tracefs_probe) probes;	/* by group, then name */
	struct arena arena;
};

/* tracefs_find for those who want probes: the error says what to do about them. */
struct error *tracefs_probes_folder(const struct os *os, char **tracefs) MUST_CHECK;

/* Reads those that are there. Synthetic events and what is no probe are left out. */
struct error *tracefs_probes_read(const struct os *os, struct tracefs_probes *out) MUST_CHECK;
void tracefs_probes_deinit(struct tracefs_probes *probes);
const struct tracefs_probe *tracefs_probes_find(const struct tracefs_probes *probes, const char *group, const char *name);

/* One line of a definition, without its newline; NULL when it is none. Exposed for tests. */
bool tracefs_probe_parse(struct arena *arena, const char *line, struct tracefs_probe *out);

/*
 * Adds the probe that the line defines. *errnum (may be NULL) is why the
 * kernel refused, told in its own words (error_log) where it has any.
 */
struct error *tracefs_probe_add(const struct os *os, const char *line, bool user, int *errnum) MUST_CHECK;
struct error *tracefs_probe_remove(const struct os *os, const char *group, const char *name, char kind, bool user) MUST_CHECK;

#endif
