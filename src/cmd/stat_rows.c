/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts beside each other: what each means, in whichever form it is printed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cmd/stat_print.h"

void stat_spread_add(struct stat_spread *spread, double value)
{
	double delta = value - spread->mean;

	spread->n++;
	spread->mean += delta / spread->n;
	spread->m2 += delta * (value - spread->mean);
}

/* Newton's way: libm would be a library to load at every start, for one root. */
static double square_root(double x)
{
	double root = x > 1 ? x : 1;

	if (!(x > 0))
		return 0;
	for (double next = (root + x / root) / 2; next < root; next = (root + x / root) / 2)
		root = next;
	return root;
}

double stat_spread_error(const struct stat_spread *spread)
{
	return spread->n > 1 ? square_root(spread->m2 / (spread->n - 1) / spread->n) : 0;
}

double stat_spread_percent(const struct stat_spread *spread)
{
	return spread->mean != 0 ? 100 * stat_spread_error(spread) / spread->mean : 0;
}

/* ---- one row */

/* "cpu-clock" counts nanoseconds and is read in milliseconds; a PMU's own units are in its events. */
static double unit_scale(const struct event *event)
{
	return event_is_clock(event) ? 1e-6 : event->scale != 0 ? event->scale : 1;
}

const char *stat_row_unit(const struct stat_row *row)
{
	const struct event *event = row->event;

	if (row->metric)
		return row->metric->unit;
	if (event_is_clock(event))
		return "msec";
	return event->unit ? event->unit : event->kind == EVENT_TOOL ? "ns" : "";
}

/* The digits of what was added from `from` on, in groups of three up to the point. */
static void group_digits(struct strbuf *out, size_t from, const char *thousands)
{
	autofree char *plain = xstrdup(out->data + from);
	size_t whole = strcspn(plain, ".");

	strbuf_truncate(out, from);
	for (size_t i = 0; i < whole; i++) {
		if (i && (whole - i) % 3 == 0)
			strbuf_adds(out, thousands);
		strbuf_addc(out, plain[i]);
	}
	strbuf_adds(out, plain + whole);
}

static void print_number(struct strbuf *out, uint64_t value, const char *thousands)
{
	size_t from = out->len;

	strbuf_printf(out, "%llu", (unsigned long long)value);
	if (thousands)
		group_digits(out, from, thousands);
}

static void print_decimal(struct strbuf *out, double value, unsigned digits, const char *thousands)
{
	size_t from = out->len;

	strbuf_add_fixed(out, 0, digits, value);
	if (thousands && value >= 0 && value < 1e18)
		group_digits(out, from, thousands);
}

void stat_row_value(struct strbuf *out, const struct stat_row *row, unsigned digits, const char *thousands)
{
	if (row->metric) {
		print_decimal(out, row->value, digits, thousands);
		return;
	}
	const struct count *count = &row->count->count;
	double scale = unit_scale(row->event), value = row->spread ? row->spread->mean : count->scaled;

	/* exact while the counter had a hardware counter to itself; scaled ones are estimates anyway */
	if (scale < 1 || scale != (double)(uint64_t)scale)
		print_decimal(out, value * scale, digits, thousands);
	else if (!row->spread && count->running == count->enabled && scale == 1)
		print_number(out, count->value, thousands);
	else
		print_number(out, (uint64_t)(value * scale + 0.5), thousands);
}

const char *stat_row_missing(const struct stat_row *row)
{
	return row->opened && row->opened->state == EVENT_NOT_SUPPORTED ? "<not supported>" : "<not counted>";
}

double stat_row_running(const struct stat_row *row)
{
	const struct count *count = &row->count->count;

	return count->enabled ? 100.0 * (double)count->running / (double)count->enabled : 100;
}

/* ---- all rows */

/* Rows of one group that are set against each other, in the order of their events. */
struct group {
	const struct stat_style *style;
	const struct stat_table *table;
	struct stat_row **rows;
	size_t n;
	double seconds;
};

