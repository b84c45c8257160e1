/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pmu/ring.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi/perf_abi.h"

bool ring_map(struct ring *ring, int fd, size_t pages)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t bytes = (pages + 1) * page;
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return false;
	*ring = (struct ring){
		.page = at,
		.data = (const uint8_t *)at + page,
		.size = pages * page,
		.mapped = bytes,
	};
	return true;
}

void ring_unmap(struct ring *ring)
{
	if (ring->page)
		munmap(ring->page, ring->mapped);
	*ring = (struct ring){ 0 };
}

int ring_peek(const struct ring *ring, struct iovec iov[2])
{
	struct perf_event_mmap_page *page = ring->page;
	/* Pairs with the kernel's barrier between writing records and moving data_head. */
	uint64_t head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
	uint64_t bytes = head - ring->tail, from = ring->tail & (ring->size - 1);
	uint64_t first = ring->size - from;

	if (!bytes || bytes > ring->size)
		return 0;
	if (first > bytes)
		first = bytes;
	iov[0] = (struct iovec){ (void *)(ring->data + from), first };
	if (first == bytes)
		return 1;
	iov[1] = (struct iovec){ (void *)ring->data, bytes - first };
	return 2;
}

void ring_release(struct ring *ring, size_t bytes)
{
	struct perf_event_mmap_page *page = ring->page;

	ring->tail += bytes;
	/* All reads of the records are done before the kernel may write there again. */
	__atomic_store_n(&page->data_tail, ring->tail, __ATOMIC_RELEASE);
}

const struct perf_event_header *ring_join(struct ring_walk *w)
{
	size_t first = w->n > 0 ? w->iov[0].iov_len : 0, total = ring_bytes(w->iov, w->n);
	size_t at = w->at;
	struct perf_event_header header;
	const uint8_t *record;

	if (total - at < sizeof(header))
		return NULL;
	/* Records start at 8-byte boundaries and so does the buffer's end: a header never wraps. */
	record = at < first ? (const uint8_t *)w->iov[0].iov_base + at :
			      (const uint8_t *)w->iov[1].iov_base + (at - first);
	memcpy(&header, record, sizeof(header));
	if (header.size < sizeof(header) || header.size > total - at)
		return NULL;
	w->at += header.size;
	if (at >= first || header.size <= first - at)
		return (const struct perf_event_header *)record;
	memcpy(w->joined, record, first - at);
	memcpy(w->joined + (first - at), w->iov[1].iov_base, header.size - (first - at));
	return (const struct perf_event_header *)w->joined;
}
