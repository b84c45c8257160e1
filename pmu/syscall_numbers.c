/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tracepoints are named after the kernel's functions, which are named after
 * the calls but for a few. x86_64 alone: a call of a name that is not sure to
 * be the function of that name is to be unknown.
 */
#include "pmu/syscall_numbers.h"

#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"

struct numbered {
	const char *name;
	int number;
};

#if defined(__x86_64__) && !defined(__ILP32__)

/* The calls that the C library's headers know, written by the Makefile. */
static const struct numbered calls[] = {
#include "pmu/syscall_numbers.inc"
};

/* Functions with another name than their call (arch/x86/entry/syscalls/syscall_64.tbl). */
static const struct {
	const char *function, *call;
} renamed[] = {
	{ "newstat", "stat" }, { "newfstat", "fstat" }, { "newlstat", "lstat" }, { "newuname", "uname" },
	{ "umount", "umount2" }, { "sendfile64", "sendfile" },
};

/* Calls younger than some headers. */
static const struct numbered young[] = {
	{ "uretprobe", 335 }, { "uprobe", 336 }, { "cachestat", 451 }, { "fchmodat2", 452 }, { "map_shadow_stack", 453 },
	{ "futex_wake", 454 }, { "futex_wait", 455 }, { "futex_requeue", 456 }, { "statmount", 457 }, { "listmount", 458 },
	{ "lsm_get_self_attr", 459 }, { "lsm_set_self_attr", 460 }, { "lsm_list_modules", 461 }, { "mseal", 462 },
	{ "setxattrat", 463 }, { "getxattrat", 464 }, { "listxattrat", 465 }, { "removexattrat", 466 },
	{ "open_tree_attr", 467 }, { "file_getattr", 468 }, { "file_setattr", 469 },
};

static int find(const struct numbered *table, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(table[i].name, name))
			return table[i].number;
	return -1;
}

int syscall_number(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(renamed); i++) {
		if (!strcmp(renamed[i].function, name))
			return find(calls, ARRAY_SIZE(calls), renamed[i].call);
		/* an old function that has the call's name, but is not what it calls */
		if (!strcmp(renamed[i].call, name))
			return -1;
	}
	int number = find(calls, ARRAY_SIZE(calls), name);
	return number >= 0 ? number : find(young, ARRAY_SIZE(young), name);
}

#else

int syscall_number(const char *name)
{
	return -1;
}

#endif
