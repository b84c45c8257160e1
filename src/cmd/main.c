/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk MODE …: finds the mode and prints what went wrong. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/nearest.h"
#include "cmd/mode.h"

/* To add a mode: its file, a declaration in mode.h, a row here, a man page in doc/. */
const struct mode *const modes[] = {
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

void mode_notes(struct notes *notes)
{
	for (size_t i = 0; i < notes->lines.len; i++)
		fprintf(stderr, "ptk: %s\n", notes->lines.data[i]);
	notes_deinit(notes);
}

static const struct mode *find_mode(const char *name)
{
	for (const struct mode *const *m = modes; *m; m++)
		if (!strcmp((*m)->name, name))
			return *m;
	return NULL;
}

static struct error *unknown_mode(const char *name)
{
	struct nearest best = { .word = name };
	struct error *err = error_usage("unknown mode %s", name);

	for (const struct mode *const *m = modes; *m; m++)
		nearest_offer(&best, (*m)->name);
	autofree char *hint = nearest_hint(&best);
	if (hint)
		err = error_hint(err, "%s", hint);
	return error_hint(err, "ptk help lists the modes");
}

static struct error *run(int argc, char **argv, int *status)
{
	const char *name = argc > 1 ? argv[1] : "help";

	if (!strcmp(name, "-h") || !strcmp(name, "--help"))
		name = "help";
	if (!strcmp(name, "-v") || !strcmp(name, "--version"))
		name = "version";
	const struct mode *mode = find_mode(name);
	if (!mode)
		return unknown_mode(name);
	return mode->run(mode, argc > 1 ? argc - 2 : 0, argv + (argc > 1 ? 2 : 1), status);
}

/*
 * A file that is opened while one of the first three descriptors is closed
 * takes its place, and messages or the command's output go into it. What
 * stands in fails as a closed one does.
 */
static void keep_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static void no_notice(int signal)
{
	(void)signal;
}

/*
 * Beyond ulimit -f a write then fails, with a reason to print, instead of
 * ending the recorder. Unlike an ignored signal, commands do not inherit it.
 */
static void live_with_file_limits(void)
{
	const struct sigaction action = { .sa_handler = no_notice, .sa_flags = SA_RESTART };

	sigaction(SIGXFSZ, &action, NULL);
}

int main(int argc, char **argv)
{
	int status = 0;

	keep_standard_descriptors();
	live_with_file_limits();
	struct error *err = run(argc, argv, &status);

	if (err) {
		autofree char *text = error_text(err);
		fflush(stdout);
		fprintf(stderr, "ptk: %s", text);
		status = err->kind;
		error_destroy(err);
	}
	/* A report that nobody could read whole is no success. */
	if (fflush(stdout) || ferror(stdout)) {
		if (!status)
			fprintf(stderr, "ptk: cannot write to standard output\n");
		status = status ? status : 1;
	}
	return status;
}
