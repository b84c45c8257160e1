/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/hits.h"

#include <stdbool.h>

enum {
	FULL = 1 << 20,		/* hits, 24 MiB, before equal ones are put together for the first time */
	DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS,
};

void profile_hits_deinit(struct profile_hits *hits)
{
	vec_deinit(&hits->all);
	vec_deinit(&hits->addresses);
}

static void sort_by_digit(const struct profile_hit *from, struct profile_hit *to, size_t n, uint32_t (*key)(const struct profile_hit *), unsigned shift)
{
	size_t at[DIGITS + 1] = { 0 };

	for (size_t i = 0; i < n; i++)
		at[(key(&from[i]) >> shift) % DIGITS + 1]++;
	for (unsigned digit = 1; digit < DIGITS; digit++)
		at[digit] += at[digit - 1];
	for (size_t i = 0; i < n; i++)
		to[at[(key(&from[i]) >> shift) % DIGITS]++] = from[i];
}

static uint32_t sample_of(const struct profile_hit *hit)
{
	return hit->sample;
}

static uint32_t location_of(const struct profile_hit *hit)
{
	return hit->location;
}

/* An even number of passes, so that they end where they began. */
static void sort(struct profile_hit *hits, struct profile_hit *scratch, size_t n)
{
	for (unsigned pass = 0; pass < 6; pass++) {
		bool even = pass % 2 == 0;
		sort_by_digit(even ? hits : scratch, even ? scratch : hits, n, pass < 3 ? location_of : sample_of,
			      pass % 3 * DIGIT_BITS);
	}
}

static void put_together(struct profile_hits *hits)
{
	struct profile_hit *all = hits->all.data, *scratch = xreallocarray(NULL, hits->all.len, sizeof(*scratch));
	size_t kept = 0;

	sort(all, scratch, hits->all.len);
	free(scratch);
	for (size_t i = 0; i < hits->all.len; i++) {
		struct profile_hit *last = kept ? &all[kept - 1] : NULL;
		if (!last || last->sample != all[i].sample || last->location != all[i].location) {
			all[kept++] = all[i];
			continue;
		}
		last->count += all[i].count;
		last->period += all[i].period;
	}
	hits->all.len = kept;
}

void profile_hits_add(struct profile_hits *hits, uint32_t sample, uint32_t location, uint64_t address, uint64_t period)
{
	if (hits->all.len >= (hits->full ? hits->full : FULL)) {
		put_together(hits);
		/* sorting shall not be worth more than what it puts together */
		hits->full = hits->all.len < FULL / 2 ? FULL : hits->all.len * 3;
	}
	while (hits->addresses.len <= location)
		vec_push(&hits->addresses, 0);
	hits->addresses.data[location] = address;
	vec_push(&hits->all, (struct profile_hit){ .sample = sample, .location = location, .count = 1, .period = period });
}
