/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pmu/open.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "pmu/arm_events.h"
#include "pmu/cgroup.h"
#include "pmu/explain.h"
#include "pmu/features.h"
#include "pmu/syscall_split.h"
#include "pmu/together.h"

enum { FILES_SPARE = 64 };	/* descriptors that are ours for other things */

/* A cgroup that events name, open while they are opened. */
struct open_cgroup {
	const char *name;
	int fd;
};

struct opener {
	const struct os *os;
	const struct target *target;
	const struct open_options *options;
	struct notes *notes;
	struct counters *counters;
	struct cpuset online;
	size_t cells;			/* descriptors that all of it takes */
	uint64_t missing;		/* attr_features that this kernel was found not to know */
	struct explain_facts facts;
	VEC(struct open_cgroup) cgroups;
};

struct cell {
	size_t event, cpu_index;
	pid_t task;		/* or, with `cgroup`, its descriptor */
	int cpu, group;
	bool cgroup;
};

static int perf_event_open(struct perf_event_attr *attr, const struct cell *cell, int group)
{
	unsigned long flags = PERF_FLAG_FD_CLOEXEC | (cell->cgroup ? PERF_FLAG_PID_CGROUP : 0);
	int fd;

	do
		fd = (int)syscall(SYS_perf_event_open, attr, cell->task, cell->cpu, group, flags);
	while (fd < 0 && errno == EINTR);
	return fd;
}

/* ---- where an event is opened */

/* The CPUs of one event; none for one that is not opened at all. */
static void lay_out(struct opener *o, size_t e)
{
	const struct target *target = o->target;
	const struct event *event = &o->counters->list->events.data[e];
	struct opened *opened = &o->counters->opened[e];
	struct cpuset cpus = { 0 };

	opened->first = e;
	if (event->kind == EVENT_TOOL)
		return;
	bool any = target->per_task && !target->cpus.cpus.len && !o->options->sampling && !event->per_package;
	if (any) {
		vec_push(&cpus.cpus, -1);
	} else {
		if (!target->cpus.cpus.len && !o->online.cpus.len)
			cpuset_online(o->os, &o->online);
		cpuset_copy(&cpus, target->cpus.cpus.len ? &target->cpus : &o->online);
		if (event->cpus.cpus.len)
			cpuset_intersect(&cpus, &event->cpus);
	}
	opened->n_tasks = target->per_task ? target->tasks.len : 1;
	opened->tasks = target->per_task ? target->tasks.data : NULL;
	opened->n_cpus = cpus.cpus.len;
	opened->cpus = cpus.cpus.data;
	opened->fds = xreallocarray(NULL, opened->n_cpus * opened->n_tasks + 1, sizeof(int));
	for (size_t i = 0; i < opened->n_cpus * opened->n_tasks; i++)
		opened->fds[i] = -1;
	o->cells += opened->n_cpus * opened->n_tasks;
}

/* The leader's descriptor for the same CPU and task; false when the leader is not open there. */
static bool group_of(const struct opener *o, size_t e, size_t cpu_index, size_t task, int *group)
{
	size_t leader = counters_leader(o->counters, e);
	const struct opened *own = &o->counters->opened[e], *first = &o->counters->opened[leader];
	size_t lo = 0, hi = first->n_cpus;

	*group = -1;
	if (leader == e)
		return true;
	if (cpu_index < hi && first->cpus[cpu_index] == own->cpus[cpu_index])
		lo = cpu_index;
	else
		while (lo < hi && first->cpus[lo] != own->cpus[cpu_index])
			lo++;
	if (lo >= hi)
		return false;
	*group = first->fds[lo * first->n_tasks + task];
	return *group >= 0;
}

/* ---- one descriptor */

