/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ring over a page and data of our own making, and over the kernel's. */
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "abi/perf_abi.h"
#include "pmu/ring.h"
#include "tests/lib/tap.h"

enum { SIZE = 256 };

static struct perf_event_mmap_page page;
static _Alignas(8) uint8_t data[SIZE];
static uint8_t joined[RING_RECORD_MAX];

/* Writes a record whose bytes are all `fill`, as the kernel would. */
static void produce(uint16_t size, uint8_t fill)
{
	uint8_t record[SIZE];
	struct perf_event_header header = { .type = fill, .size = size };

	memset(record, fill, size);
	memcpy(record, &header, sizeof(header));
	for (uint16_t i = 0; i < size; i++)
		data[(page.data_head + i) % SIZE] = record[i];
	page.data_head += size;
}

static void test_made_up(void)
{
	struct ring ring = { .page = &page, .data = data, .size = SIZE };
	struct iovec iov[2];
	const struct perf_event_header *record;

	CHECK_EQ(ring_peek(&ring, iov), 0, "an empty ring has nothing");
	produce(200, 1);
	CHECK_EQ(ring_peek(&ring, iov), 1, "a record in one piece");
	CHECK_EQ(ring_bytes(iov, 1), 200, "all of it");
	ring_release(&ring, 200);
	CHECK_EQ(page.data_tail, 200, "the kernel is told");
	produce(24, 2);
	produce(64, 3);
	produce(16, 4);
	int n = ring_peek(&ring, iov);
	CHECK_EQ(n, 2, "a stretch that wraps is two pieces");
	CHECK(iov[0].iov_len == 56 && iov[1].iov_len == 48, "cut at the buffer's end");
	struct ring_walk walk = { .iov = iov, .n = n, .joined = joined };
	record = ring_next(&walk);
	CHECK(record && record->type == 2 && (const uint8_t *)record == data + 200, "the first record lies in the ring");
	record = ring_next(&walk);
	CHECK(record && record->type == 3 && (const uint8_t *)record == joined, "the one that wraps is joined");
	bool whole = record && record->size == 64;
	for (int i = 8; whole && i < 64; i++)
		whole = joined[i] == 3;
	CHECK(whole, "with all its bytes");
	record = ring_next(&walk);
	CHECK(record && record->type == 4 && (const uint8_t *)record == data + 32, "the one behind it");
	CHECK(!ring_next(&walk), "the end");
	ring_release(&ring, 104);
	produce(SIZE, 5);
	n = ring_peek(&ring, iov);
	CHECK_EQ(ring_bytes(iov, n), SIZE, "a ring that is full to the brim");
	page.data_head += 8;
	CHECK_EQ(ring_peek(&ring, iov), 0, "a head that cannot be true gives nothing");
}

static void test_hostile(void)
{
	static const struct perf_event_header short_one = { .type = 1, .size = 4 }, long_one = { .type = 1, .size = 4096 };
	struct iovec iov[2] = { { (void *)&short_one, sizeof(short_one) } };
	struct ring_walk walk = { .iov = iov, .n = 1, .joined = joined };

	CHECK(!ring_next(&walk), "a record smaller than its header ends the walk");
	iov[0].iov_base = (void *)&long_one;
	walk.at = 0;
	CHECK(!ring_next(&walk), "and one longer than the stretch");
}

static void test_kernel(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .config = PERF_COUNT_SW_DUMMY,
		.mmap = 1, .sample_type = PERF_SAMPLE_TID, .exclude_kernel = 1,
	};
	int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	struct ring ring = { 0 };
	struct iovec iov[2];

	if (fd < 0 || !ring_map(&ring, fd, 2)) {
		SKIP(4, "perf_event_open is not allowed here");
		return;
	}
	CHECK(!ring_map(&(struct ring){ 0 }, fd, 3), "pages are a power of two");
	ring_unmap(&(struct ring){ 0 });
	uint64_t mapped = 0;
	for (int i = 0; i < 3; i++) {
		void *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		int n = ring_peek(&ring, iov);
		struct ring_walk walk = { .iov = iov, .n = n, .joined = joined };
		for (const struct perf_event_header *r; (r = ring_next(&walk));)
			mapped += r->type == PERF_RECORD_MMAP;
		ring_release(&ring, ring_bytes(iov, n));
		munmap(code, 4096);
	}
	CHECK_EQ(mapped, 3, "the kernel's records are walked");
	CHECK_EQ(ring_peek(&ring, iov), 0, "and released");
	ring_unmap(&ring);
	CHECK(!ring.page, "unmapped");
	close(fd);
}

int main(void)
{
	test_made_up();
	test_hostile();
	test_kernel();
	return tap_done();
}
