/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/columns.h"

#include "base/cleanup.h"
#include "base/nearest.h"

/*
 * To add a column: a value in enum column, a row here, and, for a key, its
 * value in grouping.c (and its text in the exporters). A key that a sample
 * has to be counted apart for goes into struct profile_origin as well.
 */
const struct column_def column_defs[COLUMN_FIELD] = {
	[COLUMN_CHILDREN] = { "overhead_children", "children", "Children", "part of the period, callees included" },
	[COLUMN_OVERHEAD] = { "overhead", "self", "Overhead", "part of the period" },
	[COLUMN_OVERHEAD_SYS] = { "overhead_sys", NULL, "sys", "part of the period, in the kernel" },
	[COLUMN_OVERHEAD_US] = { "overhead_us", NULL, "usr", "part of the period, in user space" },
	[COLUMN_SAMPLES] = { "sample", "samples", "Samples", "number of samples" },
	[COLUMN_PERIOD] = { "period", NULL, "Period", "sum of the samples' periods" },
	[COLUMN_COMM] = { "comm", NULL, "Command", "name of the thread" },
	[COLUMN_PID] = { "pid", NULL, "    Pid:Command", "process" },
	[COLUMN_TID] = { "tid", NULL, "    Tid:Command", "thread" },
	[COLUMN_DSO] = { "dso", NULL, "Shared Object", "program, library or module" },
	[COLUMN_SYMBOL] = { "symbol", "sym", "Symbol", "function" },
	[COLUMN_SRCFILE] = { "srcfile", NULL, "Source File", "file of the source line" },
	[COLUMN_SRCLINE] = { "srcline", NULL, "Source:Line", "source line, inlined calls looked through" },
	[COLUMN_CPU] = { "cpu", NULL, "CPU", "CPU that the sample was taken on" },
	[COLUMN_SOCKET] = { "socket", NULL, "Socket", "processor socket of that CPU" },
	[COLUMN_PARENT] = { "parent", NULL, "Parent symbol", "nearest caller that --parent matches" },
	[COLUMN_TIME] = { "time", NULL, "Time", "time of the sample, in steps of --time-quantum" },
	[COLUMN_WEIGHT] = { "local_weight", "weight", "Local Weight", "weight of the sample (latency)" },
};

static struct error *unknown(struct profile_fields *known, const char *text, size_t at, size_t len)
{
	autofree char *word = xstrndup(text + at, len);
	struct nearest best = { .word = word };
	struct error *err = error_at(*word ? error_usage("no sort key or field is called %s", word) :
				     error_usage("a sort key or field is missing"), text, at, len);

	for (unsigned c = 0; c < COLUMN_FIELD; c++) {
		nearest_offer(&best, column_defs[c].name);
		if (column_defs[c].alias)
			nearest_offer(&best, column_defs[c].alias);
	}
	if (known)
		profile_fields_offer(known, &best);
	autofree char *hint = nearest_hint(&best);
	if (hint)
		return error_hint(err, "%s", hint);
	autostrbuf struct strbuf all = { 0 };
	for (unsigned c = 0; c < COLUMN_FIELD; c++)
		strbuf_printf(&all, "%s%s", c ? ", " : "", column_defs[c].name);
	return error_hint(err, "there are: %s, and the fields of tracepoints and probes", strbuf_str(&all));
}

static bool is_name(const char *name, const char *word, size_t len)
{
	return name && strlen(name) == len && !strncmp(name, word, len);
}

struct list {
	enum column *columns;
	unsigned *n;
};

static void add(struct list list, enum column c)
{
	for (unsigned i = 0; i < *list.n; i++)
		if (list.columns[i] == c)
			return;
	list.columns[(*list.n)++] = c;
}

/* A field of some event, as a column of its own. False when there is none of that name. */
static bool take_field(struct columns *columns, const char *word, size_t len, enum column *c)
{
	autofree char *name = xstrndup(word, len);

	for (unsigned i = 0; i < columns->n_fields; i++)
		if (!strcmp(columns->fields[i], name)) {
			*c = COLUMN_FIELD + i;
			return true;
		}
	if (!columns->known || !len || len >= FIELD_NAME_MAX || columns->n_fields == PROFILE_FIELDS_MAX || !profile_fields_known(columns->known, name))
		return false;
	*c = COLUMN_FIELD + columns->n_fields;
	memcpy(columns->fields[columns->n_fields++], name, len + 1);
	return true;
}

