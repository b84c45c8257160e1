/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ring buffer that the kernel fills with records and one thread empties
 * (perf_event_open(2), "MMAP layout").
 *
 * The records between tail and head are always whole ones. The stretch may
 * wrap at the end of the buffer, in the middle of a record; it is handed out
 * as it lies there, in one or two pieces, so that it can go to writev(2)
 * without being looked at.
 */
#ifndef PTK_PMU_RING_H
#define PTK_PMU_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "abi/perf_abi.h"

struct ring {
	void *page;		/* struct perf_event_mmap_page; NULL when not mapped */
	const uint8_t *data;
	uint64_t size;		/* bytes of data, a power of two */
	uint64_t tail;		/* where reading is; counts on and on, as the kernel's head does */
	size_t mapped;		/* bytes of the mapping */
};

/* Maps the ring of an event with `pages` data pages, a power of two; false with errno (EPERM: the mlock limit). */
bool ring_map(struct ring *ring, int fd, size_t pages);
void ring_unmap(struct ring *ring);

/* What was written since the last ring_release: the number of pieces put into iov, 0 to 2. */
int ring_peek(const struct ring *ring, struct iovec iov[2]);
static inline size_t ring_bytes(const struct iovec iov[2], int n)
{
	return (n > 0 ? iov[0].iov_len : 0) + (n > 1 ? iov[1].iov_len : 0);
}
/* Gives that many bytes of it back to the kernel. */
void ring_release(struct ring *ring, size_t bytes);

/*
 * Walks the records of a stretch by their headers. A record that wraps is
 * copied into `joined`, which has room for 64 KiB; all others are pointed to
 * where they lie.
 */
struct ring_walk {
	const struct iovec *iov;
	int n;
	size_t at;		/* bytes from the start of the stretch */
	uint8_t *joined;
};

enum { RING_RECORD_MAX = 1 << 16 };

/* ring_next for what is not plainly in the first piece. */
const struct perf_event_header *ring_join(struct ring_walk *walk);

/* The next record, or NULL at the end. */
static inline const struct perf_event_header *ring_next(struct ring_walk *walk)
{
	if (walk->n > 0 && walk->at + sizeof(struct perf_event_header) <= walk->iov[0].iov_len) {
		const uint8_t *at = (const uint8_t *)walk->iov[0].iov_base + walk->at;
		const struct perf_event_header *record = (const struct perf_event_header *)at;
		size_t size = record->size;
		if (size >= sizeof(*record) && size <= walk->iov[0].iov_len - walk->at) {
			walk->at += size;
			return record;
		}
	}
	return ring_join(walk);
}

#endif
