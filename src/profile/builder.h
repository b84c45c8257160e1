/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Samples of a session in, a profile out. Give profile_builder_sink() to
 * session_create(), and the session to the builder before the first record.
 */
#ifndef PTK_PROFILE_BUILDER_H
#define PTK_PROFILE_BUILDER_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "profile/fields.h"
#include "profile/profile.h"
#include "session/session.h"

/* What to tell apart. Less is smaller and faster. */
struct profile_dims {
	bool comm, pid, tid, cpu, weight;
	bool stacks;		/* callers, too; else the place of the sample alone */
	bool addresses;		/* frames by address and not by symbol */
	bool inlines;		/* inlined calls are frames of their own, in samples with call chains */
	bool lines;		/* frames by source line */
	bool hits;		/* beside all that: at which addresses the samples hit (profile/hits.h) */
	uint64_t time_quantum;	/* ns; 0: samples of any time together */
	uint64_t max_stack;	/* frames of a stack that are kept, from the sample outwards; 0: all */
	struct profile_fields *fields;	/* those of tracepoints that were chosen, borrowed; NULL: none */
};

/* Stretches of time, both ends included, in ns of the perf clock. None: all times. */
struct time_range {
	uint64_t from, to;
};

struct time_ranges {
	VEC(struct time_range) all;
};

static inline bool time_ranges_hold(const struct time_ranges *ranges, uint64_t time)
{
	for (size_t i = 0; i < ranges->all.len; i++)
		if (time >= ranges->all.data[i].from && time <= ranges->all.data[i].to)
			return true;
	return !ranges->all.len;
}

/* Which samples to take. Empty lists take all. */
struct profile_filter {
	VEC(const char *) comms;
	VEC(uint32_t) pids, tids;
	VEC(uint32_t) cpus;
	struct time_ranges times;
};
void profile_filter_deinit(struct profile_filter *filter);
/* Does a list of a filter let the number through? An empty one does. */
bool profile_filter_has(const uint32_t *numbers, size_t n, uint32_t number);

struct profile_builder;

/* The profile is initialized and stays the caller's; the filter is borrowed. */
struct profile_builder *profile_builder_create(struct profile *profile, const struct profile_dims *dims,
					       const struct profile_filter *filter,
					       const struct profile_event_source *events);
void profile_builder_session(struct profile_builder *builder, struct session *session);
struct session_sink profile_builder_sink(struct profile_builder *builder);
/* One sample, as the sink gets it. */
void profile_builder_add(struct profile_builder *builder, const struct session_sample *sample);
/* Drops what only building needs; the profile stays. NULL is fine. */
void profile_builder_destroy(struct profile_builder *builder);

#endif
