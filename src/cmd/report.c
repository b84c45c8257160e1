/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk report: where the time went, from a perf.data file. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/browse.h"
#include "cmd/file_header.h"
#include "cmd/flame.h"
#include "cmd/input.h"
#include "cmd/mode.h"
#include "cmd/report.h"

struct error *report_columns(struct report_file *file, const struct report_options *o, const char *sort, bool children,
			     struct columns *columns)
{
	struct columns_request request = {
		.sort = sort ? sort : o->sort, .fields = sort ? NULL : o->fields, .children = children, .samples = o->samples,
		.period = o->period, .utilization = o->utilization, .parent = o->parent != NULL, .known = report_file_fields(file),
	};
	struct error *err = columns_parse(&request, columns);

	/* The columns have to be known before the first sample, and a pipe has told of nothing by then. */
	if (err && file->reader && !data_n_events(file->reader))
		return error_hint(err, "of a pipe the fields of its events are not known beforehand: write it to a file, and report that");
	return err;
}

/* Is the order of rows begun by symbol, so that call graphs would repeat it? */
static bool begins_with_symbol(const struct report_options *o)
{
	return !o->fields && o->sort && !strncmp(o->sort, "sym", 3);
}

/* What samples have to be told apart by. Whether there are call chains is known when the file was read. */
static struct profile_dims dims_of(const struct report_options *o, const struct columns *columns)
{
	struct profile_dims dims = { .max_stack = o->max_stack, .addresses = o->calltree.addresses };
	bool drawn = !o->no_calltree && o->calltree.mode != CALLTREE_NONE;

	columns_dims(columns, o->quantum, &dims);
	dims.inlines = !o->no_inline;
	dims.stacks = drawn || !o->no_children || columns->mask[COLUMN_PARENT];
	return dims;
}

bool report_has_chains(const struct report_file *file)
{
	const struct profile *p = &file->profile;

	for (size_t i = 0; i < p->events.len; i++)
		if (p->events.data[i].chains)
			return true;
	return false;
}

int32_t *report_sockets(const struct report_file *file, size_t *n)
{
	const struct data_features *f = report_file_features(file);
	int32_t *socket = xreallocarray(NULL, f->cpus.len + 1, sizeof(*socket));

	*n = f->cpus.len;
	for (size_t i = 0; i < f->cpus.len; i++)
		socket[i] = f->cpus.data[i].socket;
	return socket;
}

static uint64_t sampled(const struct profile *p)
{
	uint64_t n = 0;

	for (size_t i = 0; i < p->events.len; i++)
		n += p->events.data[i].count + p->events.data[i].dropped;
	return n;
}

/* The browser: at a terminal, unless what was asked for is text. */
static bool browses(const struct report_file *file, const struct report_options *o)
{
	bool text = o->stdio || o->separator || o->quiet || o->header || o->header_only || o->stats || o->fields;

	return o->tui || o->script || (!text && browse_possible(!strcmp(file->path, "-")));
}

struct grouping_options report_grouping(const struct report_options *o, const struct report_filters *filters,
					const struct columns *columns, bool children)
{
	struct grouping_options grouped = {
		.columns = columns, .children = children, .hide_unresolved = o->hide_unresolved,
		.parent = columns->mask[COLUMN_PARENT] ? &filters->parent : NULL,
		.parent_only = o->exclude_other || o->parent, .symbol_part = o->symbol_part, .absolute = o->absolute,
	};

	memcpy(&grouped.dsos, &filters->dsos, sizeof(grouped.dsos));
	memcpy(&grouped.symbols, &filters->symbols, sizeof(grouped.symbols));
	return grouped;
}

