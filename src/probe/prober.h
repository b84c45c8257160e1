/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From definitions to the lines that the kernel takes: which places in the
 * kernel or in a program are meant, what the arguments are there, and what
 * the events are called.
 */
#ifndef PTK_PROBE_PROBER_H
#define PTK_PROBE_PROBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/notes.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "os/root.h"
#include "probe/definition.h"
#include "probe/scope.h"
#include "probe/tracefs_probes.h"

/* Whose functions are meant. Strings are the caller's. */
struct probe_target {
	const char *file;		/* a program or library; NULL: the kernel */
	const char *module;		/* a kernel module by name, or NULL */
	const char *vmlinux;		/* the kernel's image with its debug information, or NULL */
	const char *source;		/* folder where sources are, or NULL */
	const char *debug_root;		/* NULL: /usr/lib/debug */
	struct cache *cache;		/* keeps the names of the kernel's functions; NULL: nothing is kept */
	struct debug_server *server;	/* has debug information that is not on this machine, or NULL */
	bool no_inlines;		/* leave out places where the function was inlined */
	size_t max;			/* places of one definition */
};

/* A probe to be. Strings live in the list's arena. */
struct probe_event {
	const char *group, *name;
	bool user, is_return;
	const char *line;		/* for tracefs_probe_add */
	const char *on;			/* for people: "malloc in /lib/libc.so.6 with size" */
	const char *function;		/* kernel function that it is in, or NULL */
	const char *place, *args;	/* of the line; args "" or " NAME=…" */
};

struct probe_events {
	VEC(struct probe_event) events;
	struct arena arena;
	const char *source;		/* where arguments were looked up: "BTF", "DWARF", "symbols"; static */
};
void probe_events_deinit(struct probe_events *events);

struct prober;

/* os and target stay the caller's, and outlive it. notes may be NULL. */
struct prober *prober_create(const struct os *os, const struct probe_target *target, struct notes *notes);
void prober_destroy(struct prober *prober);

/* Appends the events of a definition; at least one. `force`: a name that was typed may get a number when it is taken. */
struct error *prober_plan(struct prober *prober, const struct probe_def *def, bool force, struct probe_events *out) MUST_CHECK;

/* The vmlinux that was used is another kernel's than the running one. */
bool prober_is_foreign(const struct prober *prober);

/* Why the kernel may have refused that event, as a hint. */
struct error *prober_explain(struct prober *prober, const struct probe_event *event, int errnum, struct error *err) MUST_CHECK;

/* Functions that can be probed, sorted, each once; names are good until the next call. */
struct error *prober_functions(struct prober *prober, const char *const **names, size_t *n) MUST_CHECK;

/* Where a function of a program begins, as an offset into its file: pmus_find_function of pmu/parse.h. */
struct error *probe_function_offset(const char *file, const char *function, uint64_t *offset) MUST_CHECK;

/* A place of a definition with what can be seen there. */
struct probe_point {
	const char *place;	/* as the kernel takes it: "tcp_sendmsg+4", "/bin/ls:0x1234" */
	const char *function;	/* the name that the event gets */
	const char *on;		/* "tcp_sendmsg+4", without the file */
	struct scope scope;
	const char *nothing_known;	/* why the scope has no variables, or NULL */
	uint64_t address;	/* in a program: of the image */
	const char *arguments;	/* of a marker: what it hands over, as " arg1=%di:s32 …"; else NULL */
	const char *inferior;	/* function that the place lies in, for "@<…>" */
};
typedef VEC(struct probe_point) probe_points;

/* The places of a definition; for the caller to free with probe_points_deinit. `args`: arguments will be asked for. */
struct error *prober_points(struct prober *prober, const struct probe_def *def, bool args, struct arena *arena, probe_points *points) MUST_CHECK;
void probe_points_deinit(probe_points *points);

/* The source that a function (or a file: def->file) was made of. */
struct probe_source {
	const char *path;		/* as the compiler recorded it; lives as long as the prober */
	int first;			/* the function's first line; 0 for a file */
	VEC(int) lines;			/* those that a probe can be put at, ascending, perhaps repeated */
	struct strbuf text;		/* of the file; empty when it could not be read: */
	struct error *missing;		/* why; the caller's */
};
struct error *prober_source(struct prober *prober, const struct probe_def *def, struct probe_source *out) MUST_CHECK;
void probe_source_deinit(struct probe_source *source);

#endif
