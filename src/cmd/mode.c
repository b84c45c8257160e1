/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/mode.h"

#include <sys/ioctl.h>
#include <unistd.h>

static unsigned terminal_width(FILE *out)
{
	struct winsize size;

	if (!ioctl(fileno(out), TIOCGWINSZ, &size) && size.ws_col >= 60)
		return size.ws_col < 120 ? size.ws_col : 120;
	return 80;
}

void mode_help_print(const struct mode *mode, FILE *out)
{
	fprintf(out, "Usage: ptk %s %s\n%s.\n\n", mode->name, mode->usage, mode->summary);
	options_print(mode->options, mode->n_options, terminal_width(out), out);
	fprintf(out, "  -h, --help                    Show this\n");
	if (mode->epilogue)
		fprintf(out, "\n%s\n", mode->epilogue);
}

struct error *mode_options(const struct mode *mode, void *into, enum options_order order,
			   int argc, char **argv, struct options_rest *rest, bool *helped)
{
	struct error *err = options_parse(mode->options, mode->n_options, into, order, argc, argv, rest);

	*helped = !err && rest->help;
	if (*helped)
		mode_help_print(mode, stdout);
	return err ? error_context(err, "%s", mode->name) : NULL;
}

struct error *mode_too_many(const struct mode *mode, const char *word)
{
	return error_usage("%s: one word too many: %s", mode->name, word);
}

void mode_notes(struct notes *notes)
{
	for (size_t i = 0; i < notes->lines.len; i++)
		fprintf(stderr, "ptk: %s\n", notes->lines.data[i]);
	notes_deinit(notes);
}