static struct error *show_events(struct report_file *file, const struct report_options *o, struct report_filters *filters,
			 const struct columns *columns, bool children)
{
	const struct profile *p = &file->profile;
	struct grouping_options grouped = report_grouping(o, filters, columns, children);
	autofree int32_t *socket = report_sockets(file, &grouped.n_cpus);
	struct text_options text = {
		.out = stdout, .separator = o->separator, .min_percent = o->percent_limit, .calltree = o->calltree,
		.skip_own_frame = begins_with_symbol(o), .quiet = o->quiet, .verbose = o->verbose,
	};

	grouped.socket_of_cpu = socket;
	memcpy(&text.widths, &filters->widths, sizeof(text.widths));
	if (!text.calltree.order_set)
		text.calltree.caller = children;
	if (!o->quiet)
		printf("#\n# Total Lost Samples: %" PRIu64 "\n#\n", session_counts(file->session)->lost_samples);
	for (uint32_t event = 0; event < p->events.len; event++) {
		struct grouping g;
		if (!p->events.data[event].count && p->events.len > 1)
			continue;
		if (o->no_calltree || !p->events.data[event].chains)
			text.calltree.mode = CALLTREE_NONE;
		else
			text.calltree.mode = o->calltree.mode;
		grouping_init(&g, p, event, &grouped);
		text_report(&g, &text);
		if (!g.rows.len)
			notes_add(&file->notes, "nothing is left of %" PRIu64 " samples by what was asked for",
				  p->events.data[event].count + p->events.data[event].dropped);
		grouping_deinit(&g);
	}
	/* Where perf has its tips; whoever chose has no need of one. */
	if (children && !o->children && !o->quiet)
		printf("#\n# (Tip: Children counts what a function called, too; --no-children sorts by its own Overhead)\n#\n");
	return NULL;
}

static struct error *report(struct report_file *file, const struct report_options *o, struct report_filters *filters)
{
	struct columns columns;

	TRY(report_columns(file, o, NULL, false, &columns));
	struct profile_dims dims = dims_of(o, &columns);
	if (browses(file, o))
		return report_browse(file, o, filters, &dims);
	TRY(report_file_read(file, o, &dims, &filters->samples));
	report_file_losses(file);
	if (!sampled(&file->profile)) {
		fflush(stdout);
		fprintf(stderr, "ptk: %s has no samples\n", input_name(file->path));
		return NULL;
	}
	bool children = o->children || (!o->no_children && report_has_chains(file));
	TRY(report_columns(file, o, NULL, children, &columns));
	children = children || columns.mask[COLUMN_CHILDREN];
	return show_events(file, o, filters, &columns, children);
}

static struct error *run_on(struct report_file *file, const struct report_options *o)
{
	struct report_filters filters = { 0 };
	struct error *err = report_filters_parse(o, &filters);

	if (!err)
		err = report_file_open(file, o);
	if (!err && (o->header || o->header_only || o->stats))
		err = report_file_needs_records(file, "report --header or --stats");
	if (!err && (o->header || o->header_only))
		file_header_print(stdout, file->reader, file->path, o->show_info);
	if (!err && o->stats) {
		err = report_file_read(file, o, NULL, NULL);
		if (!err)
			file_stats_print(stdout, file->reader, file->session, &file->profile);
	} else if (!err && !o->header_only) {
		err = report(file, o, &filters);
	}
	report_filters_deinit(&filters);
	return err;
}

struct error *report_run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct report_options o;
	struct options_rest rest;
	struct report_file file = { 0 };
	bool helped;

	(void)status;
	report_options_init(&o);
	TRY(mode_options(mode, &o, OPTIONS_MIXED, argc, argv, &rest, &helped));
	if (helped)
		return NULL;
	if (o.stdio && (o.tui || o.script))
		return error_usage("--stdio and the screen exclude each other");
	/* a word is part of a function's name, as with perf; or the file, if there is one of that name */
	if (rest.index < argc && !o.input && !access(argv[rest.index], F_OK))
		o.input = argv[rest.index++];
	if (rest.index < argc && !o.symbol_part)
		o.symbol_part = argv[rest.index++];
	if (rest.index < argc)
		return error_usage("report: one word too many: %s", argv[rest.index]);
	if (o.flame) {
		struct flame_request request = { .output = o.flame, .quiet = o.quiet };
		return flame_write(&o, &request);
	}
	struct error *err = run_on(&file, &o);
	fflush(stdout);
	if (!o.quiet)
		mode_notes(&file.notes);
	report_file_deinit(&file);
	return err;
}
