/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The recorder's rings: how large, whose, and which events write into them. */
#include "cmd/recorder.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/limits.h"
#include "os/privilege.h"

enum {
	CAP_IPC_LOCK_BIT = 14,			/* linux/capability.h */
	LARGEST = 8 << 20,
	LEAST = 512 << 10,			/* of a machine with very many CPUs: perf's size */
	ALL_RINGS = 256 << 20,			/* together: the kernel clears them before anything starts */
	MEMORY_SHARE = 64,			/* and at most this part of the memory */
	WATERMARK = 256 << 10,			/* fits into a CPU's second-level cache */
	SMALL = 128 << 10,			/* less than this is worth a word */
};

static uint64_t power_of_two_within(uint64_t bytes)
{
	uint64_t size = 1;

	while (size <= bytes / 2)
		size *= 2;
	return size;
}

static uint64_t clamp(uint64_t value, uint64_t least, uint64_t most)
{
	return value < least ? least : value > most ? most : value;
}

/*
 * A privileged user's rings are large, and wake the recorder long before
 * they are half full: what it then writes was just written by the CPU and is
 * still in its cache, and the rest of the ring is there for when the
 * recorder has to wait for a CPU itself.
 */
static void privileged_sizes(uint64_t asked, size_t n_cpus, struct recorder_sizes *sizes)
{
	uint64_t memory = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE) / MEMORY_SHARE;
	uint64_t all = memory < ALL_RINGS ? memory : ALL_RINGS;

	sizes->samples = asked ? asked : clamp(power_of_two_within(all / (n_cpus ? n_cpus : 1)), LEAST, LARGEST);
	sizes->side = clamp(sizes->samples / 4, (uint64_t)sysconf(_SC_PAGESIZE), LEAST);
	sizes->watermark = sizes->samples / 2 < WATERMARK ? (uint32_t)(sizes->samples / 2) : WATERMARK;
}

void recorder_sizes_choose(const struct os *os, uint64_t asked, size_t n_cpus, struct recorder_sizes *sizes)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	struct limits_memory limits;
	struct privilege privilege;

	*sizes = (struct recorder_sizes){ .asked = asked };
	privilege_read(os, &privilege);
	if (privilege_has(&privilege, CAP_IPC_LOCK_BIT)) {
		privileged_sizes(asked, n_cpus, sizes);
		return;
	}
	/*
	 * 516 KiB a CPU as the kernel comes, and half of what the user may
	 * lock beyond that: two thirds for samples, as powers of two go, and
	 * the rest for the ring beside, for the kernel's page of each, and to
	 * spare. They wake at half full, whatever halving leaves of them.
	 */
	limits_read_memory(os, &limits);
	uint64_t each = limits.perf + limits.lock / 2 / (n_cpus ? n_cpus : 1);
	sizes->samples = asked ? asked : clamp(power_of_two_within(each * 2 / 3), page, LARGEST);
	sizes->side = clamp(sizes->samples / 2, page, LEAST / 4);
}

/* The ring of that CPU, made when it is new. */
static struct recorder_ring *ring_of(struct recorder *r, size_t first, int cpu, bool side)
{
	/* CPUs ascend, and the events' lists of them are nearly the same: look from the end. */
	for (size_t i = r->rings.len; i-- > first;)
		if (r->rings.data[i].cpu == cpu)
			return &r->rings.data[i];
	struct recorder_ring *ring = vec_add(&r->rings);
	ring->cpu = cpu;
	ring->side = side;
	return ring;
}

static void collect(struct recorder *r, const struct counters *counters, bool side)
{
	size_t first = r->rings.len;

	for (size_t e = 0; e < counters->list->events.len; e++) {
		const struct opened *o = &counters->opened[e];
		for (size_t c = 0; c < o->n_cpus; c++) {
			struct recorder_ring *ring = NULL;
			for (size_t t = 0; t < o->n_tasks; t++) {
				int fd = counters_fd(counters, e, c, t);
				if (fd < 0)
					continue;
				if (!ring)
					ring = ring_of(r, first, o->cpus[c], side);
				vec_push(&ring->fds, fd);
			}
		}
	}
}

/* Maps a ring on the first of its events whose task is still there. */
static bool map_ring(struct recorder_ring *ring, uint64_t bytes)
{
	size_t pages = bytes / (size_t)sysconf(_SC_PAGESIZE);

	for (size_t i = 0; i < ring->fds.len; i++) {
		if (ring_map(&ring->ring, ring->fds.data[i], pages)) {
			int owner = ring->fds.data[i];
			ring->fds.data[i] = ring->fds.data[0];
			ring->fds.data[0] = owner;
			return true;
		}
		if (errno != ENODEV)
			return false;
	}
	return false;
}

