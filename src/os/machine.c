/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "os/machine.h"

#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "os/cpuset.h"

#define CPU_DIR "/sys/devices/system/cpu"
#define NODE_DIR "/sys/devices/system/node"

/* A one-line file, in the arena; NULL when it is not there. */
static const char *line_at(struct machine *m, const struct os *os, const char *fmt, ...) PRINTF_LIKE(3, 4);
static const char *line_at(struct machine *m, const struct os *os, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	autofree char *path = xvasprintf(fmt, args);
	va_end(args);
	autofree char *line = os_read_line(os, path);
	return line ? arena_strdup(&m->arena, line) : NULL;
}

static uint32_t number_at(const struct os *os, const char *fmt, ...) PRINTF_LIKE(2, 3);
static uint32_t number_at(const struct os *os, const char *fmt, ...)
{
	va_list args;
	int64_t value;

	va_start(args, fmt);
	autofree char *path = xvasprintf(fmt, args);
	va_end(args);
	return os_read_i64(os, path, &value) ? (uint32_t)value : UINT32_MAX;
}

static void read_names(struct machine *m, const struct os *os)
{
	struct utsname name;

	if (uname(&name))
		return;
	m->arch = arena_strdup(&m->arena, name.machine);
	m->hostname = line_at(m, os, "/proc/sys/kernel/hostname");
	m->osrelease = line_at(m, os, "/proc/sys/kernel/osrelease");
}

/* ---- CPU model ---- */

/* The value of a "key\t: value" line of /proc/cpuinfo. */
static const char *cpuinfo_value(struct machine *m, const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, len))
			continue;
		const char *p = line + len;
		p += strspn(p, " \t");
		if (*p++ != ':')
			continue;
		p += strspn(p, " \t");
		size_t n = strcspn(p, "\n");
		if (n && p[n] == '\n')
			return arena_strndup(&m->arena, p, n);
	}
	return NULL;
}

/*
 * The first CPU's part of /proc/cpuinfo. Reading all of it asks each CPU
 * for its frequency, which takes milliseconds on a large machine.
 */
static void read_cpuinfo(const struct os *os, char *text, size_t size)
{
	autofree char *path = os_path(os, "/proc/cpuinfo");
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	text[n > 0 ? n : 0] = '\0';
}

static void read_cpu_model(struct machine *m, const struct os *os)
{
	static const char *const model_keys[] = { "model name", "Processor", "cpu model", "cpu", "uarch", "Model Name" };
	char text[4096];

	read_cpuinfo(os, text, sizeof(text));
	for (size_t i = 0; i < ARRAY_SIZE(model_keys) && !m->cpudesc; i++)
		m->cpudesc = cpuinfo_value(m, text, model_keys[i]);
	const char *vendor = cpuinfo_value(m, text, "vendor_id"), *family = cpuinfo_value(m, text, "cpu family");
	const char *model = cpuinfo_value(m, text, "model"), *stepping = cpuinfo_value(m, text, "stepping");
	if (vendor && family && model && stepping)
		m->cpuid = arena_printf(&m->arena, "%s,%s,%s,%s", vendor, family, model, stepping);
	else
		m->cpuid = line_at(m, os, CPU_DIR "/cpu0/regs/identification/midr_el1");
}

static void read_memory(struct machine *m, const struct os *os)
{
	autostrbuf struct strbuf text = { 0 };

	if (!os_read(os, "/proc/meminfo", &text))
		return;
	const char *at = strstr(strbuf_str(&text), "MemTotal:");
	if (at)
		m->total_mem_kib = strtoull(at + strlen("MemTotal:"), NULL, 10);
}

/* ---- topology ---- */

static bool list_has(const char *const *data, size_t len, const char *text)
{
	for (size_t i = len; i-- > 0;)
		if (!strcmp(data[i], text))
			return true;
	return false;
}

#define add_once(list, text) do { \
	const char *text_ = (text); \
	if (text_ && *text_ && !list_has((list)->data, (list)->len, text_)) \
		vec_push(list, text_); \
} while (0)

