/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk top: what the machine is busy with, now. */
#include "cmd/top_view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/browse.h"
#include "cmd/mode.h"

/* NULL: everything. */
static char *target_words(const struct record_options *o)
{
	autostrbuf struct strbuf b = { 0 };

	if (o->pids)
		strbuf_printf(&b, "PID %s", o->pids);
	else if (o->tids)
		strbuf_printf(&b, "TID %s", o->tids);
	else if (o->user)
		strbuf_printf(&b, "processes of %s", o->user);
	else if (!o->cpus)
		return NULL;
	if (o->cpus)
		strbuf_printf(&b, "%sCPU %s", b.len ? ", " : "", o->cpus);
	return strbuf_take(&b);
}

static struct error *set_up_view(struct top *top, struct profile_dims *dims)
{
	bool chains = top->o.record.chains != CHAINS_NONE;

	top->children = chains && !top->o.no_children;
	TRY(top_columns(top, NULL, top->children, &top->columns));
	calltree_spec_init(&top->calltree);
	if (!chains)
		top->calltree.mode = CALLTREE_NONE;
	top->calltree.caller = top->children;
	top_dims(top, &top->columns, dims);
	return NULL;
}

/* ---- set up ---- */

static struct error *check(const struct top *top)
{
	if (!(top->o.delay >= 0.05 && top->o.delay <= 86400))
		return error_hint(error_usage("-d %g is no time between refreshes", top->o.delay), "seconds, 0.05 or more");
	if (top->o.hide_kernel && top->o.hide_user)
		return error_usage("-K and -U together hide everything");
	TRY(browse_or_text(top->o.stdio, top->o.tui, top->o.script));
	return sampling_check(&top->live.sampling);
}

static struct error *take_target(struct sampling *s)
{
	const struct record_options *o = &s->o;
	bool all = o->all || (!o->pids && !o->tids && !o->cpus && !o->user);

	TRY(target_parse(&s->os, o->pids, o->tids, o->cpus, o->user, all, &s->notes, &s->target));
	if (o->user)
		sampling_leave_out_self(s);
	return NULL;
}

static struct error *run(struct top *top)
{
	struct profile_dims dims;

	TRY(check(top));
	top->screen = top->o.tui || top->o.script || (!top->o.stdio && browse_possible(false));
	TRY(take_target(&top->live.sampling));
	top->target = target_words(&top->o.record);
	top->signals = browse_signals();
	if (top->signals < 0)
		return error_os(errno, "cannot wait for signals");
	TRY(live_open(&top->live, &top->o));
	TRY(set_up_view(top, &dims));
	TRY(live_start(&top->live, &dims));
	if (!top->screen) {
		mode_notes(&top->live.sampling.notes);
		return top_text(top);
	}
	/* notes are told when the screen is left */
	return top_screen(top);
}

static struct error *run_mode(const struct mode *mode, int argc, char **argv, int *status)
{
	struct top top = { .o = { .delay = 2 }, .live = { .sampling = { .os = { .root = "" } } }, .signals = -1 };
	struct options_rest rest;
	bool helped;
	struct error *err = mode_options(mode, &top.o, OPTIONS_MIXED, argc, argv, &rest, &helped);

	(void)status;
	profile_init(&top.live.profile);
	top.live.sampling.o = top.o.record;
	/* What it names is there to be read; and kernels that pass build-ids on to other recorders leave those puzzled. */
	top.live.sampling.o.no_buildid = true;
	if (!err && !helped && rest.index < argc)
		err = mode_too_many(mode, argv[rest.index]);
	else if (!err && !helped)
		err = run(&top);
	mode_notes(&top.live.sampling.notes);
	live_deinit(&top.live);
	free(top.target);
	if (top.signals >= 0)
		close(top.signals);
	return err;
}

/* ---- options. To add one: a member of struct top_options, a row here, a line in doc/ptk-top.1 ---- */

