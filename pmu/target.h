/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is looked at: the whole machine, some CPUs, some tasks, or a command that ptk starts. */
#ifndef PTK_PMU_TARGET_H
#define PTK_PMU_TARGET_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/notes.h"
#include "base/vec.h"
#include "os/cpuset.h"
#include "os/root.h"

struct target {
	bool system_wide;	/* -a, or -C without tasks */
	struct cpuset cpus;	/* -C; empty: all that are online */
	VEC(pid_t) tasks;	/* thread ids, ascending: those of -p (every thread of it), -t, -u, or the command's one */
	bool command;		/* tasks[0] is a child of ours that waits to exec: enable_on_exec, inherit */
	bool per_task;		/* open on tasks at all (not system_wide) */
};

/*
 * From option values, each NULL when not given. A PID or TID that does not
 * exist, a CPU that is offline or not there, and words that exclude each
 * other are usage errors with the caret; one that goes away meanwhile is not.
 */
struct error *target_parse(const struct os *os, const char *pids, const char *tids, const char *cpus,
			   const char *user, bool all, struct notes *notes, struct target *target) MUST_CHECK;
/* Every thread of the machine (--per-thread). */
struct error *target_add_all(const struct os *os, struct target *target) MUST_CHECK;
/* Nothing was said about whom to look at: it is the command, then. */
bool target_empty(const struct target *target);
void target_set_command(struct target *target, pid_t pid);
void target_deinit(struct target *target);

/*
 * A child that is forked now and execs when it is told to (see
 * perf_event_open(2), enable_on_exec). It is forked before limits are raised,
 * so that the program runs under those of the user.
 */
struct command {
	pid_t pid;		/* waited for by the caller once it is started; 0: none */
	int channel;		/* a socket to it: a byte means go, errno comes back; -1 when closed */
	char *const *argv;	/* borrowed; NULL-ended */
};

/* Forks; the child waits. */
struct error *command_prepare(char *const *argv, struct command *command) MUST_CHECK;
/* Lets it exec and waits until it has; when it cannot (no such command …) the child is gone and the error says why. */
struct error *command_start(struct command *command) MUST_CHECK;
/* Ends a child that was not started, and releases everything. Harmless on an all-zero or a started one. */
void command_abandon(struct command *command);

#endif
