/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk probe -l, -F, -V: what there is. */
#include <fnmatch.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "cmd/probe.h"
#include "probe/places.h"

bool probe_matches(const char *pattern, const char *group, const char *name)
{
	const char *colon = strchr(pattern, ':');

	if (!colon)
		return !fnmatch(pattern, name, 0);
	autofree char *want = xstrndup(pattern, (size_t)(colon - pattern));
	return !fnmatch(want, group, 0) && !fnmatch(colon + 1, name, 0);
}

/* ---- -l */

/* " with size bytes": the names of the arguments. */
static void add_arguments(struct strbuf *out, const char *args)
{
	const char *word = " with ";

	for (const char *at = args; *at; ) {
		size_t len = strcspn(at, " "), name = strcspn(at, "= ");
		strbuf_printf(out, "%s%.*s", word, (int)name, at);
		word = " ";
		at += len + strspn(at + len, " ");
	}
}

static void print_probe(const struct tracefs_probe *p, struct probe_places *places, bool verbose)
{
	autofree char *name = xasprintf("%s:%s", p->group, p->name);
	autostrbuf struct strbuf on = { 0 };

	probe_places_describe(places, p, &on);
	add_arguments(&on, p->args);
	printf("  %-20s (on %s)\n", name, strbuf_str(&on));
	if (verbose)
		printf("      %s\n", p->line);
}

static bool listed(const struct tracefs_probe *p, char **patterns, int n)
{
	for (int i = 0; i < n; i++)
		if (probe_matches(patterns[i], p->group, p->name))
			return true;
	return !n;
}

struct error *probe_list(const struct os *os, char **patterns, int n, bool verbose)
{
	struct probe_places *places = probe_places_create(os);
	struct tracefs_probes there = { 0 };
	struct error *err = tracefs_probes_read(os, &there);

	for (size_t i = 0; i < there.probes.len && !err; i++)
		if (listed(&there.probes.data[i], patterns, n))
			print_probe(&there.probes.data[i], places, verbose);
	tracefs_probes_deinit(&there);
	probe_places_destroy(places);
	return err;
}

/* ---- -F */

/* GLOB, !GLOB, joined by & (binds first) and |. */
static bool filtered(const char *filter, const char *name)
{
	for (const char *or_ = filter; *or_; ) {
		size_t or_len = strcspn(or_, "|");
		bool all = true;
		for (const char *at = or_; at < or_ + or_len; ) {
			size_t len = strcspn(at, "&|");
			const char *glob = at + strspn(at, " !"), *end = at + len;
			while (end > glob && end[-1] == ' ')
				end--;
			autofree char *pattern = xstrndup(glob, end > glob ? (size_t)(end - glob) : 0);
			bool inverted = memchr(at, '!', (size_t)(glob - at));
			all &= inverted != !fnmatch(pattern, name, 0);
			at += len + (at[len] == '&');
		}
		if (all)
			return true;
		or_ += or_len + (or_[or_len] == '|');
	}
	return false;
}

struct error *probe_functions(struct prober *prober, const struct probe_options *o)
{
	const char *const *names;
	size_t n, shown = 0;

	TRY(prober_functions(prober, &names, &n));
	for (size_t i = 0; i < n; i++)
		if (!o->filter || filtered(o->filter, names[i])) {
			puts(names[i]);
			shown++;
		}
	return shown ? NULL : error_create("no function fits %s", o->filter ? o->filter : "");
}

/* ---- -V */

static size_t widest(const struct scope *scope, const struct probe_options *o)
{
	size_t width = 0;

	for (size_t i = 0; i < scope->variables.len; i++) {
		autostrbuf struct strbuf type = { 0 };
		if (scope->variables.data[i].external && !o->externs)
			continue;
		type_name(scope->types, scope->variables.data[i].type, &type);
		width = type.len > width ? type.len : width;
	}
	return width;
}

static void print_variables(const struct probe_point *point, const struct probe_options *o)
{
	const struct scope *scope = &point->scope;
	int width = scope->types ? (int)widest(scope, o) : 0;
	unsigned n = 0;

	printf("\t@<%s+0>\n", point->inferior);
	for (size_t i = 0; i < scope->variables.len; i++) {
		const struct scope_variable *v = &scope->variables.data[i];
		autostrbuf struct strbuf type = { 0 };
		if (v->external && !o->externs)
			continue;
		type_name(scope->types, v->type, &type);
		bool nowhere = v->where.kind == FETCH_NOWHERE;
		printf("\t\t%-*s %s%s%s%s%s%s\n", width, strbuf_str(&type), v->name, o->range && v->range ? "   " : "",
		       o->range && v->range ? v->range : "", nowhere ? "   (not here: " : "", nowhere ? v->where.base : "", nowhere ? ")" : "");
		n++;
	}
	if (!n)
		printf("\t\t(No matched variables)\n");
}

static struct error *show_variables(struct prober *prober, const struct probe_def *def, const struct probe_options *o)
{
	struct arena arena guard(arena_deinit) = { 0 };
	probe_points points = { 0 };
	struct error *err = NULL;

	TRY(prober_points(prober, def, true, &arena, &points));
	if (points.data[0].nothing_known)
		err = error_hint(error_create("the variables of %s are not known", points.data[0].on), "%s", points.data[0].nothing_known);
	else
		printf("Available variables at %s\n", o->vars);
	for (size_t i = 0; i < points.len && !err; i++)
		print_variables(&points.data[i], o);
	probe_points_deinit(&points);
	return err;
}

struct error *probe_variables(struct prober *prober, const struct probe_options *o)
{
	struct probe_def def;

	TRY(probe_def_parse(o->vars, &def));
	struct error *err = show_variables(prober, &def, o);
	probe_def_deinit(&def);
	return err;
}
