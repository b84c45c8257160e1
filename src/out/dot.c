/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call graph for Graphviz: functions as boxes, larger and redder the more
 * they used themselves; calls as arrows. One graph an event.
 */
#include <inttypes.h>

#include "base/cleanup.h"
#include "out/callgraph.h"
#include "out/exporters.h"

/* Inside "…": quotes and backslashes are escaped (a label's backslashes mean things). */
static void write_quoted(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
}

static void write_text(FILE *out, const char *text)
{
	autostrbuf struct strbuf clean = { 0 };

	export_clean(text, &clean);
	write_quoted(out, strbuf_str(&clean));
}

struct dot {
	const struct export *e;
	const struct callgraph *graph;
	size_t event;
	uint64_t total;
	FILE *out;
};

static uint64_t value_of(const struct dot *d, const struct amount *amounts, size_t which)
{
	const struct amount *a = &amounts[which * d->graph->n_events + d->event];

	return export_value(d->e, a->count, a->period);
}

static double percent(const struct dot *d, uint64_t value)
{
	return d->total ? 100.0 * (double)value / (double)d->total : 0;
}

static bool shown(const struct dot *d, const struct amount *amounts, size_t which)
{
	uint64_t value = value_of(d, amounts, which);

	return value && percent(d, value) >= d->e->options.min_percent;
}

static void write_function(const struct dot *d, uint32_t function)
{
	const struct profile *p = d->e->profile;
	uint32_t frame = d->graph->functions.data[function];
	double self = percent(d, value_of(d, d->graph->self, function));
	double whole = percent(d, value_of(d, d->graph->whole, function));
	autostrbuf struct strbuf name = { 0 };

	export_exact_name(p, frame, &name);
	fprintf(d->out, "  n%" PRIu32 " [label=\"", function);
	write_quoted(d->out, strbuf_str(&name));
	fputs("\\n", d->out);
	write_text(d->out, strtab_text(&p->strings, profile_frame_image(p, frame)->name));
	fprintf(d->out, "\\nself %.2f %%, all %.2f %%\", fontsize=%d, fillcolor=\"0.05 %.3f 1.0\"];\n", self, whole,
		10 + (int)(self / 5), 0.05 + self / 120);
}

static void write_call(const struct dot *d, uint32_t id)
{
	const struct call *call = &d->graph->calls.data[id];
	double share = percent(d, value_of(d, d->graph->over, id));

	if (!shown(d, d->graph->whole, call->caller) || !shown(d, d->graph->whole, call->callee))
		return;
	fprintf(d->out, "  n%" PRIu32 " -> n%" PRIu32 " [label=\" %.2f %%\", weight=%d, penwidth=%.2f];\n", call->caller, call->callee,
		share, 1 + (int)share, 0.5 + share / 20);
}

static void write_title(const struct dot *d, const struct export_event *event, size_t hidden)
{
	const struct export_about *about = d->e->about;

	fputs("  label=\"", d->out);
	write_text(d->out, export_event_name(d->e, event));
	fprintf(d->out, ": %" PRIu64 " samples, %" PRIu64 " lost\\n", event->count, about->lost);
	write_text(d->out, about->command ? about->command : about->file);
	fputs("\\n", d->out);
	write_text(d->out, about->host ? about->host : "");
	fputs(" ", d->out);
	write_text(d->out, about->recorded ? about->recorded : "");
	if (hidden)
		fprintf(d->out, "\\n%zu functions below %g %% are left out", hidden, d->e->options.min_percent);
	fputs("\";\n", d->out);
}

static void write_graph(const struct dot *d)
{
	const struct export_event *event = &d->e->events.data[d->event];
	size_t hidden = 0;

	fputs("digraph \"", d->out);
	write_text(d->out, export_event_name(d->e, event));
	fputs("\" {\n  labelloc=t;\n  node [shape=box, style=filled, fontname=\"sans-serif\"];\n  edge [fontsize=9, fontname=\"sans-serif\"];\n",
	      d->out);
	for (uint32_t i = 0; i < d->graph->functions.len; i++)
		if (shown(d, d->graph->whole, i))
			write_function(d, i);
		else
			hidden += value_of(d, d->graph->whole, i) != 0;
	for (uint32_t i = 0; i < d->graph->calls.len; i++)
		if (shown(d, d->graph->over, i))
			write_call(d, i);
	write_title(d, event, hidden);
	fputs("}\n", d->out);
}

void export_dot(const struct export *e, FILE *out)
{
	struct callgraph graph;

	callgraph_build(&graph, e);
	for (size_t i = 0; i < e->events.len; i++) {
		const struct export_event *event = &e->events.data[i];
		struct dot d = { .e = e, .graph = &graph, .event = i, .out = out,
				 .total = export_value(e, event->count, event->period) };
		write_graph(&d);
	}
	callgraph_deinit(&graph);
}
