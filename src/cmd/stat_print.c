/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perf's layout to the column, so that eyes and scripts find what they know. */
#include "cmd/stat_print.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "pmu/derived.h"

enum { VALUE_WIDTH = 18, UNIT_WIDTH = 4, NAME_WIDTH = 32, METRIC_WIDTH = 23 };

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

static double standard_error(const struct stat_spread *spread)
{
	return spread->n > 1 ? square_root(spread->m2 / (spread->n - 1) / spread->n) : 0;
}

double stat_spread_percent(const struct stat_spread *spread)
{
	return spread->mean != 0 ? 100 * standard_error(spread) / spread->mean : 0;
}

void stat_sum_cpus(struct stat_result *result)
{
	size_t n = 0;

	for (size_t i = 0; i < result->counts.len; i++) {
		struct stat_count *row = &result->counts.data[i];
		if (!n || result->counts.data[n - 1].event != row->event) {
			result->counts.data[n] = *row;
			result->counts.data[n++].cpu = -1;
			continue;
		}
		struct stat_count *sum = &result->counts.data[n - 1];
		sum->counted |= row->counted;
		sum->count.value += row->count.value;
		sum->count.enabled += row->count.enabled;
		sum->count.running += row->count.running;
		sum->count.scaled += row->count.scaled;
	}
	result->counts.len = n;
}

/* ---- one row */

/* "cpu-clock" counts nanoseconds and is read in milliseconds; a PMU's own units are in its events. */
static double unit_scale(const struct event *event)
{
	return event_is_clock(event) ? 1e-6 : event->scale != 0 ? event->scale : 1;
}

static const char *unit_name(const struct event *event)
{
	if (event_is_clock(event))
		return "msec";
	return event->unit ? event->unit : event->kind == EVENT_TOOL ? "ns" : "";
}

void stat_print_number(struct strbuf *out, uint64_t value, bool big_num)
{
	char digits[32];
	int n = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);

	for (int i = 0; i < n; i++) {
		if (big_num && i && (n - i) % 3 == 0)
			strbuf_addc(out, ',');
		strbuf_addc(out, digits[i]);
	}
}

/* A number with two digits behind the point. */
static void print_decimal(struct strbuf *out, double value, bool big_num)
{
	if (!(value >= 0 && value < 1e18)) {
		strbuf_printf(out, "%.2f", value);
		return;
	}
	uint64_t whole = (uint64_t)value, hundredths = (uint64_t)((value - (double)whole) * 100 + 0.5);
	stat_print_number(out, whole + hundredths / 100, big_num);
	strbuf_printf(out, ".%02u", (unsigned)(hundredths % 100));
}

/* Exact while the counter had a hardware counter to itself; scaled ones are estimates anyway. */
static void print_value(struct strbuf *out, const struct stat_count *row, const struct event *event,
			const struct stat_spread *spread, bool big_num)
{
	double scale = unit_scale(event), value = spread ? spread->mean : row->count.scaled;

	if (scale < 1 || scale != (double)(uint64_t)scale)
		print_decimal(out, value * scale, big_num);
	else if (!spread && row->count.running == row->count.enabled && scale == 1)
		stat_print_number(out, row->count.value, big_num);
	else
		stat_print_number(out, (uint64_t)(value * scale + 0.5), big_num);
}

static const char *missing_text(const struct opened *opened)
{
	return opened->state == EVENT_NOT_SUPPORTED ? "<not supported>" : "<not counted>";
}

static double percent_running(const struct count *count)
{
	return count->enabled ? 100.0 * (double)count->running / (double)count->enabled : 100;
}

struct row {
	const struct stat_count *count;
	const struct event *event;
	const struct opened *opened;
	const struct stat_spread *spread;	/* or NULL */
	bool has_metric;
	struct derived metric;
	double at;
};

static void print_fields(const struct stat_style *style, const struct row *row, struct strbuf *out)
{
	const char *sep = style->separator;
	const struct count *count = &row->count->count;

	if (style->interval)
		strbuf_printf(out, "%16.9f%s", row->at, sep);
	if (style->per_cpu && row->count->cpu >= 0)
		strbuf_printf(out, "CPU%d", row->count->cpu);
	if (style->per_cpu)
		strbuf_adds(out, sep);
	if (row->count->counted)
		print_value(out, row->count, row->event, row->spread, false);
	else
		strbuf_adds(out, missing_text(row->opened));
	strbuf_printf(out, "%s%s%s%s%s", sep, unit_name(row->event), sep, row->event->name, sep);
	if (row->spread)
		strbuf_printf(out, "%.2f%%%s", row->count->counted ? stat_spread_percent(row->spread) : 0, sep);
	strbuf_printf(out, "%llu%s%.2f%s", (unsigned long long)count->running, sep, percent_running(count), sep);
	if (row->has_metric)
		strbuf_printf(out, "%.*f%s%s\n", row->metric.digits, row->metric.value, sep, row->metric.unit);
	else
		strbuf_printf(out, "%s\n", sep);
}

