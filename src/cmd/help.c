/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which modes there are; ptk help [MODE]; and the words that completion offers, from the same tables. */
#include <string.h>

#include "base/cleanup.h"
#include "base/nearest.h"
#include "cmd/mode.h"

/* To add a mode: its file, a declaration in mode.h, a row here, a man page in doc/. */
static const struct mode *const modes[] = {
	&mode_list,
	&mode_stat,
	&mode_record,
	&mode_top,
	&mode_report,
	&mode_annotate,
	&mode_diff,
	&mode_flame,
	&mode_heat,
	&mode_timeline,
	&mode_export,
	&mode_script,
	&mode_evlist,
	&mode_buildid_list,
	&mode_archive,
	&mode_inject,
	&mode_probe,
	&mode_help,
	&mode_version,
	NULL,
};

struct error *mode_find(const char *name, const struct mode **mode)
{
	struct nearest best = { .word = name };
	struct error *err;

	for (const struct mode *const *m = modes; *m; m++) {
		if (!strcmp((*m)->name, name)) {
			*mode = *m;
			return NULL;
		}
		nearest_offer(&best, (*m)->name);
	}
	err = error_usage("unknown mode %s", name);
	autofree char *hint = nearest_hint(&best);
	if (hint)
		err = error_hint(err, "%s", hint);
	return error_hint(err, "ptk help lists the modes");
}

/* ---- ptk help */

struct help_options {
	bool words;
};

static const struct option_def options[] = {
	{ .kind = OPTION_FLAG, .name = "words", .offset = offsetof(struct help_options, words), .flags = OPTION_HIDDEN,
	  .help = "Print the modes, or the options of one, a word a line (for completion)" },
};

static void print_words(const struct mode *mode)
{
	for (size_t i = 0; i < mode->n_options; i++) {
		const struct option_def *def = &mode->options[i];
		if (def->kind == OPTION_HEADING || (def->flags & OPTION_HIDDEN))
			continue;
		if (def->letter)
			printf("-%c\n", def->letter);
		if (def->name)
			printf("--%s\n", def->name);
	}
	printf("-h\n--help\n");
}

static void print_modes(void)
{
	printf("Usage: ptk MODE [OPTIONS] …\n\n");
	for (const struct mode *const *m = modes; *m; m++)
		printf("  %-12s %s\n", (*m)->name, (*m)->summary);
	printf("\n`ptk help MODE` or `ptk MODE -h` lists the options of a mode.\n");
}

static struct error *run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct help_options o = { 0 };
	struct options_rest rest;
	bool helped;

	TRY(mode_options(mode, &o, OPTIONS_MIXED, argc, argv, &rest, &helped));
	if (helped)
		return NULL;
	if (rest.index == argc) {
		if (!o.words)
			print_modes();
		for (const struct mode *const *m = modes; o.words && *m; m++)
			printf("%s\n", (*m)->name);
		return NULL;
	}
	const struct mode *asked;
	TRY(mode_find(argv[rest.index], &asked));
	if (o.words)
		print_words(asked);
	else
		mode_help_print(asked, stdout);
	return NULL;
}

const struct mode mode_help = {
	.name = "help",
	.usage = "[MODE]",
	.summary = "List the modes, or the options of one",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = run,
};
