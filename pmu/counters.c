/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pmu/counters.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "pmu/syscall_split.h"

bool counter_id(int fd, uint64_t *id)
{
	return !ioctl(fd, PERF_EVENT_IOC_ID, id);
}

static void each(struct counters *counters, unsigned long request)
{
	for (size_t e = 0; e < counters->list->events.len; e++) {
		const struct opened *o = &counters->opened[e];
		/* a leader's state is its group's */
		for (size_t i = 0; counters_leader(counters, e) == e && i < o->n_cpus * o->n_tasks; i++)
			if (o->fds[i] >= 0)
				ioctl(o->fds[i], request, 0);
	}
}

void counters_enable(struct counters *counters)
{
	if (counters->split)
		syscall_split_enable(counters->split);
	each(counters, PERF_EVENT_IOC_ENABLE);
}

void counters_disable(struct counters *counters)
{
	if (counters->split)
		syscall_split_disable(counters->split);
	each(counters, PERF_EVENT_IOC_DISABLE);
}

/*
 * perf_event_open(2), "Reading results". Of what is read in groups only an
 * event that is alone in its group: the kernel takes groups apart when their
 * CPU goes offline.
 */
static bool read_one(int fd, uint64_t format, struct count *count)
{
	uint64_t values[8], enabled, running, value;
	size_t n = 1, at = 0;

	n += !!(format & PERF_FORMAT_TOTAL_TIME_ENABLED) + !!(format & PERF_FORMAT_TOTAL_TIME_RUNNING);
	n += !!(format & PERF_FORMAT_ID) + !!(format & PERF_FORMAT_LOST) + !!(format & PERF_FORMAT_GROUP);
	if (file_read_full(fd, values, n * sizeof(*values)) != (ssize_t)(n * sizeof(*values)))
		return false;
	value = values[at++];	/* in a group's format: how many there are, and the value comes behind the times */
	enabled = format & PERF_FORMAT_TOTAL_TIME_ENABLED ? values[at++] : 1;
	running = format & PERF_FORMAT_TOTAL_TIME_RUNNING ? values[at++] : enabled;
	if (format & PERF_FORMAT_GROUP) {
		if (value != 1)
			return false;
		value = values[at];
	}
	count_add(count, value, enabled, running);
	return true;
}

/* The sum over the tasks of an event's descriptors on a CPU. */
static bool read_tasks(const struct counters *counters, size_t event, size_t cpu_index, struct count *count)
{
	const struct opened *o = &counters->opened[event];
	uint64_t format = counters->list->events.data[event].attr.read_format;
	bool any = false;

	*count = (struct count){ 0 };
	if (cpu_index >= o->n_cpus)
		return false;
	for (size_t t = 0; t < o->n_tasks; t++) {
		int fd = o->fds[cpu_index * o->n_tasks + t];
		if (fd >= 0 && read_one(fd, format, count))
			any = true;
	}
	return any;
}

bool counters_read(struct counters *counters, size_t event, size_t cpu_index, struct count *count)
{
	const struct opened *o = &counters->opened[event];
	struct count times;

	if (!o->split)
		return read_tasks(counters, event, cpu_index, count);
	*count = (struct count){ 0 };
	if (!read_tasks(counters, counters->split_first, cpu_index, &times))
		return false;
	count_add(count, syscall_split_read(counters->split, o, o->cpus[cpu_index]), times.enabled, times.running);
	return true;
}

bool counters_read_task(struct counters *counters, size_t event, size_t cpu_index, size_t task_index, struct count *count)
{
	const struct opened *o = &counters->opened[event];

	*count = (struct count){ 0 };
	if (cpu_index >= o->n_cpus || task_index >= o->n_tasks)
		return false;
	int fd = o->fds[cpu_index * o->n_tasks + task_index];
	return fd >= 0 && read_one(fd, counters->list->events.data[event].attr.read_format, count);
}