#define RECORD(field) offsetof(struct top_options, record.field)
#define AT(field) offsetof(struct top_options, field)
static const struct option_def options[] = {
	{ OPTION_HEADING, .help = "Whom to look at:" },
	{ OPTION_FLAG, 'a', "all-cpus", NULL, RECORD(all), .help = "Every task on every CPU (default)" },
	{ OPTION_STRING, 'p', "pid", "PID,…", RECORD(pids), .help = "These processes, their threads and children" },
	{ OPTION_STRING, 't', "tid", "TID,…", RECORD(tids), .help = "These threads" },
	{ OPTION_STRING, 'C', "cpu", "CPUS", RECORD(cpus), .help = "On these CPUs only: 0-3,5" },
	{ OPTION_STRING, 'u', "uid", "USER", RECORD(user), .help = "The processes of this user" },
	{ OPTION_FLAG, 'i', "no-inherit", NULL, RECORD(no_inherit), .help = "Not the children" },

	{ OPTION_HEADING, .help = "Events, and how often:" },
	{ OPTION_CALL, 'e', "event", "EVENT,…", .call = record_take_event, .help = "What to sample (ptk list; default cycles)" },
	{ OPTION_CALL, 0, "filter", "EXPR", .call = record_take_filter, .help = "For the tracepoints of the -e before it" },
	{ OPTION_CALL, 'F', "freq", "HZ", .call = record_take_frequency, .help = "Samples a second, or max (default 4000)" },
	{ OPTION_CALL, 'c', "count", "PERIOD", .call = record_take_period, .help = "A sample each PERIOD events" },
	{ OPTION_CALL, 'g', NULL, "HOW", .call = record_take_chains, .words = record_chain_words, .flags = OPTION_OPTIONAL,
	  .help = "Call chains, right for any program; or as HOW says" },
	{ OPTION_CALL, 0, "call-graph", "HOW", .call = record_take_chains_flag, .flags = OPTION_NEGATABLE,
	  .help = "Call chains: dwarf[,BYTES] (-g), fp (frame pointers), lbr" },
	{ OPTION_CALL, 'm', "mmap-pages", "PAGES", .call = record_take_pages,
	  .help = "Size of a CPU's ring buffer, in pages or with a unit" },

	{ OPTION_HEADING, .help = "What to show:" },
	{ OPTION_STRING, 's', "sort", "KEY,…", AT(sort), .help = "Rows by these: comm, pid, tid, dso, sym, cpu, a field of the event … (default dso,sym)" },
	{ OPTION_FLAG, 'n', "show-nr-samples", NULL, AT(samples), .help = "A column with the number of samples" },
	{ OPTION_FLAG, 0, "no-children", NULL, AT(no_children), .help = "With -g: callers do not get what their callees used" },
	{ OPTION_FLAG, 'K', "hide_kernel_symbols", NULL, AT(hide_kernel), .help = "Leave out samples in the kernel" },
	{ OPTION_FLAG, 'U', "hide_user_symbols", NULL, AT(hide_user), .help = "Leave out samples in user space" },
	{ OPTION_FLAG, 0, "idle", NULL, AT(idle), .help = "Count idle CPUs, too" },
	{ OPTION_STRING, 0, "symbol-filter", "TEXT", AT(symbol_part), .help = "Rows whose symbol has TEXT in its name" },
	{ OPTION_DOUBLE, 0, "percent-limit", "PERCENT", AT(percent_limit), .help = "Leave out rows below" },
	{ OPTION_U64, 'E', "entries", "N", AT(entries), .help = "So many rows of text (default: what fits)" },
	{ OPTION_DOUBLE, 'd', "delay", "SECONDS", AT(delay), .help = "Between two refreshes (default 2)" },
	{ OPTION_FLAG, 'z', "zero", NULL, AT(zero), .help = "Begin at zero after each refresh, in place of fading" },
	{ OPTION_FLAG, 0, "stdio", NULL, AT(stdio), .help = "As text" },
	{ OPTION_FLAG, 0, "tui", NULL, AT(tui), .help = "On the screen (default at a terminal)" },
	{ OPTION_STRING, 0, "script", "KEYS", AT(script), .help = "Print the screen as text, before and after each of these keys, and end" },
	{ OPTION_STRING, 0, "screen", "COLUMNSxROWS", AT(screen_size), .help = "How large it is for --script (default 80x24)" },
	{ OPTION_STRING, 'k', "vmlinux", "FILE", AT(vmlinux), .help = "The kernel's image" },
	{ OPTION_STRING, 0, "kallsyms", "FILE", AT(kallsyms), .help = "The kernel's symbols, as /proc/kallsyms" },
	{ OPTION_FLAG, 0, "no-cache", NULL, AT(no_cache), .help = NAMES_NO_CACHE_HELP },
};

const struct mode mode_top = {
	.name = "top",
	.usage = "[-p PID,… | -t TID,… | -u USER] [-e EVENT,…] [-g] [-s KEY,…] [OPTIONS]",
	.summary = "Show what the machine is busy with, now",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.epilogue = "What is old fades: each refresh leaves seven eighths of what was there. Tracepoints of the\n"
		    "whole machine do not see ptk itself.",
	.run = run_mode,
};
