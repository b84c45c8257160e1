/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "cmd/record.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"

static void add_events(const struct counters *counters, struct data_event *to)
{
	for (size_t e = 0; e < counters->list->events.len; e++) {
		const struct event *event = &counters->list->events.data[e];
		const struct opened *opened = &counters->opened[e];
		struct data_event *d = &to[e];
		uint64_t id;
		*d = (struct data_event){
			.name = xstrdup(event->name), .attr = event->attr,
			.unit = event->unit ? xstrdup(event->unit) : NULL, .scale = event->scale,
		};
		sample_layout_init(&d->layout, &d->attr);
		for (size_t i = 0; i < opened->n_cpus * opened->n_tasks; i++)
			if (opened->fds[i] >= 0 && counter_id(opened->fds[i], &id))
				vec_push(&d->ids, id);
	}
}

struct data_event *record_data_events(const struct counters *samples, const struct counters *side, size_t *n)
{
	size_t n_samples = samples->list->events.len;
	struct data_event *events;

	*n = n_samples + side->list->events.len;
	events = xcalloc(*n, sizeof(*events));
	add_events(samples, events);
	add_events(side, events + n_samples);
	return events;
}

void record_data_events_free(struct data_event *events, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(events[i].name);
		free(events[i].unit);
		vec_deinit(&events[i].ids);
	}
	free(events);
}

static void add_machine(const struct machine *m, struct data_features *f)
{
	f->hostname = m->hostname;
	f->osrelease = m->osrelease;
	f->arch = m->arch;
	f->cpudesc = m->cpudesc;
	f->cpuid = m->cpuid;
	f->cpus_available = m->cpus_available;
	f->cpus_online = m->cpus_online;
	f->total_mem_kib = m->total_mem_kib;
	vec_append(&f->core_siblings, m->core_siblings.data, m->core_siblings.len);
	vec_append(&f->die_siblings, m->die_siblings.data, m->die_siblings.len);
	vec_append(&f->thread_siblings, m->thread_siblings.data, m->thread_siblings.len);
	for (size_t i = 0; i < m->cpus.len; i++)
		vec_push(&f->cpus, (struct data_cpu){ m->cpus.data[i].core, m->cpus.data[i].socket, m->cpus.data[i].die });
	for (size_t i = 0; i < m->nodes.len; i++) {
		const struct machine_node *n = &m->nodes.data[i];
		vec_push(&f->nodes, (struct data_node){ n->node, n->mem_total_kib, n->mem_free_kib, n->cpus });
	}
	for (size_t i = 0; i < m->pmus.len; i++)
		vec_push(&f->pmus, (struct data_pmu){ m->pmus.data[i].type, m->pmus.data[i].name });
	for (size_t i = 0; i < m->caches.len; i++) {
		const struct machine_cache *c = &m->caches.data[i];
		vec_push(&f->caches, (struct data_cache){ c->level, c->line, c->sets, c->ways, c->type, c->size, c->cpus });
	}
}

static void add_groups(const struct event_list *list, struct data_features *f)
{
	for (size_t e = 0; e < list->events.len; e++) {
		uint32_t members = 0;
		for (size_t i = e; i < list->events.len; i++)
			members += list->events.data[i].leader == e;
		if (members > 1)
			vec_push(&f->groups, (struct data_group){ "{anon_group}", (uint32_t)e, members });
	}
}

static uint64_t now(clockid_t clock)
{
	struct timespec t;

	return clock_gettime(clock, &t) ? 0 : (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void add_clock(const struct record_options *o, struct data_features *f)
{
	struct timespec resolution;

	if (!o->clock_given)
		return;
	f->clock_known = true;
	f->clockid = (uint32_t)o->clock;
	f->clock_resolution_ns = clock_getres(o->clock, &resolution) ? 0 : (uint64_t)resolution.tv_nsec;
	f->clock_wall_ns = now(CLOCK_REALTIME);
	f->clock_perf_ns = now(o->clock);
}

void record_features(const struct record_options *o, const struct machine *machine, const struct event_list *list,
		     char **argv, struct data_features *f)
{
	add_machine(machine, f);
	f->version = PACKAGE_VERSION;
	vec_push(&f->cmdline, "ptk");
	vec_push(&f->cmdline, "record");
	for (char **word = argv; *word; word++)
		vec_push(&f->cmdline, (const char *)*word);
	add_groups(list, f);
	f->branch_stack = o->branches || o->chains == CHAINS_LBR;
	add_clock(o, f);
}