/* Does it open with this change? Tells what EINVAL is about; nothing stays open. */
static bool opens(const struct cell *cell, struct perf_event_attr attr, int group)
{
	int fd = perf_event_open(&attr, cell, group);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Finds out what a refusal is about by asking for less. */
static void narrow_down(const struct opener *o, const struct cell *cell, struct open_failure *f)
{
	struct perf_event_attr attr = f->event->attr;

	if (f->filter || (f->os != EINVAL && f->os != EOPNOTSUPP))
		return;
	f->alone_opens = cell->group >= 0 && opens(cell, attr, -1);
	attr.exclude_user = attr.exclude_kernel = attr.exclude_hv = attr.exclude_idle = 0;
	attr.exclude_host = attr.exclude_guest = 0;
	f->all_modes_open = f->event->exclude_typed && opens(cell, attr, -1);
	attr = f->event->attr;
	attr.precise_ip = 0;
	f->imprecise_opens = f->event->attr.precise_ip && opens(cell, attr, -1);
	if (!o->options->sampling)
		return;
	attr = f->event->attr;
	attr.branch_sample_type = 0;
	attr.sample_type &= ~(uint64_t)PERF_SAMPLE_BRANCH_STACK;
	f->branchless_opens = f->event->attr.branch_sample_type && opens(cell, attr, -1);
	attr.sample_period = attr.freq = 0;
	attr.sample_type = 0;
	attr.exclude_guest = 0;	/* PMUs that cannot sample often do not know guests either */
	f->counts_only = opens(cell, attr, -1);
}

/* cycles:u for cycles: the kernel's part is refused, the user's may be allowed. */
static bool may_count_user_only(const struct event *event)
{
	return !event->exclude_typed && !event->attr.exclude_kernel && !event->attr.exclude_user &&
	       !event_kernel_only(event) && event->kind != EVENT_BREAKPOINT;
}

static void say_user_only(struct opener *o, struct event *event)
{
	size_t len = strlen(event->name);
	const char *colon = strrchr(event->name, ':');
	bool modifiers = (colon && event->kind != EVENT_TRACEPOINT) || (len && event->name[len - 1] == '/');
	char *name = xasprintf("%s%su", event->name, modifiers ? "" : ":");

	free(event->name);
	event->name = name;
	notes_add(o->notes, "kernel.perf_event_paranoid is %d: user space is counted, the kernel is not (:u)",
		  explain_privilege(&o->facts)->paranoid);
}

/* One precision: what the kernel does not know is dropped until it opens or nothing is left to drop. */
static int open_dropping(struct opener *o, const struct cell *cell, struct event *event)
{
	struct perf_event_attr before = event->attr, *attr = &event->attr;
	uint64_t dropped = 0;
	size_t row = 0;
	bool user_only = false;
	int fd;

	attr_drop(attr, o->missing);
	while ((fd = perf_event_open(attr, cell, cell->group)) < 0) {
		if ((errno == EACCES || errno == EPERM) && may_count_user_only(event)) {
			attr->exclude_kernel = attr->exclude_hv = 1;
			user_only = true;
			continue;
		}
		/* once: it is then of another type */
		if (errno == ENOENT && arm_event_translate(o->os, event, attr))
			continue;
		if (errno != EINVAL && errno != E2BIG && errno != EOPNOTSUPP)
			break;
		int problem = errno;
		attr->size = sizeof(*attr);	/* E2BIG writes the size that is known */
		if (!attr_drop_next(attr, &row)) {
			errno = problem;
			break;
		}
		dropped |= 1ull << (row - 1);
	}
	if (fd < 0) {
		*attr = before;
		return fd;
	}
	for (size_t i = 0; i < n_attr_features; i++) {
		if (!(dropped >> i & 1))
			continue;
		if (!attr_features[i].of_pmu)
			o->missing |= 1ull << i;
		if (attr_features[i].asked || (attr_features[i].guest && event->guest_typed))
			notes_add(o->notes, "%s: without %s: this kernel does not do that (Linux %s brought it)",
				  event->name, attr_features[i].name, attr_features[i].since);
	}
	if (user_only)
		say_user_only(o, event);
	return fd;
}

/* The event's first descriptor: what opens here is what all the others are opened with. */
static int open_first(struct opener *o, const struct cell *cell, struct event *event)
{
	/* a count has no place that could be precise */
	if (!event->precise_max || !o->options->sampling)
		return open_dropping(o, cell, event);
	for (int precise = 3;; precise--) {
		event->attr.precise_ip = (unsigned)precise & 3;
		int fd = open_dropping(o, cell, event);
		if (fd >= 0 || !precise || errno == EMFILE || errno == ENFILE || errno == ESRCH)
			return fd;
	}
}

enum { FILTER_REFUSED = -2 };

/* Raises the limit once it is reached, and tries again. */
static int open_cell(struct opener *o, const struct cell *cell, struct event *event, bool first)
{
	int fd = first ? open_first(o, cell, event) : perf_event_open(&event->attr, cell, cell->group);

	if (fd < 0 && errno == EMFILE) {
		limits_raise_files(o->os, o->cells + FILES_SPARE);
		fd = first ? open_first(o, cell, event) : perf_event_open(&event->attr, cell, cell->group);
	}
	if (fd >= 0 && event->filter && ioctl(fd, PERF_EVENT_IOC_SET_FILTER, event->filter)) {
		int problem = errno;
		close(fd);
		errno = problem;
		return FILTER_REFUSED;
	}
	return fd;
}

/* ---- one event */

static void close_fds(struct opened *opened)
{
	for (size_t i = 0; i < opened->n_cpus * opened->n_tasks; i++) {
		if (opened->fds[i] >= 0)
			close(opened->fds[i]);
		opened->fds[i] = -1;
	}
}

static void mark(struct opened *opened, enum event_state state, struct error *reason)
{
	close_fds(opened);
	opened->state = state;
	error_destroy(opened->reason);
	opened->reason = reason;
}

static struct error *out_of_files(struct opener *o, int problem)
{
	struct limits_files files;
	size_t n_cpus = 0;

	limits_read_files(o->os, &files);
	for (size_t e = 0; e < o->counters->list->events.len; e++)
		if (o->counters->opened[e].n_cpus > n_cpus)
			n_cpus = o->counters->opened[e].n_cpus;
	return explain_files(&files, problem, o->cells, o->counters->list->events.len, n_cpus,
			     o->target->per_task ? o->target->tasks.len : 1);
}

/* A task that ended or a CPU that went offline meanwhile: the others go on. */
static bool only_gone(const struct cell *cell, const struct opened *opened, int problem)
{
	if (problem == ESRCH)
		return cell->task > 0 && !cell->cgroup;
	return problem == ENODEV && cell->cpu >= 0 && opened->n_cpus > 1;
}

/* The descriptor of the event's cgroup; -1 for one without. */
static int cgroup_of(const struct opener *o, const struct event *event)
{
	for (size_t i = 0; event->cgroup && i < o->cgroups.len; i++)
		if (!strcmp(o->cgroups.data[i].name, event->cgroup))
			return o->cgroups.data[i].fd;
	return -1;
}

static struct error *open_cgroups(struct opener *o)
{
	for (size_t e = 0; e < o->counters->list->events.len; e++) {
		const struct event *event = &o->counters->list->events.data[e];
		if (!event->cgroup || cgroup_of(o, event) >= 0)
			continue;
		struct open_cgroup cgroup = { .name = event->cgroup };
		TRY(cgroup_open(o->os, cgroup.name, &cgroup.fd));
		vec_push(&o->cgroups, cgroup);
	}
	return NULL;
}

/* All cells of an event; the errno of the one that stopped it in f, 0 when it is open. */
static void open_event(struct opener *o, size_t e, struct open_failure *f)
{
	struct event *event = &o->counters->list->events.data[e];
	struct opened *opened = &o->counters->opened[e];
	size_t n_open = 0;
	int gone = 0;

	f->event = event;
	f->command = o->target->command;
	f->sampling = o->options->sampling;
	for (size_t c = 0; c < opened->n_cpus; c++) {
		for (size_t t = 0; t < opened->n_tasks; t++) {
			struct cell cell = { .event = e, .cpu_index = c, .cpu = opened->cpus[c],
					     .task = opened->tasks ? opened->tasks[t] : cgroup_of(o, event), .cgroup = event->cgroup };
			if (!group_of(o, e, c, t, &cell.group))
				continue;
			int fd = open_cell(o, &cell, event, !n_open);
			opened->fds[c * opened->n_tasks + t] = fd;
			n_open += fd >= 0;
			if (fd >= 0)
				continue;
			f->os = errno;
			f->filter = fd == FILTER_REFUSED;
			f->task = cell.task;
			f->cpu = cell.cpu;
			if (!only_gone(&cell, opened, f->os)) {
				narrow_down(o, &cell, f);
				return;
			}
			gone = f->os;
		}
	}
	f->os = n_open ? 0 : gone;
}

static void set_attr(const struct opener *o, struct event *event, bool leads)
{
	struct perf_event_attr *attr = &event->attr;

	attr->size = sizeof(*attr);
	attr->inherit = o->target->per_task && (o->options->inherit || event->wishes.inherit == WISH_YES) &&
			event->wishes.inherit != WISH_NO;
	attr->disabled = leads;
	attr->enable_on_exec = leads && o->options->enable_on_exec && o->target->command;
	if (o->options->sampling)
		return;
	attr->read_format |= PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
	/* period= and freq= of an event's terms are for recording: nobody reads samples here */
	attr->sample_period = attr->freq = 0;
}

/* Marks what cannot be, before asking the kernel; true when that is settled. */
static bool settled(struct opener *o, size_t e)
{
	const struct event *event = &o->counters->list->events.data[e];
	struct opened *opened = &o->counters->opened[e], *leader = &o->counters->opened[event->leader];

	if (event->kind == EVENT_TOOL || (opened->split && e != o->counters->split_first))
		return true;
	if ((event->per_package && o->target->per_task) || event_counts_nothing(event)) {
		const struct open_failure f = { .os = EINVAL, .event = event, .task = 1 };
		mark(opened, EVENT_NOT_SUPPORTED, explain_failure(&o->facts, &f));
		return true;
	}
	if (event->leader != e && leader->state != EVENT_OPEN) {
		mark(opened, leader->state, error_create("its group's first event, %s, is not counted",
							 o->counters->list->events.data[event->leader].name));
		return true;
	}
	if (!opened->n_cpus) {
		mark(opened, EVENT_NOT_SUPPORTED, error_create("none of its CPUs is among those asked for"));
		return true;
	}
	return false;
}

/* ":W": the group does not fit; each of its events by itself, then. */
static void break_group(struct counters *counters, size_t leader)
{
	struct event_list *list = counters->list;

	for (size_t e = leader; e < list->events.len && list->events.data[e].leader == leader; e++) {
		list->events.data[e].weak_group = false;
		list->events.data[e].leader = e;
		together_break(counters, e);
	}
}

/* The first of the system calls that a program counts is opened as a dummy, for its times. */
static void split_calls(struct opener *o)
{
	struct counters *c = o->counters;

	c->split = syscall_split_create(o->os, c, o->target, o->options->split, o->options->inherit);
	while (c->split && !c->opened[c->split_first].split)
		c->split_first++;
	if (!c->split)
		return;
	struct perf_event_attr *attr = &c->list->events.data[c->split_first].attr;
	c->split_attr = *attr;
	attr->type = PERF_TYPE_SOFTWARE;
	attr->config = PERF_COUNT_SW_DUMMY;
}

static struct error *open_all(struct opener *o)
{
	struct event_list *list = o->counters->list;

	for (size_t e = 0; e < list->events.len; e++) {
		struct event *event = &list->events.data[e];
		struct open_failure f = { 0 };
		if (settled(o, e)) {
			if (!o->options->tolerate && o->counters->opened[e].reason)
				return error_context(no_free(o->counters->opened[e].reason), "cannot open %s", event->name);
			continue;
		}
		set_attr(o, event, counters_leader(o->counters, e) == e);
		open_event(o, e, &f);
		if (f.os == EINVAL && f.alone_opens && list->events.data[event->leader].weak_group) {
			notes_add(o->notes, "the group of %s does not fit the PMU: its events are counted one by one",
				  list->events.data[event->leader].name);
			size_t leader = event->leader;
			break_group(o->counters, leader);
			for (size_t i = leader; i <= e; i++)
				close_fds(&o->counters->opened[i]);
			e = leader - 1;	/* ++ brings it to the leader: once more from there */
			continue;
		}
		if (!f.os)
			continue;
		if (f.os == EMFILE || f.os == ENFILE)
			return error_context(out_of_files(o, f.os), "cannot open %s", event->name);
		if (f.os == ENOMEM)
			return error_os(f.os, "cannot open %s", event->name);
		mark(&o->counters->opened[e], explain_state(&f), explain_failure(&o->facts, &f));
		together_pass_on(o->counters, e);
		if (!o->options->tolerate)
			return error_context(no_free(o->counters->opened[e].reason), "cannot open %s", event->name);
	}
	return NULL;
}

struct error *counters_open(const struct os *os, struct event_list *list, const struct target *target,
			    const struct open_options *options, struct notes *notes, struct counters **counters)
{
	struct opener o = { .os = os, .target = target, .options = options, .notes = notes,
			    .facts = { .os = os } };

	o.counters = *counters = xcalloc(1, sizeof(**counters));
	o.counters->list = list;
	o.counters->opened = xcalloc(list->events.len + 1, sizeof(*o.counters->opened));
	for (size_t e = 0; e < list->events.len; e++)
		lay_out(&o, e);
	if (!options->sampling) {
		split_calls(&o);
		together_choose(o.counters);
	}
	/* most limits are 1024 or more: do not even ask below that */
	if (o.cells + FILES_SPARE > 1024)
		limits_raise_files(os, o.cells + FILES_SPARE);
	struct error *err = open_cgroups(&o);
	if (!err)
		err = open_all(&o);
	for (size_t i = 0; i < o.cgroups.len; i++)
		close(o.cgroups.data[i].fd);
	vec_deinit(&o.cgroups);
	cpuset_deinit(&o.online);
	if (err) {
		counters_destroy(*counters);
		*counters = NULL;
	}
	return err;
}
