/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into perf by `refresh`: its perf_event_open(2) is answered here,
 * and at the end all of them are written into $OPENS_OUT. $OPENS_STRICT names
 * PMU types that refuse exclude_… bits. $SYSFS_PATH is perf's own word for
 * where its /sys is.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/syscall.h>

#include "opens.h"

static struct opens opens;

long syscall(long number, ...)
{
	static long (*next)(long, ...);
	long a[6];
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	/* on a task and any CPU perf only asks what the kernel knows: it was told to count CPUs */
	if (number == SYS_perf_event_open && (int)a[2] < 0)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (number == SYS_perf_event_open)
		return opens_add(&opens, (const struct perf_event_attr *)a[0], (int)a[2], (int)a[3]);
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "syscall");
	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* The list of CPUs, which perf looks for in the true /sys whatever it is told. */
FILE *fopen(const char *path, const char *mode)
{
	static FILE *(*next)(const char *, const char *);
	static const char cpus[] = "/sys/devices/system/cpu/";
	const char *tree = getenv("SYSFS_PATH");
	char moved[4096];

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "fopen");
	if (!tree || strncmp(path, cpus, strlen(cpus)))
		return next(path, mode);
	snprintf(moved, sizeof(moved), "%s/%s", tree, path + strlen("/sys/"));
	return next(moved, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
	return fopen(path, mode);
}

__attribute__((constructor)) static void begin(void)
{
	const char *strict = getenv("OPENS_STRICT");

	for (char *end; strict && *strict; strict = *end ? end + 1 : end)
		opens.strict |= 1ull << strtoul(strict, &end, 10);
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("OPENS_OUT");
	FILE *out = path && opens.n ? fopen(path, "w") : NULL;

	if (!out)
		return;
	opens_print(out, &opens);
	fclose(out);
}
