/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perf's layout to the column, so that eyes and scripts find what they know. */
#include "cmd/stat_print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum { VALUE_WIDTH = 18, UNIT_WIDTH = 4, NAME_WIDTH = 32, METRIC_WIDTH = 23 };

/* Widths of the column in front of the value, by what rows are counted by; perf's. */
enum { CPU_WIDTH = 10, CORE_WIDTH = 20, DIE_WIDTH = 17, SOCKET_WIDTH = 11, THREAD_WIDTH = 25 };

static enum stat_by by_of(const struct stat_style *style)
{
	return style->groups ? style->groups->by : STAT_BY_ALL;
}

static int label_width(enum stat_by by)
{
	switch (by) {
	case STAT_BY_CPU: return CPU_WIDTH;
	case STAT_BY_CORE: return CORE_WIDTH;
	case STAT_BY_DIE: return DIE_WIDTH;
	case STAT_BY_SOCKET: case STAT_BY_NODE: return SOCKET_WIDTH;
	case STAT_BY_THREAD: return THREAD_WIDTH;
	case STAT_BY_ALL: break;
	}
	return 0;
}

static void print_label(const struct stat_style *style, const struct stat_row *row, struct strbuf *out)
{
	enum stat_by by = by_of(style);
	int width = label_width(by), len = (int)strlen(row->label);

	if (by == STAT_BY_ALL)
		return;
	if (by == STAT_BY_CPU) {
		strbuf_printf(out, "%-*s ", width, row->label);
	} else if (by == STAT_BY_THREAD) {
		/* the name up to the last - ends in one column */
		const char *dash = strrchr(row->label, '-');
		int name = dash ? (int)(dash - row->label) : len;
		strbuf_printf(out, "%*.*s%-*s ", 16, name, row->label, width - 16, row->label + name);
	} else if (*row->label) {
		strbuf_printf(out, "%s%*u ", row->label, width > len + 1 ? width - len : 2, row->counters);
	} else {
		strbuf_printf(out, "%*s ", width, "");
	}
}

/* ---- colour: what is worth a second look */

static const char red[] = "\033[31m", yellow[] = "\033[33m", faint[] = "\033[2m", plain[] = "\033[0m";

static const char *colour_of(const struct stat_style *style, const struct derived *derived)
{
	bool idle = strstr(derived->unit, "idle");

	if (!style->colour || !derived->percent)
		return NULL;
	if (derived->value > (idle ? 50 : 20))
		return red;
	return derived->value > (idle ? 30 : 10) ? yellow : NULL;
}

static void begin_colour(struct strbuf *out, const char *colour)
{
	if (colour)
		strbuf_adds(out, colour);
}

static void end_colour(struct strbuf *out, const char *colour)
{
	if (colour)
		strbuf_adds(out, plain);
}

/* ---- rows */

static void trim(struct strbuf *out)
{
	size_t len = out->len;

	while (len && out->data[len - 1] == ' ')
		len--;
	strbuf_truncate(out, len);
}

static void print_metric_row(const struct stat_style *style, const struct stat_row *row, struct strbuf *out)
{
	autostrbuf struct strbuf value = { 0 };

	if (isfinite(row->value))
		stat_row_value(&value, row, 2, style->thousands);
	else
		strbuf_adds(&value, "<not counted>");
	strbuf_printf(out, "%*s %-*s %s", VALUE_WIDTH, strbuf_str(&value), UNIT_WIDTH, "", row->metric->name);
	strbuf_printf(out, "%*s # %s", NAME_WIDTH > (int)strlen(row->metric->name) ? NAME_WIDTH - (int)strlen(row->metric->name) : 0, "",
		      row->metric->unit);
	if (row->cgroup)
		strbuf_printf(out, " %s", row->cgroup);
	trim(out);
	strbuf_addc(out, '\n');
}

static void print_value(const struct stat_style *style, const struct stat_row *row, struct strbuf *out)
{
	const char *colour = style->colour && !row->count->counted ? faint : NULL;
	autostrbuf struct strbuf value = { 0 };

	if (row->count->counted)
		stat_row_value(&value, row, 2, style->thousands);
	else
		strbuf_adds(&value, stat_row_missing(row));
	begin_colour(out, colour);
	strbuf_add_right(out, VALUE_WIDTH, strbuf_str(&value));
	end_colour(out, colour);
}

static void print_derived(const struct stat_style *style, const struct stat_row *row, struct strbuf *out)
{
	const struct derived *derived = &row->derived;
	const char *colour = row->has_derived ? colour_of(style, derived) : NULL;

	if (!row->has_derived) {
		strbuf_add_left(out, 11 + METRIC_WIDTH + 1, "");
		return;
	}
	begin_colour(out, colour);
	strbuf_adds(out, " # ");
	strbuf_add_fixed(out, derived->percent ? 7 : 8, (unsigned)derived->digits, derived->value);
	if (derived->percent)
		strbuf_addc(out, '%');
	end_colour(out, colour);
	strbuf_addc(out, ' ');
	strbuf_add_left(out, METRIC_WIDTH, derived->unit);
}

