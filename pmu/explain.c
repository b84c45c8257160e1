/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pmu/explain.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

const struct privilege *explain_privilege(struct explain_facts *facts)
{
	if (!facts->privilege_known)
		privilege_read(facts->os, &facts->privilege);
	facts->privilege_known = true;
	return &facts->privilege;
}

static const struct virt *virt_of(struct explain_facts *facts)
{
	if (!facts->virt_known)
		virt_read(facts->os, &facts->virt);
	facts->virt_known = true;
	return &facts->virt;
}

static bool watchdog_on(struct explain_facts *facts)
{
	uint64_t watchdog = 0;

	if (!facts->watchdog_known)
		facts->watchdog = os_read_u64(facts->os, "/proc/sys/kernel/nmi_watchdog", &watchdog) && watchdog;
	facts->watchdog_known = true;
	return facts->watchdog;
}

static bool of_cpu(const struct event *event)
{
	return event->kind == EVENT_HARDWARE || event->kind == EVENT_CACHE || event->kind == EVENT_RAW;
}

/* ---- no such counter here */

static struct error *not_here(struct explain_facts *facts, const struct open_failure *f)
{
	const struct event *event = f->event;
	struct error *err;

	if (event->kind == EVENT_TRACEPOINT)
		return error_hint(error_create("the kernel no longer has this tracepoint"),
				  "it went away after it was looked up: was its module unloaded, or its probe deleted?");
	if (event->kind == EVENT_BREAKPOINT)
		return error_create("this CPU has no breakpoint of that kind");
	if (!of_cpu(event)) {
		if (event->pmu)
			return error_create("the %s PMU has no such event", event->pmu);
		return error_hint(error_create("this kernel has no such event"), "a newer one may: uname -r says which it is");
	}
	const struct virt *virt = virt_of(facts);
	if (virt->cpu_pmu) {
		if (virt->machine)
			return error_create("the virtual CPU of this machine has no such event");
		return error_create("this CPU has no such event");
	}
	if (virt->machine) {
		err = error_create("this machine is a virtual machine without a CPU PMU");
		return error_hint(err, "the hypervisor keeps the counters for itself (QEMU: -cpu host,pmu=on; clouds: whole-machine instances);\n"
				  "software events and tracepoints count here: cpu-clock, task-clock, page-faults, sched:*");
	}
	if (virt->container)
		return error_hint(error_create("this container does not see a CPU PMU"),
				  "does the machine below it have one? there: ls /sys/bus/event_source/devices");
	return error_hint(error_create("the kernel found no PMU in this CPU"), "dmesg | grep -i pmu says what it found");
}

static struct error *no_branches(void)
{
	return error_hint(error_create("branches cannot be recorded with it"),
			  "some CPUs keep a record of branches (Intel's and AMD's LBR, ARM's BRBE) for events of their own, as cycles; few\n"
			  "hypervisors pass it on. Without -b, -j and --call-graph lbr the event opens; -g takes stacks in another way");
}

/* ---- not allowed */

bool event_counts_nothing(const struct event *event)
{
	return event->kind == EVENT_SOFTWARE && event->attr.exclude_kernel && event_kernel_only(event);
}

bool event_kernel_only(const struct event *event)
{
	const struct perf_event_attr *attr = &event->attr;

	/* of the tracepoints, those of system calls alone carry the registers of user space */
	if (event->kind == EVENT_TRACEPOINT)
		return strncmp(event->name, "syscalls:", 9);
	return attr->type == PERF_TYPE_SOFTWARE && (attr->config == PERF_COUNT_SW_CONTEXT_SWITCHES ||
						    attr->config == PERF_COUNT_SW_CPU_MIGRATIONS ||
						    attr->config == 11 /* PERF_COUNT_SW_CGROUP_SWITCHES, Linux 5.13 */);
}

static struct error *hint_privilege(struct error *err, struct explain_facts *facts, int needed)
{
	if (explain_privilege(facts)->user_namespace)
		return error_hint(err, "capabilities inside a user namespace (a rootless container) do not count: run ptk outside of it,\n"
				  "or there, as root: sysctl kernel.perf_event_paranoid=%d", needed);
	return error_hint(err, "as root: sysctl kernel.perf_event_paranoid=%d\n"
			  "or give ptk the right alone: setcap cap_perfmon,cap_sys_ptrace=ep \"$(command -v ptk)\"", needed);
}

static struct error *refused_otherwise(struct explain_facts *facts, const struct open_failure *f)
{
	const char *held = geteuid() ? "this user" : "root";

