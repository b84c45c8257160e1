/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pmu/event.h"

#include <stdlib.h>

void event_deinit(struct event *event)
{
	free(event->name);
	free(event->pmu);
	cpuset_deinit(&event->cpus);
	free(event->unit);
	free(event->wishes.call_graph);
	free(event->tracepoint);
	free(event->filter);
	free(event->probe_path);
	*event = (struct event){ 0 };
}

void event_list_deinit(struct event_list *list)
{
	for (size_t i = 0; i < list->events.len; i++)
		event_deinit(&list->events.data[i]);
	vec_deinit(&list->events);
}
