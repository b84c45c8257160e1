/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/hits.h"

#include <stdbool.h>

enum {
	FULL = 1 << 21,		/* hits, 48 MiB, before equal ones are put together for the first time */
	DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS,
};

void profile_hits_deinit(struct profile_hits *hits)
{
	vec_deinit(&hits->all);
}

/* The list and as much scratch; each pass moves it from one to the other. */
struct sorting {
	struct profile_hit *from, *to;
	size_t n;
};

static void sort_by_digit(struct sorting *s, uint64_t (*key)(const struct profile_hit *), uint64_t least, unsigned shift)
{
	size_t at[DIGITS + 1] = { 0 };

	for (size_t i = 0; i < s->n; i++)
		at[((key(&s->from[i]) - least) >> shift) % DIGITS + 1]++;
	for (unsigned digit = 1; digit < DIGITS; digit++)
		at[digit] += at[digit - 1];
	for (size_t i = 0; i < s->n; i++)
		s->to[at[((key(&s->from[i]) - least) >> shift) % DIGITS]++] = s->from[i];
	struct profile_hit *sorted = s->to;
	s->to = s->from;
	s->from = sorted;
}

static uint64_t sample_of(const struct profile_hit *hit)
{
	return hit->sample;
}

static uint64_t address_of(const struct profile_hit *hit)
{
	return hit->address;
}

/* By as many digits as they differ in. */
static void sort_by(struct sorting *s, uint64_t (*key)(const struct profile_hit *))
{
	uint64_t least = UINT64_MAX, most = 0;

	for (size_t i = 0; i < s->n; i++) {
		least = key(&s->from[i]) < least ? key(&s->from[i]) : least;
		most = key(&s->from[i]) > most ? key(&s->from[i]) : most;
	}
	for (unsigned shift = 0; shift < 64 && (most - least) >> shift; shift += DIGIT_BITS)
		sort_by_digit(s, key, least, shift);
}

static void put_together(struct profile_hits *hits)
{
	struct sorting s = { .from = hits->all.data, .to = xreallocarray(NULL, hits->all.len, sizeof(*s.to)), .n = hits->all.len };
	size_t kept = 0;

	sort_by(&s, address_of);
	sort_by(&s, sample_of);
	struct profile_hit *all = s.from;
	free(s.to);
	hits->all.data = all;
	hits->all.cap = s.n;
	for (size_t i = 0; i < hits->all.len; i++) {
		struct profile_hit *last = kept ? &all[kept - 1] : NULL;
		if (!last || last->sample != all[i].sample || last->address != all[i].address ||
		    all[i].count > UINT32_MAX - last->count) {
			all[kept++] = all[i];
			continue;
		}
		last->count += all[i].count;
		last->period += all[i].period;
	}
	hits->all.len = kept;
}

void profile_hits_add(struct profile_hits *hits, uint32_t sample, uint64_t address, uint64_t period)
{
	if (hits->all.len >= (hits->full ? hits->full : FULL)) {
		put_together(hits);
		/* sorting shall not be worth more than what it puts together */
		hits->full = hits->all.len < FULL / 2 ? FULL : hits->all.len * 4;
	}
	vec_push(&hits->all, (struct profile_hit){ .sample = sample, .count = 1, .address = address, .period = period });
}
