/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk probe: adds, shows and removes dynamic probes. */
#include "cmd/probe.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "cmd/mode.h"
#include "cmd/names.h"

enum { MAX_PROBES = 128 };	/* places of one definition, as perf has it */

static struct error *opt_add(void *into, const char *value)
{
	struct probe_options *o = into;

	vec_push(&o->add, value);
	return NULL;
}

static struct error *opt_del(void *into, const char *value)
{
	struct probe_options *o = into;

	vec_push(&o->del, value);
	return NULL;
}

static struct error *opt_functions(void *into, const char *value)
{
	struct probe_options *o = into;

	o->functions = true;
	o->filter = value ? value : o->filter;
	return NULL;
}

#define AT(member) offsetof(struct probe_options, member)

static const struct option_def options[] = {
	{ OPTION_HEADING, .help = "What to do" },
	{ OPTION_CALL, 'a', "add", "DEFINITION", .call = opt_add, .help = "Add a probe (may be given several times)" },
	{ OPTION_CALL, 'd', "del", "[GROUP:]EVENT", .call = opt_del, .help = "Remove the probes that fit; * ? [ match any" },
	{ OPTION_FLAG, 'l', "list", .offset = AT(list), .help = "Show the probes that there are" },
	{ OPTION_STRING, 'D', "definition", "DEFINITION", .offset = AT(definition), .help = "Print what the kernel would be told" },
	{ OPTION_CALL, 'F', "funcs", "FILTER", .call = opt_functions, .flags = OPTION_OPTIONAL, .help = "Show the functions that can be probed" },
	{ OPTION_STRING, 'V', "vars", "FUNCTION", .offset = AT(vars), .help = "Show what can be fetched at a place" },
	{ OPTION_STRING, 'L', "line", "FUNCTION[:FROM[-TO]]", .offset = AT(lines), .help = "Show the source, and the lines that can be probed" },
	{ OPTION_STRING, 0, "watch", "DEFINITION", .offset = AT(watch), .help = "Add a probe, print each hit while COMMAND runs, remove it" },
	{ OPTION_HEADING, .help = "Where" },
	{ OPTION_STRING, 'x', "exec", "FILE", .offset = AT(target.file), .help = "A program or library instead of the kernel" },
	{ OPTION_STRING, 'm', "module", "NAME", .offset = AT(target.module), .help = "A module of the kernel" },
	{ OPTION_STRING, 'k', "vmlinux", "FILE", .offset = AT(target.vmlinux), .help = "The kernel's image with debug information" },
	{ OPTION_STRING, 's', "source", "FOLDER", .offset = AT(target.source), .help = "Where the sources are" },
	{ OPTION_STRING, 0, "debug-root", "FOLDER", .offset = AT(target.debug_root), .help = "Where separate debug files are (/usr/lib/debug)" },
	{ OPTION_FLAG, 0, "no-inlines", .offset = AT(target.no_inlines), .help = "Leave out where a function was inlined" },
	{ OPTION_HEADING, .help = "How" },
	{ OPTION_FLAG, 'n', "dry-run", .offset = AT(dry_run), .help = "Change nothing" },
	{ OPTION_FLAG, 'f', "force", .offset = AT(force), .help = "Where an event of that name exists, add _1 to it" },
	{ OPTION_FLAG, 'v', "verbose", .offset = AT(verbose), .help = "Say more" },
	{ OPTION_FLAG, 'q', "quiet", .offset = AT(quiet), .help = "Print nothing but errors" },
	{ OPTION_U64, 0, "max-probes", "N", .offset = AT(max_probes), .help = "How many places one definition may have (128)" },
	{ OPTION_FLAG, 0, "no-cache", .offset = AT(no_cache), .help = NAMES_NO_CACHE_HELP },
	{ OPTION_STRING, 0, "filter", "FILTER", .offset = AT(filter), .help = "With -F: only those that fit: globs with ! & |" },
	{ OPTION_FLAG, 0, "range", .offset = AT(range), .help = "With -V: where in the function each variable has a place" },
	{ OPTION_FLAG, 0, "externs", .offset = AT(externs), .help = "With -V: variables of the whole program too" },
};

