/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk list [SECTION | GLOB]…: the events that can be asked for. */
#include <fnmatch.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/nearest.h"
#include "cmd/list_metrics.h"
#include "cmd/mode.h"
#include "pmu/catalog.h"

struct list_options {
	bool json, no_desc, raw_dump;
};

static const struct option_def options[] = {
	{ .kind = OPTION_FLAG, .letter = 'j', .name = "json", .offset = offsetof(struct list_options, json),
	  .help = "Print JSON" },
	{ .kind = OPTION_FLAG, .name = "no-desc", .offset = offsetof(struct list_options, no_desc),
	  .help = "Leave the descriptions out" },
	{ .kind = OPTION_FLAG, .name = "raw-dump", .offset = offsetof(struct list_options, raw_dump),
	  .help = "Print the names alone, one a line" },
};

enum { EVERY_SECTION = (1u << CATALOG_SECTIONS) - 1 };

/* perf's words for sections. */
static const struct section_word {
	const char *word;
	unsigned sections;
} section_words[] = {
	{ "hw", 1u << CATALOG_HARDWARE },
	{ "hardware", 1u << CATALOG_HARDWARE },
	{ "sw", 1u << CATALOG_SOFTWARE },
	{ "software", 1u << CATALOG_SOFTWARE },
	{ "cache", 1u << CATALOG_CACHE },
	{ "hwcache", 1u << CATALOG_CACHE },
	{ "pmu", 1u << CATALOG_PMU | 1u << CATALOG_RAW },
	{ "raw", 1u << CATALOG_RAW },
	{ "breakpoint", 1u << CATALOG_BREAKPOINT },
	{ "tracepoint", 1u << CATALOG_TRACEPOINT | 1u << CATALOG_PROBE },
	{ "probe", 1u << CATALOG_PROBE },
};

static unsigned section_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(section_words); i++)
		if (!strcmp(section_words[i].word, word))
			return section_words[i].sections;
	return 0;
}

/* A word without * ? [ is looked for anywhere in the name, as in perf. */
static bool matches(const char *word, const char *name)
{
	if (!name)
		return false;
	autofree char *glob = strpbrk(word, "*?[") ? xstrdup(word) : xasprintf("*%s*", word);
	return !fnmatch(glob, name, FNM_CASEFOLD);
}

static bool wanted(const struct catalog_entry *entry, char **words, int n)
{
	for (int i = 0; i < n; i++) {
		unsigned sections = section_of(words[i]);
		if (sections ? sections & 1u << entry->section : matches(words[i], entry->name) || matches(words[i], entry->alias))
			return true;
	}
	return !n;
}

static void print_entry(const struct catalog_entry *entry, const struct list_options *o)
{
	bool alias = entry->alias && entry->section != CATALOG_PMU;
	autofree char *name = xasprintf("%s%s%s", entry->name, alias ? " OR " : "", alias ? entry->alias : "");

	/* a pattern of what may be typed is no name of an event */
	if (o->raw_dump) {
		if (entry->section != CATALOG_RAW && entry->section != CATALOG_BREAKPOINT)
			printf("%s\n", entry->name);
		return;
	}
	printf("  %-50s [%s]", name, entry->kind);
	if (!entry->supported)
		printf("  (not supported here)");
	if (!o->no_desc && entry->unit)
		printf("  in %s", entry->unit);
	if (!o->no_desc && entry->help)
		printf("  %s", entry->help);
	if (!o->no_desc && entry->section == CATALOG_PROBE)
		printf("  %s", entry->terms);
	putchar('\n');
}

static void print_json_entry(struct json *j, const struct catalog_entry *entry)
{
	static const char *const sections[] = {
		[CATALOG_HARDWARE] = "hardware", [CATALOG_SOFTWARE] = "software", [CATALOG_CACHE] = "cache", [CATALOG_PMU] = "pmu",
		[CATALOG_RAW] = "raw", [CATALOG_BREAKPOINT] = "breakpoint", [CATALOG_TRACEPOINT] = "tracepoint",
		[CATALOG_PROBE] = "probe",
	};
	const struct { const char *key, *value; } texts[] = {
		{ "alias", entry->alias }, { "pmu", entry->pmu },
		{ entry->section == CATALOG_PROBE ? "definition" : "terms", entry->terms },
		{ "unit", entry->unit }, { "description", entry->help },
	};

	json_object_begin(j);
	json_key(j, "name");
	json_string(j, entry->name);
	json_key(j, "section");
	json_string(j, sections[entry->section]);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (!texts[i].value)
			continue;
		json_key(j, texts[i].key);
		json_string(j, texts[i].value);
	}
	if (entry->scale != 1) {
		json_key(j, "scale");
		json_double(j, entry->scale);
	}
	json_key(j, "supported");
	json_bool(j, entry->supported);
	json_object_end(j);
}

static void print_json(const struct catalog *catalog, char **words, int n)
{
	struct json j = { .out = stdout, .pretty = true };

	json_object_begin(&j);
	json_key(&j, "events");
	json_array_begin(&j);
	for (size_t i = 0; i < catalog->entries.len; i++)
		if (wanted(&catalog->entries.data[i], words, n))
			print_json_entry(&j, &catalog->entries.data[i]);
	json_array_end(&j);
	json_key(&j, "not_supported_because");
	json_string(&j, catalog->unsupported ? catalog->unsupported->message : NULL);
	json_key(&j, "no_tracepoints_because");
	json_string(&j, catalog->no_tracepoints ? catalog->no_tracepoints->message : NULL);
	json_object_end(&j);
	json_newline(&j);
}

