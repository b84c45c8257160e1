/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The time merge.
 *
 * The problem. Each ring holds its records in the order of time, and a
 * recorder drains one ring after the other, so a file is a row of sorted
 * pieces: CPU 0 from t0 to t1, CPU 1 from t0 to t1 … and again from t1 on. A
 * sample of CPU 0 may need the mmap that stands a megabyte later, in the
 * piece of CPU 1. When a recorder has been round all rings it writes
 * FINISHED_ROUND: what was written into the rings before the round began is
 * in the file now. A ring that was drained early in a round may still get
 * records older than the newest of that round, but none older than the
 * newest of the round before. So at a round's end everything up to the
 * newest time seen at the *previous* round's end can go.
 *
 * The simpler ways. Sorting what waits costs n log n comparisons of records
 * that are sorted already, but for the seams. A list with insertion from the
 * newest end (what perf does) walks a whole piece for each record as soon as
 * there are more rings than one.
 *
 * The idea. Find the pieces as the records come: a record that is not older
 * than the one before continues the run, else it begins a new one. Then merge
 * the runs: a heap of the runs' heads gives the run to take from, and how
 * far: up to the head of the next best run. Within that stretch a record
 * costs one comparison, and the heap is touched once a stretch and not once a
 * record. A file that is in order already is one run and no heap. A record
 * a little older than its neighbours (an interrupt wrote between the clock
 * and the ring) is put into its place in the run, so that it does not cut
 * the run in three.
 *
 * Memory. An entry is 16 bytes; the records stay where the reader put them,
 * and a stretch is freed when its last record has been applied. A file
 * without rounds (a recorder that was killed, a damaged one) would wait in
 * memory as a whole: when `max` bytes wait, the older half goes anyway. And
 * where a few records that are not due yet (a clock gone wrong) keep many
 * stretches alive, they are copied out and the stretches freed.
 *
 * Equal times keep the order of the file. Time 0 is what records have that
 * the recorder made up (tasks and mappings from before): first, always.
 */
#include "session/order.h"

#include <string.h>

#include "base/alloc.h"

enum { LOOK_BACK = 16 };	/* how far a late record is moved forward in its run */

void order_init(struct order *o, size_t max, void *ctx,
		void (*apply)(void *ctx, const struct perf_event_header *record, uint64_t offset))
{
	*o = (struct order){ .apply = apply, .ctx = ctx, .max = max };
}

static void free_chunk(struct order *o, uint32_t id)
{
	struct order_chunk *chunk = &o->chunks.data[id];

	o->held -= chunk->records.len;
	records_free(&chunk->records);
	*chunk = (struct order_chunk){ 0 };
	vec_push(&o->free_chunks, id);
}

void order_deinit(struct order *o)
{
	for (size_t i = 0; i < o->chunks.len; i++)
		if (o->chunks.data[i].records.bytes)
			records_free(&o->chunks.data[i].records);
	vec_deinit(&o->chunks);
	vec_deinit(&o->free_chunks);
	vec_deinit(&o->entries);
	vec_deinit(&o->runs);
	vec_deinit(&o->heap);
}

uint32_t order_feed(struct order *o, struct records records)
{
	uint32_t id;

	if (o->free_chunks.len) {
		id = o->free_chunks.data[--o->free_chunks.len];
	} else {
		id = (uint32_t)o->chunks.len;
		vec_add(&o->chunks);
	}
	o->chunks.data[id] = (struct order_chunk){ .records = records, .live = records.len, .feeding = true };
	o->held += records.len;
	o->waiting += records.len;
	return id;
}

static void close_run(struct order *o)
{
	if (!o->runs.len)
		return;
	vec_last(&o->runs).end = o->entries.len;
	if (o->run_last > o->newest)
		o->newest = o->run_last;
}

