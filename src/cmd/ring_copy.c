/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/ring_copy.h"

#include <string.h>

#include "base/alloc.h"
#include "pmu/ring.h"

enum { PRESSED_BYTES = 1024 };	/* of stack that are kept for want of time */

void ring_copy_init(struct ring_copy *c, const struct data_event *events, size_t n)
{
	for (size_t e = 0; e < n; e++) {
		const struct data_event *event = &events[e];

		vec_push(&c->layouts, event->layout);
		c->stacks |= event->attr.sample_type & PERF_SAMPLE_STACK_USER;
		for (size_t i = 0; i < event->ids.len; i++)
			*map64_put(&c->event_by_id, event->ids.data[i], NULL) = e;
	}
}

void ring_copy_deinit(struct ring_copy *c)
{
	vec_deinit(&c->layouts);
	map64_deinit(&c->event_by_id);
}

static const struct sample_layout *layout_of(const struct ring_copy *c, const struct perf_event_header *record)
{
	uint64_t id, *event = NULL;

	/* Identifiers stand in front, whatever the event. */
	if (record_event_id(&c->layouts.data[0], record, &id))
		event = map64_get(&c->event_by_id, id);
	return event ? &c->layouts.data[*event] : &c->layouts.data[0];
}

/* The sample with the first `used` of its stack bytes. Gives the end of what it put. */
static uint8_t *put_shrunk(uint8_t *to, const struct perf_event_header *record, const struct sample_stack_place *p, uint64_t used)
{
	const uint8_t *from = (const uint8_t *)record;
	uint64_t kept = (used + 7) & ~7ull;
	struct perf_event_header header = *record;
	uint8_t *start = to;

	memcpy(to, from, p->stack);
	to += p->stack;
	memcpy(to, &kept, 8);
	to += 8;
	if (kept) {
		memcpy(to, from + p->stack + 8, kept);
		memcpy(to + kept, &used, 8);
		to += kept + 8;
	}
	memcpy(to, from + p->stack_end, record->size - p->stack_end);
	to += record->size - p->stack_end;
	header.size = (uint16_t)(to - start);
	header.misc |= used < p->used ? MISC_PRESSED : 0;
	memcpy(start, &header, sizeof(header));
	return to;
}

/* As they are: nothing has a stack. */
static struct records copy_whole(const struct iovec *iov, int n, struct records records)
{
	for (int i = 0; i < n; i++) {
		memcpy(records.bytes + records.len, iov[i].iov_base, iov[i].iov_len);
		records.len += iov[i].iov_len;
	}
	return records;
}

struct records ring_copy(struct ring_copy *c, const struct iovec *iov, int n, uint8_t *joined, bool pressed)
{
	struct ring_walk walk = { .iov = iov, .n = n, .joined = joined };
	struct records records = { .bytes = xmalloc(ring_bytes(iov, n)) };
	uint8_t *to = records.bytes;
	const struct perf_event_header *record;
	struct sample_stack_place place;

	if (!c->stacks)
		return copy_whole(iov, n, records);
	while ((record = ring_next(&walk))) {
		if (record->type == PERF_RECORD_SAMPLE && sample_stack_place(layout_of(c, record), record, &place)) {
			bool less = pressed && place.used > PRESSED_BYTES;

			c->pressed += less;
			to = put_shrunk(to, record, &place, less ? PRESSED_BYTES : place.used);
		} else {
			memcpy(to, record, record->size);
			to += record->size;
		}
	}
	records.len = (size_t)(to - records.bytes);
	return records;
}
