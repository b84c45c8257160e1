/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What programs read: perf's fields, perf's JSON lines, and OpenMetrics. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "cmd/stat_print.h"

enum { DIGITS = 2, JSON_DIGITS = 6 };	/* behind the point, of what has a unit: perf's numbers of them */

/* Several counters went into a row of these: how many is a field of its own. */
static bool counts_members(enum stat_by by)
{
	return by >= STAT_BY_CORE && by <= STAT_BY_NODE;
}

static enum stat_by by_of(const struct stat_style *style)
{
	return style->groups ? style->groups->by : STAT_BY_ALL;
}

/* ---- fields */

static bool any_cgroup(const struct stat_table *table)
{
	const struct event_list *list = table->result->counters->list;

	for (size_t e = 0; e < list->events.len; e++)
		if (list->events.data[e].cgroup)
			return true;
	return false;
}

static void print_start(const struct stat_style *style, const struct stat_table *table, const struct stat_row *row, struct strbuf *out)
{
	const char *sep = style->separator;

	if (style->interval && table->summary)
		strbuf_printf(out, "%16s%s", "summary", sep);
	else if (style->interval)
		strbuf_printf(out, "%16.9f%s", table->result->at, sep);
	if (by_of(style) == STAT_BY_ALL)
		return;
	strbuf_printf(out, "%s%s", row->label, sep);
	if (counts_members(by_of(style)))
		strbuf_printf(out, "%u%s", row->counters, sep);
}

static void print_metric_fields(const struct stat_style *style, const struct stat_table *table, const struct stat_row *row,
				bool cgroup, struct strbuf *out)
{
	const char *sep = style->separator;

	/* count, unit, event, and running time and its percentage are an event's */
	for (int i = 0; i < 5 + cgroup + !!table->spreads; i++)
		strbuf_adds(out, sep);
	if (isfinite(row->value))
		stat_row_value(out, row, DIGITS, NULL);
	strbuf_printf(out, "%s%s", sep, row->metric->name);
	if (*row->metric->unit)
		strbuf_printf(out, " (%s)", row->metric->unit);
	strbuf_addc(out, '\n');
}

void stat_print_fields(const struct stat_style *style, const struct stat_table *table, const struct stat_rows *rows, struct strbuf *out)
{
	const char *sep = style->separator;
	bool cgroup = any_cgroup(table);

	for (size_t i = 0; i < rows->rows.len; i++) {
		const struct stat_row *row = &rows->rows.data[i];
		print_start(style, table, row, out);
		if (row->metric) {
			print_metric_fields(style, table, row, cgroup, out);
			continue;
		}
		if (row->count->counted)
			stat_row_value(out, row, DIGITS, NULL);
		else
			strbuf_adds(out, stat_row_missing(row));
		strbuf_printf(out, "%s%s%s%s%s", sep, stat_row_unit(row), sep, row->event->name, sep);
		if (cgroup)
			strbuf_printf(out, "%s%s", row->cgroup ? row->cgroup : "", sep);
		if (row->spread)
			strbuf_printf(out, "%.2f%%%s", row->count->counted ? stat_spread_percent(row->spread) : 0, sep);
		strbuf_printf(out, "%llu%s%.2f%s", (unsigned long long)row->count->count.running, sep, stat_row_running(row), sep);
		if (row->has_derived)
			strbuf_printf(out, "%.*f%s%s\n", row->derived.digits, row->derived.value, sep, row->derived.unit);
		else
			strbuf_printf(out, "%s\n", sep);
	}
}

/* ---- JSON */

static void json_text(struct json *j, const char *key, const char *value)
{
	json_key(j, key);
	json_string(j, value);
}

/* Among CPUs' rows those of an event with the term percore are of cores. */
static bool of_cpu(enum stat_by by, const struct stat_row *row)
{
	return by == STAT_BY_CPU && !strncmp(row->label, "CPU", 3);
}

static const char *label_key(enum stat_by by, const struct stat_row *row)
{
	static const char *const keys[] = {
		[STAT_BY_CPU] = "cpu", [STAT_BY_CORE] = "core", [STAT_BY_DIE] = "die", [STAT_BY_SOCKET] = "socket",
		[STAT_BY_NODE] = "node", [STAT_BY_THREAD] = "thread",
	};

	return keys[by == STAT_BY_CPU && *row->label && !of_cpu(by, row) ? STAT_BY_CORE : by];
}

/* A CPU is its number alone. */
static const char *label_value(enum stat_by by, const struct stat_row *row)
{
	return of_cpu(by, row) ? row->label + 3 : row->label;
}

static void json_start(struct json *j, const struct stat_style *style, const struct stat_table *table, const struct stat_row *row)
{
	enum stat_by by = by_of(style);

	if (style->interval && table->summary) {
		json_text(j, "interval", "summary");
	} else if (style->interval) {
		json_key(j, "interval");
		json_double(j, table->result->at);
	}
	if (by == STAT_BY_ALL)
		return;
	json_text(j, label_key(by, row), label_value(by, row));
	if (!counts_members(by))
		return;
	json_key(j, "aggregate-number");
	json_u64(j, row->counters);
}

