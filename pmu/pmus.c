/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pmu/pmus.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/number.h"
#include "os/tracefs.h"

#define DEVICES "/sys/bus/event_source/devices"

struct pmus *pmus_create(const struct os *os)
{
	struct pmus *pmus = xcalloc(1, sizeof(*pmus));

	pmus->os = os;
	return pmus;
}

static void pmu_deinit(struct pmu *pmu)
{
	for (size_t i = 0; i < pmu->formats.len; i++)
		free(pmu->formats.data[i].name);
	for (size_t i = 0; i < pmu->aliases.len; i++) {
		free(pmu->aliases.data[i].name);
		free(pmu->aliases.data[i].terms);
		free(pmu->aliases.data[i].unit);
	}
	vec_deinit(&pmu->formats);
	vec_deinit(&pmu->aliases);
	cpuset_deinit(&pmu->cpus);
	free(pmu->name);
	free(pmu->alias);
}

void pmus_destroy(struct pmus *pmus)
{
	if (!pmus)
		return;
	for (size_t i = 0; i < pmus->pmus.len; i++)
		pmu_deinit(&pmus->pmus.data[i]);
	vec_deinit(&pmus->pmus);
	free(pmus->tracefs);
	free(pmus);
}

struct error *pmus_tracefs(struct pmus *pmus, const char **path)
{
	if (!pmus->tracefs)
		TRY(tracefs_find(pmus->os, &pmus->tracefs));
	*path = pmus->tracefs;
	return NULL;
}

/* ---- listing */

static int by_name(const void *a, const void *b)
{
	return strverscmp(((const struct pmu *)a)->name, ((const struct pmu *)b)->name);
}

void pmus_list(struct pmus *pmus)
{
	struct dirent *entry;

	if (pmus->listed)
		return;
	pmus->listed = true;
	autofree char *path = os_path(pmus->os, DEVICES);
	autodir DIR *dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			vec_add(&pmus->pmus)->name = xstrdup(entry->d_name);
	vec_sort(&pmus->pmus, by_name);
}

/* The first line of a file of the PMU, or NULL. */
static char *read_line(struct pmus *pmus, const struct pmu *pmu, const char *file)
{
	autofree char *path = xasprintf(DEVICES "/%s/%s", pmu->name, file);

	return os_read_line(pmus->os, path);
}

static bool read_cpus(struct pmus *pmus, struct pmu *pmu, const char *file)
{
	autofree char *line = read_line(pmus, pmu, file);

	if (!line)
		return false;
	autoerror struct error *err = cpuset_parse(line, &pmu->cpus);
	if (err)
		vec_clear(&pmu->cpus.cpus);
	return true;
}

bool pmu_read(struct pmus *pmus, struct pmu *pmu)
{
	uint64_t type;

	if (pmu->known)
		return pmu->type != UINT32_MAX;
	pmu->known = true;
	autofree char *line = read_line(pmus, pmu, "type");
	pmu->type = line && number_u64(line, &type) && type < UINT32_MAX ? (uint32_t)type : UINT32_MAX;
	pmu->alias = read_line(pmus, pmu, "alias");
	if (pmu->alias && !*pmu->alias) {
		free(pmu->alias);
		pmu->alias = NULL;
	}
	/* `cpus` is of a part of the CPUs' own PMUs, `cpumask` of what counts for a whole package. */
	pmu->core = read_cpus(pmus, pmu, "cpus") || !strcmp(pmu->name, "cpu");
	if (!pmu->core)
		pmu->per_package = read_cpus(pmus, pmu, "cpumask") && pmu->cpus.cpus.len;
	return pmu->type != UINT32_MAX;
}

static int by_type(const void *a, const void *b)
{
	const struct pmu *x = *(struct pmu *const *)a, *y = *(struct pmu *const *)b;

	return (x->type > y->type) - (x->type < y->type);
}

size_t pmus_core(struct pmus *pmus, struct pmu **core, size_t max)
{
	size_t n = 0;

	pmus_list(pmus);
	for (size_t i = 0; i < pmus->pmus.len; i++) {
		struct pmu *pmu = &pmus->pmus.data[i];
		autofree char *cpus = os_path(pmus->os, DEVICES "/%s/cpus", pmu->name);
		if (strcmp(pmu->name, "cpu") && access(cpus, F_OK))
			continue;
		if (n < max && pmu_read(pmus, pmu))
			core[n++] = pmu;
	}
	qsort(core, n, sizeof(*core), by_type);
	return n;
}

/* ---- format/ */

