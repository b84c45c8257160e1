/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pmu/event.h"

#include <stdlib.h>

#include "base/alloc.h"

static char *copied(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

void event_copy(struct event *to, const struct event *from)
{
	*to = *from;
	to->name = copied(from->name);
	to->pmu = copied(from->pmu);
	to->cpus = (struct cpuset){ 0 };
	cpuset_copy(&to->cpus, &from->cpus);
	to->unit = copied(from->unit);
	to->wishes.call_graph = copied(from->wishes.call_graph);
	to->tracepoint = copied(from->tracepoint);
	to->filter = copied(from->filter);
	to->cgroup = copied(from->cgroup);
	to->probe_path = copied(from->probe_path);
	/* the kernel takes the path from the attr */
	if (from->probe_path)
		to->attr.config1 = (uintptr_t)to->probe_path;
}

void event_deinit(struct event *event)
{
	free(event->name);
	free(event->pmu);
	cpuset_deinit(&event->cpus);
	free(event->unit);
	free(event->wishes.call_graph);
	free(event->tracepoint);
	free(event->filter);
	free(event->cgroup);
	free(event->probe_path);
	*event = (struct event){ 0 };
}

void event_list_deinit(struct event_list *list)
{
	for (size_t i = 0; i < list->events.len; i++)
		event_deinit(&list->events.data[i]);
	vec_deinit(&list->events);
}
