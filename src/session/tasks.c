/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/tasks.h"

#include <stdio.h>

static struct address_space *whole(struct space *space)
{
	return (struct address_space *)space;	/* its first member */
}

/* What is kept of a task besides what everybody may see. */
struct own_task {
	struct task task;	/* first: a struct task is one of these */
	bool exited;
	bool named;			/* a record said its name, or its parent's */
};

static bool exited(const struct task *task)
{
	return ((const struct own_task *)task)->exited;
}

static bool *named(struct task *task)
{
	return &((struct own_task *)task)->named;
}

void tasks_init(struct tasks *t, struct strtab *strings)
{
	*t = (struct tasks){ .strings = strings };
}

void tasks_deinit(struct tasks *t)
{
	for (size_t i = 0; i < t->spaces.len; i++)
		maps_deinit(&t->spaces.data[i]->maps);
	vec_deinit(&t->spaces);
	vec_deinit(&t->all);
	map64_deinit(&t->by_tid);
	arena_deinit(&t->arena);
}

static struct address_space *add_space(struct tasks *t, uint32_t pid)
{
	struct address_space *space = arena_calloc(&t->arena, sizeof(*space));

	vec_push(&t->spaces, space);
	space->space.id = (uint32_t)t->spaces.len;	/* 0 is the kernel's */
	space->space.pid = pid;
	space->miss_low = UINT64_MAX;
	return space;
}

static void drop_maps(struct address_space *space)
{
	maps_deinit(&space->maps);
	space->space.generation++;
}

/* The task goes from its space; the last one to go takes the mappings along. */
static void leave(struct task *task)
{
	struct address_space *space = whole(task->space);

	if (!exited(task) && !--space->live)
		drop_maps(space);
}

/* The task exits, and stays where it is. Of many spaces where nobody lives the oldest loses its mappings. */
static void retire(struct tasks *t, struct task *task)
{
	struct address_space *space = whole(task->space);
	struct address_space **place;

	((struct own_task *)task)->exited = true;
	if (--space->live)
		return;
	place = &t->exited[t->n_exited++ % TASKS_EXITED];
	if (*place && !(*place)->live)
		drop_maps(*place);
	*place = space;
}

static void enter(struct task *task, struct address_space *space)
{
	task->space = &space->space;
	space->live++;
}

/* Makes a task and gives it the tid, which another may have had. */
static struct task *add_task(struct tasks *t, uint32_t pid, uint32_t tid, struct address_space *space)
{
	struct own_task *own = arena_calloc(&t->arena, sizeof(*own));
	struct task *task = &own->task;
	char name[16];
	bool added;

	snprintf(name, sizeof(name), ":%d", (int)tid);
	*task = (struct task){
		.id = (uint32_t)t->all.len, .pid = pid, .tid = tid,
		.comm = strtab_id(t->strings, tid ? name : "swapper"),
	};
	own->named = !tid;
	enter(task, space);
	vec_push(&t->all, task);
	uint64_t *place = map64_put(&t->by_tid, tid, &added);
	if (!added)
		leave(t->all.data[*place]);
	*place = task->id;
	t->cache[tid % TASKS_CACHE] = task;
	return task;
}

static struct task *find(struct tasks *t, uint32_t tid)
{
	uint64_t *id = map64_get(&t->by_tid, tid);

	return id ? t->all.data[*id] : NULL;
}

struct task *tasks_find_or_add(struct tasks *t, uint32_t pid, uint32_t tid)
{
	struct task *task = find(t, tid), *leader;

	if (task && task->pid == pid)
		return t->cache[tid % TASKS_CACHE] = task;
	if (tid == pid || pid == UINT32_MAX)
		return add_task(t, pid, tid, add_space(t, pid));
	leader = tasks_get(t, pid, pid);
	return add_task(t, pid, tid, whole(leader->space));
}

void tasks_fork(struct tasks *t, const struct record_fork *fork, bool empty)
{
	bool thread = fork->pid == fork->ppid;
	struct task *parent, *child;
	struct address_space *space;

	if (fork->tid == fork->ptid)
		return;	/* not a task's child but a damaged record */
	parent = tasks_get(t, fork->ppid, fork->ptid);
	if (thread) {
		space = whole(parent->space);
	} else {
		space = add_space(t, fork->pid);
		if (!empty)
			maps_share(&space->maps, &whole(parent->space)->maps);
	}
	child = add_task(t, fork->pid, fork->tid, space);
	if (*named(parent)) {
		child->comm = parent->comm;
		*named(child) = true;
	}
}

void tasks_exit(struct tasks *t, const struct record_fork *exit)
{
	struct task *task = find(t, exit->tid);

	if (!task || task->pid != exit->pid || exited(task))
		return;
	retire(t, task);
}

void tasks_comm(struct tasks *t, const struct record_comm *comm)
{
	struct task *task = tasks_get(t, comm->pid, comm->tid);

	task->comm = strtab_id(t->strings, comm->comm);
	*named(task) = true;
	if (!comm->exec)
		return;
	leave(task);
	((struct own_task *)task)->exited = false;
	enter(task, add_space(t, comm->pid));
}

void tasks_map(struct tasks *t, uint32_t pid, uint32_t tid, struct mapping mapping)
{
	struct address_space *space = whole(tasks_get(t, pid, tid)->space);
	bool missed = mapping.start <= space->miss_high && space->miss_low < mapping.end;

	if (maps_insert(&space->maps, mapping) || missed) {
		space->space.generation++;
		space->miss_low = UINT64_MAX;
		space->miss_high = 0;
	}
}

const struct mapping *tasks_find_mapping(struct task *task, uint64_t address)
{
	struct address_space *space = whole(task->space);
	const struct mapping *mapping = maps_find(&space->maps, address);

	if (mapping)
		return mapping;
	if (address < space->miss_low)
		space->miss_low = address;
	if (address > space->miss_high)
		space->miss_high = address;
	return NULL;
}
