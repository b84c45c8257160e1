/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/list_metrics.h"

#include <fnmatch.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/nearest.h"
#include "base/strtab.h"
#include "pmu/metric.h"

static bool wanted(const struct metric *m, char **words, int n)
{
	for (int i = 0; i < n; i++) {
		autofree char *glob = strpbrk(words[i], "*?[") ? xstrdup(words[i]) : xasprintf("*%s*", words[i]);
		if (!fnmatch(glob, m->name, FNM_CASEFOLD) || !fnmatch(glob, m->group, FNM_CASEFOLD))
			return true;
	}
	return !n;
}

static void print_text(const struct metric *m, const struct error *missing)
{
	printf("  %-20s %s, in %s  [%s]\n", m->name, m->help, *m->unit ? m->unit : "numbers", m->group);
	printf("  %-20s = %s\n", "", m->text);
	if (missing)
		printf("  %-20s (not here: %s)\n", "", missing->message);
}

static void print_json(struct json *j, const struct metric *m, const struct error *missing)
{
	const struct { const char *key, *value; } texts[] = {
		{ "name", m->name }, { "group", m->group }, { "unit", m->unit }, { "expression", m->text }, { "description", m->help },
		{ "missing", missing ? missing->message : NULL },
	};

	json_object_begin(j);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		json_key(j, texts[i].key);
		json_string(j, texts[i].value);
	}
	json_object_end(j);
}

/* An earlier row of that name is good: this one is never used. */
static bool superseded(const struct metric_table *table, const bool *good, size_t row)
{
	for (size_t i = 0; i < row; i++)
		if (good[i] && !strcasecmp(table->metrics.data[i].name, table->metrics.data[row].name))
			return true;
	return false;
}

static struct error *nothing(const struct metric_table *table, const char *word)
{
	struct nearest best = { .word = word };

	for (size_t i = 0; i < table->metrics.len; i++)
		nearest_offer(&best, table->metrics.data[i].name);
	autofree char *hint = nearest_hint(&best);
	struct error *err = error_create("no metric matches %s", word);
	return hint ? error_hint(err, "%s", hint) : err;
}

/* The words of a group's field that no row before it had; `seen` remembers them. */
static void print_groups(const char *group, struct strtab *seen)
{
	while (*group) {
		size_t len = strcspn(group, " "), known = seen->text.len;
		uint32_t id = strtab_id_n(seen, group, len);
		if (id && seen->text.len > known)
			printf("%s\n", strtab_text(seen, id));
		group += len + (group[len] == ' ');
	}
}

static void print_table(const struct metric_table *table, struct pmus *pmus, char **words, int n, enum list_metrics_form form,
			bool *any)
{
	struct json j = { .out = stdout, .pretty = true };
	autofree bool *good = xcalloc(table->metrics.len + 1, sizeof(*good));
	struct strtab groups = { 0 };

	if (form == LIST_METRICS_JSON)
		json_array_begin(&j);
	for (size_t i = 0; i < table->metrics.len; i++) {
		const struct metric *m = &table->metrics.data[i];
		if (!wanted(m, words, n) || superseded(table, good, i))
			continue;
		autoerror struct error *missing = metric_check(table, pmus, i);
		good[i] = !missing;
		*any = true;
		if (form == LIST_METRICS_JSON)
			print_json(&j, m, missing);
		else if (form == LIST_METRICS_TEXT)
			print_text(m, missing);
		else if (form == LIST_METRICS_GROUPS && !missing)
			print_groups(m->group, &groups);
		else if (!missing)
			printf("%s\n", m->name);
	}
	if (form == LIST_METRICS_JSON) {
		json_array_end(&j);
		json_newline(&j);
	}
	strtab_deinit(&groups);
}

struct error *list_metrics(const struct os *os, struct pmus *pmus, char **words, int n, enum list_metrics_form form)
{
	struct metric_table table = { 0 };
	bool any = false;

	TRY(metric_table_read(os, NULL, &table));
	print_table(&table, pmus, words, n, form, &any);
	struct error *err = any || form == LIST_METRICS_JSON ? NULL : nothing(&table, n ? words[0] : "");
	metric_table_deinit(&table);
	return err;
}
