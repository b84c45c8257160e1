/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Modes: `ptk MODE …`. A mode is a row of the table in help.c and a file of
 * its own that wires rooms together: options, run, exit status.
 */
#ifndef PTK_CMD_MODE_H
#define PTK_CMD_MODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "base/notes.h"
#include "base/options.h"
#include "os/root.h"

struct mode {
	const char *name;
	const char *usage;		/* behind "ptk NAME ": "[OPTIONS] [--] COMMAND [ARG…]" */
	const char *summary;		/* one line */
	const struct option_def *options;
	size_t n_options;
	/* Lines behind the options in -h, or NULL. */
	const char *epilogue;
	/*
	 * argv[0] is the first word behind the mode's name. Gives an error for
	 * main to print, else *status is the exit status.
	 */
	struct error *(*run)(const struct mode *mode, int argc, char **argv, int *status);
};

extern const struct mode
	mode_list,
	mode_stat,
	mode_record,
	mode_top,
	mode_report,
	mode_annotate,
	mode_diff,
	mode_flame,
	mode_heat,
	mode_timeline,
	mode_export,
	mode_script,
	mode_evlist,
	mode_buildid_list,
	mode_archive,
	mode_inject,
	mode_probe,
	mode_help,
	mode_version;

/*
 * Parses the mode's options into `into`; prints the help when asked, and
 * *helped says so (the mode then returns NULL at once).
 */
struct error *mode_options(const struct mode *mode, void *into, enum options_order order,
			   int argc, char **argv, struct options_rest *rest, bool *helped) MUST_CHECK;
/* A usage error about a word that the mode has no use for. */
struct error *mode_too_many(const struct mode *mode, const char *word) MUST_CHECK;
/* Prints notes to stderr, one "ptk: " line each, and forgets them. */
void mode_notes(struct notes *notes);
void mode_help_print(const struct mode *mode, FILE *out);

/* ---- help.c, the table of them all */

/* An error names the nearest. */
struct error *mode_find(const char *name, const struct mode **mode) MUST_CHECK;

#endif
