/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/callgraph.h"

#include "base/cleanup.h"

struct building {
	struct callgraph *graph;
	const struct export *e;
	uint32_t *function_of;		/* by frame; NO_ID: none yet */
	uint32_t *place;		/* by frame */
	VEC(uint64_t) seen;		/* by function: the sample that had it last, plus one */
	size_t over_room;
};

static uint32_t function_of(struct building *b, uint32_t frame)
{
	uint32_t *function = &b->function_of[b->place[frame]];

	if (*function == NO_ID) {
		*function = (uint32_t)b->graph->functions.len;
		vec_push(&b->graph->functions, b->place[frame]);
		vec_push(&b->seen, 0);
	}
	return *function;
}

static bool call_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct callgraph *graph = ctx;
	const struct call *a = &graph->calls.data[id], *b = key;

	return a->caller == b->caller && a->callee == b->callee;
}

static uint32_t call_id(struct building *b, uint32_t caller, uint32_t callee)
{
	struct callgraph *graph = b->graph;
	struct call call = { .caller = caller, .callee = callee };
	uint64_t hash = hash_u64((uint64_t)caller << 32 | callee);
	uint32_t id = idtable_find(&graph->call_ids, hash, call_equal, graph, &call);

	if (id != NO_ID)
		return id;
	id = (uint32_t)graph->calls.len;
	vec_push(&graph->calls, call);
	idtable_add(&graph->call_ids, hash, id);
	if (graph->calls.len * graph->n_events > b->over_room) {
		size_t room = (graph->calls.len * 2 + 64) * graph->n_events;
		graph->over = xreallocarray(graph->over, room, sizeof(*graph->over));
		memset(graph->over + b->over_room, 0, (room - b->over_room) * sizeof(*graph->over));
		b->over_room = room;
	}
	return id;
}

static void add(struct amount *to, const struct profile_sample *s)
{
	to->count += s->count;
	to->period += s->period;
}

static void add_sample(struct building *b, size_t event, const struct profile_sample *s, uint64_t mark)
{
	const struct profile *p = b->e->profile;
	struct callgraph *graph = b->graph;
	uint32_t callee = NO_ID;

	for (uint32_t stack = s->stack; stack != STACK_EMPTY; stack = p->stacks.data[stack].parent) {
		uint32_t function = function_of(b, p->stacks.data[stack].frame);
		if (b->seen.data[function] != mark) {
			b->seen.data[function] = mark;
			if (callee == NO_ID) {
				add(&graph->self[function * graph->n_events + event], s);
			} else {
				uint32_t call = call_id(b, function, callee);
				add(&graph->over[call * graph->n_events + event], s);
			}
			add(&graph->whole[function * graph->n_events + event], s);
		}
		callee = function;
	}
}

void callgraph_build(struct callgraph *graph, const struct export *e)
{
	size_t frames = e->profile->frames.len + 1;
	struct building b = { .graph = graph, .e = e, .place = places_of(e->profile, false) };
	uint64_t mark = 0;

	*graph = (struct callgraph){ .n_events = e->events.len };
	graph->self = xcalloc(frames * graph->n_events, sizeof(*graph->self));
	graph->whole = xcalloc(frames * graph->n_events, sizeof(*graph->whole));
	b.function_of = unknown_ids(frames);
	for (size_t i = 0; i < e->events.len; i++)
		for (size_t n = 0; n < e->events.data[i].n; n++)
			add_sample(&b, i, export_sample(e, &e->events.data[i], n), ++mark);
	free(b.function_of);
	free(b.place);
	vec_deinit(&b.seen);
}

void callgraph_deinit(struct callgraph *graph)
{
	vec_deinit(&graph->functions);
	vec_deinit(&graph->calls);
	idtable_deinit(&graph->call_ids);
	free(graph->self);
	free(graph->whole);
	free(graph->over);
}
