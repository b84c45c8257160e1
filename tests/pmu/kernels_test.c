/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening on kernels that are not here: perf_event_open(2) is answered by
 * this program, as an old kernel, a strict one, or one whose tasks and CPUs
 * go away would.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/alloc.h"
#include "pmu/open.h"
#include "tests/lib/tap.h"
#include "tests/pmu/machine.h"

/* The kernel's answer: an errno, or 0. */
typedef int kernel(struct perf_event_attr *attr, pid_t task, int cpu, int group);

static kernel *answer;
static int calls;

/* In place of libc's, which is all that ptk opens events with. */
long syscall(long number, ...)
{
	va_list args;

	va_start(args, number);
	struct perf_event_attr *attr = va_arg(args, struct perf_event_attr *);
	int task = va_arg(args, int), cpu = va_arg(args, int), group = va_arg(args, int);
	va_end(args);
	if (number != SYS_perf_event_open) {
		errno = ENOSYS;
		return -1;
	}
	calls++;
	int problem = answer(attr, task, cpu, group);
	if (!problem)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	errno = problem;
	return -1;
}

static const struct os machine = { .root = "/no/such/root" };
static struct event_list list;
static struct target target;
static struct counters *counters;
static struct notes notes;
static struct open_options options;

static struct event *add(const char *name)
{
	struct event *event = vec_add(&list.events);

	event->kind = EVENT_HARDWARE;
	event->name = xstrdup(name);
	event->leader = list.events.len - 1;
	return event;
}

static struct error *open_on(kernel *k)
{
	answer = k;
	calls = 0;
	return counters_open(&machine, &list, &target, &options, &notes, &counters);
}

static void done(void)
{
	counters_destroy(counters);
	counters = NULL;
	event_list_deinit(&list);
	target_deinit(&target);
	notes_deinit(&notes);
	target = (struct target){ 0 };
	options = (struct open_options){ 0 };
}

static int linux_5_0(struct perf_event_attr *attr, pid_t task, int cpu, int group)
{
	return attr->build_id || attr->ksymbol || attr->bpf_event || attr->cgroup ? EINVAL : 0;
}

static void old(void)
{
	target_set_command(&target, 1);
	for (int i = 0; i < 2; i++) {
		struct perf_event_attr *attr = &add("cycles")->attr;
		attr->build_id = attr->ksymbol = attr->bpf_event = attr->cgroup = attr->mmap2 = attr->comm_exec = 1;
	}
	CHECK_OK(open_on(linux_5_0), "an old kernel: opens");
	const struct perf_event_attr *attr = &list.events.data[1].attr;
	CHECK(!attr->build_id && !attr->ksymbol && !attr->bpf_event, "without what is too new");
	CHECK(attr->mmap2 && attr->comm_exec, "with what is older");
	CHECK_EQ(calls, 6, "and the second event opens at once");
	CHECK(notes.lines.len == 1 && strstr(notes.lines.data[0], "cgroup"), "what was asked for and dropped is said");
	done();
}

static int small_attr(struct perf_event_attr *attr, pid_t task, int cpu, int group)
{
	if (!attr->use_clockid)
		return attr->size == sizeof(*attr) ? 0 : EINVAL;
	attr->size = 64;
	return E2BIG;
}

static int nothing_valid(struct perf_event_attr *attr, pid_t task, int cpu, int group)
{
	return EINVAL;
}

static void sizes(void)
{
	target_set_command(&target, 1);
	add("cycles")->attr.use_clockid = 1;
	CHECK_OK(open_on(small_attr), "E2BIG: the field is dropped, the size that the kernel wrote is not kept");
	counters_destroy(counters);
	counters = NULL;
	list.events.data[0].attr.mmap2 = 1;
	CHECK_ERR(open_on(nothing_valid), "cannot open cycles", "where nothing helps it is an error");
	CHECK(list.events.data[0].attr.mmap2, "and the attr is as it was");
	done();
}

static int no_guests(struct perf_event_attr *attr, pid_t task, int cpu, int group)
{
	return attr->exclude_guest && attr->config == 1 ? EOPNOTSUPP : 0;
}

static void pmus_differ(void)
{
	target_set_command(&target, 1);
	for (unsigned i = 0; i < 3; i++) {
		struct perf_event_attr *attr = &add("cycles")->attr;
		attr->config = i;
		attr->exclude_guest = 1;
	}
	CHECK_OK(open_on(no_guests), "a PMU that cannot leave guests out");
	CHECK(list.events.data[0].attr.exclude_guest && !list.events.data[1].attr.exclude_guest, "counts them");
	CHECK(list.events.data[2].attr.exclude_guest, "and nothing is learnt from it for others");
	done();
}

static void counting(void)
{
	target_set_command(&target, 1);
	struct event *event = add("cycles/period=9/P");
	event->precise_max = 1;
	event->attr.sample_period = 9;
	CHECK_OK(open_on(small_attr), "counting");
	CHECK(!event->attr.precise_ip && !event->attr.sample_period, "has no samples, so no precision and no period");
	done();
}

static int precise_2(struct perf_event_attr *attr, pid_t task, int cpu, int group)
{
	return attr->precise_ip > 2 ? EOPNOTSUPP : 0;
}

static int user_only(struct perf_event_attr *attr, pid_t task, int cpu, int group)
{
	return attr->exclude_kernel ? 0 : EACCES;
}

