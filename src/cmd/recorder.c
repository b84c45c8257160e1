/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/recorder.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>

#include "abi/build.h"
#include "base/cleanup.h"
#include "base/file.h"

/* ---- one pass ---- */

enum {
	BATCH_RINGS = 64,		/* of a writev(2): quiet rings of many CPUs cost one call together */
	BATCH_BYTES = 256 << 10,	/* beyond this a ring is worth a call of its own, and is given back soon */
};

struct batch {
	struct iovec iov[2 * BATCH_RINGS];
	struct { struct recorder_ring *ring; int iov, n; } parts[BATCH_RINGS];
	int n_iov, n_parts;
	size_t bytes;
};

static void count_samples(struct recorder *r, const struct perf_event_header *sample)
{
	uint64_t time;

	if (!record_time(&r->layout, sample, &time))
		return;
	if (!r->first_time || time < r->first_time)
		r->first_time = time;
	if (time > r->last_time)
		r->last_time = time;
}

static void count_lost(struct recorder *r, const struct recorder_ring *ring, const struct perf_event_header *record)
{
	struct record_lost lost;

	if (record_lost(record, r->layout.id_words * 8u, &lost))
		*(ring->side ? &r->lost_side : &r->lost) += lost.lost;
}

/* Looks at the headers of a stretch. In time order within one ring, nearly: its first and last sample bound the times. */
static void account(struct recorder *r, const struct recorder_ring *ring, const struct iovec *iov, int n)
{
	struct ring_walk walk = { .iov = iov, .n = n, .joined = r->joined };
	const struct perf_event_header *record, *last = NULL;

	while ((record = ring_next(&walk))) {
		if (record->type == PERF_RECORD_SAMPLE) {
			r->samples++;
			if (!last)
				count_samples(r, record);
			last = record;
		} else if (record->type == PERF_RECORD_LOST || record->type == PERF_RECORD_LOST_SAMPLES) {
			count_lost(r, ring, record);
		} else if (ring->side) {
			build_ids_see(&r->build_ids, record, r->layout.id_words * 8u);
		}
	}
	if (last)
		count_samples(r, last);
}

/* The front of the batch that found room before the disk was full. */
static void account_front(struct recorder *r, struct batch *b, uint64_t bytes)
{
	for (int i = 0; i < b->n_parts && bytes; i++) {
		struct iovec *iov = b->iov + b->parts[i].iov;
		for (int v = 0; v < b->parts[i].n; v++) {
			if (iov[v].iov_len > bytes)
				iov[v].iov_len = bytes;
			bytes -= iov[v].iov_len;
		}
		account(r, b->parts[i].ring, iov, b->parts[i].n);
	}
}

/* Writes what was gathered and gives the room back to the kernel. */
static struct error *flush(struct recorder *r, struct batch *b)
{
	uint64_t before = data_writer_bytes(r->writer);
	struct error *err;

	if (!b->n_iov)
		return NULL;
	err = data_writer_put(r->writer, b->iov, b->n_iov);
	if (err) {
		account_front(r, b, data_writer_bytes(r->writer) - before);
		return err;
	}
	for (int i = 0; i < b->n_parts; i++) {
		const struct iovec *iov = b->iov + b->parts[i].iov;
		account(r, b->parts[i].ring, iov, b->parts[i].n);
		ring_release(&b->parts[i].ring->ring, ring_bytes(iov, b->parts[i].n));
	}
	b->n_iov = b->n_parts = 0;
	b->bytes = 0;
	return NULL;
}

static struct error *finish_round(struct recorder *r)
{
	struct perf_event_header round = { .type = RECORD_FINISHED_ROUND, .size = sizeof(round) };
	struct iovec iov = { &round, sizeof(round) };

	return data_writer_put(r->writer, &iov, 1);
}

/* A ring this full says that the recorder does not keep up. */
static bool nearly_full(const struct ring *ring, size_t bytes)
{
	return bytes > ring->size / 4 * 3;
}

static struct error *drain_unwinding(struct recorder *r)
{
	struct iovec iov[2];

	for (size_t i = 0; i < r->rings.len; i++) {
		struct recorder_ring *ring = &r->rings.data[i];
		int n = ring_peek(&ring->ring, iov);
		size_t bytes = ring_bytes(iov, n);
		if (!n)
			continue;
		account(r, ring, iov, n);
		recorder_unwind_take(r->unwind, iov, n, r->joined, nearly_full(&ring->ring, bytes));
		ring_release(&ring->ring, bytes);
	}
	return recorder_unwind_round(r->unwind, r->writer);
}

/* One pass over all rings, closed by a FINISHED_ROUND record when anything was written. */
static struct error *drain(struct recorder *r)
{
	struct batch batch;
	bool any = false;

	if (r->unwind)
		return drain_unwinding(r);