/* Puts an entry that is older than the run's last into its place in the run, when that is near. */
static bool settle_late(struct order *o, struct order_entry late)
{
	struct order_entry *e = o->entries.data;
	size_t end = o->entries.len, to = end, at = vec_last(&o->runs).at;
	size_t first = end - at > LOOK_BACK ? end - LOOK_BACK : at;

	while (to > first && e[to - 1].time > late.time)
		to--;
	if (to == first && first != at)
		return false;
	memmove(&e[to + 1], &e[to], (end - to) * sizeof(*e));
	e[to] = late;
	o->entries.len++;
	return true;
}

void order_add_slowly(struct order *o, struct order_entry entry)
{
	vec_reserve(&o->entries, 1);
	if (o->runs.len && entry.time < o->run_last && settle_late(o, entry))
		return;
	if (!o->runs.len || entry.time < o->run_last) {
		close_run(o);
		vec_push(&o->runs, (struct order_run){ .at = o->entries.len });
	}
	o->run_last = entry.time;
	vec_push(&o->entries, entry);
}

/* Of runs with equal times the one that came first. No branch: with hundreds of rings it would be a guess. */
static inline size_t before(struct order_head a, struct order_head b)
{
	return (size_t)(a.time < b.time) | ((size_t)(a.time == b.time) & (size_t)(a.run < b.run));
}

/*
 * Brings heap[i] to its place. Where rings are interleaved, the next record
 * of the run on top is newer than those of most other runs; so the gap goes
 * all the way down, and the run up again from there (most often not at all).
 */
