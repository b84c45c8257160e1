/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk help [MODE]; and the words that completion offers, from the same tables. */
#include <string.h>

#include "base/cleanup.h"
#include "base/nearest.h"
#include "cmd/mode.h"

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
	struct nearest best = { .word = argv[rest.index] };
	for (const struct mode *const *m = modes; *m; m++) {
		nearest_offer(&best, (*m)->name);
		if (strcmp((*m)->name, argv[rest.index]))
			continue;
		if (o.words)
			print_words(*m);
		else
			mode_help_print(*m, stdout);
		return NULL;
	}
	autofree char *hint = nearest_hint(&best);
	struct error *err = error_usage("no mode is called %s", argv[rest.index]);
	if (hint)
		err = error_hint(err, "%s", hint);
	return error_hint(err, "ptk help lists them");
}

const struct mode mode_help = {
	.name = "help",
	.usage = "[MODE]",
	.summary = "List the modes, or the options of one",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = run,
};