	if (explain_privilege(facts)->lockdown)
		return error_hint(error_create("the kernel is locked down, in its confidentiality mode"),
				  "cat /sys/kernel/security/lockdown shows it; lockdown=integrity on the kernel's command line allows perf events");
	if (explain_privilege(facts)->seccomp)
		return error_hint(error_create("a seccomp filter refuses perf_event_open, whatever the kernel's settings"),
				  "Docker and its like set it: run the container with --cap-add PERFMON (or SYS_ADMIN), or with\n"
				  "--security-opt seccomp=FILE of a profile that allows perf_event_open");
	return error_hint(error_create("a security module refuses perf events to %s", held),
			  "SELinux or another: its log (ausearch -m avc; dmesg) names the rule");
}

/* What the paranoid level asks of this kind of opening; the highest level that would allow it. */
static int level_needed(const struct open_failure *f)
{
	if (f->event->kind == EVENT_TRACEPOINT && f->sampling)
		return -1;
	if (f->task < 0)
		return 0;
	return f->event->attr.exclude_kernel ? 2 : 1;
}

/* Another user's task: whatever the level is, that takes the right to trace it (ptrace(2), "access mode checking"). */
static bool of_another(struct explain_facts *facts, const struct open_failure *f)
{
	struct stat st;

	if (f->task <= 0 || f->command)
		return false;
	autofree char *path = os_path(facts->os, "/proc/%d", f->task);
	return !stat(path, &st) && st.st_uid != geteuid();
}

static struct error *not_permitted(struct explain_facts *facts, const struct open_failure *f)
{
	const struct privilege *p = explain_privilege(facts);
	int needed = level_needed(f);
	struct error *err;

	if (of_another(facts, f) && !privilege_has(p, PRIVILEGE_SYS_PTRACE))
		return error_hint(error_create("process %d is another user's, and ptk lacks CAP_SYS_PTRACE", f->task),
				  "run ptk as root, or give it the right: setcap cap_perfmon,cap_sys_ptrace=ep \"$(command -v ptk)\"");
	if (privilege_perfmon(p) || p->paranoid <= needed)
		return refused_otherwise(facts, f);
	err = error_create("kernel.perf_event_paranoid is %d (%s), and ptk lacks CAP_PERFMON",
			   p->paranoid, privilege_paranoid_text(p->paranoid));
	err = hint_privilege(err, facts, needed);
	if (p->paranoid > 2)
		return err;
	if (event_kernel_only(f->event))
		return error_hint(err, "without it: events of your own programs in user space, as cycles:u or page-faults");
	if (f->task < 0)
		return error_hint(err, "without it: your own programs and processes (ptk … COMMAND, ptk … -p PID)");
	return error_hint(err, "without it: user space alone, with :u behind the event");
}


/* ---- refused as it is */

/* kprobe:… and uprobe:… */
static struct error *no_probe(const struct open_failure *f)
{
	const char *path = f->event->probe_path;
	struct error *err;

	if (*path == '/')
		return error_hint(error_create("no probe can be put at offset 0x%llx of %s", (unsigned long long)f->event->attr.config2, path),
				  "it has to be the first byte of an instruction");
	err = f->os == EADDRNOTAVAIL ? error_create("several functions of the kernel are called %s", path) :
	      f->os == ENOENT ? error_create("there is no function %s in the kernel", path) :
	      error_create("no probe can be put at %s", path);
	return error_hint(err, "ptk probe %s says more; ptk probe -F shows the functions that can be probed", path);
}

static struct error *not_valid(struct explain_facts *facts, const struct open_failure *f)
{
	const struct event *event = f->event;

	if (f->alone_opens)
		return error_hint(error_create("the group is more than the PMU can count at once"),
				  "make the group smaller, or let it be broken up with :W");
	if (f->all_modes_open)
		return error_hint(error_create("the %s PMU cannot tell user space from the kernel", event->pmu ? event->pmu : "event's"),
				  "leave the modifier (:u, :k, :h …) away: it counts all of them");
	if (f->imprecise_opens)
		return error_hint(error_create("this CPU cannot sample it at that precision (:%.*s)", event->attr.precise_ip, "ppp"),
				  "leave :p away, or use :P for the best that there is");
	if (f->counts_only)
		return error_hint(error_create("it can be counted, not sampled"), "ptk stat counts it");
	if (event->per_package && f->task > 0)
		return error_hint(error_create("the %s PMU counts whole CPUs, not tasks", event->pmu ? event->pmu : "event's"),
				  "count it with -a or -C");
	if (event->kind == EVENT_BREAKPOINT)
		return error_hint(error_create("this CPU cannot watch that address and length"),
				  "lengths are 1, 2, 4 or 8 bytes, and the address is a multiple of the length");
	if (of_cpu(event) || event->kind == EVENT_PMU)
		return error_hint(error_create("the %s PMU does not take this event: a config or a combination that it does not have",
					       event->pmu ? event->pmu : "CPU's"),
				  "ptk list shows its events; config=0x%llx config1=0x%llx config2=0x%llx was asked for",
				  event->attr.config, event->attr.config1, event->attr.config2);
	return error_create("this kernel refuses it as invalid");
}

