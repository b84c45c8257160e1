/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who calls whom: the functions of a profile with what they used themselves
 * and with their callees, and the calls between them.
 *
 * A sample goes once to each function of its stack: as its own where it was
 * sampled, else over one call, the innermost, to what it called. So what a
 * function used itself and over its calls adds up to what the report calls
 * its children, also where it calls itself.
 */
#ifndef PTK_OUT_CALLGRAPH_H
#define PTK_OUT_CALLGRAPH_H

#include "out/export.h"

struct amount {
	uint64_t count, period;
};

struct call {
	uint32_t caller, callee;	/* functions */
};

struct callgraph {
	size_t n_events;
	VEC(uint32_t) functions;	/* a frame of each */
	VEC(struct call) calls;
	/* By function (or call) times n_events plus the index of export->events. */
	struct amount *self, *whole;
	struct amount *over;		/* by call */
	struct idtable call_ids;
};

void callgraph_build(struct callgraph *graph, const struct export *e);
void callgraph_deinit(struct callgraph *graph);

#endif
