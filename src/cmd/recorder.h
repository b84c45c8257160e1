/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rings to file: the drain loop of `ptk record`.
 *
 * Each CPU has two rings. All sampling events of the CPU write into the
 * large one; an event that samples nothing writes mmap, comm, fork, exec and
 * exit records into the small one, so that a flood of samples, which fills
 * the large ring and loses some, never costs one of these.
 *
 * The kernel wakes the recorder when a ring is half full, and a timer does
 * now and then, so that what quiet rings hold is written, too. It then goes
 * over all rings once: whole stretches go to writev(2) as they lie in the
 * ring. A pass is closed by a FINISHED_ROUND record. What it promises to
 * readers: all that is older than the newest record of the pass *before* is
 * written, for when that record was made, this pass had not begun.
 *
 * Records are counted by their headers on the way: that touches a cache line
 * a record, which writev just brought in.
 *
 * Where stacks are unwound while recording, what a pass finds does not go to
 * writev but through recorder_unwind.h.
 */
#ifndef PTK_CMD_RECORDER_H
#define PTK_CMD_RECORDER_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "abi/record.h"
#include "base/error.h"
#include "base/notes.h"
#include "base/vec.h"
#include "cmd/build_ids.h"
#include "cmd/recorder_unwind.h"
#include "data/writer.h"
#include "os/root.h"
#include "pmu/open.h"
#include "pmu/ring.h"

struct recorder_ring {
	struct ring ring;
	int cpu;
	bool side;
	VEC(int) fds;		/* of the events that write into it; borrowed */
	size_t polled;		/* the one of them that is polled: the first whose task still lives; fds.len: none does */
};

struct recorder {
	struct data_writer *writer;		/* borrowed; set before the first drain */
	struct sample_layout layout;		/* of the samples, as far as all events share it */
	VEC(struct recorder_ring) rings;
	struct build_ids build_ids;
	struct recorder_unwind *unwind;		/* NULL: samples go to the file as they are; destroyed by recorder_close */
	uint64_t samples, lost;			/* written; told as lost by the kernel's records */
	uint64_t lost_side;			/* records of tasks and mappings */
	uint64_t first_time, last_time;		/* of samples */
	uint8_t *joined;			/* RING_RECORD_MAX bytes, for records that wrap */
};

struct recorder_sizes {
	uint64_t samples, side;		/* bytes of a ring, powers of two of at least a page */
	uint32_t watermark;		/* for the attrs of events: bytes that wake the recorder; 0: half of the ring */
	bool asked;			/* the person chose: making them smaller is said */
};

/*
 * Sizes that fit this machine and user: some MiB with CAP_IPC_LOCK, else
 * what kernel.perf_event_mlock_kb allows. asked: bytes of a ring for
 * samples, a power of two; 0 chooses that, too.
 */
void recorder_sizes_choose(const struct os *os, uint64_t asked, size_t n_cpus, struct recorder_sizes *sizes);

/* Makes the rings and points all events into them. Over the mlock limit, the rings are halved until they fit. */
struct error *recorder_open(struct recorder *r, const struct os *os, const struct counters *samples,
			    const struct counters *side, struct recorder_sizes sizes, struct notes *notes) MUST_CHECK;
void recorder_close(struct recorder *r);

/* What is polled: fds[0] the signals, behind it a living descriptor of each ring, behind those what the caller adds. */
struct ring_poll {
	VEC(struct pollfd) fds;
	size_t alive;		/* rings that some task may still write into */
};
void ring_poll_fill(struct ring_poll *set, const struct recorder *r, int signals);
/* After poll(2): a task that ended hangs up for ever, and another descriptor of the same ring takes over. */
void ring_poll_replace(struct recorder *r, struct ring_poll *set);

struct recorder_run {
	struct counters *counters;	/* enabled after the delay */
	int64_t delay_ms;		/* 0: they are on already; -1: they stay off */
	int signals;			/* a signalfd for SIGINT, SIGTERM, SIGHUP and SIGCHLD */
	pid_t command;			/* whose end is the end; 0: none */
	uint64_t max_size;		/* stop beyond this many bytes; 0: never */
	/* Set by recorder_run. */
	bool command_ended;
	int command_status;		/* of waitpid(2) */
	int signal;			/* SIGINT or SIGTERM that ended it, or 0 */
};

/*
 * Drains until the command ends, a signal comes, every task is gone, or the
 * file is large enough. Errors are of writing.
 */
struct error *recorder_run(struct recorder *r, struct recorder_run *run) MUST_CHECK;
/* The last one, when the events are stopped: nothing waits any more. */
struct error *recorder_drain_last(struct recorder *r) MUST_CHECK;
/*
 * When the events are stopped and the last pass is done: r->lost becomes the
 * number of all samples that were lost, with those that the ring has no record
 * of, and the file gets it as LOST_SAMPLES.
 */
struct error *recorder_settle_lost(struct recorder *r, const struct counters *samples) MUST_CHECK;
/* Samples that found no room so far, by what the kernel counts at the descriptors; 0 where it does not (before Linux 6.0). */
uint64_t recorder_count_lost(const struct counters *samples);

#endif
