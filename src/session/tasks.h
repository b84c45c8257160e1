/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tasks (threads) and their address spaces, as FORK, COMM, MMAP and EXIT
 * records tell of them in the order of time. A task that nobody announced is
 * made when it is first met.
 *
 *  - Threads of a process share one space. fork(2) gives the child a copy,
 *    which costs nothing until one of the two maps something.
 *  - execve(2) (COMM with the exec flag) begins a new, empty space: nothing
 *    from before the exec is found any more.
 *  - A thread id that is used again, by FORK or by a sample of another
 *    process, is a new task.
 *  - A task that has exited is still found (its last samples come after the
 *    EXIT record). The mappings of the last few exited processes are kept.
 */
#ifndef PTK_SESSION_TASKS_H
#define PTK_SESSION_TASKS_H

#include "abi/record.h"
#include "base/arena.h"
#include "base/hash.h"
#include "base/strtab.h"
#include "base/vec.h"
#include "session/maps.h"
#include "session/session.h"

struct address_space {
	struct space space;
	struct maps maps;
	size_t live;			/* tasks in it that have not exited */
	uint64_t miss_low, miss_high;	/* addresses that were looked up and not found lie in between; low > high: none */
};

enum { TASKS_CACHE = 1024, TASKS_EXITED = 256 };

struct tasks {
	struct strtab *strings;
	struct arena arena;		/* tasks and spaces */
	VEC(struct task *) all;		/* by id */
	VEC(struct address_space *) spaces;	/* space id - 1 */
	struct map64 by_tid;		/* tid to id of the task that has it now */
	struct task *cache[TASKS_CACHE];
	struct address_space *exited[TASKS_EXITED];	/* a ring: spaces nobody lives in, with maps still */
	size_t n_exited;
};

void tasks_init(struct tasks *t, struct strtab *strings);
void tasks_deinit(struct tasks *t);

struct task *tasks_find_or_add(struct tasks *t, uint32_t pid, uint32_t tid);

/* The task of a sample where it is at hand, else NULL. */
static inline struct task *tasks_known(struct tasks *t, uint32_t pid, uint32_t tid)
{
	struct task *task = t->cache[tid % TASKS_CACHE];

	return task && task->tid == tid && task->pid == pid ? task : NULL;
}

/* Found or made. */
static inline struct task *tasks_get(struct tasks *t, uint32_t pid, uint32_t tid)
{
	struct task *task = tasks_known(t, pid, tid);

	return task ? task : tasks_find_or_add(t, pid, tid);
}

/* empty: the child's mappings are told of by records of their own (made up by a recorder for tasks that ran already). */
void tasks_fork(struct tasks *t, const struct record_fork *fork, bool empty);
void tasks_exit(struct tasks *t, const struct record_fork *exit);
void tasks_comm(struct tasks *t, const struct record_comm *comm);
void tasks_map(struct tasks *t, uint32_t pid, uint32_t tid, struct mapping mapping);
/* The mapping at an address of the task, or NULL; a miss is remembered. */
const struct mapping *tasks_find_mapping(struct task *task, uint64_t address);

#endif
