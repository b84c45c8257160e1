/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk report: what its files share. */
#ifndef PTK_CMD_REPORT_H
#define PTK_CMD_REPORT_H

#include <regex.h>

#include "base/notes.h"
#include "cmd/mode.h"
#include "data/reader.h"
#include "out/text.h"
#include "profile/builder.h"
#include "profile/columns.h"
#include "session/session.h"

/* The command line, as typed. */
struct report_options {
	const char *input;
	bool stdio, tui;
	const char *sort, *fields, *parent, *separator, *widths;
	bool samples, period, utilization;
	bool exclude_other, hide_unresolved;
	bool children, no_children;	/* neither: as the file has call chains or not */
	struct calltree_spec calltree;
	bool no_calltree;		/* --no-call-graph */
	uint64_t max_stack, quantum;
	const char *comms, *dsos, *symbols, *symbol_part, *pids, *tids, *cpus, *time;
	const char *vmlinux, *kallsyms, *symfs;
	bool demangle, force, no_inline;
	bool header, header_only, show_info, stats;
	bool quiet;
	unsigned verbose;
	double percent_limit;
	bool limit_set, absolute;
};

void report_options_init(struct report_options *o);

/* The lists that options hold, as filters. `text` keeps the words that they point into. */
struct report_filters {
	struct arena text;
	struct profile_filter samples;
	VEC(const char *) dsos, symbols;
	VEC(unsigned) widths;
	regex_t parent;
	bool parent_set;
};

struct error *report_filters_parse(const struct report_options *o, struct report_filters *filters) MUST_CHECK;
void report_filters_deinit(struct report_filters *filters);

/* A file, read into a profile. */
struct report_file {
	const char *path;
	struct notes notes;
	struct data_reader *reader;
	struct session *session;
	struct profile_builder *builder;
	struct profile profile;
};

struct error *report_file_open(struct report_file *file, const struct report_options *o) MUST_CHECK;
/* Reads it all. Without dims nothing is built: records are only counted. */
struct error *report_file_read(struct report_file *file, const struct report_options *o,
			       const struct profile_dims *dims, const struct profile_filter *filter) MUST_CHECK;
void report_file_deinit(struct report_file *file);

struct error *report_run(const struct mode *mode, int argc, char **argv, int *status) MUST_CHECK;

#endif