static void sift_down(struct order_head *heap, size_t n, size_t i)
{
	struct order_head moved = heap[i];
	size_t top = i, child;

	while ((child = 2 * i + 2) < n) {
		child -= before(heap[child - 1], heap[child]);
		heap[i] = heap[child];
		i = child;
	}
	if (child == n) {
		heap[i] = heap[n - 1];
		i = n - 1;
	}
	while (i > top && before(moved, heap[(i - 1) / 2])) {
		heap[i] = heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	heap[i] = moved;
}

static void build_heap(struct order *o)
{
	vec_clear(&o->heap);
	for (size_t i = 0; i < o->runs.len; i++)
		vec_push(&o->heap, (struct order_head){ o->entries.data[o->runs.data[i].at].time, (uint32_t)i });
	for (size_t i = o->heap.len / 2; i-- > 0;)
		sift_down(o->heap.data, o->heap.len, i);
}

/* The newest time up to which the best run may be taken without a look at the others. */
static uint64_t stretch_limit(const struct order *o, uint64_t limit)
{
	const struct order_head *heap = o->heap.data, *second = &heap[1];
	uint64_t time;

	if (o->heap.len == 1)
		return limit;
	if (o->heap.len > 2 && before(heap[2], heap[1]))
		second = &heap[2];
	time = second->time;
	/* At equal times the run that came first goes first. A later one is on top only when it is older. */
	if (heap[0].run > second->run)
		time--;
	return time < limit ? time : limit;
}

static inline const struct perf_event_header *record_at(const struct order_chunk *chunk, uint32_t word)
{
	return (const struct perf_event_header *)(chunk->records.bytes + (size_t)word * 8);
}

static void settle(const struct order *o)
{
	if (o->settle)
		o->settle(o->ctx);
}

static inline void apply_one(struct order *o, struct order_entry entry)
{
	struct order_chunk *chunk = &o->chunks.data[entry.chunk];
	const struct perf_event_header *record = record_at(chunk, entry.word);
	uint16_t size = record->size;

	if (entry.time >= o->applied)
		o->applied = entry.time;
	else if (entry.time)
		o->out_of_order++;
	o->apply(o->ctx, record, chunk->records.offset + (uint64_t)entry.word * 8);
	o->waiting -= size;
	chunk->live -= size;
	if (!chunk->live && !chunk->feeding) {
		settle(o);
		free_chunk(o, entry.chunk);
	}
}

/* Takes from a run up to `limit`, or until no more than `enough` bytes wait. */
static void apply_stretch(struct order *o, struct order_run *run, uint64_t limit, size_t enough)
{
	enum { AHEAD = 4 };
	const struct order_entry *entries = o->entries.data;
	size_t at = run->at, end = run->end;

	do {
		if (at + AHEAD < end) {
			const struct order_entry *ahead = &entries[at + AHEAD];
			__builtin_prefetch(record_at(&o->chunks.data[ahead->chunk], ahead->word));
		}
		apply_one(o, entries[at++]);
	} while (at < end && entries[at].time <= limit && o->waiting > enough);
	run->at = at;
}

/* Forgets the runs that are used up, and closes the gaps. */
static void compact(struct order *o)
{
	size_t kept = 0, n = 0;

	for (size_t i = 0; i < o->runs.len; i++) {
		struct order_run run = o->runs.data[i];
		size_t len = run.end - run.at;
		if (!len)
			continue;
		memmove(&o->entries.data[n], &o->entries.data[run.at], len * sizeof(*o->entries.data));
		o->runs.data[kept++] = (struct order_run){ n, n + len };
		n += len;
	}
	o->runs.len = kept;
	o->entries.len = n;
	o->run_last = n ? o->entries.data[n - 1].time : 0;
}

static void apply_until(struct order *o, uint64_t limit, size_t enough)
{
	struct order_head *top;

	close_run(o);
	if (!o->runs.len)
		return;
	build_heap(o);
	while (o->heap.len && (top = o->heap.data)->time <= limit && o->waiting > enough) {
		struct order_run *run = &o->runs.data[top->run];
		apply_stretch(o, run, stretch_limit(o, limit), enough);
		if (run->at < run->end)
			top->time = o->entries.data[run->at].time;
		else
			*top = o->heap.data[--o->heap.len];
		sift_down(o->heap.data, o->heap.len, 0);
	}
	settle(o);
	compact(o);
}

/* Copies what waits in stretches that are mostly done with into one new stretch. */
static void rescue(struct order *o)
{
	struct records copy = { 0 };
	size_t size = 0;

	for (size_t i = 0; i < o->chunks.len; i++)
		if (!o->chunks.data[i].feeding && o->chunks.data[i].live < o->chunks.data[i].records.len / 2)
			size += o->chunks.data[i].live;
	if (!size)
		return;
	copy = (struct records){ .bytes = xmalloc(size), .len = size };
	uint32_t to = order_feed(o, copy);
	o->waiting -= copy.len;		/* counted already */
	size = 0;
	for (size_t i = 0; i < o->entries.len; i++) {
		struct order_entry *entry = &o->entries.data[i];
		struct order_chunk *chunk = &o->chunks.data[entry->chunk];
		if (entry->chunk == to || chunk->feeding || chunk->live >= chunk->records.len / 2)
			continue;
		const struct perf_event_header *record = record_at(chunk, entry->word);
		memcpy(copy.bytes + size, record, record->size);
		entry->chunk = to;
		entry->word = (uint32_t)(size / 8);
		size += record->size;
	}
	for (uint32_t i = 0; i < o->chunks.len; i++) {
		struct order_chunk *chunk = &o->chunks.data[i];
		if (i != to && chunk->records.bytes && !chunk->feeding && chunk->live < chunk->records.len / 2)
			free_chunk(o, i);
	}
	o->chunks.data[to].feeding = false;
}

void order_fed(struct order *o, uint32_t chunk, size_t added)
{
	struct order_chunk *fed = &o->chunks.data[chunk];

	o->waiting -= fed->records.len - added;
	fed->live -= fed->records.len - added;
	fed->feeding = false;
	if (!fed->live)
		free_chunk(o, chunk);
	if (o->waiting > o->max)
		apply_until(o, UINT64_MAX, o->max / 2);
	if (o->held > 2 * o->max)
		rescue(o);
}

void order_round(struct order *o)
{
	apply_until(o, o->limit, 0);
	/* The last run is closed above; nothing came since. */
	o->limit = o->newest;
}

void order_finish(struct order *o)
{
	apply_until(o, UINT64_MAX, 0);
}