static struct error *busy(struct explain_facts *facts, const struct open_failure *f)
{
	if (f->event->attr.pinned || !watchdog_on(facts))
		return error_hint(error_create("another user of the PMU holds it for itself"),
				  "another profiler, or a hypervisor's own use of it? end that one first");
	return error_hint(error_create("the counter is in use, and the kernel's NMI watchdog holds one"),
			  "as root: sysctl kernel.nmi_watchdog=0");
}

struct error *explain_failure(struct explain_facts *facts, const struct open_failure *f)
{
	if (event_counts_nothing(f->event))
		return error_hint(error_create("it happens in the kernel, where :u does not count: it would be 0 whatever happens"),
				  "leave :u away (ordinary users: where kernel.perf_event_paranoid is at most 1)");
	if (f->filter)
		return error_hint(error_create("the kernel refuses the filter \"%s\": %s", f->event->filter, strerror(f->os)),
				  "fields, operators and numbers: FIELD == 1 && (OTHER > 2 || NAME ~ \"ab*\"); the fields are in the format file of %s",
				  f->event->name);
	if (f->event->probe_path && (f->os == ENOENT || f->os == EINVAL || f->os == EADDRNOTAVAIL || f->os == EOPNOTSUPP))
		return no_probe(f);
	if (f->branchless_opens)
		return no_branches();
	switch (f->os) {
	case ENOENT: case EOPNOTSUPP: case ENXIO:
		return not_here(facts, f);
	case ENODEV:
		if (f->cpu >= 0 && !of_cpu(f->event))
			return error_create("CPU %d is offline", f->cpu);
		return not_here(facts, f);
	case ENOSYS:
		if (explain_privilege(facts)->no_perf)
			return error_hint(error_create("this kernel was built without perf events"),
					  "it needs CONFIG_PERF_EVENTS=y: every distribution's own kernel has it");
		return refused_otherwise(facts, f);
	case EACCES: case EPERM:
		return not_permitted(facts, f);
	case ESRCH:
		return error_create("process %d has ended", f->task);
	case EBUSY:
		return busy(facts, f);
	case ENOSPC:
		if (f->event->kind == EVENT_BREAKPOINT)
			return error_hint(error_create("all breakpoint registers of the CPU are in use"),
					  "x86 has four: watch fewer addresses, or end the debugger that uses them");
		return error_create("the kernel has no room for it (ENOSPC)");
	case E2BIG:
		return error_hint(error_create("this kernel does not know a field that the event needs"),
				  "a newer kernel does: uname -r says which this is");
	case EINVAL:
		return not_valid(facts, f);
	default:
		return error_create("%s", strerror(f->os));
	}
}

enum event_state explain_state(const struct open_failure *f)
{
	if (f->os == EACCES || f->os == EPERM)
		return EVENT_NOT_PERMITTED;
	if (f->os == ESRCH)
		return EVENT_GONE;
	return EVENT_NOT_SUPPORTED;
}

struct error *explain_files(const struct limits_files *files, int os, size_t wanted, size_t n_events, size_t n_cpus,
			    size_t n_tasks)
{
	struct error *err;

	if (os == ENFILE) {
		err = error_create("the machine is out of file descriptors, and %zu are needed", wanted);
		return error_hint(err, "as root: sysctl fs.file-max=N with a larger N (cat /proc/sys/fs/file-nr shows use and limit)");
	}
	err = error_create("%zu descriptors are needed (%zu event%s on %zu CPU%s and %zu task%s), and %llu is the limit",
			   wanted, n_events, n_events == 1 ? "" : "s", n_cpus, n_cpus == 1 ? "" : "s",
			   n_tasks, n_tasks == 1 ? "" : "s", (unsigned long long)files->hard);
	if (wanted + 64 > files->most)
		err = error_hint(err, "as root: sysctl fs.nr_open=%zu, then", wanted + 1024);
	return error_hint(err, "ulimit -n %zu as root raises it for this shell; or take fewer events, CPUs (-C) or tasks (-t)", wanted + 64);
}
