/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time merge against qsort(3), and its memory. */
#include "session/order.h"

#include "base/alloc.h"
#include "tests/lib/tap.h"

/* A record with its time and its number in the file as body. */
struct timed {
	struct perf_event_header header;
	uint64_t time, number;
};

static size_t alive, alive_most;	/* bytes of stretches that were fed and not freed */

void records_free(struct records *r)
{
	alive -= r->len;
	free(r->bytes);
	*r = (struct records){ 0 };
}

struct got {
	VEC(struct timed) records;
};

static void take(void *ctx, const struct perf_event_header *record, uint64_t offset)
{
	struct got *got = ctx;

	vec_push(&got->records, *(const struct timed *)record);
}

static int by_time(const void *a, const void *b)
{
	const struct timed *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void feed(struct order *o, const struct timed *records, size_t n)
{
	struct records r = { .bytes = xmemdup(records, n * sizeof(*records)), .len = n * sizeof(*records) };
	uint32_t chunk;

	alive += r.len;
	if (alive > alive_most)
		alive_most = alive;
	chunk = order_feed(o, r);
	for (size_t i = 0; i < n; i++)
		order_add(o, chunk, i * sizeof(*records), records[i].time);
	order_fed(o, chunk, n * sizeof(*records));
}

static uint64_t seed = 0x9e3779b97f4a7c15ull;
static uint64_t random_below(uint64_t n)
{
	seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
	return seed % n;
}

static struct timed record(uint64_t time, uint64_t number)
{
	return (struct timed){ .header = { .type = PERF_RECORD_SAMPLE, .size = sizeof(struct timed) },
			       .time = time, .number = number };
}

static bool same(const struct got *got, const struct timed *want, size_t n)
{
	for (size_t i = 0; i < n && i < got->records.len; i++)
		if (got->records.data[i].time != want[i].time || got->records.data[i].number != want[i].number) {
			printf("#   at %zu: time %" PRIu64 " number %" PRIu64 ", wanted %" PRIu64 " %" PRIu64 "\n", i,
			       got->records.data[i].time, got->records.data[i].number, want[i].time, want[i].number);
			return false;
		}
	return got->records.len == n;
}

/*
 * A recorder with rings: time goes on, records fall into random rings, a
 * round drains them one after the other. `jitter`: how far a ring itself may
 * be out of order.
 */
static void rounds(size_t rings, uint64_t jitter, const char *what)
{
	enum { ROUNDS = 40, PER_ROUND = 400 };
	VEC(struct timed) *ring = xcalloc(rings, sizeof(*ring)), all = { 0 };
	struct got got = { 0 };
	struct order o;
	uint64_t now = 1000;
	bool early = false;

	order_init(&o, 1 << 20, &got, take);
	for (int round = 0; round < ROUNDS; round++) {
		/* While ring r is drained the others go on: what comes late waits for the next round. */
		for (size_t r = 0; r < rings; r++) {
			for (size_t i = 0; i < PER_ROUND / rings + 1; i++) {
				now += random_below(3);
				size_t to = random_below(rings);
				vec_push(&ring[to], record(now - random_below(jitter + 1), 0));
			}
			for (size_t i = 0; i < ring[r].len; i++) {
				ring[r].data[i].number = all.len;
				vec_push(&all, ring[r].data[i]);
			}
			if (ring[r].len)
				feed(&o, ring[r].data, ring[r].len);
			vec_clear(&ring[r]);
		}
		order_round(&o);
		early |= got.records.len && got.records.len < all.len;
	}
	order_finish(&o);
	qsort(all.data, all.len, sizeof(*all.data), by_time);
	CHECK(same(&got, all.data, all.len), what);
	CHECK(early, "records are applied before the end");
	CHECK_EQ(o.out_of_order, 0, "nothing came too late");
	order_deinit(&o);
	CHECK_EQ(alive, 0, "every stretch was freed");
	for (size_t r = 0; r < rings; r++)
		vec_deinit(&ring[r]);
	free(ring);
	vec_deinit(&all);
	vec_deinit(&got.records);
}

static void any_order(void)
{
	struct timed all[3000];
	struct got got = { 0 };
	struct order o;
	bool good = true;

	for (int turn = 0; turn < 30; turn++) {
		size_t n = 1 + random_below(3000);
		order_init(&o, SIZE_MAX / 4, &got, take);
		for (size_t i = 0; i < n; i++)
			all[i] = record(random_below(turn % 2 ? n : 7), i);
		for (size_t i = 0, k; i < n; i += k) {
			k = 1 + random_below(n - i);
			feed(&o, all + i, k);
		}
		order_finish(&o);
		qsort(all, n, sizeof(*all), by_time);
		good &= same(&got, all, n);
		order_deinit(&o);
		vec_clear(&got.records);
	}
	CHECK(good, "records in any order come out as a stable sort gives them");
	vec_deinit(&got.records);
}

static void bounded(void)
{
	enum { MAX = 64 << 10, N = 200, STRETCH = 256 };
	struct timed stretch[STRETCH];
	struct got got = { 0 };
	struct order o;
	uint64_t number = 0;

	/* No rounds at all, in every stretch one record whose time is far off. */
	order_init(&o, MAX, &got, take);
	alive_most = 0;
	for (int i = 0; i < N; i++) {
		for (int k = 0; k < STRETCH; k++, number++)
			stretch[k] = record(k == 7 ? 1ull << 60 : 1000 + number, number);
		feed(&o, stretch, STRETCH);
	}
	CHECK(alive_most < 4 * MAX, "memory stays bounded without rounds, and with records that are not due");
	CHECK(got.records.len >= (size_t)(N - 20) * STRETCH / 2, "what is oldest is applied meanwhile");
	order_finish(&o);
	CHECK_EQ(got.records.len, N * STRETCH, "every record is applied once");
	bool sorted = true;
	for (size_t i = 1; i < got.records.len; i++)
		sorted &= by_time(&got.records.data[i - 1], &got.records.data[i]) < 0;
	CHECK(sorted && !o.out_of_order, "and in order");
	order_deinit(&o);
	vec_deinit(&got.records);
}

static void late(void)
{
	struct timed a[] = { record(10, 0), record(20, 1) }, b[] = { record(30, 2) }, c[] = { record(5, 3), record(0, 4) };
	struct got got = { 0 };
	struct order o;

	order_init(&o, 1 << 20, &got, take);
	feed(&o, a, 2);
	order_round(&o);
	CHECK_EQ(got.records.len, 0, "the first round's end applies nothing yet");
	feed(&o, b, 1);
	order_round(&o);
	CHECK_EQ(got.records.len, 2, "the second applies what the first had seen");
	feed(&o, c, 2);
	order_round(&o);
	CHECK_EQ(got.records.len, 5, "what comes too late is applied with the next");
	CHECK_EQ(o.out_of_order, 1, "and counted; time 0 (made up by the recorder) is never late");
	order_deinit(&o);
	vec_deinit(&got.records);
}

int main(void)
{
	rounds(1, 0, "one ring");
	rounds(2, 0, "two rings");
	rounds(13, 0, "13 rings");
	rounds(64, 0, "64 rings");
	rounds(5, 20, "5 rings that are a little out of order themselves");
	any_order();
	bounded();
	late();
	return tap_done();
}
