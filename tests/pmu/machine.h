/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Made-up machines: a sysfs and tracefs tree in a temporary folder, from a table of files. */
#ifndef PTK_TESTS_PMU_MACHINE_H
#define PTK_TESTS_PMU_MACHINE_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"

/* A file of /sys/bus/event_source/devices, or of the root when the path begins with a slash. */
struct machine_file {
	const char *path, *text;
};

static inline void machine_add(const char *root, const char *path, const char *text)
{
	autofree char *full = xasprintf("%s%s%s", root, *path == '/' ? "" : "/sys/bus/event_source/devices/", path);

	for (char *slash = strchr(full + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(full, 0755);
		*slash = '/';
	}
	autofclose FILE *out = fopen(full, "w");
	if (!out || fputs(text, out) < 0 || fputc('\n', out) < 0)
		abort();
}

/* The root of a new machine; machine_remove takes it away. */
static inline char *machine_create(const struct machine_file *files)
{
	const char *tmp = getenv("TMPDIR");
	char *root = xasprintf("%s/ptk-machine.XXXXXX", tmp ? tmp : "/tmp");

	if (!mkdtemp(root))
		abort();
	for (; files->path; files++)
		machine_add(root, files->path, files->text);
	return root;
}

static inline int machine_unlink(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

static inline void machine_remove(char *root)
{
	nftw(root, machine_unlink, 16, FTW_DEPTH | FTW_PHYS);
	free(root);
}

/* ---- an Intel server: one core PMU, uncore boxes */

static const struct machine_file machine_server[] = {
	{ "cpu/type", "4" },
	{ "cpu/format/event", "config:0-7" }, { "cpu/format/umask", "config:8-15" }, { "cpu/format/edge", "config:18" },
	{ "cpu/format/inv", "config:23" }, { "cpu/format/cmask", "config:24-31" }, { "cpu/format/ldlat", "config1:0-15" },
	{ "cpu/format/frontend", "config1:0-23" }, { "cpu/format/wide", "config2:0-63" }, { "cpu/format/bad", "nonsense:0-9" }, { "cpu/format/huge", "config:60-99" },
	{ "cpu/events/cpu-cycles", "event=0x3c" }, { "cpu/events/mem-loads", "event=0xcd,umask=0x1,ldlat=3" },
	{ "cpu/events/topdown-fetch-bubbles", "event=0x9c,umask=0x01" },
	{ "cpu/events/parameter", "event=0x1,umask=?" },
	{ "uncore_imc_0/type", "20" }, { "uncore_imc_0/cpumask", "0,28" },
	{ "uncore_imc_0/format/event", "config:0-7" }, { "uncore_imc_0/format/umask", "config:8-15" },
	{ "uncore_imc_0/events/cas_count_read", "event=0x04,umask=0x03" },
	{ "uncore_imc_0/events/cas_count_read.scale", "6.103515625e-5" }, { "uncore_imc_0/events/cas_count_read.unit", "MiB" },
	{ "uncore_imc_1/type", "21" }, { "uncore_imc_1/cpumask", "0,28" },
	{ "uncore_imc_1/format/event", "config:0-7" }, { "uncore_imc_1/format/umask", "config:8-15" },
	{ "uncore_imc_1/events/cas_count_read", "event=0x04,umask=0x03" },
	{ "uncore_imc_1/events/cas_count_read.scale", "6.103515625e-5" }, { "uncore_imc_1/events/cas_count_read.unit", "MiB" },
	{ "uncore_imc_free_running_0/type", "22" }, { "uncore_imc_free_running_0/cpumask", "0,28" },
	{ "uncore_imc_free_running_0/format/event", "config:0-7" },
	{ "uncore_cha_2/type", "32" }, { "uncore_cha_2/cpumask", "0" },
	{ "uncore_cha_2/format/event", "config:0-7" }, { "uncore_cha_2/format/umask", "config:8-15,32-55" },
	{ "uncore_cha_10/type", "40" }, { "uncore_cha_10/cpumask", "0" }, { "uncore_cha_10/format/event", "config:0-7" },
	{ "power/type", "30" }, { "power/cpumask", "0" }, { "power/format/event", "config:0-7" },
	{ "power/events/energy-pkg", "event=0x02" }, { "power/events/energy-pkg.unit", "Joules" },
	{ "power/events/energy-pkg.scale", "2.3283064365386962890625e-10" }, { "power/events/energy-pkg.snapshot", "1" },
	{ "/sys/kernel/tracing/events/sched/sched_switch/id", "316" },
	{ "/sys/kernel/tracing/events/sched/sched_switch/format",
	  "name: sched_switch\nID: 316\nformat:\n"
	  "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	  "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
	  "\tfield:char prev_comm[16];\toffset:8;\tsize:16;\tsigned:0;\n"
	  "\tfield:pid_t prev_pid;\toffset:24;\tsize:4;\tsigned:1;\n"
	  "\tfield:long prev_state;\toffset:32;\tsize:8;\tsigned:1;\n" },
	{ "/sys/kernel/tracing/events/sched/sched_wakeup/id", "318" },
	{ "/sys/kernel/tracing/events/sched/sched_wakeup/format",
	  "format:\n\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n\tfield:int prio;\toffset:8;\tsize:4;\tsigned:1;\n" },
	{ "/sys/kernel/tracing/events/sched/enable", "0" },
	{ "/sys/kernel/tracing/events/skb/kfree_skb/id", "1400" },
	{ "/sys/kernel/tracing/events/ftrace/function/format", "" },	/* no id */
	{ 0 },
};

/* ---- an Intel hybrid */

static const struct machine_file machine_hybrid[] = {
	{ "cpu_core/type", "4" }, { "cpu_core/cpus", "0-7" },
	{ "cpu_core/format/event", "config:0-7" }, { "cpu_core/format/umask", "config:8-15" },
	{ "cpu_core/events/mem-loads", "event=0xcd,umask=0x1" }, { "cpu_core/events/topdown-retiring", "event=0x00,umask=0x80" },
	{ "cpu_atom/type", "10" }, { "cpu_atom/cpus", "8-15" },
	{ "cpu_atom/format/event", "config:0-7" }, { "cpu_atom/format/umask", "config:8-15" },
	{ "cpu_atom/events/mem-loads", "event=0xd0,umask=0x5" },
	{ 0 },
};

/* ---- an AMD server */

static const struct machine_file machine_amd[] = {
	{ "cpu/type", "4" }, { "cpu/format/event", "config:0-7,32-35" }, { "cpu/format/umask", "config:8-15" },
	{ "ibs_op/type", "11" }, { "ibs_op/format/cnt_ctl", "config:19" },
	{ "amd_l3/type", "13" }, { "amd_l3/cpumask", "0,8,16" }, { "amd_l3/format/event", "config:0-7" },
	{ 0 },
};

/* ---- an Arm big.LITTLE */

static const struct machine_file machine_arm[] = {
	{ "armv8_cortex_a53/type", "7" }, { "armv8_cortex_a53/cpus", "0-3" }, { "armv8_cortex_a53/format/event", "config:0-15" },
	{ "armv8_cortex_a53/events/cpu_cycles", "event=0x0011" },
	{ "armv8_cortex_a72/type", "8" }, { "armv8_cortex_a72/cpus", "4-5" }, { "armv8_cortex_a72/format/event", "config:0-15" },
	{ "armv8_cortex_a72/events/cpu_cycles", "event=0x0011" },
	{ "arm_cmn_0/type", "12" }, { "arm_cmn_0/cpumask", "0" }, { "arm_cmn_0/format/type", "config:0-15" },
	{ 0 },
};

#endif
