/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/stat_aggr.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "os/machine.h"
#include "os/procfs.h"

/* ---- groups */

static int group_named(struct stat_groups *groups, const char *label)
{
	for (size_t i = groups->labels.len; i-- > 0;)
		if (!strcmp(groups->labels.data[i], label))
			return (int)i;
	vec_push(&groups->labels, xstrdup(label));
	return (int)groups->labels.len - 1;
}

/* What the kernel does not tell (no die_id before Linux 5.3) is 0, as there is one of it. */
static int known(int32_t id)
{
	return id < 0 ? 0 : id;
}

static int node_of(const struct machine *m, int cpu)
{
	for (size_t i = 0; i < m->nodes.len; i++) {
		struct cpuset cpus = { 0 };
		autoerror struct error *bad = *m->nodes.data[i].cpus ? cpuset_parse(m->nodes.data[i].cpus, &cpus) : NULL;
		bool here = !bad && cpuset_has(&cpus, cpu);
		cpuset_deinit(&cpus);
		if (here)
			return (int)m->nodes.data[i].node;
	}
	return 0;
}

static char *cpu_label(const struct machine *m, enum stat_by by, int cpu)
{
	const struct machine_cpu *c = &m->cpus.data[cpu];

	switch (by) {
	case STAT_BY_CORE: return xasprintf("S%d-D%d-C%d", known(c->socket), known(c->die), known(c->core));
	case STAT_BY_DIE: return xasprintf("S%d-D%d", known(c->socket), known(c->die));
	case STAT_BY_SOCKET: return xasprintf("S%d", known(c->socket));
	case STAT_BY_NODE: return xasprintf("N%d", node_of(m, cpu));
	default: return xasprintf("CPU%d", cpu);
	}
}

void stat_groups_of_machine(const struct machine *m, enum stat_by by, struct stat_groups *groups)
{
	groups->by = by;
	for (int cpu = 0; by != STAT_BY_ALL && cpu < (int)m->cpus.len; cpu++) {
		autofree char *label = cpu_label(m, by, cpu);
		vec_push(&groups->of, group_named(groups, label));
	}
	for (int cpu = 0; by == STAT_BY_CPU && cpu < (int)m->cpus.len; cpu++) {
		autofree char *label = cpu_label(m, STAT_BY_CORE, cpu);
		vec_push(&groups->core, group_named(groups, label));
	}
}

static void read_cpus(const struct os *os, struct stat_groups *groups)
{
	struct machine m = { 0 };

	machine_read_topology(os, &m);
	stat_groups_of_machine(&m, groups->by, groups);
	machine_deinit(&m);
}

/* A thread names itself as it likes: nothing of that may reach a terminal as it is. */
char *stat_thread_label(const char *comm, long long tid)
{
	char *label = xasprintf("%.15s-%lld", *comm ? comm : "?", tid);

	utf8_tame(label, strlen(label));
	return label;
}

static void read_threads(const struct os *os, const struct target *target, struct stat_groups *groups)
{
	for (size_t i = 0; i < target->tasks.len; i++) {
		pid_t tid = target->tasks.data[i];
		char comm[16];
		if (!procfs_comm(os, tid, tid, comm))
			strcpy(comm, "?");
		vec_push(&groups->of, (int)groups->labels.len);
		vec_push(&groups->labels, stat_thread_label(comm, tid));
	}
}

void stat_groups_read(const struct os *os, enum stat_by by, const struct target *target, struct stat_groups *groups)
{
	*groups = (struct stat_groups){ .by = by };
	if (by == STAT_BY_THREAD)
		read_threads(os, target, groups);
	else if (by != STAT_BY_ALL)
		read_cpus(os, groups);
}

void stat_groups_deinit(struct stat_groups *groups)
{
	for (size_t i = 0; i < groups->labels.len; i++)
		free(groups->labels.data[i]);
	vec_deinit(&groups->labels);
	vec_deinit(&groups->of);
	vec_deinit(&groups->core);
}

/* ---- rows */

static int group_of(const struct stat_groups *groups, const struct stat_count *row, bool percore)
{
	int id = groups->by == STAT_BY_THREAD ? row->task : row->cpu;

	if (groups->by == STAT_BY_ALL || id < 0 || (size_t)id >= groups->of.len)
		return -1;
	if (percore && groups->by == STAT_BY_CPU && !groups->cpus_show_core)
		return groups->core.data[id];
	return groups->of.data[id];
}