/* "config1:0-7,32-35"; false when it is anything else. */
static bool parse_format(const char *text, struct pmu_format *format)
{
	static const char *const configs[CONFIGS] = { "config", "config1", "config2", "config3" };
	size_t len = strcspn(text, ":");
	int config = -1;

	for (int i = 0; i < CONFIGS; i++)
		if (strlen(configs[i]) == len && !memcmp(configs[i], text, len))
			config = i;
	if (config < 0 || !text[len])
		return false;
	format->config = (uint8_t)config;
	for (const char *p = text + len + 1; ; p++) {
		char *end;
		if (!isdigit((unsigned char)*p))
			return false;
		unsigned long low = strtoul(p, &end, 10), high = low;
		p = end;
		if (*p == '-') {
			if (!isdigit((unsigned char)p[1]))
				return false;
			high = strtoul(p + 1, &end, 10);
			p = end;
		}
		if (low > high || high > 63 || format->n_ranges == FORMAT_RANGES)
			return false;
		format->ranges[format->n_ranges].low = (uint8_t)low;
		format->ranges[format->n_ranges++].high = (uint8_t)high;
		if (!*p || *p == '\n')
			return true;
		if (*p != ',')
			return false;
	}
}

/* Calls for each file of a folder of the PMU; false when there is no such folder. */
static void each_file(struct pmus *pmus, struct pmu *pmu, const char *folder,
		      void (*call)(struct pmu *pmu, int dir, const char *name))
{
	autofree char *path = os_path(pmus->os, DEVICES "/%s/%s", pmu->name, folder);
	autodir DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			call(pmu, dirfd(dir), entry->d_name);
}

/* The first line, for the caller to free; NULL when it cannot be read. */
static char *read_file(int dir, const char *name)
{
	enum { LINE_MAX_SANE = 1 << 16 };
	struct strbuf b = { 0 };

	if (!file_read_at(dir, name, LINE_MAX_SANE, &b)) {
		strbuf_deinit(&b);
		return NULL;
	}
	strbuf_truncate(&b, strcspn(strbuf_str(&b), "\n"));
	return strbuf_take(&b);
}

static void add_format(struct pmu *pmu, int dir, const char *name)
{
	autofree char *text = read_file(dir, name);
	struct pmu_format format = { 0 };

	if (!text || !parse_format(text, &format))
		return;
	format.name = xstrdup(name);
	vec_push(&pmu->formats, format);
}

static int by_format_name(const void *a, const void *b)
{
	return strcmp(((const struct pmu_format *)a)->name, ((const struct pmu_format *)b)->name);
}

void pmu_read_formats(struct pmus *pmus, struct pmu *pmu)
{
	if (pmu->formats_known)
		return;
	pmu->formats_known = true;
	each_file(pmus, pmu, "format", add_format);
	vec_sort(&pmu->formats, by_format_name);
}

/* ---- events/ */

static bool ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), n = strlen(end);

	return len > n && !strcmp(name + len - n, end);
}

static void add_alias(struct pmu *pmu, int dir, const char *name)
{
	if (ends_with(name, ".unit") || ends_with(name, ".scale") || ends_with(name, ".per-pkg") || ends_with(name, ".snapshot"))
		return;
	char *terms = read_file(dir, name);
	if (!terms)
		return;
	struct pmu_alias *alias = vec_add(&pmu->aliases);
	autofree char *unit = xasprintf("%s.unit", name), *scale = xasprintf("%s.scale", name);
	autofree char *snapshot = xasprintf("%s.snapshot", name), *scale_text = read_file(dir, scale);
	alias->name = xstrdup(name);
	alias->terms = terms;
	alias->unit = read_file(dir, unit);
	if (alias->unit && !*alias->unit) {
		free(alias->unit);
		alias->unit = NULL;
	}
	if (!scale_text || !number_double(scale_text, &alias->scale))
		alias->scale = 1;
	autofree char *snapshot_text = read_file(dir, snapshot);
	alias->snapshot = snapshot_text && !strcmp(snapshot_text, "1");
}

static int by_alias_name(const void *a, const void *b)
{
	return strcmp(((const struct pmu_alias *)a)->name, ((const struct pmu_alias *)b)->name);
}

void pmu_read_aliases(struct pmus *pmus, struct pmu *pmu)
{
	if (pmu->aliases_known)
		return;
	pmu->aliases_known = true;
	each_file(pmus, pmu, "events", add_alias);
	vec_sort(&pmu->aliases, by_alias_name);
}

bool pmu_has_alias(struct pmus *pmus, const struct pmu *pmu, const char *name, size_t len)
{
	if (memchr(name, '/', len) || !len || *name == '.')
		return false;
	autofree char *path = os_path(pmus->os, DEVICES "/%s/events/%.*s", pmu->name, (int)len, name);
	return !access(path, F_OK);
}
