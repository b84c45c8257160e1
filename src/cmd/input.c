/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/input.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

const char *input_default(void)
{
	struct stat st;

	if (access("perf.data", F_OK) && !fstat(STDIN_FILENO, &st) && S_ISFIFO(st.st_mode))
		return "-";
	return "perf.data";
}

const char *input_name(const char *path)
{
	return strcmp(path, "-") ? path : "standard input";
}

struct error *input_open(const char *path, bool force, struct notes *notes, struct data_reader **reader)
{
	return force ? data_open_foreign(path, notes, reader) : data_open(path, notes, reader);
}

struct error *input_options(const struct mode *mode, void *into, const char **path, int argc, char **argv, bool *helped)
{
	struct options_rest rest;

	TRY(mode_options(mode, into, OPTIONS_MIXED, argc, argv, &rest, helped));
	if (*helped)
		return NULL;
	if (rest.index < argc && !*path)
		*path = argv[rest.index++];
	if (rest.index < argc)
		return mode_too_many(mode, argv[rest.index]);
	*path = *path ? *path : input_default();
	return NULL;
}
