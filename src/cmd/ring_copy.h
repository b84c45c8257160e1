/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What rings hold, copied for a session, less the stack bytes that nobody
 * needs: the kernel makes room for as many as were asked for, but most stacks
 * have fewer. A copy of all would push everything else out of the caches.
 */
#ifndef PTK_CMD_RING_COPY_H
#define PTK_CMD_RING_COPY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "abi/record.h"
#include "base/hash.h"
#include "base/vec.h"
#include "data/reader.h"

/* All-zero before ring_copy_init. */
struct ring_copy {
	VEC(struct sample_layout) layouts;	/* by event, as sampled */
	struct map64 event_by_id;
	bool stacks;				/* any event has stack bytes */
	uint64_t pressed;			/* samples that gave up bytes for want of time */
};

/* In the misc of a copied sample that gave up stack bytes. The kernel does not use this bit. */
enum { MISC_PRESSED = 1 << 11 };

void ring_copy_init(struct ring_copy *copy, const struct data_event *events, size_t n);
void ring_copy_deinit(struct ring_copy *copy);
/*
 * The records of a stretch of a ring, to be freed with records_free().
 * joined: RING_RECORD_MAX bytes. pressed: there is no time, and only the first
 * bytes of each stack are kept, for its innermost frames.
 */
struct records ring_copy(struct ring_copy *copy, const struct iovec *iov, int n, uint8_t *joined, bool pressed);

#endif
