/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elf/ranges.h"

#include <stdlib.h>

enum { STEPS_MAX = 256 };

void ranges_add(struct ranges *r, uint64_t start, uint64_t end, uint32_t value)
{
	/* `outer` keeps the order of adding until the ranges are finished. */
	if (start < end && r->all.len < NO_ID - 1)
		vec_push(&r->all, (struct range){ .start = start, .end = end, .value = value, .outer = (uint32_t)r->all.len });
}

static int compare(const void *x, const void *y)
{
	const struct range *a = x, *b = y;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->end != b->end)
		return a->end > b->end ? -1 : 1;
	return a->outer < b->outer ? -1 : a->outer > b->outer;
}

static bool is_sorted(const struct ranges *r)
{
	for (size_t i = 1; i < r->all.len; i++)
		if (compare(&r->all.data[i - 1], &r->all.data[i]) > 0)
			return false;
	return true;
}

void ranges_finish(struct ranges *r)
{
	struct range *all = r->all.data;
	uint32_t chain = NO_ID;

	if (!is_sorted(r))
		vec_sort(&r->all, compare);
	for (uint32_t i = 0; i < r->all.len; i++) {
		while (chain != NO_ID && all[chain].end <= all[i].start)
			chain = all[chain].outer;
		all[i].outer = chain;
		chain = i;
	}
}

void ranges_deinit(struct ranges *r)
{
	vec_deinit(&r->all);
}

static uint32_t holding(const struct ranges *r, uint32_t i, uint64_t address)
{
	for (int steps = 0; i != NO_ID; i = r->all.data[i].outer) {
		if (address < r->all.data[i].end)
			return i;
		if (++steps == STEPS_MAX)
			return NO_ID;
	}
	return NO_ID;
}

uint32_t ranges_find(const struct ranges *r, uint64_t address)
{
	size_t low = 0, high = r->all.len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (r->all.data[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? holding(r, (uint32_t)low - 1, address) : NO_ID;
}

uint32_t ranges_next(const struct ranges *r, uint32_t i, uint64_t address)
{
	return holding(r, r->all.data[i].outer, address);
}
