/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counting every system call by name (syscalls:sys_enter_*): one program at
 * raw_syscalls' sys_enter that adds to the counter of the call's number, in
 * place of some 360 tracepoints. pmu/syscall_split.c tells the story.
 */
#ifndef PTK_PMU_SYSCALL_SPLIT_H
#define PTK_PMU_SYSCALL_SPLIT_H

#include "os/root.h"
#include "pmu/counters.h"
#include "pmu/target.h"

struct syscall_split;

enum { SYSCALL_SPLIT_MIN = 64 };	/* so many tracepoints of system calls are worth a program; fewer open, count and close in no time */

/* Tracepoints that count system calls, and follow the tasks whose they are. */
enum split_tracepoint { SPLIT_ENTER, SPLIT_FORK, SPLIT_EXIT, SPLIT_EXEC, SPLIT_TRACEPOINTS };

/* What its type information (BTF) says of this kernel. */
struct split_kernel {
	uint32_t tracepoints[SPLIT_TRACEPOINTS];	/* ids of their types, btf_trace_… */
	size_t pid;			/* bytes from the beginning of struct task_struct */
	size_t compat;			/* the same, of 32 bits, of which those of */
	uint32_t compat_mask;		/* say that the call is one of another architecture */
};

/*
 * Takes the events of counters->list that can be counted so over, where they
 * are enough to be worth it and where this kernel and our rights allow it:
 * their opened[].split is set, and all but the first of them are not opened
 * themselves; that one is to be opened as a dummy event, for its times. NULL:
 * none, all is as it was. After the layout, before any event is opened.
 * kernel: what is known of it (NULL: nothing, so none is taken over); with
 * `inherit` calls of the tasks' children count too.
 */
struct syscall_split *syscall_split_create(const struct os *os, struct counters *counters, const struct target *target,
					   const struct split_kernel *kernel, bool inherit);
void syscall_split_destroy(struct syscall_split *split);	/* NULL is fine */

/* Of tasks or the machine: counting begins, ends. (A command's begins with its exec.) */
bool syscall_split_enable(struct syscall_split *split);
void syscall_split_disable(struct syscall_split *split);

/* What was counted of an event, on the CPU (-1: on all). */
uint64_t syscall_split_read(struct syscall_split *split, const struct opened *opened, int cpu);

#endif