static void limits(void)
{
	target_set_command(&target, 1);
	add("cycles:P")->precise_max = 1;
	options.sampling = true;
	CHECK_OK(open_on(precise_2), ":P opens");
	CHECK_EQ(list.events.data[0].attr.precise_ip, 2, "at the highest precision that there is");
	done();
	target_set_command(&target, 1);
	add("cycles");
	add("cycles:p");
	add("instructions:k")->exclude_typed = true;
	struct event *switches = add("context-switches");
	switches->kind = EVENT_SOFTWARE;
	switches->attr.type = PERF_TYPE_SOFTWARE;
	switches->attr.config = PERF_COUNT_SW_CONTEXT_SWITCHES;
	options.tolerate = true;
	CHECK_OK(open_on(user_only), "the kernel may not be counted");
	CHECK_STR(list.events.data[0].name, "cycles:u", "user space is, and the name says so");
	CHECK_STR(list.events.data[1].name, "cycles:pu", "behind what it says already");
	CHECK_EQ(counters->opened[2].state, EVENT_NOT_PERMITTED, "unless something else was typed");
	CHECK_EQ(counters->opened[3].state, EVENT_NOT_PERMITTED, "or it would count a 0 that is not true");
	CHECK_EQ(notes.lines.len, 1, "it is said once");
	done();
}

static int task_2_ended(struct perf_event_attr *attr, pid_t task, int cpu, int group)
{
	return task == 2 ? ESRCH : 0;
}

static int all_ended(struct perf_event_attr *attr, pid_t task, int cpu, int group)
{
	return ESRCH;
}

static int cpu_1_offline(struct perf_event_attr *attr, pid_t task, int cpu, int group)
{
	return cpu == 1 ? ENODEV : 0;
}

static void gone(void)
{
	target.per_task = true;
	for (int task = 1; task <= 3; task++)
		vec_push(&target.tasks, task);
	add("cycles");
	CHECK_OK(open_on(task_2_ended), "one of three tasks has ended");
	CHECK(counters_fd(counters, 0, 0, 0) >= 0 && counters_fd(counters, 0, 0, 1) < 0 && counters_fd(counters, 0, 0, 2) >= 0,
	      "the others are open");
	counters_destroy(counters);
	options.tolerate = true;
	CHECK_OK(open_on(all_ended), "all have");
	CHECK_EQ(counters->opened[0].state, EVENT_GONE, "the event says so");
	done();
	target.system_wide = true;
	for (int cpu = 0; cpu < 3; cpu++)
		cpuset_add(&target.cpus, cpu);
	add("cycles");
	add("instructions")->leader = 0;
	CHECK_OK(open_on(cpu_1_offline), "a CPU went offline");
	CHECK(counters_fd(counters, 0, 1, 0) < 0 && counters_fd(counters, 1, 2, 0) >= 0, "the others are open, the group's members too");
	CHECK_EQ(calls, 5, "a member is not tried where its leader is not");
	done();
}

static int two_counters(struct perf_event_attr *attr, pid_t task, int cpu, int group)
{
	return group >= 0 && attr->config == 2 ? EINVAL : 0;
}

static void groups(void)
{
	for (int weak = 0; weak < 2; weak++) {
		target_set_command(&target, 1);
		for (unsigned i = 0; i < 4; i++) {
			struct event *event = add("cycles");
			event->attr.config = i;
			event->leader = i < 3 ? 0 : 3;
		}
		list.events.data[0].weak_group = weak;
		if (!weak) {
			CHECK_ERR(open_on(two_counters), "the group is more than the PMU can count at once", "a group that does not fit");
		} else {
			CHECK_OK(open_on(two_counters), "a weak one");
			CHECK_EQ(list.events.data[1].leader, 1, "is broken up");
			CHECK(counters_fd(counters, 0, 0, 0) >= 0 && counters_fd(counters, 2, 0, 0) >= 0, "and counted");
			CHECK_EQ(list.events.data[2].attr.disabled, 1, "each with a switch of its own");
		}
		done();
	}
}

/* An Arm kernel before 6.6. */
static int no_extended_types(struct perf_event_attr *attr, pid_t task, int cpu, int group)
{
	return attr->type <= PERF_TYPE_HW_CACHE && attr->config >> 32 ? ENOENT : 0;
}

static void two_kinds_of_cores(void)
{
	static const struct machine_file files[] = {
		{ "armv8_cortex_a72/type", "8" }, { "armv8_cortex_a72/events/cpu_cycles", "event=0x0011" },
		{ "armv8_cortex_a72/events/l1d_cache_refill", "event=0x0003" }, { 0 },
	};
	static const struct { uint32_t type; uint64_t config; const char *what; } want[] = {
		{ 8, 0x11, "cycles by the PMU's own number" }, { 8, 0x3, "misses of the first cache, too" },
	};
	char *root = machine_create(files);
	const struct os os = { .root = root };

	target_set_command(&target, 1);
	options.tolerate = true;
	answer = no_extended_types;
	for (unsigned i = 0; i < 3; i++) {
		struct event *event = add("event");
		event->pmu = xstrdup("armv8_cortex_a72");
		event->attr.type = i == 1 ? PERF_TYPE_HW_CACHE : PERF_TYPE_HARDWARE;
		event->attr.config = 8ull << 32 | (i == 1 ? 0x10000 : i == 2 ? PERF_COUNT_HW_BUS_CYCLES : PERF_COUNT_HW_CPU_CYCLES);
	}
	CHECK_OK(counters_open(&os, &list, &target, &options, &notes, &counters), "a kernel that does not take a PMU's type in config");
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		const struct perf_event_attr *attr = &list.events.data[i].attr;
		CHECK(attr->type == want[i].type && attr->config == want[i].config, want[i].what);
	}
	CHECK_EQ(counters->opened[2].state, EVENT_NOT_SUPPORTED, "what the PMU's folder does not have is not supported");
	done();
	machine_remove(root);
}

int main(void)
{
	old();
	two_kinds_of_cores();
	sizes();
	pmus_differ();
	counting();
	limits();
	gone();
	groups();
	return tap_done();
}
