/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pmu/catalog.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/tracefs.h"
#include "pmu/explain.h"
#include "pmu/grammar.h"
#include "pmu/names.h"

struct reading {
	const struct os *os;
	struct pmus *pmus;
	struct catalog *catalog;
	char *probes;		/* the text of dynamic_events, or NULL */
	bool tracepoints, dynamic;
};

static struct catalog_entry *add(struct catalog *catalog, enum catalog_section section, const char *kind, char *name)
{
	struct catalog_entry *entry = vec_add(&catalog->entries);

	entry->section = section;
	entry->kind = kind;
	entry->name = name;
	entry->scale = 1;
	entry->supported = true;
	return entry;
}

static char *copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

/* ---- events of the kernel's own names */

/* Tries it on this process; what only permission keeps from opening is supported. errno says why not. */
static bool opens(const struct event *event)
{
	struct perf_event_attr attr = event->attr;

	attr.disabled = 1;
	for (int tries = 0; tries < 2; tries++) {
		int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
		if (fd >= 0) {
			close(fd);
			return true;
		}
		if (errno != EACCES && errno != EINVAL)
			return errno == EPERM || errno == EMFILE || errno == EBUSY;
		attr.exclude_kernel = attr.exclude_hv = errno == EACCES;
		attr.exclude_guest = 0;
	}
	return errno == EACCES;
}

/* Is one of what the name stands for (several on a hybrid machine) counted here? */
static bool supported(struct reading *r, const char *name)
{
	struct event_list list guard(event_list_deinit) = { 0 };
	autoerror struct error *err = events_parse(r->pmus, name, NULL, &list);

	/* What a made-up tree describes is not the machine that would be asked. */
	if (err || *r->os->root)
		return !err;
	for (size_t i = 0; i < list.events.len; i++)
		if (opens(&list.events.data[i]))
			return true;
	if (!r->catalog->unsupported) {
		struct open_failure failure = { .os = errno, .event = &list.events.data[0], .task = -1, .cpu = -1 };
		struct explain_facts facts = { .os = r->os };
		r->catalog->unsupported = explain_failure(&facts, &failure);
	}
	return false;
}

static void read_names(struct reading *r, enum catalog_section section)
{
	for (const struct event_name *e = event_names; e->name; e++) {
		bool hardware = e->kind == EVENT_HARDWARE;
		if (hardware != (section == CATALOG_HARDWARE))
			continue;
		struct catalog_entry *entry = add(r->catalog, section, hardware ? "Hardware event" : e->kind == EVENT_TOOL ?
						  "Tool event" : "Software event", xstrdup(e->name));
		entry->alias = copy(e->alias);
		entry->help = copy(e->help);
		entry->supported = !hardware || supported(r, e->name);
	}
}

static void read_cache(struct reading *r)
{
	char name[CACHE_NAME_SIZE];
	uint64_t config;

	for (unsigned step = 0; cache_name_next(&step, &config, name); )
		add(r->catalog, CATALOG_CACHE, "Hardware cache event", xstrdup(name))->supported = supported(r, name);
}

/* ---- PMUs */

/* The boxes of an uncore are opened by one word: uncore_imc for uncore_imc_0, uncore_imc_1 … */
static size_t base_len(const struct pmu *pmu)
{
	size_t len = strlen(pmu->name), digits = len;

	while (digits && pmu->name[digits - 1] >= '0' && pmu->name[digits - 1] <= '9')
		digits--;
	bool numbered = digits < len && digits > 1 && pmu->name[digits - 1] == '_';
	return numbered && !pmu->core ? digits - 1 : len;
}

/* Is the PMU the first of its boxes? They are sorted by name. */
static bool first_box(const struct pmus *pmus, size_t i)
{
	const struct pmu *pmu = &pmus->pmus.data[i], *before = i ? pmu - 1 : NULL;

	return !before || base_len(before) != base_len(pmu) || strncmp(before->name, pmu->name, base_len(pmu));
}

static void read_pmu(struct reading *r, struct pmu *pmu)
{
	int len = (int)base_len(pmu);

	pmu_read_aliases(r->pmus, pmu);
	for (size_t i = 0; i < pmu->aliases.len; i++) {
		const struct pmu_alias *alias = &pmu->aliases.data[i];
		struct catalog_entry *entry = add(r->catalog, CATALOG_PMU, "Kernel PMU event",
						  xasprintf("%.*s/%s/", len, pmu->name, alias->name));
		entry->alias = xstrdup(alias->name);
		entry->pmu = xstrdup(pmu->name);
		entry->terms = xstrdup(alias->terms);
		entry->unit = copy(alias->unit);
		entry->scale = alias->scale;
	}
}

/* "cpu/event=0..255,umask=0..255,edge/modifier": the terms of a PMU and how far they go. */
static void read_raw_of(struct reading *r, struct pmu *pmu)
{
	struct strbuf text = { 0 };

	pmu_read_formats(r->pmus, pmu);
	if (!pmu->formats.len)
		return;
	strbuf_printf(&text, "%.*s/", (int)base_len(pmu), pmu->name);
	for (size_t i = 0; i < pmu->formats.len; i++) {
		const struct pmu_format *format = &pmu->formats.data[i];
		unsigned bits = 0;
		for (unsigned j = 0; j < format->n_ranges; j++)
			bits += format->ranges[j].high - format->ranges[j].low + 1u;
		strbuf_printf(&text, "%s%s", i ? "," : "", format->name);
		if (bits >= 64)
			strbuf_printf(&text, "=0..0x%llx", ~0ull);
		else if (bits > 1)
			strbuf_printf(&text, "=0..%s%llx", bits > 3 ? "0x" : "", (1ull << bits) - 1);
	}
	strbuf_adds(&text, "/modifier");
	add(r->catalog, CATALOG_RAW, "Raw event descriptor", strbuf_take(&text))->pmu = xstrdup(pmu->name);
}