/* ---- removing */

static struct error *remove_probes(const struct os *os, const struct probe_options *o)
{
	struct tracefs_probes there;
	struct error *err = NULL;
	size_t removed = 0;

	TRY(tracefs_probes_read(os, &there));
	for (size_t i = 0; i < o->del.len && !err; i++) {
		size_t hits = 0;
		for (size_t k = 0; k < there.probes.len && !err; k++) {
			const struct tracefs_probe *p = &there.probes.data[k];
			if (!probe_matches(o->del.data[i], p->group, p->name))
				continue;
			hits++;
			if (!o->dry_run)
				err = tracefs_probe_remove(os, p->group, p->name, p->kind, p->user);
			if (!err && !o->quiet)
				printf("Removed event: %s:%s\n", p->group, p->name);
			removed++;
		}
		if (!hits && !err)
			err = error_hint(error_create("no probe fits %s", o->del.data[i]), "ptk probe -l shows those that there are");
	}
	tracefs_probes_deinit(&there);
	return err;
}

/* ---- adding */

static struct error *plan(struct prober *prober, const char *text, bool force, struct probe_events *events)
{
	struct probe_def def;

	TRY(probe_def_parse(text, &def));
	struct error *err = prober_plan(prober, &def, force, events);
	probe_def_deinit(&def);
	return err;
}

/* Takes back what was added so far, so that a failure leaves nothing behind. */
static void take_back(const struct os *os, const struct probe_events *events, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct probe_event *e = &events->events.data[i];
		struct error *err = tracefs_probe_remove(os, e->group, e->name, *e->line, e->user);
		error_destroy(err);
	}
}

static struct error *write_events(const struct os *os, struct prober *prober, const struct probe_events *events)
{
	for (size_t i = 0; i < events->events.len; i++) {
		const struct probe_event *e = &events->events.data[i];
		int failed;
		struct error *err = tracefs_probe_add(os, e->line, e->user, &failed);
		if (!err)
			continue;
		take_back(os, events, i);
		return failed ? prober_explain(prober, e, failed, err) : err;
	}
	return NULL;
}

static void print_added(const struct probe_events *events, const struct probe_options *o)
{
	const struct probe_event *last = &vec_last(&events->events);

	if (o->quiet)
		return;
	printf("Added new event%s:\n", events->events.len > 1 ? "s" : "");
	for (size_t i = 0; i < events->events.len; i++) {
		const struct probe_event *e = &events->events.data[i];
		autofree char *name = xasprintf("%s:%s", e->group, e->name);
		printf("  %-20s (on %s)\n", name, e->on);
	}
	printf("\nYou can now use it in all ptk modes, such as:\n\n\tptk record -e %s:%s -aR sleep 1\n\n", last->group, last->name);
}

static struct error *add_probes(const struct os *os, struct prober *prober, const struct probe_options *o)
{
	struct probe_events events = { 0 };
	struct error *err = NULL;

	for (size_t i = 0; i < o->add.len && !err; i++)
		err = plan(prober, o->add.data[i], o->force, &events);
	for (size_t i = 0; !err && o->verbose && i < events.events.len; i++)
		fprintf(stderr, "ptk: %s%s%s%s\n", events.events.data[i].line, events.source ? "  (arguments from " : "",
			events.source ? events.source : "", events.source ? ")" : "");
	if (!err && !o->dry_run && prober_is_foreign(prober))
		err = error_hint(error_create("%s is not the image of the running kernel: their build-ids differ", o->target.vmlinux ? o->target.vmlinux : "the vmlinux"),
				 "its places are somewhere else here; -n and -D work with any");
	if (!err && !o->dry_run)
		err = write_events(os, prober, &events);
	if (!err)
		print_added(&events, o);
	probe_events_deinit(&events);
	return err;
}

