/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as folded stacks and as a profile of pprof: samples add up, stacks are of frames that are there. */
#include <stdlib.h>

#include "profile/foreign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct profile *p)
{
	uint64_t count = 0, period = 0;

	for (size_t i = 0; i < p->samples.len; i++) {
		const struct profile_sample *s = &p->samples.data[i];
		if (s->stack == STACK_EMPTY || s->stack >= p->stacks.len || p->stacks.data[s->stack].frame >= p->frames.len ||
		    p->stacks.data[s->stack].parent >= s->stack || p->origins.data[s->origin].event >= p->events.len)
			abort();
		count += s->count;
		period += s->period;
	}
	for (size_t i = 0; i < p->events.len; i++) {
		count -= p->events.data[i].count;
		period -= p->events.data[i].period;
	}
	if (count || period)
		abort();
}

static void read_as(enum foreign_format format, const uint8_t *data, size_t size)
{
	const struct profile_dims dims = { .comm = true, .pid = true, .tid = true, .stacks = true };
	const struct profile_filter filter = { 0 };
	struct foreign_request request = { .dims = &dims, .filter = &filter, .name = "it" };
	struct foreign_facts facts;
	struct notes notes = { 0 };
	struct profile p;

	profile_init(&p);
	error_destroy(foreign_read(format, data, size, &request, &p, &facts, &notes));
	check(&p);
	profile_deinit(&p);
	free(facts.command);
	notes_deinit(&notes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	foreign_format_of(data, size);
	read_as(FOREIGN_FOLDED, data, size);
	read_as(FOREIGN_PPROF, data, size);
	return 0;
}