static struct error *nothing(struct catalog *catalog, char **words, int n)
{
	bool section = n == 1 && section_of(words[0]);
	struct nearest best = { .word = words[0] };

	if (catalog->no_tracepoints && (section || strchr(words[0], ':'))) {
		struct error *err = catalog->no_tracepoints;
		catalog->no_tracepoints = NULL;
		return err;
	}
	if (section)
		return error_create("this machine has no event of that kind (%s)", words[0]);
	struct error *err = error_create("no event matches %s", words[0]);
	for (size_t i = 0; i < catalog->entries.len; i++) {
		nearest_offer(&best, catalog->entries.data[i].name);
		if (catalog->entries.data[i].alias)
			nearest_offer(&best, catalog->entries.data[i].alias);
	}
	for (size_t i = 0; i < ARRAY_SIZE(section_words); i++)
		nearest_offer(&best, section_words[i].word);
	autofree char *hint = nearest_hint(&best);
	if (hint || !catalog->no_tracepoints)
		return hint ? error_hint(err, "%s", hint) : err;
	autofree char *why = error_text(catalog->no_tracepoints);
	return error_hint(err, "tracepoints could not be looked through: %.*s", (int)strlen(why) - 1, why);
}

static void print_text(const struct catalog *catalog, char **words, int n, const struct list_options *o)
{
	bool marked = false;
	int section = -1;

	for (size_t i = 0; i < catalog->entries.len; i++) {
		const struct catalog_entry *entry = &catalog->entries.data[i];
		if (!wanted(entry, words, n))
			continue;
		if (section >= 0 && section != (int)entry->section && !o->raw_dump)
			putchar('\n');
		section = (int)entry->section;
		print_entry(entry, o);
		marked |= !entry->supported;
	}
	if (marked && catalog->unsupported && !o->raw_dump)
		printf("\nNot supported here: %s.\n", catalog->unsupported->message);
	if (!n && catalog->no_tracepoints && !o->raw_dump)
		printf("\nNo tracepoints: %s\n%s%s", catalog->no_tracepoints->message,
		       catalog->no_tracepoints->hint ? catalog->no_tracepoints->hint : "", catalog->no_tracepoints->hint ? "\n" : "");
}

static bool any_wanted(const struct catalog *catalog, char **words, int n)
{
	for (size_t i = 0; i < catalog->entries.len; i++)
		if (wanted(&catalog->entries.data[i], words, n))
			return true;
	return false;
}

/* A glob may match anything but, when it has a colon in it, what is no tracepoint. */
static unsigned sections_of(char **words, int n)
{
	unsigned sections = n ? 0 : EVERY_SECTION;

	for (int i = 0; i < n; i++) {
		unsigned named = section_of(words[i]);
		sections |= named ? named : strchr(words[i], ':') ? 1u << CATALOG_TRACEPOINT | 1u << CATALOG_PROBE | 1u << CATALOG_BREAKPOINT :
			    EVERY_SECTION;
	}
	return sections;
}

/* "metric" and "metrics" are one */
static bool is_word(const char *word, const char *plural)
{
	size_t len = strlen(plural);

	return !strcmp(word, plural) || (strlen(word) == len - 1 && !strncmp(word, plural, len - 1));
}

static enum list_metrics_form form_of(const struct list_options *o, const char *word)
{
	if (is_word(word, "metricgroups"))
		return LIST_METRICS_GROUPS;
	return o->json ? LIST_METRICS_JSON : o->raw_dump ? LIST_METRICS_NAMES : LIST_METRICS_TEXT;
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct list_options o = { 0 };
	struct options_rest rest;
	bool helped;

	TRY(mode_options(mode, &o, OPTIONS_MIXED, argc, argv, &rest, &helped));
	if (helped)
		return NULL;
	const struct os os = { .root = "" };
	struct pmus *pmus = pmus_create(&os);
	struct catalog catalog = { 0 };
	struct error *err = NULL;
	char **words = argv + rest.index;
	int n = argc - rest.index;

	if (n && (is_word(words[0], "metrics") || is_word(words[0], "metricgroups"))) {
		err = list_metrics(&os, pmus, words + 1, n - 1, form_of(&o, words[0]));
		pmus_destroy(pmus);
		return err;
	}
	catalog_read(&os, pmus, sections_of(words, n), &catalog);
	if (!any_wanted(&catalog, words, n))
		err = nothing(&catalog, words, n);
	else if (o.json)
		print_json(&catalog, words, n);
	else
		print_text(&catalog, words, n, &o);
	catalog_deinit(&catalog);
	pmus_destroy(pmus);
	return err;
}

const struct mode mode_list = {
	.name = "list",
	.usage = "[OPTIONS] [metrics [GLOB]… | metricgroups | hw | sw | cache | pmu | raw | breakpoint | tracepoint | probe | GLOB]…",
	.summary = "List the events that can be asked for",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.epilogue = "A word without * ? [ is looked for anywhere in the names.\n"
		    "  ptk list 'sched:*'         the tracepoints of the scheduler\n"
		    "  ptk list metrics           what ptk stat -M can compute, and how\n"
		    "  ptk list metricgroups      the groups of metrics, which -M takes as well\n"
		    "  ptk list cache             cache events; those that this machine cannot count are marked",
	.run = run,
};
