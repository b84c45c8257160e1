/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why an event does not open, over made-up machines: each errno with each reason that it may have. */
#include "pmu/explain.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "tests/lib/tap.h"

static char root[] = "/tmp/ptk-explain.XXXXXX";

/* Writes a file below the root, with the folders on the way. */
static void put(const char *path, const char *text)
{
	autofree char *full = xasprintf("%s%s", root, path);

	for (char *slash = strchr(full + sizeof(root), '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(full, 0755);
		*slash = '/';
	}
	autofclose FILE *f = fopen(full, "w");
	if (f)
		fputs(text, f);
}

static void drop(const char *path)
{
	autofree char *full = xasprintf("%s%s", root, path);

	unlink(full);
}

static const struct os os = { .root = root };
static char cycles_name[] = "cycles", switches_name[] = "context-switches", trace_name[] = "sched:sched_switch",
	    mem_name[] = "mem:0x10", uncore_name[] = "msr/tsc/", msr[] = "msr";
static const struct event cycles = { .kind = EVENT_HARDWARE, .name = cycles_name,
				     .attr = { .type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES } };
static const struct event switches = { .kind = EVENT_SOFTWARE, .name = switches_name,
				       .attr = { .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CONTEXT_SWITCHES } };
static const struct event switches_u = { .kind = EVENT_SOFTWARE, .name = switches_name,
					 .attr = { .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CONTEXT_SWITCHES, .exclude_kernel = 1 } };
static const struct event tracepoint = { .kind = EVENT_TRACEPOINT, .name = trace_name, .attr = { .type = PERF_TYPE_TRACEPOINT } };
static const struct event breakpoint = { .kind = EVENT_BREAKPOINT, .name = mem_name, .attr = { .type = PERF_TYPE_BREAKPOINT } };
static const struct event tsc = { .kind = EVENT_PMU, .name = uncore_name, .pmu = msr, .attr = { .type = 9 }, .per_package = true };

/* What this process may do is given, the rest is read from the made-up machine. */
static struct error *why(struct open_failure failure, int paranoid, uint64_t capabilities)
{
	autofree char *text = xasprintf("%d\n", paranoid);
	struct explain_facts facts = { .os = &os };

	put("/proc/sys/kernel/perf_event_paranoid", text);
	privilege_read(&os, &facts.privilege);
	facts.privilege.capabilities = capabilities;
	facts.privilege_known = true;
	return explain_failure(&facts, &failure);
}

static void check(const char *part, struct open_failure failure, int paranoid, uint64_t capabilities)
{
	CHECK_ERR(why(failure, paranoid, capabilities), part, part);
}

#define CAP(name) (1ull << PRIVILEGE_##name)
#define FAILS(number, of, ...) ((struct open_failure){ .os = (number), .event = &(of), .task = -1, .cpu = -1, __VA_ARGS__ })
#define ON_TASK(number, of, id, ...) ((struct open_failure){ .os = (number), .event = &(of), .task = (id), .cpu = -1, __VA_ARGS__ })
#define ON_CPU(number, of, id, ...) ((struct open_failure){ .os = (number), .event = &(of), .task = -1, .cpu = (id), __VA_ARGS__ })

static void not_permitted(void)
{
	struct stat st;

	check("perf_event_paranoid is 2", ON_TASK(EACCES, cycles, 7, .command = true), 2, 0);
	check("sysctl kernel.perf_event_paranoid=1", ON_TASK(EACCES, cycles, 7, .command = true), 2, 0);
	check(":u behind the event", ON_TASK(EACCES, cycles, 7, .command = true), 2, 0);
	check("sysctl kernel.perf_event_paranoid=0", ON_CPU(EACCES, cycles, 0), 2, 0);
	check("ptk … -p PID", ON_CPU(EACCES, cycles, 0), 1, 0);
	check("sysctl kernel.perf_event_paranoid=-1", ON_TASK(EPERM, tracepoint, 7, .sampling = true, .command = true), 2, 0);
	check("no perf events at all", ON_TASK(EACCES, cycles, 7, .command = true), 4, 0);
	check("setcap cap_perfmon", ON_TASK(EACCES, cycles, 7, .command = true), 4, 0);
	check("page-faults", ON_TASK(EACCES, switches, 7, .command = true), 2, 0);
	check("it would be 0", ON_TASK(EINVAL, switches_u, 7, .command = true), 2, 0);
	put("/proc/self/status", "Name:\tx\nSeccomp:\t2\n");
	check("seccomp filter", ON_TASK(EPERM, cycles, 7, .command = true), 2, CAP(PERFMON));
	check("seccomp filter", ON_TASK(EPERM, cycles, 7, .command = true), 1, 0);
	check("--cap-add PERFMON", ON_TASK(ENOSYS, cycles, 7, .command = true), 2, CAP(PERFMON));
	put("/proc/self/status", "Name:\tx\nSeccomp:\t0\n");
	check("security module", ON_TASK(EPERM, cycles, 7, .command = true), 2, CAP(SYS_ADMIN));
	put("/proc/self/uid_map", "0 100000 65536\n");
	check("user namespace", ON_TASK(EACCES, cycles, 7, .command = true), 2, CAP(SYS_ADMIN));
	drop("/proc/self/uid_map");
	put("/sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
	check("locked down", ON_TASK(EPERM, cycles, 7, .command = true), 2, CAP(SYS_ADMIN));
	drop("/sys/kernel/security/lockdown");
	put("/proc/7/status", "");
	autofree char *seven = xasprintf("%s/proc/7", root);
	if (chown(seven, 65533, (gid_t)-1) || stat(seven, &st) || st.st_uid != 65533)
		SKIP(1, "another user's process cannot be made up: not root");
	else
		check("another user's", ON_TASK(EACCES, cycles, 7), 2, CAP(PERFMON));
}

static void not_here(void)
{
	put("/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu vme hypervisor lahf\n\nprocessor : 1\n");
	check("virtual machine without a CPU PMU", FAILS(ENOENT, cycles), 2, 0);
	check("pmu=on", FAILS(EOPNOTSUPP, cycles), 2, 0);
	put("/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu vme\n");
	check("no PMU in this CPU", FAILS(ENOENT, cycles), 2, 0);
	put("/proc/1/cgroup", "0::/kubepods.slice/pod7\n");
	check("container", FAILS(ENOENT, cycles), 2, 0);
	put("/sys/class/dmi/id/sys_vendor", "QEMU\n");
	check("virtual machine", ON_CPU(ENODEV, cycles, 0), 2, 0);
	put("/sys/bus/event_source/devices/cpu/type", "4\n");
	check("the virtual CPU", FAILS(ENOENT, cycles), 2, 0);
	drop("/sys/class/dmi/id/sys_vendor");
	check("this CPU has no such event", FAILS(ENOENT, cycles), 2, 0);
	check("no longer has this tracepoint", FAILS(ENOENT, tracepoint), 2, 0);
	check("uname -r", FAILS(ENOENT, switches), 2, 0);
	check("CPU 3 is offline", ON_CPU(ENODEV, switches, 3), 2, 0);
	drop("/proc/sys/kernel/perf_event_paranoid");
	struct explain_facts facts = { .os = &os };
	struct open_failure failure = FAILS(ENOSYS, cycles);
	CHECK_ERR(explain_failure(&facts, &failure), "CONFIG_PERF_EVENTS", "a kernel without perf events");
}

static void refused(void)
{
	put("/proc/sys/kernel/nmi_watchdog", "1\n");
	check("sysctl kernel.nmi_watchdog=0", FAILS(EBUSY, cycles), 2, 0);
	put("/proc/sys/kernel/nmi_watchdog", "0\n");
	check("another user of the PMU", FAILS(EBUSY, cycles), 2, 0);
	check("breakpoint registers", FAILS(ENOSPC, breakpoint), 2, 0);
	check("1, 2, 4 or 8 bytes", FAILS(EINVAL, breakpoint), 2, 0);
	check(":W", FAILS(EINVAL, cycles, .alone_opens = true), 2, 0);
	check("user space from the kernel", FAILS(EINVAL, tsc, .all_modes_open = true), 2, 0);
	check("use :P", FAILS(EINVAL, cycles, .imprecise_opens = true), 2, 0);
	check("not sampled", FAILS(EINVAL, tsc, .counts_only = true), 2, 0);
	check("count it with -a", ON_TASK(EINVAL, tsc, 5), 2, 0);
	check("config=0x0", FAILS(EINVAL, cycles), 2, 0);
	check("newer kernel", FAILS(E2BIG, cycles), 2, 0);
	check("process 12 has ended", ON_TASK(ESRCH, cycles, 12), 2, 0);
	CHECK(explain_state(&FAILS(ESRCH, cycles)) == EVENT_GONE, "what it was to be opened on has gone");
	CHECK(explain_state(&FAILS(EACCES, cycles)) == EVENT_NOT_PERMITTED && explain_state(&FAILS(EPERM, cycles)) == EVENT_NOT_PERMITTED,
	      "may not be opened");
	CHECK(explain_state(&FAILS(ENOENT, cycles)) == EVENT_NOT_SUPPORTED, "is not there");
	struct limits_files files = { .soft = 1024, .hard = 4096, .most = 1 << 20 };
	CHECK_ERR(explain_files(&files, EMFILE, 5000, 10, 50, 10), "5000 descriptors are needed (10 events on 50 CPUs and 10 tasks), and 4096",
		  "descriptors: how many, and how many there are");
	CHECK_ERR(explain_files(&files, EMFILE, 5000, 10, 50, 10), "ulimit -n 5064", "and the command that helps");
	CHECK_ERR(explain_files(&files, ENFILE, 5000, 10, 50, 10), "fs.file-max", "the machine's own limit");
	files.most = 4096;
	CHECK_ERR(explain_files(&files, EMFILE, 5000, 10, 50, 10), "fs.nr_open", "the limit of limits");
}

int main(void)
{
	if (!mkdtemp(root))
		return 99;
	put("/proc/self/status", "Name:\tx\nSeccomp:\t0\n");
	not_permitted();
	not_here();
	refused();
	autofree char *clean = xasprintf("rm -rf %s", root);
	return system(clean) ? 99 : tap_done();
}