/* The newer name of the file first. */
static const char *siblings(struct machine *m, const struct os *os, int cpu, const char *name, const char *old_name)
{
	const char *text = line_at(m, os, CPU_DIR "/cpu%d/topology/%s", cpu, name);

	return text || !old_name ? text : line_at(m, os, CPU_DIR "/cpu%d/topology/%s", cpu, old_name);
}

static void read_cpu(struct machine *m, const struct os *os, int cpu)
{
	while (m->cpus.len <= (size_t)cpu)
		vec_push(&m->cpus, (struct machine_cpu){ -1, -1, -1 });
	m->cpus.data[cpu] = (struct machine_cpu){
		.core = (int32_t)number_at(os, CPU_DIR "/cpu%d/topology/core_id", cpu),
		.socket = (int32_t)number_at(os, CPU_DIR "/cpu%d/topology/physical_package_id", cpu),
		.die = (int32_t)number_at(os, CPU_DIR "/cpu%d/topology/die_id", cpu),
	};
	add_once(&m->core_siblings, siblings(m, os, cpu, "package_cpus_list", "core_siblings_list"));
	add_once(&m->die_siblings, siblings(m, os, cpu, "die_cpus_list", NULL));
	add_once(&m->thread_siblings, siblings(m, os, cpu, "core_cpus_list", "thread_siblings_list"));
}

static void read_topology(struct machine *m, const struct os *os)
{
	struct cpuset online = { 0 }, present = { 0 };
	autofree char *text = os_read_line(os, CPU_DIR "/present");
	autoerror struct error *err = text ? cpuset_parse(text, &present) : NULL;

	cpuset_online(os, &online);
	m->cpus_online = (uint32_t)online.cpus.len;
	m->cpus_available = text && !err ? (uint32_t)present.cpus.len : m->cpus_online;
	for (size_t i = 0; i < online.cpus.len; i++)
		read_cpu(m, os, online.cpus.data[i]);
	cpuset_deinit(&online);
	cpuset_deinit(&present);
}