static struct error *parse(struct columns *columns, const char *text, struct list list)
{
	for (size_t at = 0;;) {
		size_t len = strcspn(text + at, ", ");
		enum column c = 0;
		while (c < COLUMN_FIELD && !is_name(column_defs[c].name, text + at, len) &&
		       !is_name(column_defs[c].alias, text + at, len))
			c++;
		if (c == COLUMN_FIELD && !take_field(columns, text + at, len, &c))
			return unknown(columns->known, text, at, len);
		add(list, c);
		at += len;
		if (!text[at])
			return NULL;
		at++;
	}
}

static bool has(struct list list, enum column c)
{
	for (unsigned i = 0; i < *list.n; i++)
		if (list.columns[i] == c)
			return true;
	return false;
}

/* Values that were asked for by options of their own, behind the overhead (or first, when that is not there). */
static void add_values(const struct columns_request *r, struct list list)
{
	if (r->utilization) {
		add(list, COLUMN_OVERHEAD_SYS);
		add(list, COLUMN_OVERHEAD_US);
	}
	if (r->samples)
		add(list, COLUMN_SAMPLES);
	if (r->period)
		add(list, COLUMN_PERIOD);
}

static struct error *parse_sort(const struct columns_request *r, struct columns *columns, struct list sort)
{
	static const enum column usual[] = { COLUMN_COMM, COLUMN_DSO, COLUMN_SYMBOL };
	const char *text = r->sort;

	if (!text || *text == '+')
		for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
			add(sort, usual[i]);
	if (text && *text == '+')
		text++;
	if (text)
		TRY(parse(columns, text, sort));
	if (r->parent)
		add(sort, COLUMN_PARENT);
	return NULL;
}

struct error *columns_parse(const struct columns_request *r, struct columns *columns)
{
	struct list shown = { columns->shown, &columns->n_shown }, order = { columns->order, &columns->n_order };
	enum column typed[COLUMNS];
	unsigned n_typed = 0;
	struct list sort = { typed, &n_typed };
	bool strict = r->fields && *r->fields != '+';

	memset(columns, 0, sizeof(*columns));
	columns->known = r->known;
	if (!strict || r->sort)
		TRY(parse_sort(r, columns, sort));
	if (strict) {
		TRY(parse(columns, r->fields, shown));
	} else {
		if (r->children)
			add(shown, COLUMN_CHILDREN);
		if (!has(sort, COLUMN_OVERHEAD))
			add(shown, COLUMN_OVERHEAD);
		add_values(r, shown);
		for (unsigned i = 0; i < n_typed; i++)
			add(shown, typed[i]);
		if (r->fields)
			TRY(parse(columns, r->fields + 1, shown));
	}
	if (!strict && !has(sort, COLUMN_OVERHEAD) && r->children)
		add(order, COLUMN_CHILDREN);
	if (!strict && !has(sort, COLUMN_OVERHEAD))
		add(order, COLUMN_OVERHEAD);
	for (unsigned i = 0; i < n_typed; i++)
		add(order, typed[i]);
	for (unsigned i = 0; i < columns->n_shown; i++)
		add(order, columns->shown[i]);
	for (unsigned i = 0; i < columns->n_order; i++)
		columns->mask[columns->order[i]] = true;
	return NULL;
}

void columns_dims(const struct columns *columns, uint64_t time_quantum, struct profile_dims *dims)
{
	const bool *mask = columns->mask;

	dims->comm = mask[COLUMN_COMM];
	dims->pid = mask[COLUMN_PID];
	dims->tid = mask[COLUMN_TID];
	dims->cpu = mask[COLUMN_CPU] || mask[COLUMN_SOCKET];
	dims->lines = mask[COLUMN_SRCLINE] || mask[COLUMN_SRCFILE];
	dims->weight = mask[COLUMN_WEIGHT];
	dims->time_quantum = mask[COLUMN_TIME] ? time_quantum : 0;
	dims->fields = columns->n_fields ? columns->known : NULL;
	if (dims->fields)
		profile_fields_choose(dims->fields, columns->fields, columns->n_fields);
}