static bool same_cgroup(const struct event *a, const struct event *b)
{
	return a->cgroup && b->cgroup ? !strcmp(a->cgroup, b->cgroup) : a->cgroup == b->cgroup;
}

static double value_of(const struct stat_row *row)
{
	return row->spread ? row->spread->mean : row->count->count.scaled;
}

static void derive_group(const struct group *g)
{
	autofree struct derived_count *counts = xcalloc(g->n + 1, sizeof(*counts));

	for (size_t i = 0; i < g->n; i++)
		counts[i] = (struct derived_count){ .event = g->rows[i]->event, .value = value_of(g->rows[i]),
						    .counted = g->rows[i]->count->counted };
	for (size_t i = 0; i < g->n && !g->style->no_derived; i++)
		g->rows[i]->has_derived = derive(counts, g->n, i, g->seconds, &g->rows[i]->derived);
}

static void add_metrics(const struct group *g, struct stat_rows *rows)
{
	const struct metric_set *set = g->style->metrics;
	autofree struct metric_value *values = xcalloc(g->n + 1, sizeof(*values));

	for (size_t i = 0; i < g->n; i++)
		values[i] = (struct metric_value){ .event = (size_t)(g->rows[i]->event - g->table->result->counters->list->events.data),
						   .value = value_of(g->rows[i]), .scale = g->rows[i]->event->scale,
						   .counted = g->rows[i]->count->counted };
	for (size_t m = 0; m < set->shown.len; m++) {
		struct stat_row row = { .metric = &set->metrics[set->shown.data[m]], .cgroup = g->rows[0]->cgroup, .label = g->rows[0]->label, .counters = g->rows[0]->counters };
		row.value = metric_evaluate(set, set->shown.data[m], values, g->n, g->seconds);
		vec_push(&rows->rows, row);
	}
}

static int by_group_and_event(const void *a, const void *b)
{
	const struct stat_row *x = *(struct stat_row *const *)a, *y = *(struct stat_row *const *)b;

	if (x->count->group != y->count->group)
		return x->count->group < y->count->group ? -1 : 1;
	return (x->event > y->event) - (x->event < y->event);
}

static void drop_events(struct stat_rows *rows, size_t n)
{
	if (n)
		memmove(rows->rows.data, rows->rows.data + n, (rows->rows.len - n) * sizeof(*rows->rows.data));
	rows->rows.len -= n;
}

void stat_rows_build(const struct stat_style *style, const struct stat_table *table, struct stat_rows *rows)
{
	const struct stat_result *result = table->result;
	const struct stat_groups *groups = style->groups;
	size_t n = result->counts.len;
	autofree struct stat_row **ordered = xcalloc(n + 1, sizeof(*ordered));

	/* no row may move while pointers to them are held */
	vec_reserve(&rows->rows, n + (style->metrics ? style->metrics->shown.len * (n + 1) : 0));
	for (size_t i = 0; i < n; i++) {
		const struct stat_count *count = &result->counts.data[i];
		vec_push(&rows->rows, (struct stat_row){
			.count = count, .event = &result->counters->list->events.data[count->event],
			.opened = &result->counters->opened[count->event], .spread = table->spreads ? &table->spreads[i] : NULL,
			.label = groups && count->group >= 0 ? groups->labels.data[count->group] : "", .counters = count->counters,
			.cgroup = result->counters->list->events.data[count->event].cgroup });
		ordered[i] = &rows->rows.data[i];
	}
	if (n > 1)
		qsort(ordered, n, sizeof(*ordered), by_group_and_event);
	for (size_t from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && ordered[to]->count->group == ordered[from]->count->group &&
				    same_cgroup(ordered[to]->event, ordered[from]->event); to++)
			;
		struct group g = { style, table, ordered + from, to - from, table->seconds ? table->seconds->mean : result->seconds };
		derive_group(&g);
		if (style->metrics)
			add_metrics(&g, rows);
	}
	if (style->metric_only)
		drop_events(rows, n);
}

void stat_rows_deinit(struct stat_rows *rows)
{
	vec_deinit(&rows->rows);
}
