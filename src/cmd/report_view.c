/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/report_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

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