static struct error *print_definition(struct prober *prober, const struct probe_options *o)
{
	struct probe_events events = { 0 };
	struct error *err = plan(prober, o->definition, true, &events);

	for (size_t i = 0; i < events.events.len && !err; i++)
		printf("%s\n", events.events.data[i].line);
	probe_events_deinit(&events);
	return err;
}

/* ---- words */

/* A path, or a file in this folder that is no name of a function. */
static bool is_file(const char *word)
{
	struct stat st;

	if (strchr(word, '/'))
		return word[0] == '/' || word[0] == '.' || !stat(word, &st);
	return strstr(word, ".so") && !stat(word, &st);
}

/* FUNC ARG … without quotes is one definition. */
static char *join(char **words, int n)
{
	struct strbuf text = { 0 };

	for (int i = 0; i < n; i++)
		strbuf_printf(&text, "%s%s", i ? " " : "", words[i]);
	return strbuf_take(&text);
}

static struct error *nothing_to_do(void)
{
	return error_hint(error_usage("nothing to do"),
			  "ptk probe FUNCTION [ARGUMENT ...] adds a probe, ptk probe -l shows those that there are, ptk probe -h says more");
}

static struct error *act(const struct os *os, struct prober *prober, const struct probe_options *o, char **words, int n, int *status)
{
	if (o->watch)
		return probe_watch(os, prober, o->watch, words, status);
	if (o->list)
		return probe_list(os, words, n, o->verbose);
	if (o->functions)
		return probe_functions(prober, o);
	if (o->vars)
		return probe_variables(prober, o);
	if (o->lines)
		return probe_lines(prober, o);
	if (o->definition)
		return print_definition(prober, o);
	if (o->del.len)
		TRY(remove_probes(os, o));
	if (o->add.len)
		return add_probes(os, prober, o);
	return o->del.len ? NULL : nothing_to_do();
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct probe_options o = { .max_probes = MAX_PROBES };
	const struct os os = { .root = "" };
	struct notes notes = { 0 };
	struct names names;
	struct options_rest rest;
	bool helped;

	struct error *err = mode_options(mode, &o, OPTIONS_MIXED, argc, argv, &rest, &helped);
	char **words = argv + rest.index;
	int n = err || helped ? 0 : argc - rest.index;
	if (n && !o.target.file && !o.watch && is_file(words[0])) {
		o.target.file = *words++;
		n--;
	}
	if (n && o.functions && !o.filter) {
		o.filter = *words++;
		n--;
	}
	if (n && o.functions)
		err = mode_too_many(mode, *words);
	autofree char *joined = join(words, n);
	if (n && !o.list && !o.functions && !o.watch)
		vec_push(&o.add, joined);
	o.target.max = o.max_probes;
	struct images_options found = names_begin(&names, &os, o.no_cache);
	names_ask_servers(&names, &found);
	o.target.server = found.server;
	o.target.cache = found.cache;
	struct prober *prober = prober_create(&os, &o.target, &notes);
	if (!err && !helped)
		err = act(&os, prober, &o, words, n, status);
	fflush(stdout);
	mode_notes(&notes);
	prober_destroy(prober);
	names_end(&names);
	vec_deinit(&o.add);
	vec_deinit(&o.del);
	return err;
}

const struct mode mode_probe = {
	.name = "probe",
	.usage = "[OPTIONS] [FILE] FUNCTION[+OFFSET|:LINE|%return] [ARGUMENT…] | --watch DEFINITION [-- COMMAND]",
	.summary = "Add probes to functions of the kernel and of programs, with their arguments by name",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.epilogue = "  ptk probe tcp_sendmsg size                       an argument of a kernel function\n"
		    "  ptk probe 'tcp_sendmsg sk->__sk_common.skc_state'\n"
		    "  ptk probe 'do_sys_openat2 filename:string'\n"
		    "  ptk probe -x ./server 'handle%return $retval'    what a program's function gives\n"
		    "  ptk probe -d 'probe_*:*'                         remove them",
	.run = run,
};