static void read_pmus(struct reading *r, void (*read)(struct reading *r, struct pmu *pmu))
{
	pmus_list(r->pmus);
	for (size_t i = 0; i < r->pmus->pmus.len; i++)
		if (pmu_read(r->pmus, &r->pmus->pmus.data[i]) && first_box(r->pmus, i))
			read(r, &r->pmus->pmus.data[i]);
}

/* ---- tracepoints and probes */

/*
 * The definition of a dynamic event: the line of dynamic_events whose second
 * word is behind "p:", "r16:", "e:" … and is SYSTEM/NAME; NULL for others.
 */
static char *probe_definition(const struct reading *r, const char *system, const char *name)
{
	size_t system_len = strlen(system), name_len = strlen(name);

	for (const char *line = r->probes; line && *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *at = line + strcspn(line, ": \n");
		if (*at != ':' || strncmp(at + 1, system, system_len) || at[1 + system_len] != '/' ||
		    strncmp(at + 2 + system_len, name, name_len))
			continue;
		const char *rest = at + 2 + system_len + name_len;
		if (*rest == ' ' || *rest == '\n' || !*rest)
			return xstrndup(rest + (*rest == ' '), strcspn(rest + (*rest == ' '), "\n"));
	}
	return NULL;
}

static void read_tracepoint(void *ctx, const char *system, const char *name)
{
	struct reading *r = ctx;
	char *definition = probe_definition(r, system, name);

	if (definition ? !r->dynamic : !r->tracepoints) {
		free(definition);
		return;
	}
	add(r->catalog, definition ? CATALOG_PROBE : CATALOG_TRACEPOINT, definition ? "Probe event" : "Tracepoint event",
	    xasprintf("%s:%s", system, name))->terms = definition;
}

static void read_tracepoints(struct reading *r)
{
	autostrbuf struct strbuf probes = { 0 };
	const char *tracefs;

	r->catalog->no_tracepoints = pmus_tracefs(r->pmus, &tracefs);
	if (r->catalog->no_tracepoints)
		return;
	autofree char *path = xasprintf("%s/dynamic_events", tracefs);
	/* Kernels before 5.0 have two files in its place. */
	if (!os_read(r->os, path, &probes)) {
		static const char *const files[] = { "kprobe_events", "uprobe_events" };
		for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
			autofree char *older = xasprintf("%s/%s", tracefs, files[i]);
			(void)os_read(r->os, older, &probes);
		}
	}
	r->probes = probes.data;
	r->catalog->no_tracepoints = tracepoint_each(r->pmus, read_tracepoint, r);
	r->probes = NULL;
}

/* ---- all of it */

/* Puts the probes behind the tracepoints; within both, names are in order already. */
static void probes_last(struct catalog *catalog, size_t first)
{
	VEC(struct catalog_entry) probes = { 0 };
	size_t kept = first;

	for (size_t i = first; i < catalog->entries.len; i++) {
		if (catalog->entries.data[i].section == CATALOG_PROBE)
			vec_push(&probes, catalog->entries.data[i]);
		else
			catalog->entries.data[kept++] = catalog->entries.data[i];
	}
	catalog->entries.len = kept;
	vec_append(&catalog->entries, probes.data, probes.len);
	vec_deinit(&probes);
}

void catalog_read(const struct os *os, struct pmus *pmus, unsigned sections, struct catalog *catalog)
{
	struct reading r = { .os = os, .pmus = pmus, .catalog = catalog,
			     .tracepoints = sections & 1u << CATALOG_TRACEPOINT, .dynamic = sections & 1u << CATALOG_PROBE };

	if (sections & 1u << CATALOG_HARDWARE)
		read_names(&r, CATALOG_HARDWARE);
	if (sections & 1u << CATALOG_SOFTWARE)
		read_names(&r, CATALOG_SOFTWARE);
	if (sections & 1u << CATALOG_CACHE)
		read_cache(&r);
	if (sections & 1u << CATALOG_PMU)
		read_pmus(&r, read_pmu);
	if (sections & 1u << CATALOG_RAW) {
		add(catalog, CATALOG_RAW, "Raw hardware event descriptor", xstrdup("rNNN"));
		read_pmus(&r, read_raw_of);
	}
	if (sections & 1u << CATALOG_BREAKPOINT)
		add(catalog, CATALOG_BREAKPOINT, "Hardware breakpoint", xstrdup("mem:<addr>[/len][:access]"));
	size_t first = catalog->entries.len;
	if (r.tracepoints || r.dynamic)
		read_tracepoints(&r);
	probes_last(catalog, first);
}

void catalog_deinit(struct catalog *catalog)
{
	for (size_t i = 0; i < catalog->entries.len; i++) {
		struct catalog_entry *entry = &catalog->entries.data[i];
		free(entry->name);
		free(entry->alias);
		free(entry->pmu);
		free(entry->terms);
		free(entry->unit);
		free(entry->help);
	}
	vec_deinit(&catalog->entries);
	error_destroy(catalog->unsupported);
	error_destroy(catalog->no_tracepoints);
}