static bool map_all(struct recorder *r, const struct recorder_sizes *sizes)
{
	for (size_t i = 0; i < r->rings.len; i++) {
		struct recorder_ring *ring = &r->rings.data[i];
		if (map_ring(ring, ring->side ? sizes->side : sizes->samples))
			continue;
		int problem = errno;
		for (size_t j = 0; j < i; j++)
			ring_unmap(&r->rings.data[j].ring);
		errno = problem;
		return false;
	}
	return true;
}

static struct error *too_small(const struct os *os, int problem)
{
	struct limits_memory limits;
	struct error *err = error_os(problem, "not even the smallest ring buffers are allowed");

	limits_read_memory(os, &limits);
	if (problem != EPERM)
		return err;
	return error_hint(err, "raise the limit, as root: sysctl kernel.perf_event_mlock_kb=%llu",
			  (unsigned long long)(limits.perf / 1024 * 2));
}

static struct error *map_what_fits(struct recorder *r, const struct os *os, struct recorder_sizes sizes, struct notes *notes)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), wanted = sizes.samples;

	while (!map_all(r, &sizes)) {
		if ((errno != EPERM && errno != ENOMEM) || (sizes.samples <= page && sizes.side <= page))
			return too_small(os, errno);
		if (sizes.samples > page)
			sizes.samples /= 2;
		if (sizes.side > page)
			sizes.side /= 2;
	}
	if (sizes.samples < wanted && (sizes.asked || sizes.samples < SMALL))
		notes_add(notes, "rings of %llu KiB a CPU are more than the mlock limit allows: made %llu KiB; as root, "
			  "sysctl kernel.perf_event_mlock_kb=%llu allows them",
			  (unsigned long long)(wanted / 1024), (unsigned long long)(sizes.samples / 1024),
			  (unsigned long long)(wanted / 1024 * 2));
	return NULL;
}

/* All events of a CPU write into the ring of the first. */
static struct error *redirect(struct recorder *r)
{
	for (size_t i = 0; i < r->rings.len; i++) {
		const struct recorder_ring *ring = &r->rings.data[i];
		for (size_t f = 1; f < ring->fds.len; f++)
			if (ioctl(ring->fds.data[f], PERF_EVENT_IOC_SET_OUTPUT, ring->fds.data[0]))
				return error_os(errno, "cannot put the events of CPU %d into one ring", ring->cpu);
	}
	return NULL;
}

struct error *recorder_open(struct recorder *r, const struct os *os, const struct counters *samples,
			    const struct counters *side, struct recorder_sizes sizes, struct notes *notes)
{
	/* The small ones come first in every pass: where a disk fills up, what names the samples is written before them. */
	collect(r, side, true);
	collect(r, samples, false);
	r->joined = xmalloc(RING_RECORD_MAX);
	TRY(map_what_fits(r, os, sizes, notes));
	return redirect(r);
}

void ring_poll_fill(struct ring_poll *set, const struct recorder *r, int signals)
{
	vec_clear(&set->fds);
	set->alive = 0;
	vec_push(&set->fds, (struct pollfd){ .fd = signals, .events = POLLIN });
	for (size_t i = 0; i < r->rings.len; i++) {
		const struct recorder_ring *ring = &r->rings.data[i];
		bool here = ring->polled < ring->fds.len;
		/* a negative descriptor is passed over */
		vec_push(&set->fds, (struct pollfd){ .fd = here ? ring->fds.data[ring->polled] : -1, .events = POLLIN });
		set->alive += here;
	}
}

static bool hung_up(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR | POLLNVAL));
}

void ring_poll_replace(struct recorder *r, struct ring_poll *set)
{
	for (size_t i = 0; i < r->rings.len; i++) {
		struct pollfd *p = &set->fds.data[i + 1];
		struct recorder_ring *ring = &r->rings.data[i];
		if (p->fd < 0 || !(p->revents & (POLLHUP | POLLERR | POLLNVAL)))
			continue;
		while (ring->polled < ring->fds.len && hung_up(ring->fds.data[ring->polled]))
			ring->polled++;
		p->fd = ring->polled < ring->fds.len ? ring->fds.data[ring->polled] : -1;
		set->alive -= p->fd < 0;
	}
}

void recorder_close(struct recorder *r)
{
	for (size_t i = 0; i < r->rings.len; i++) {
		ring_unmap(&r->rings.data[i].ring);
		vec_deinit(&r->rings.data[i].fds);
	}
	vec_deinit(&r->rings);
	build_ids_deinit(&r->build_ids);
	recorder_unwind_destroy(r->unwind);
	free(r->joined);
	r->joined = NULL;
}