static void trim(struct strbuf *out)
{
	size_t len = out->len;

	while (len && out->data[len - 1] == ' ')
		len--;
	strbuf_truncate(out, len);
}

static void print_line(const struct stat_style *style, const struct row *row, struct strbuf *out)
{
	const struct count *count = &row->count->count;
	autostrbuf struct strbuf value = { 0 };

	if (row->count->counted)
		print_value(&value, row->count, row->event, row->spread, style->big_num);
	else
		strbuf_adds(&value, missing_text(row->opened));
	if (style->interval)
		strbuf_printf(out, "%16.9f ", row->at);
	if (style->per_cpu) {
		autofree char *cpu = row->count->cpu >= 0 ? xasprintf("CPU%d", row->count->cpu) : xstrdup("");
		strbuf_printf(out, "%-10s ", cpu);
	}
	strbuf_printf(out, "%*s %-*s %-*s", VALUE_WIDTH, strbuf_str(&value), UNIT_WIDTH, unit_name(row->event),
		      NAME_WIDTH, row->event->name);
	if (row->has_metric && row->metric.percent)
		strbuf_printf(out, " # %7.*f%% %-*s", row->metric.digits, row->metric.value, METRIC_WIDTH, row->metric.unit);
	else if (row->has_metric)
		strbuf_printf(out, " # %8.*f %-*s", row->metric.digits, row->metric.value, METRIC_WIDTH, row->metric.unit);
	else
		strbuf_printf(out, "   %8s %-*s", "", METRIC_WIDTH, "");
	if (row->spread && row->count->counted)
		strbuf_printf(out, "  ( +- %5.2f%% )", stat_spread_percent(row->spread));
	if (row->count->counted && count->running < count->enabled)
		strbuf_printf(out, "  (%.2f%%)", percent_running(count));
	trim(out);
	strbuf_addc(out, '\n');
}

/* Derives the numbers of the rows of one CPU (per_cpu), or of all rows, from each other. */
static void derive_rows(const struct stat_table *table, bool per_cpu, int cpu, struct row *rows)
{
	const struct stat_result *result = table->result;
	autofree struct derived_count *counts = xcalloc(result->counts.len + 1, sizeof(*counts));
	double seconds = table->seconds ? table->seconds->mean : result->seconds;
	size_t n = 0;

	for (size_t i = 0; i < result->counts.len; i++)
		if (!per_cpu || rows[i].count->cpu == cpu)
			counts[n++] = (struct derived_count){
				.event = rows[i].event,
				.value = rows[i].spread ? rows[i].spread->mean : rows[i].count->count.scaled,
				.counted = rows[i].count->counted,
			};
	for (size_t i = 0, at = 0; i < result->counts.len; i++)
		if (!per_cpu || rows[i].count->cpu == cpu)
			rows[i].has_metric = derive(counts, n, at++, seconds, &rows[i].metric);
}

void stat_print_rows(const struct stat_style *style, const struct stat_table *table, struct strbuf *out)
{
	const struct stat_result *result = table->result;
	autofree struct row *rows = xcalloc(result->counts.len + 1, sizeof(*rows));
	struct cpuset cpus = { 0 };

	for (size_t i = 0; i < result->counts.len; i++) {
		const struct stat_count *count = &result->counts.data[i];
		rows[i] = (struct row){ .count = count, .event = &result->counters->list->events.data[count->event],
					.opened = &result->counters->opened[count->event],
					.spread = table->spreads ? &table->spreads[i] : NULL, .at = result->at };
		if (style->per_cpu && !cpuset_has(&cpus, count->cpu))
			cpuset_add(&cpus, count->cpu);
	}
	if (!style->per_cpu)
		derive_rows(table, false, -1, rows);
	for (size_t c = 0; c < cpus.cpus.len; c++)
		derive_rows(table, true, cpus.cpus.data[c], rows);
	cpuset_deinit(&cpus);
	for (size_t i = 0; i < result->counts.len; i++) {
		if (style->separator)
			print_fields(style, &rows[i], out);
		else
			print_line(style, &rows[i], out);
	}
}