static void print_line(const struct stat_style *style, const struct stat_table *table, const struct stat_row *row, struct strbuf *out)
{
	if (style->interval && table->summary)
		strbuf_add_right(out, 16, "summary");
	else if (style->interval)
		strbuf_add_fixed(out, 16, 9, table->result->at);
	if (style->interval)
		strbuf_addc(out, ' ');
	print_label(style, row, out);
	if (row->metric) {
		print_metric_row(style, row, out);
		return;
	}
	const struct count *count = &row->count->count;
	print_value(style, row, out);
	strbuf_addc(out, ' ');
	strbuf_add_left(out, UNIT_WIDTH, stat_row_unit(row));
	strbuf_addc(out, ' ');
	strbuf_add_left(out, NAME_WIDTH, row->event->name);
	if (row->cgroup)
		strbuf_printf(out, " %s", row->cgroup);
	print_derived(style, row, out);
	if (row->spread && row->count->counted)
		strbuf_printf(out, "  ( +- %5.2f%% )", stat_spread_percent(row->spread));
	if (row->count->counted && count->running < count->enabled)
		strbuf_printf(out, "  (%.2f%%)", stat_row_running(row));
	trim(out);
	strbuf_addc(out, '\n');
}

void stat_print_rows(const struct stat_style *style, const struct stat_table *table, struct strbuf *out)
{
	struct stat_rows rows = { 0 };

	stat_rows_build(style, table, &rows);
	switch (style->format) {
	case STAT_FIELDS:
		stat_print_fields(style, table, &rows, out);
		break;
	case STAT_JSON:
		stat_print_json(style, table, &rows, out);
		break;
	case STAT_OPENMETRICS:
		stat_print_openmetrics(style, table, &rows, out);
		break;
	case STAT_TABLE:
		for (size_t i = 0; i < rows.rows.len; i++)
			print_line(style, table, &rows.rows.data[i], out);
	}
	stat_rows_deinit(&rows);
}

/* ---- what stands around the rows */

static const char *label_title(enum stat_by by)
{
	static const char *const titles[] = {
		[STAT_BY_ALL] = "", [STAT_BY_CPU] = "CPU", [STAT_BY_CORE] = "core            cpus", [STAT_BY_DIE] = "die          cpus",
		[STAT_BY_SOCKET] = "socket cpus", [STAT_BY_NODE] = "node   cpus", [STAT_BY_THREAD] = "            thread-TID",
	};

	return titles[by];
}

void stat_print_header(const struct stat_style *style, unsigned runs, struct strbuf *out)
{
	if (style->format != STAT_TABLE)
		return;
	if (style->interval) {
		enum stat_by by = by_of(style);
		strbuf_adds(out, "#           time ");
		if (by != STAT_BY_ALL)
			strbuf_printf(out, "%-*s ", label_width(by), label_title(by));
		strbuf_adds(out, "           counts unit events\n");
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
	bool counted = false, any = false;

	if (o->reason)
		return o->reason->message;
	for (size_t i = 0; i < result->counts.len; i++) {
		if (result->counts.data[i].event != event)
			continue;
		any = true;
		enabled += result->counts.data[i].count.enabled;
		counted |= result->counts.data[i].counted;
	}
	if (counted || !any)
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
static bool print_reasons(const struct stat_style *style, const struct stat_result *result, struct strbuf *out)
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
	return any;
}

/* A counter of a core's PMU is what such events take turns on; 0: rows of more than one group tell nothing. */
static unsigned counters_seen(const struct stat_result *result)
{
	double sum = 0;

	for (size_t i = 0; i < result->counts.len; i++) {
		const struct stat_count *row = &result->counts.data[i];
		const struct event *event = &result->counters->list->events.data[row->event];
		if (row->group >= 0)
			return 0;
		if (event->kind == EVENT_SOFTWARE || event->kind == EVENT_TRACEPOINT || event->kind == EVENT_TOOL || event->per_package)
			continue;
		if (row->count.enabled)
			sum += (double)row->count.running / (double)row->count.enabled;
	}
	return (unsigned)(sum + 0.5);
}

/* Hardware events took turns: what there is, and who else has some of it. */
static bool print_sharing(const struct stat_style *style, const struct stat_result *result, struct strbuf *out)
{
	size_t shared = 0;
	uint64_t enabled = 0, running = 0;

	for (size_t i = 0; i < result->counts.len; i++) {
		const struct count *count = &result->counts.data[i].count;
		if (count->running >= count->enabled)
			continue;
		shared++;
		enabled += count->enabled;
		running += count->running;
	}
	if (!shared || !running)
		return false;
	unsigned counters = counters_seen(result);
	strbuf_printf(out, " %zu of %zu counts are estimates: the events took turns", shared, result->counts.len);
	if (counters)
		strbuf_printf(out, " on about %u counter%s", counters, counters == 1 ? "" : "s");
	strbuf_printf(out, ", each counted %.0f%% of the time", 100.0 * (double)running / (double)enabled);
	if (style->sharing)
		strbuf_printf(out, "; %s", style->sharing);
	strbuf_addc(out, '\n');
	return true;
}

void stat_print_footer(const struct stat_style *style, const struct stat_table *table, struct strbuf *out)
{
	const struct stat_result *result = table->result;

	if (style->format != STAT_TABLE)
		return;
	if (!style->interval) {
		if (result->counts.len)
			strbuf_addc(out, '\n');
		if (table->seconds)
			strbuf_printf(out, "  %16.7f +- %.7f seconds time elapsed  ( +- %5.2f%% )\n", table->seconds->mean,
				      stat_spread_error(table->seconds), stat_spread_percent(table->seconds));
		else
			strbuf_printf(out, " %17.9f seconds time elapsed\n", result->seconds);
		if (!table->seconds && result->usage)
			strbuf_printf(out, "\n %17.9f seconds user\n %17.9f seconds sys\n", result->user, result->system);
		strbuf_addc(out, '\n');
	}
	bool any = print_reasons(style, result, out);
	any |= print_sharing(style, result, out);
	if (any)
		strbuf_addc(out, '\n');
}