static void json_event(struct json *j, const struct stat_row *row)
{
	autostrbuf struct strbuf value = { 0 };

	if (row->count->counted)
		stat_row_value(&value, row, JSON_DIGITS, NULL);
	else
		strbuf_adds(&value, stat_row_missing(row));
	json_text(j, "counter-value", strbuf_str(&value));
	json_text(j, "unit", stat_row_unit(row));
	json_text(j, "event", row->event->name);
	if (row->spread) {
		json_key(j, "variance");
		json_double(j, row->count->counted ? stat_spread_percent(row->spread) : 0);
	}
	json_key(j, "event-runtime");
	json_u64(j, row->count->count.running);
	json_key(j, "pcnt-running");
	json_double(j, stat_row_running(row));
	/* programs count on the members, as perf writes them */
	json_key(j, "metric-value");
	json_double(j, row->has_derived ? row->derived.value : 0);
	json_text(j, "metric-unit", row->has_derived ? row->derived.unit : "");
}

void stat_print_json(const struct stat_style *style, const struct stat_table *table, const struct stat_rows *rows, struct strbuf *out)
{
	char *text = NULL;
	size_t len = 0;
	FILE *stream = open_memstream(&text, &len);

	for (size_t i = 0; stream && i < rows->rows.len; i++) {
		const struct stat_row *row = &rows->rows.data[i];
		struct json j = { .out = stream };
		json_object_begin(&j);
		json_start(&j, style, table, row);
		if (row->cgroup)
			json_text(&j, "cgroup", row->cgroup);
		if (row->metric) {
			json_key(&j, "metric-value");
			json_double(&j, row->value);
			json_text(&j, "metric-unit", row->metric->name);
			json_text(&j, "metric-of", row->metric->unit);
		} else {
			json_event(&j, row);
		}
		json_object_end(&j);
		json_newline(&j);
	}
	if (stream)
		fclose(stream);
	strbuf_add(out, text, len);
	free(text);
}

/* ---- OpenMetrics (https://prometheus.io/docs/specs/om/open_metrics_spec/): gauges, one family after the other */

static void add_label(struct strbuf *out, bool *first, const char *key, const char *value)
{
	strbuf_printf(out, "%s%s=\"", *first ? "{" : ",", key);
	*first = false;
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			strbuf_addc(out, '\\');
		if (*value == '\n')
			strbuf_adds(out, "\\n");
		else
			strbuf_addc(out, *value);
	}
	strbuf_addc(out, '"');
}

static void labels_of(const struct stat_style *style, const struct stat_row *row, struct strbuf *out)
{
	enum stat_by by = by_of(style);
	bool first = true;

	add_label(out, &first, row->metric ? "metric" : "event", row->metric ? row->metric->name : row->event->name);
	if (row->cgroup)
		add_label(out, &first, "cgroup", row->cgroup);
	if (by != STAT_BY_ALL)
		add_label(out, &first, label_key(by, row), label_value(by, row));
	if (*stat_row_unit(row))
		add_label(out, &first, "unit", stat_row_unit(row));
}

static void family(struct strbuf *out, const char *name, const char *help)
{
	strbuf_printf(out, "# TYPE %s gauge\n# HELP %s %s\n", name, name, help);
}

void stat_print_openmetrics(const struct stat_style *style, const struct stat_table *table, const struct stat_rows *rows,
			    struct strbuf *out)
{
	static const struct { const char *name, *help; } families[] = {
		{ "ptk_event", "What was counted, scaled to the whole time where counters were shared." },
		{ "ptk_event_running_ratio", "The part of the time that the event really was counted." },
		{ "ptk_event_derived", "What the count means beside the others." },
		{ "ptk_metric", "Metrics." },
	};

	for (int f = 0; f < (int)ARRAY_SIZE(families); f++) {
		bool begun = false;
		for (size_t i = 0; i < rows->rows.len; i++) {
			const struct stat_row *row = &rows->rows.data[i];
			if ((f == 3) != !!row->metric || (f < 3 && !row->count->counted) || (f == 2 && !row->has_derived) ||
			    (f == 3 && !isfinite(row->value)))
				continue;
			if (!begun)
				family(out, families[f].name, families[f].help);
			begun = true;
			strbuf_adds(out, families[f].name);
			labels_of(style, row, out);
			if (f == 2)
				strbuf_printf(out, ",meaning=\"%s\"", row->derived.unit);
			strbuf_adds(out, "} ");
			if (f == 1)
				strbuf_printf(out, "%.4f", stat_row_running(row) / 100);
			else if (f == 2)
				strbuf_printf(out, "%.*f", row->derived.digits, row->derived.value);
			else
				stat_row_value(out, row, JSON_DIGITS, NULL);
			strbuf_addc(out, '\n');
		}
	}
	family(out, "ptk_elapsed_seconds", "How long it was counted.");
	strbuf_printf(out, "ptk_elapsed_seconds %.9f\n# EOF\n", table->seconds ? table->seconds->mean : table->result->seconds);
}
