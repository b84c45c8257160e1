/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Callgrind's format (https://valgrind.org/docs/manual/cl-format.html), for
 * callgrind_annotate and KCachegrind. Two costs an event: its period under
 * the event's name, and its samples. All at line 0: lines are not kept.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "out/callgraph.h"
#include "out/exporters.h"

/* An event's name as one word of letters and digits. */
static void write_event(FILE *out, const char *name)
{
	fputc(' ', out);
	for (; *name; name++)
		fputc(isalnum((unsigned char)*name) ? *name : '_', out);
}

static void write_header(const struct export *e, FILE *out)
{
	autostrbuf struct strbuf command = { 0 };

	export_clean(e->about->command ? e->about->command : e->about->file, &command);
	fprintf(out, "# callgrind format\nversion: 1\ncreator: ptk\ncmd: %s\npart: 1\npositions: line\nevents:",
		strbuf_str(&command));
	for (size_t i = 0; i < e->events.len; i++) {
		const char *name = export_event_name(e, &e->events.data[i]);
		autofree char *samples = xasprintf("Samples_%s", name);
		write_event(out, name);
		write_event(out, samples);
	}
	fputs("\nsummary:", out);
	for (size_t i = 0; i < e->events.len; i++)
		fprintf(out, " %" PRIu64 " %" PRIu64, e->events.data[i].period, e->events.data[i].count);
	fputs("\n\n", out);
}

static void write_costs(const struct callgraph *graph, const struct amount *amounts, FILE *out)
{
	fputc('0', out);
	for (size_t i = 0; i < graph->n_events; i++)
		fprintf(out, " %" PRIu64 " %" PRIu64, amounts[i].period, amounts[i].count);
	fputc('\n', out);
}

/* Objects and functions are numbered; the first line with a number gives the name. */
struct callgrind {
	const struct callgraph *graph;
	const struct profile *p;
	FILE *out;
	bool *object_named, *function_named;	/* by string; by function */
};

static void write_object(struct callgrind *w, const char *prefix, uint32_t function)
{
	const struct profile_image *image = profile_frame_image(w->p, w->graph->functions.data[function]);
	autostrbuf struct strbuf path = { 0 };

	if (!w->object_named[image->path]) {
		export_clean(strtab_text(&w->p->strings, image->path), &path);
		w->object_named[image->path] = true;
	}
	fprintf(w->out, "%sob=(%" PRIu32 ")%s%s\n", prefix, image->path + 1, path.len ? " " : "", strbuf_str(&path));
}

static void write_name(struct callgrind *w, const char *prefix, uint32_t function)
{
	autostrbuf struct strbuf name = { 0 };

	if (!w->function_named[function]) {
		export_exact_name(w->p, w->graph->functions.data[function], &name);
		w->function_named[function] = true;
	}
	fprintf(w->out, "%sfn=(%" PRIu32 ")%s%s\n", prefix, function + 1, name.len ? " " : "", strbuf_str(&name));
}

static void write_call(struct callgrind *w, uint32_t id)
{
	const struct call *call = &w->graph->calls.data[id];
	const struct amount *over = &w->graph->over[id * w->graph->n_events];
	uint64_t count = 0;

	for (size_t i = 0; i < w->graph->n_events; i++)
		count += over[i].count;
	write_object(w, "c", call->callee);
	write_name(w, "c", call->callee);
	fprintf(w->out, "calls=%" PRIu64 " 0\n", count);
	write_costs(w->graph, over, w->out);
}

void export_callgrind(const struct export *e, FILE *out)
{
	struct callgraph graph;

	callgraph_build(&graph, e);
	struct callgrind w = { .graph = &graph, .p = e->profile, .out = out };
	w.object_named = xcalloc(e->profile->strings.text.len + 1, sizeof(bool));
	w.function_named = xcalloc(graph.functions.len + 1, sizeof(bool));
	/* calls by caller: chains through `next` */
	uint32_t *first = unknown_ids(graph.functions.len);
	uint32_t *next = xreallocarray(NULL, graph.calls.len + 1, sizeof(*next));
	for (uint32_t i = (uint32_t)graph.calls.len; i-- > 0;) {
		next[i] = first[graph.calls.data[i].caller];
		first[graph.calls.data[i].caller] = i;
	}
	write_header(e, out);
	for (uint32_t function = 0; function < graph.functions.len; function++) {
		write_object(&w, "", function);
		fputs("fl=(1)", out);
		fputs(function ? "\n" : " ???\n", out);
		write_name(&w, "", function);
		write_costs(&graph, &graph.self[function * graph.n_events], out);
		for (uint32_t call = first[function]; call != NO_ID; call = next[call])
			write_call(&w, call);
		fputc('\n', out);
	}
	free(first);
	free(next);
	free(w.object_named);
	free(w.function_named);
	callgraph_deinit(&graph);
}