/* ---- what stands around the rows */

void stat_print_header(const struct stat_style *style, unsigned runs, struct strbuf *out)
{
	if (style->separator)
		return;
	if (style->interval) {
		strbuf_printf(out, "#           time %s            counts unit events\n", style->per_cpu ? "CPU       " : "");
		return;
	}
	strbuf_printf(out, "\n Performance counter stats for %s", style->subject);
	if (runs > 1)
		strbuf_printf(out, " (%u runs)", runs);
	strbuf_adds(out, ":\n\n");
}

/* Why it has no number, in one line; NULL when it has one. */
static const char *reason_of(const struct stat_result *result, size_t event)
{
	const struct opened *o = &result->counters->opened[event];
	uint64_t enabled = 0;
	bool counted = false;

	if (o->reason)
		return o->reason->message;
	for (size_t i = 0; i < result->counts.len; i++) {
		if (result->counts.data[i].event != event)
			continue;
		enabled += result->counts.data[i].count.enabled;
		counted |= result->counts.data[i].counted;
	}
	if (counted)
		return NULL;
	if (result->counters->list->events.data[event].kind == EVENT_TOOL)
		return "it is known for a command that ptk starts";
	return enabled ? "more events were asked for than there are counters, and its turn never came"
		       : "nothing of what was looked at ran meanwhile";
}

static void print_reason(const struct stat_style *style, const struct stat_result *result, size_t first,
			 const size_t *same, size_t n, const char *reason, struct strbuf *out)
{
	const struct event_list *list = result->counters->list;
	const struct opened *o = &result->counters->opened[first];
	size_t named = n <= 3 ? n : 1;

	strbuf_adds(out, " ");
	for (size_t i = 0; i < named; i++)
		strbuf_printf(out, "%s%s", !i ? "" : i + 1 == n ? " and " : ", ", list->events.data[same[i]].name);
	if (named < n)
		strbuf_printf(out, " and %zu more", n - named);
	strbuf_printf(out, " %s not %s: %s\n", n == 1 ? "is" : "are", o->state == EVENT_NOT_SUPPORTED ? "supported" : "counted", reason);
	if (!o->reason || !o->reason->hint || (o->state != EVENT_NOT_PERMITTED && !style->hints))
		return;
	for (const char *line = o->reason->hint; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		strbuf_printf(out, "   %.*s\n", (int)strcspn(line, "\n"), line);
}

/* One line a reason, however many events share it. */
static void print_reasons(const struct stat_style *style, const struct stat_result *result, struct strbuf *out)
{
	size_t n = result->counters->list->events.len;
	autofree const char **reasons = xcalloc(n + 1, sizeof(*reasons));
	autofree size_t *same = xcalloc(n + 1, sizeof(*same));
	bool any = false;

	for (size_t e = 0; e < n; e++)
		reasons[e] = reason_of(result, e);
	for (size_t e = 0; e < n; e++) {
		const char *reason = reasons[e];
		size_t n_same = 0;
		for (size_t i = e; reason && i < n; i++) {
			if (!reasons[i] || strcmp(reasons[i], reason) ||
			    result->counters->opened[i].state != result->counters->opened[e].state)
				continue;
			same[n_same++] = i;
			reasons[i] = NULL;
		}
		if (n_same)
			print_reason(style, result, e, same, n_same, reason, out);
		any |= n_same;
	}
	if (any)
		strbuf_addc(out, '\n');
}

void stat_print_footer(const struct stat_style *style, const struct stat_table *table, struct strbuf *out)
{
	const struct stat_result *result = table->result;

	if (style->separator)
		return;
	if (!style->interval) {
		if (result->counts.len)
			strbuf_addc(out, '\n');
		if (table->seconds)
			strbuf_printf(out, "  %16.7f +- %.7f seconds time elapsed  ( +- %5.2f%% )\n", table->seconds->mean,
				      standard_error(table->seconds), stat_spread_percent(table->seconds));
		else
			strbuf_printf(out, " %17.9f seconds time elapsed\n", result->seconds);
		if (!table->seconds && result->usage)
			strbuf_printf(out, "\n %17.9f seconds user\n %17.9f seconds sys\n", result->user, result->system);
		strbuf_addc(out, '\n');
	}
	print_reasons(style, result, out);
}
