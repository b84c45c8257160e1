/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any perf.data through a whole mode, as a person runs it: what it prints
 * goes nowhere, and it comes to an end with nothing left allocated. The last
 * byte chooses the mode, so that any perf.data is a seed as it is.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "cmd/mode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* libtraceevent forgets some tokens of formats that it cannot parse. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libtraceevent"; }

/* FILE is the input; nothing of this machine is asked for. */
#define NAMES "--no-cache", "--kallsyms", "/dev/null", "--symfs", "/nonexistent"

enum { WORDS_MAX = 16 };

static const char *const lines[][WORDS_MAX] = {
	{ "report", "--stdio", NAMES, "-i", "FILE" },
	{ "report", "--stdio", NAMES, "-g", "caller,0,function,count", "--sort", "pid,comm,dso,sym,srcline,cpu", "-i", "FILE" },
	{ "report", "--header-only", "-i", "FILE" },
	{ "report", "--stdio", "--stats", NAMES, "-i", "FILE" },
	{ "script", NAMES, "--show-task-events", "--show-mmap-events", "--show-switch-events", "-i", "FILE" },
	{ "script", "-D", "-i", "FILE" },
	{ "script", "--json", NAMES, "-i", "FILE" },
	{ "evlist", "-v", "-i", "FILE" },
	{ "buildid-list", "-i", "FILE" },
	{ "annotate", "--stdio", NAMES, "-i", "FILE" },
	{ "diff", NAMES, "FILE", "FILE" },
	{ "flame", NAMES, "-o", "-", "-i", "FILE" },
	{ "heat", NAMES, "-o", "-", "-i", "FILE" },
	{ "timeline", NAMES, "-o", "-", "-i", "FILE" },
	{ "export", NAMES, "-f", "speedscope", "-i", "FILE" },
	{ "export", NAMES, "-f", "pprof", "-i", "FILE" },
	{ "export", NAMES, "-f", "callgrind", "-i", "FILE" },
	{ "export", NAMES, "-f", "dot", "-i", "FILE" },
	{ "export", NAMES, "-f", "gecko", "-i", "FILE" },
	{ "export", NAMES, "-f", "json", "-i", "FILE" },
	{ "stat", "report", "-o", "/dev/null", "-i", "FILE" },
};

static void run(const char *const *line, char *path)
{
	char *argv[WORDS_MAX + 1] = { 0 };
	const struct mode *mode;
	int argc = 0, status = 0;

	for (; line[1 + argc]; argc++)
		argv[argc] = strcmp(line[1 + argc], "FILE") ? (char *)line[1 + argc] : path;
	struct error *err = mode_find(line[0], &mode);
	if (!err)
		err = mode->run(mode, argc, argv, &status);
	if (err)
		free(error_text(err));
	error_destroy(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *nowhere;
	FILE *out = stdout, *errors = stderr;
	int file = memfd_create("fuzz", MFD_CLOEXEC);
	char *path = xasprintf("/proc/self/fd/%d", file);

	if (!nowhere) {
		nowhere = fopen("/dev/null", "we");
		unsetenv("HOME");
		unsetenv("DEBUGINFOD_URLS");
	}
	if (file < 0 || !nowhere || file_write_full(file, data, size) < 0)
		abort();
	stdout = stderr = nowhere;
	run(lines[(size ? data[size - 1] : 0) % (sizeof(lines) / sizeof(*lines))], path);
	fflush(nowhere);
	stdout = out;
	stderr = errors;
	free(path);
	close(file);
	return 0;
}
