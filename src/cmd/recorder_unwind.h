/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stacks unwound while recording (--call-graph dwarf): between the rings and
 * the file, registers and stack bytes of samples become call chains.
 *
 * What comes out of the rings goes through a session, the one that reads
 * files too: so each stack is unwound with the mappings that its task had at
 * that moment, whatever ring they came from, and the file is in the order of
 * time. A record is written when the pass after its own is done, for by then
 * nothing older can come.
 *
 * Of a sample only the stack bytes that the kernel really copied are kept.
 * When a ring is nearly full the recorder has no time: its samples give up
 * most of their stack bytes, and are counted.
 *
 * A stack whose outer frames are missing says so: enum stack_end.
 */
#ifndef PTK_CMD_RECORDER_UNWIND_H
#define PTK_CMD_RECORDER_UNWIND_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "base/error.h"
#include "base/notes.h"
#include "data/writer.h"
#include "os/root.h"
#include "session/session.h"

struct recorder_unwind;

/*
 * Of the events as they are sampled; they are then changed to say what the
 * file has. os and notes are borrowed. no_cache: unwind rows are compiled here and not kept.
 */
struct recorder_unwind *recorder_unwind_create(const struct os *os, bool no_cache, struct data_event *events, size_t n,
					       struct notes *notes);
void recorder_unwind_destroy(struct recorder_unwind *u);

/* Copies what a ring holds. `joined`: RING_RECORD_MAX bytes. pressed: there is no time. */
void recorder_unwind_take(struct recorder_unwind *u, const struct iovec *iov, int n, uint8_t *joined, bool pressed);
/* Records that were not in a ring. */
void recorder_unwind_take_bytes(struct recorder_unwind *u, const void *bytes, size_t len);
/* All rings were taken: writes what is due, closed by a FINISHED_ROUND record. */
struct error *recorder_unwind_round(struct recorder_unwind *u, struct data_writer *writer) MUST_CHECK;
/* Nothing comes any more: writes the rest. */
struct error *recorder_unwind_finish(struct recorder_unwind *u, struct data_writer *writer) MUST_CHECK;

/* Stacks that gave up bytes, and those of them that are cut. */
struct recorder_unwind_pressed { uint64_t stacks, cut; };
struct recorder_unwind_pressed recorder_unwind_pressed(const struct recorder_unwind *u);
const struct session_counts *recorder_unwind_counts(const struct recorder_unwind *u);

#endif
