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
	VEC(pid_t) tasks;	/* thread ids: those of -p (every thread of it), -t, -u, or the command's one */
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
void target_deinit(struct target *target);

/* A child that is forked now and execs when it is told to (see perf_event_open(2), enable_on_exec). */
struct command {
	pid_t pid;
	int go, failed;		/* pipes */
	char *const *argv;
};

/* Forks; the child waits. */
struct error *command_prepare(char *const *argv, struct command *command) MUST_CHECK;
/* Lets it exec; an exec that fails (no such command …) comes back as an error, exit status 127 or 126 in err->os's place is not used. */
struct error *command_start(struct command *command) MUST_CHECK;
/* Ends a child that was not started, and releases everything. */
void command_abandon(struct command *command);

#endif
