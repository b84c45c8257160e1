/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The time merge: records come in by the stretch, a ring's after another's,
 * and go out by time. See order.c for how.
 */
#ifndef PTK_SESSION_ORDER_H
#define PTK_SESSION_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/perf_abi.h"
#include "base/vec.h"
#include "data/reader.h"

struct order_chunk {		/* a stretch that came in */
	struct records records;
	size_t live;		/* bytes of it that wait; 0: the slot is free */
	bool feeding;		/* more of it is to be added */
};

struct order_entry {
	uint64_t time;
	uint32_t chunk, word;	/* which chunk, and where in it in 8-byte words */
};

struct order_run {		/* entries [at, end) are in order; the last run goes on to the last entry */
	size_t at, end;
};

struct order_head {		/* the oldest entry of a run */
	uint64_t time;
	uint32_t run;
};

struct order {
	/* Takes a record whose turn has come; it lives until this returns, or where there is `settle` until that does. */
	void (*apply)(void *ctx, const struct perf_event_header *record, uint64_t offset);
	/* Records that were applied are about to be freed, or there are no more for now. May be NULL. */
	void (*settle)(void *ctx);
	void *ctx;
	size_t max;		/* bytes that may wait */

	VEC(struct order_chunk) chunks;
	VEC(uint32_t) free_chunks;
	VEC(struct order_entry) entries;
	VEC(struct order_run) runs;
	VEC(struct order_head) heap;	/* one a run, the oldest first */
	size_t waiting;		/* bytes of records that wait */
	size_t held;		/* bytes of chunks */
	uint64_t last;		/* time of the record that came last */
	uint64_t run_last;	/* time that ends the last run */
	uint64_t newest;	/* of all runs but the last */
	uint64_t limit;		/* newest of all at the last round's end */
	uint64_t applied;	/* newest that was applied */
	uint64_t out_of_order;	/* applied after a newer one */
};

void order_init(struct order *o, size_t max, void *ctx,
		void (*apply)(void *ctx, const struct perf_event_header *record, uint64_t offset));
void order_deinit(struct order *o);

/* Takes the stretch over. Its records are then added, first to last, and order_fed says how many bytes were. */
uint32_t order_feed(struct order *o, struct records records);
/* May apply records when too many wait. */
void order_fed(struct order *o, uint32_t chunk, size_t added);

void order_add_slowly(struct order *o, struct order_entry entry);

/* The record at byte `at` of the chunk (a whole one, a multiple of 8 bytes long). One without a time takes o->last. */
static inline void order_add(struct order *o, uint32_t chunk, size_t at, uint64_t time)
{
	struct order_entry entry = { .time = time, .chunk = chunk, .word = (uint32_t)(at / 8) };

	o->last = time;
	if (time < o->run_last || o->entries.len == o->entries.cap || !o->runs.len) {
		order_add_slowly(o, entry);
		return;
	}
	o->run_last = time;
	o->entries.data[o->entries.len++] = entry;
}

/* A round has ended: what was there at the end of the round before is applied. */
void order_round(struct order *o);
/* Everything is applied. */
void order_finish(struct order *o);

#endif