	batch.n_iov = batch.n_parts = 0;
	batch.bytes = 0;
	for (size_t i = 0; i < r->rings.len; i++) {
		struct recorder_ring *ring = &r->rings.data[i];
		struct iovec *iov = batch.iov + batch.n_iov;
		int n = ring_peek(&ring->ring, iov);
		if (!n)
			continue;
		any = true;
		batch.parts[batch.n_parts].ring = ring;
		batch.parts[batch.n_parts].iov = batch.n_iov;
		batch.parts[batch.n_parts++].n = n;
		batch.n_iov += n;
		batch.bytes += ring_bytes(iov, n);
		if (batch.n_parts == BATCH_RINGS || batch.bytes >= BATCH_BYTES)
			TRY(flush(r, &batch));
	}
	TRY(flush(r, &batch));
	return any ? finish_round(r) : NULL;
}

struct error *recorder_drain_last(struct recorder *r)
{
	TRY(drain(r));
	return r->unwind ? recorder_unwind_finish(r->unwind, r->writer) : NULL;
}

/* ---- what is lost in silence ---- */

/* Samples of this descriptor that found no room, by PERF_FORMAT_LOST (Linux 6.0). */
static uint64_t read_lost(int fd, uint64_t format)
{
	uint64_t values[5];
	size_t n = 2 + !!(format & PERF_FORMAT_TOTAL_TIME_ENABLED) + !!(format & PERF_FORMAT_TOTAL_TIME_RUNNING) +
		   !!(format & PERF_FORMAT_ID);

	if (!(format & PERF_FORMAT_LOST) || (format & PERF_FORMAT_GROUP))
		return 0;
	return file_read_full(fd, values, n * sizeof(*values)) == (ssize_t)(n * sizeof(*values)) ? values[n - 1] : 0;
}

uint64_t recorder_count_lost(const struct counters *samples)
{
	uint64_t total = 0;

	for (size_t e = 0; e < samples->list->events.len; e++) {
		const struct opened *o = &samples->opened[e];
		for (size_t i = 0; i < o->n_cpus * o->n_tasks; i++)
			if (o->fds[i] >= 0)
				total += read_lost(o->fds[i], samples->list->events.data[e].attr.read_format);
	}
	return total;
}

struct error *recorder_settle_lost(struct recorder *r, const struct counters *samples)
{
	autostrbuf struct strbuf out = { 0 };
	uint64_t total = recorder_count_lost(samples);

	if (!total)
		return NULL;
	/*
	 * The kernel tells of losses when there is room again: of the last ones it never does. This record has the
	 * sum of all, as perf's.
	 */
	uint64_t body[1 + 6] = { total };
	size_t words = 1 + (r->layout.id_words < 6 ? r->layout.id_words : 6u);
	build_plain(&out, PERF_RECORD_LOST_SAMPLES, 0, body, words * sizeof(*body));
	r->lost = total > r->lost ? total : r->lost;
	struct iovec iov = { out.data, out.len };
	return data_writer_put(r->writer, &iov, 1);
}

/* ---- the loop ---- */

enum { PASS_MS = 250 };		/* what is in the rings is at most this old when the recorder is killed */

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* True when it is over. */
static bool take_signals(struct recorder_run *run)
{
	struct signalfd_siginfo info;
	bool over = false;

	while (read(run->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo != SIGCHLD) {
			run->signal = (int)info.ssi_signo;
			over = true;
		} else if (run->command && waitpid(run->command, &run->command_status, WNOHANG) == run->command) {
			run->command_ended = over = true;
		}
	}
	return over;
}

static int timeout_of(const struct recorder_run *run, int64_t enable_at, int64_t pass_at, int64_t now)
{
	int64_t at = enable_at && enable_at < pass_at ? enable_at : pass_at;

	return at > now ? (int)(at - now) : 0;
}

struct error *recorder_run(struct recorder *r, struct recorder_run *run)
{
	struct ring_poll set = { 0 };
	int64_t now = now_ms(), enable_at = run->delay_ms > 0 ? now + run->delay_ms : 0;
	struct error *err = NULL;
	bool over = false;

	ring_poll_fill(&set, r, run->signals);
	while (!over && !err) {
		int n = poll(set.fds.data, set.fds.len, timeout_of(run, enable_at, now + PASS_MS, now));
		if (n < 0 && errno != EINTR) {
			err = error_os(errno, "cannot wait for samples");
			break;
		}
		now = now_ms();
		if (enable_at && now >= enable_at) {
			counters_enable(run->counters);
			enable_at = 0;
		}
		if (n > 0 && set.fds.data[0].revents)
			over = take_signals(run);
		if (n > 0)
			ring_poll_replace(r, &set);
		err = drain(r);
		if (!set.alive || (run->max_size && data_writer_bytes(r->writer) >= run->max_size))
			over = true;
	}
	vec_deinit(&set.fds);
	return err;
}
