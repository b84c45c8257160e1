/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "os/machine.h"
#include "tests/lib/tap.h"

static char root[] = "/tmp/ptk-machine.XXXXXX";

/* A file of the made-up machine, with the folders on its way. */
static void put(const char *path, const void *bytes, size_t size)
{
	autofree char *full = xasprintf("%s%s", root, path);

	for (char *slash = full + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(full, 0700);
		*slash = '/';
	}
	autofclose FILE *f = fopen(full, "w");
	if (!f || fwrite(bytes, 1, size, f) != size)
		printf("Bail out! cannot write %s\n", full);
}

static void puts_at(const char *path, const char *text)
{
	put(path, text, strlen(text));
}

#define CPU "/sys/devices/system/cpu"

static void make_cpu(int cpu, const char *core_file)
{
	const char *const core = cpu / 2 ? "2-3\n" : "0-1\n";
	const struct { const char *name, *text; } files[] = {
		{ "topology/core_id", cpu / 2 ? "1\n" : "0\n" },
		{ "topology/physical_package_id", "0\n" },
		{ "topology/die_id", "0\n" },
		{ core_file, "0-3\n" },
		{ "topology/thread_siblings_list", core },
		{ "cache/index0/level", "1\n" },
		{ "cache/index0/type", "Data\n" },
		{ "cache/index0/size", "32K\n" },
		{ "cache/index0/coherency_line_size", "64\n" },
		{ "cache/index0/number_of_sets", "64\n" },
		{ "cache/index0/ways_of_associativity", "8\n" },
		{ "cache/index0/shared_cpu_list", core },
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		autofree char *path = xasprintf(CPU "/cpu%d/%s", cpu, files[i].name);
		puts_at(path, files[i].text);
	}
}

static void make_machine(void)
{
	static const char notes[] = "\4\0\0\0\4\0\0\0\x7f\0\0\0XYZ\0abcd" "\4\0\0\0\x14\0\0\0\3\0\0\0GNU\0" "0123456789abcdefghij";

	puts_at(CPU "/present", "0-3\n");
	puts_at(CPU "/online", "0,2-3\n");
	for (int cpu = 0; cpu < 4; cpu++)
		make_cpu(cpu, cpu ? "topology/core_siblings_list" : "topology/package_cpus_list");
	puts_at("/proc/cpuinfo", "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\n"
				 "model name\t: A CPU @ 3 GHz\nstepping\t: 7\n\n");
	puts_at("/proc/meminfo", "MemTotal:       16384 kB\nMemFree: 1 kB\n");
	puts_at("/proc/sys/kernel/hostname", "made-up\n");
	puts_at("/sys/devices/system/node/online", "0\n");
	puts_at("/sys/devices/system/node/node0/meminfo", "Node 0 MemTotal:  8192 kB\nNode 0 MemFree: 4096 kB\n");
	puts_at("/sys/devices/system/node/node0/cpulist", "0-3\n");
	puts_at("/sys/bus/event_source/devices/software/type", "1\n");
	puts_at("/sys/bus/event_source/devices/cpu/type", "4\n");
	put("/sys/kernel/notes", notes, sizeof(notes) - 1);
	put("/short", notes, sizeof(notes) - 2);
}

int main(void)
{
	struct os os = { .root = root };
	struct machine m;
	uint8_t id[20];

	if (!mkdtemp(root))
		return 99;
	make_machine();
	machine_read(&os, &m);
	CHECK_STR(m.hostname, "made-up", "the host's name");
	CHECK_STR(m.cpudesc, "A CPU @ 3 GHz", "the CPU's name");
	CHECK_STR(m.cpuid, "GenuineIntel,6,85,7", "its id as perf writes it");
	CHECK_EQ(m.total_mem_kib, 16384, "memory");
	CHECK(m.cpus_available == 4 && m.cpus_online == 3, "CPUs present and online");
	CHECK_EQ(m.cpus.len, 4, "a row for each CPU up to the last");
	CHECK(m.cpus.data[1].core == -1 && m.cpus.data[2].core == 1, "an offline CPU's is unknown");
	CHECK(m.core_siblings.len == 1 && !strcmp(m.core_siblings.data[0], "0-3"), "packages, by either name of the file");
	CHECK(m.thread_siblings.len == 2 && !strcmp(m.thread_siblings.data[1], "2-3"), "cores");
	CHECK(m.caches.len == 2 && m.caches.data[1].ways == 8, "a shared cache once");
	CHECK(m.nodes.len == 1 && m.nodes.data[0].mem_free_kib == 4096, "the node");
	CHECK(m.pmus.len == 2 && !strcmp(m.pmus.data[0].name, "cpu") && m.pmus.data[0].type == 4, "PMUs by name");
	CHECK_EQ(machine_notes_build_id(&os, "/sys/kernel/notes", id), 20, "the build-id behind another note");
	CHECK(!memcmp(id, "0123456789abcdefghij", 20), "its bytes");
	CHECK_EQ(machine_notes_build_id(&os, "/short", id), 0, "none in notes that are cut short");
	machine_deinit(&m);

	struct os nowhere = { .root = "/nonexistent" };
	machine_read(&nowhere, &m);
	CHECK(!m.cpudesc && !m.nodes.len && !m.pmus.len && m.cpus_online > 0, "a machine without /proc and /sys");
	machine_deinit(&m);
	autofree char *rm = xasprintf("rm -rf '%s'", root);
	CHECK_EQ(system(rm), 0, "cleaned up");
	return tap_done();
}
