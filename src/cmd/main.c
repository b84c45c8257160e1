/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk MODE …: finds the mode and prints what went wrong. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/mode.h"

static struct error *run(int argc, char **argv, int *status)
{
	const char *name = argc > 1 ? argv[1] : "help";

	if (!strcmp(name, "-h") || !strcmp(name, "--help"))
		name = "help";
	if (!strcmp(name, "-v") || !strcmp(name, "--version"))
		name = "version";
	const struct mode *mode;
	TRY(mode_find(name, &mode));
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