/* The first box that the same word opened. */
static size_t box_of(const struct event_list *list, size_t e)
{
	const struct event *event = &list->events.data[e];

	if (!event->per_package || !event->pmu)
		return e;
	for (size_t i = 0; i < e; i++) {
		const struct event *other = &list->events.data[i];
		if (other->per_package && other->pmu && strcmp(other->pmu, event->pmu) && !strcmp(other->name, event->name) &&
		    !event->cgroup == !other->cgroup && (!event->cgroup || !strcmp(event->cgroup, other->cgroup)))
			return i;
	}
	return e;
}

static int compare(const struct stat_count *a, const struct stat_count *b, bool group_first)
{
	if (group_first && a->group != b->group)
		return a->group < b->group ? -1 : 1;
	if (a->event != b->event)
		return a->event < b->event ? -1 : 1;
	return (a->group > b->group) - (a->group < b->group);
}

static int by_group(const void *a, const void *b)
{
	return compare(a, b, true);
}

static int by_event(const void *a, const void *b)
{
	return compare(a, b, false);
}

static int by_value(const void *a, const void *b)
{
	const struct stat_count *x = a, *y = b;

	if (x->event != y->event || x->count.scaled == y->count.scaled)
		return compare(x, y, false);
	return x->count.scaled > y->count.scaled ? -1 : 1;
}

static void add(struct stat_count *sum, const struct stat_count *row)
{
	sum->counted |= row->counted;
	sum->counters += row->counters;
	sum->count.value += row->count.value;
	sum->count.enabled += row->count.enabled;
	sum->count.running += row->count.running;
	sum->count.scaled += row->count.scaled;
}

/* What the threads of a core counted together becomes the row of each; rows are of one CPU and event each. */
static void share_cores(const struct stat_groups *groups, struct stat_result *result)
{
	const struct event_list *list = result->counters->list;
	autofree struct stat_count *alone = xcalloc(result->counts.len + 1, sizeof(*alone));

	if (result->counts.len)
		memcpy(alone, result->counts.data, result->counts.len * sizeof(*alone));
	for (size_t i = 0; i < result->counts.len; i++)
		for (size_t k = 0; k < result->counts.len && list->events.data[alone[i].event].wishes.percore; k++)
			if (k != i && alone[k].event == alone[i].event && alone[k].group >= 0 && alone[i].group >= 0 &&
			    groups->core.data[alone[k].cpu] == groups->core.data[alone[i].cpu])
				add(&result->counts.data[i], &alone[k]);
}

void stat_aggregate(const struct stat_groups *groups, bool keep_boxes, struct stat_result *result)
{
	const struct event_list *list = result->counters->list;
	autofree size_t *boxes = xcalloc(list->events.len + 1, sizeof(*boxes));
	bool event_first = groups->by == STAT_BY_CPU || groups->by == STAT_BY_THREAD;
	size_t n = 0;

	for (size_t e = 0; e < list->events.len; e++)
		boxes[e] = keep_boxes ? e : box_of(list, e);
	for (size_t i = 0; i < result->counts.len; i++) {
		struct stat_count *row = &result->counts.data[i];
		row->group = group_of(groups, row, list->events.data[row->event].wishes.percore);
		row->event = boxes[row->event];
	}
	vec_sort(&result->counts, event_first ? by_event : by_group);
	for (size_t i = 0; i < result->counts.len; i++) {
		struct stat_count *row = &result->counts.data[i], *sum = n ? &result->counts.data[n - 1] : NULL;
		if (sum && sum->event == row->event && sum->group == row->group)
			add(sum, row);
		else
			result->counts.data[n++] = *row;
	}
	result->counts.len = n;
	if (groups->by == STAT_BY_CPU && groups->cpus_show_core)
		share_cores(groups, result);
	if (groups->by == STAT_BY_THREAD)
		vec_sort(&result->counts, by_value);
	n = 0;
	for (size_t i = 0; i < result->counts.len && groups->hide_zero; i++)
		if (result->counts.data[i].group < 0 || result->counts.data[i].count.scaled > 0)
			result->counts.data[n++] = result->counts.data[i];
	result->counts.len = groups->hide_zero ? n : result->counts.len;
}
