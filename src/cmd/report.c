/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk report: where the time went, from a perf.data file. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/file_header.h"
#include "cmd/flame.h"
#include "cmd/mode.h"
#include "cmd/report.h"

static struct columns_request request_of(const struct report_options *o, bool children)
{
	return (struct columns_request){
		.sort = o->sort, .fields = o->fields, .children = children, .samples = o->samples, .period = o->period,
		.utilization = o->utilization, .parent = o->parent != NULL,
	};
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

static bool has_chains(const struct profile *p)
{
	for (size_t i = 0; i < p->events.len; i++)
		if (p->events.data[i].chains)
			return true;
	return false;
}

static int32_t *sockets(const struct data_features *f, size_t *n)
{
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
static bool browses(const struct report_options *o)
{
	const char *term = getenv("TERM");
	bool knows = term && *term && strcmp(term, "dumb");
	bool text = o->stdio || o->separator || o->quiet || o->header || o->header_only || o->stats || o->fields;

	return o->tui || o->script || (!text && knows && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO));
}

static struct error *show_events(struct report_file *file, const struct report_options *o, struct report_filters *filters,
			 const struct columns *columns, bool children)
{
	const struct profile *p = &file->profile;
	size_t n_cpus;
	autofree int32_t *socket = sockets(data_features(file->reader), &n_cpus);
	struct grouping_options grouped = {
		.columns = columns, .children = children, .hide_unresolved = o->hide_unresolved,
		.parent = columns->mask[COLUMN_PARENT] ? &filters->parent : NULL,
		.parent_only = o->exclude_other || o->parent, .symbol_part = o->symbol_part, .absolute = o->absolute,
		.socket_of_cpu = socket, .n_cpus = n_cpus,
	};
	struct text_options text = {
		.out = stdout, .separator = o->separator, .min_percent = o->percent_limit, .calltree = o->calltree,
		.skip_own_frame = begins_with_symbol(o), .quiet = o->quiet, .verbose = o->verbose,
	};

	memcpy(&grouped.dsos, &filters->dsos, sizeof(grouped.dsos));
	memcpy(&grouped.symbols, &filters->symbols, sizeof(grouped.symbols));
	memcpy(&text.widths, &filters->widths, sizeof(text.widths));
	if (!text.calltree.order_set)
		text.calltree.caller = children;
	if (browses(o))
		return report_browse(file, o, &grouped, &text.calltree);
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
	struct columns_request request = request_of(o, false);

	TRY(columns_parse(&request, &columns));
	struct profile_dims dims = dims_of(o, &columns);
	if (browses(o))		/* the sort menu works at once */
		dims.comm = dims.pid = dims.tid = dims.cpu = true;
	TRY(report_file_read(file, o, &dims, &filters->samples));
	report_file_losses(file);
	if (!sampled(&file->profile)) {
		fflush(stdout);
		fprintf(stderr, "ptk: %s has no samples\n", file->path);
		return NULL;
	}
	bool children = o->children || (!o->no_children && has_chains(&file->profile));
	request = request_of(o, children);
	TRY(columns_parse(&request, &columns));
	children = children || columns.mask[COLUMN_CHILDREN];
	return show_events(file, o, filters, &columns, children);
}

static struct error *run_on(struct report_file *file, const struct report_options *o)
{
	struct report_filters filters = { 0 };
	struct error *err = report_filters_parse(o, &filters);

	if (!err)
		err = report_file_open(file, o);
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