static uint64_t meminfo_kib(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

static void read_nodes(struct machine *m, const struct os *os)
{
	autofree char *text = os_read_line(os, NODE_DIR "/online");
	struct cpuset nodes = { 0 };
	autoerror struct error *err = text ? cpuset_parse(text, &nodes) : NULL;

	for (size_t i = 0; !err && i < nodes.cpus.len; i++) {
		int node = nodes.cpus.data[i];
		autofree char *path = xasprintf(NODE_DIR "/node%d/meminfo", node);
		autostrbuf struct strbuf meminfo = { 0 };
		if (!os_read(os, path, &meminfo))
			continue;
		const char *cpus = line_at(m, os, NODE_DIR "/node%d/cpulist", node);
		vec_push(&m->nodes, (struct machine_node){
			.node = (uint32_t)node,
			.mem_total_kib = meminfo_kib(strbuf_str(&meminfo), "MemTotal:"),
			.mem_free_kib = meminfo_kib(strbuf_str(&meminfo), "MemFree:"),
			.cpus = cpus ? cpus : "",
		});
	}
	cpuset_deinit(&nodes);
}

/* ---- caches ---- */

enum { CACHE_INDEXES = 8 };

static bool add_cache(struct machine *m, const struct os *os, int cpu, int index, const char *cpus)
{
	struct machine_cache c = { .cpus = cpus };

	c.level = number_at(os, CPU_DIR "/cpu%d/cache/index%d/level", cpu, index);
	c.type = line_at(m, os, CPU_DIR "/cpu%d/cache/index%d/type", cpu, index);
	c.size = line_at(m, os, CPU_DIR "/cpu%d/cache/index%d/size", cpu, index);
	if (c.level == UINT32_MAX || !c.type || !c.size)
		return false;
	c.line = number_at(os, CPU_DIR "/cpu%d/cache/index%d/coherency_line_size", cpu, index);
	c.sets = number_at(os, CPU_DIR "/cpu%d/cache/index%d/number_of_sets", cpu, index);
	c.ways = number_at(os, CPU_DIR "/cpu%d/cache/index%d/ways_of_associativity", cpu, index);
	vec_push(&m->caches, c);
	return true;
}

/* A cache that several CPUs share is looked at once: most files of a large machine are never opened. */
static void read_caches(struct machine *m, const struct os *os)
{
	struct cpuset seen[CACHE_INDEXES] = { 0 }, shared = { 0 };

	for (int cpu = 0; cpu < (int)m->cpus.len; cpu++) {
		for (int index = 0; index < CACHE_INDEXES; index++) {
			if (cpuset_has(&seen[index], cpu))
				continue;
			const char *cpus = line_at(m, os, CPU_DIR "/cpu%d/cache/index%d/shared_cpu_list", cpu, index);
			autoerror struct error *err = cpus ? cpuset_parse(cpus, &shared) : NULL;
			if (!cpus || err || !add_cache(m, os, cpu, index, cpus))
				break;
			for (size_t i = 0; i < shared.cpus.len; i++)
				cpuset_add(&seen[index], shared.cpus.data[i]);
		}
	}
	for (int index = 0; index < CACHE_INDEXES; index++)
		cpuset_deinit(&seen[index]);
	cpuset_deinit(&shared);
}

/* ---- PMUs ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct machine_pmu *)a)->name, ((const struct machine_pmu *)b)->name);
}

static void read_pmus(struct machine *m, const struct os *os)
{
	autofree char *path = os_path(os, "/sys/bus/event_source/devices");
	autodir DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		uint32_t type = number_at(os, "/sys/bus/event_source/devices/%s/type", entry->d_name);
		if (type != UINT32_MAX)
			vec_push(&m->pmus, (struct machine_pmu){ type, arena_strdup(&m->arena, entry->d_name) });
	}
	vec_sort(&m->pmus, by_name);
}

void machine_read(const struct os *os, struct machine *m)
{
	*m = (struct machine){ 0 };
	read_names(m, os);
	read_cpu_model(m, os);
	read_memory(m, os);
	read_topology(m, os);
	read_nodes(m, os);
	read_caches(m, os);
	read_pmus(m, os);
}

void machine_read_topology(const struct os *os, struct machine *m)
{
	*m = (struct machine){ 0 };
	read_topology(m, os);
	read_nodes(m, os);
}

void machine_deinit(struct machine *m)
{
	vec_deinit(&m->core_siblings);
	vec_deinit(&m->die_siblings);
	vec_deinit(&m->thread_siblings);
	vec_deinit(&m->cpus);
	vec_deinit(&m->nodes);
	vec_deinit(&m->pmus);
	vec_deinit(&m->caches);
	arena_deinit(&m->arena);
	*m = (struct machine){ 0 };
}

/* ---- build-ids ---- */

/* elf(5), "Notes": name size, descriptor size, type; name and descriptor each padded to four bytes. */
static size_t find_build_id(const char *at, size_t left, uint8_t id[20])
{
	Elf64_Nhdr note;

	while (left >= sizeof(note)) {
		memcpy(&note, at, sizeof(note));
		uint64_t name = ((uint64_t)note.n_namesz + 3) & ~3ull, desc = ((uint64_t)note.n_descsz + 3) & ~3ull;
		if (name + desc > left - sizeof(note))
			return 0;
		at += sizeof(note);
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && !memcmp(at, "GNU", 4) && note.n_descsz) {
			size_t size = note.n_descsz < 20 ? note.n_descsz : 20;
			memcpy(id, at + name, size);
			return size;
		}
		at += name + desc;
		left -= sizeof(note) + name + desc;
	}
	return 0;
}

size_t machine_notes_build_id(const struct os *os, const char *path, uint8_t id[20])
{
	autostrbuf struct strbuf notes = { 0 };

	return os_read(os, path, &notes) ? find_build_id(strbuf_str(&notes), notes.len, id) : 0;
}
