/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of `ptk probe` share. */
#ifndef PTK_CMD_PROBE_H
#define PTK_CMD_PROBE_H

#include "base/notes.h"
#include "base/vec.h"
#include "os/root.h"
#include "probe/prober.h"

struct probe_options {
	VEC(const char *) add, del;	/* definitions and patterns, in the order they were typed */
	const char *definition, *vars, *lines, *filter, *watch;
	bool list, functions;
	bool no_cache, dry_run, verbose, quiet, force, externs, range;
	uint64_t max_probes;
	struct probe_target target;
};

/* probe_show.c */
struct error *probe_list(const struct os *os, char **patterns, int n, bool verbose) MUST_CHECK;
struct error *probe_functions(struct prober *prober, const struct probe_options *o) MUST_CHECK;
struct error *probe_variables(struct prober *prober, const struct probe_options *o) MUST_CHECK;
/* probe_watch.c: argv is the command, *argv NULL for none; *status what the program ends with. */
struct error *probe_watch(const struct os *os, struct prober *prober, const char *definition, char **argv, int *status) MUST_CHECK;
/* probe_lines.c */
struct error *probe_lines(struct prober *prober, const struct probe_options *o) MUST_CHECK;
/* Does GROUP:NAME fit "EVENT" or "GROUP:EVENT", both globs? */
bool probe_matches(const char *pattern, const char *group, const char *name);

#endif