void counters_destroy(struct counters *counters)
{
	if (!counters)
		return;
	syscall_split_destroy(counters->split);
	if (counters->split)
		counters->list->events.data[counters->split_first].attr = counters->split_attr;
	for (size_t e = 0; e < counters->list->events.len; e++) {
		struct opened *o = &counters->opened[e];
		for (size_t i = 0; i < o->n_cpus * o->n_tasks; i++)
			if (o->fds[i] >= 0)
				close(o->fds[i]);
		free(o->fds);
		free(o->cpus);
		error_destroy(o->reason);
	}
	free(counters->opened);
	free(counters);
}

/* ---- closing behind our back */

/* Closing the last user of one of these, the kernel waits for every CPU to have left its code. */
static bool slow_to_close(const struct event *event)
{
	return event->kind == EVENT_TRACEPOINT || event->probe_path;
}

static size_t count_slow(const struct counters *counters)
{
	size_t n = 0;

	for (size_t e = 0; e < counters->list->events.len; e++)
		n += counters->opened[e].state == EVENT_OPEN && !counters->opened[e].split && slow_to_close(&counters->list->events.data[e]);
	return n;
}

static int compare_fds(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void close_range_of(unsigned from, unsigned to)
{
	if (!syscall(SYS_close_range, from, to, 0))
		return;
	/* Linux before 5.9 */
	for (unsigned fd = from; fd <= to && fd < 65536; fd++)
		close((int)fd);
}

/* Closes all descriptors but these, which are sorted: pipes, locks and folders of others are not ours to hold. */
static void close_others(const int *keep, size_t n)
{
	unsigned from = 0;

	for (size_t i = 0; i < n; i++) {
		if ((unsigned)keep[i] > from)
			close_range_of(from, (unsigned)keep[i] - 1);
		from = (unsigned)keep[i] + 1;
	}
	close_range_of(from, ~0u);
}

/*
 * The child. It begins once the parent has closed its own descriptors, or
 * the parent's would be the last. All closing is under one lock of the
 * kernel's, which opening a tracepoint takes as well: after each slow close
 * a pause lets those in who want to open some.
 */
static _Noreturn void close_in_child(struct counters *counters, int parent)
{
	struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	VEC(int) keep = { 0 };
	char byte;

	setsid();
	for (int signal = 1; signal < NSIG; signal++)
		if (signal != SIGKILL && signal != SIGSTOP && signal != SIGSEGV && signal != SIGBUS)
			(void)sigaction(signal, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	if (chdir("/"))
		_exit(1);
	vec_push(&keep, parent);
	for (size_t e = 0; e < counters->list->events.len; e++) {
		const struct opened *o = &counters->opened[e];
		for (size_t i = 0; i < o->n_cpus * o->n_tasks; i++)
			if (o->fds[i] >= 0)
				vec_push(&keep, o->fds[i]);
	}
	vec_sort(&keep, compare_fds);
	close_others(keep.data, keep.len);
	if (file_read_full(parent, &byte, 1))
		_exit(1);
	for (size_t e = 0; e < counters->list->events.len; e++) {
		const struct opened *o = &counters->opened[e];
		for (size_t i = 0; i < o->n_cpus * o->n_tasks; i++)
			if (o->fds[i] >= 0)
				close(o->fds[i]);
		if (slow_to_close(&counters->list->events.data[e]))
			nanosleep(&pause, NULL);
	}
	_exit(0);
}

void counters_destroy_behind(struct counters *counters)
{
	int ends[2] = { -1, -1 };

	if (counters && count_slow(counters) && !pipe2(ends, O_CLOEXEC)) {
		pid_t child = fork();
		if (!child) {
			close(ends[1]);
			close_in_child(counters, ends[0]);
		}
		close(ends[0]);
	}
	counters_destroy(counters);
	if (ends[1] >= 0)
		close(ends[1]);
}
