/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/timed.h"

static int compare(const void *x, const void *y)
{
	const struct timed_sample *a = x, *b = y;

	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	if (a->tid != b->tid)
		return a->tid < b->tid ? -1 : 1;
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return a->stack < b->stack ? -1 : a->stack > b->stack;
}

struct timed_sample *timed_samples(const struct export *e, const struct export_event *event)
{
	const struct profile *p = e->profile;
	struct timed_sample *list = xreallocarray(NULL, event->n + 1, sizeof(*list));

	for (size_t i = 0; i < event->n; i++) {
		const struct profile_sample *s = export_sample(e, event, i);
		const struct profile_origin *origin = &p->origins.data[s->origin];
		const struct profile_task *task = &p->tasks.data[origin->task];
		list[i] = (struct timed_sample){ .pid = task->pid, .tid = task->tid, .comm = task->comm, .stack = s->stack,
						 .time = origin->time, .count = s->count, .period = s->period };
	}
	qsort(list, event->n, sizeof(*list), compare);
	return list;
}

size_t timed_thread(const struct timed_sample *samples, size_t n, size_t i)
{
	size_t end = i;

	while (end < n && samples[end].pid == samples[i].pid && samples[end].tid == samples[i].tid)
		end++;
	return end - i;
}
