/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A perf.data file, read for pictures and other formats: the samples that were asked for, and what the file says. */
#ifndef PTK_CMD_SELECTION_H
#define PTK_CMD_SELECTION_H

#include "base/file.h"
#include "cmd/mode.h"
#include "cmd/report_file.h"
#include "out/export.h"

struct selection {
	struct report_file file;
	struct report_filters filters;
	struct export_about about;
	char *command, *recorded;	/* about's */
	struct export export;
	bool may_be_empty;	/* set before it is read: no samples are no error, and no stacks need no note */
};

/*
 * Opens and reads the file of o->input. `event`: its name, or NULL for all. No samples
 * and none left are errors; that there are no stacks is a note. Deinit also
 * after an error.
 */
struct error *selection_open(struct selection *s, const struct report_options *o) MUST_CHECK;
struct error *selection_read(struct selection *s, const struct report_options *o, const struct profile_dims *dims,
			     const char *event) MUST_CHECK;
/* Both. */
struct error *selection_load(struct selection *s, const struct report_options *o, const struct profile_dims *dims,
			     const char *event) MUST_CHECK;
/* Is there an event of that name, as far as an opened file tells? An error names what there is; `option` is who asks. */
struct error *selection_has_event(const struct selection *s, const char *option, const char *name) MUST_CHECK;
void selection_deinit(struct selection *s);

/*
 * Where a mode writes: a file that appears when it is whole, or standard
 * output (path NULL or "-"), which binary formats do not go to when it is a
 * terminal.
 */
struct output {
	FILE *out;
	const char *path;	/* the caller's, for messages */
	struct file_new file;
	bool whole;		/* by file_commit */
};

struct error *output_begin(struct output *output, const char *path, bool binary) MUST_CHECK;
/* Ends it well, or, with `failed`, leaves what was there. */
struct error *output_end(struct output *output, bool failed) MUST_CHECK;

/*
 * The command line of a mode that shows one file: the mode's options into
 * `into`, whose member `report` is set up first, and the file by -i or as
 * the one word there may be. *helped: -h was printed, there is nothing to do.
 */
struct error *selection_options(const struct mode *mode, void *into, struct report_options *report,
				int argc, char **argv, bool *helped) MUST_CHECK;

#endif
