/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel spends 0.3 µs on a system call that is counted by its own
 * tracepoint, 10 ms on opening all 360 of them, and 13 s on closing them, as
 * each waits for every CPU in turn. A program at the one tracepoint that all
 * calls pass adds 1 to an array's element, by the call's number, and comes and
 * goes in a moment.
 *
 * It sees the calls of the whole machine, so whose they are is for it to find
 * out, and exactly as the kernel does for events. Tasks are a bit each in an
 * array by thread id. With inherited counters three small programs keep it: a
 * fork gives the child its parent's bit before the child runs, an exit takes it
 * back, and an exec begins the counting of the command (as enable_on_exec
 * does) and follows a thread whose exec gives it the id of its process. A
 * 32-bit call has other numbers and counts as none, as with the tracepoints.
 *
 * Times (enabled, running) are those of a dummy event that is opened in place
 * of the first tracepoint.
 */
#include "pmu/syscall_split.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "pmu/bpf.h"
#include "pmu/syscall_numbers.h"

enum {
	CALLS_MAX = 1024,		/* numbers */
	FIRST_PID_NAMESPACE = 0xeffffffc,	/* inode of the one whose ids the kernel works with: PROC_PID_INIT_INO */
};

struct syscall_split {
	int counts;			/* per-CPU array of 64 bits, by number */
	int tasks;			/* array of 64 bits each: a bit a thread id; -1: all tasks are counted */
	int programs[SPLIT_TRACEPOINTS], links[SPLIT_TRACEPOINTS];	/* -1: not wanted, not attached */
	size_t n_cpus;			/* possible ones */
	uint64_t *values;		/* n_cpus, of one number */
};

/* ---- programs */

struct program_text {
	struct bpf_insn insns[128];
	size_t n;
};

static void emit(struct program_text *p, const struct bpf_insn *insns, size_t n)
{
	if (p->n + n > ARRAY_SIZE(p->insns))
		abort();
	memcpy(p->insns + p->n, insns, n * sizeof(*insns));
	p->n += n;
}

#define EMIT(p, ...) emit(p, (const struct bpf_insn[]){ __VA_ARGS__ }, sizeof((const struct bpf_insn[]){ __VA_ARGS__ }) / sizeof(struct bpf_insn))

/* R6 = the tracepoint's arguments, R9 = the current task, R7 = its thread id */
static void begin(struct program_text *p, const struct split_kernel *kernel)
{
	p->n = 0;
	EMIT(p, MOVE(BPF_REG_6, BPF_REG_1), CALL(BPF_FUNC_get_current_task_btf), MOVE(BPF_REG_9, BPF_REG_0),
	     LOAD(BPF_W, BPF_REG_7, BPF_REG_9, (short)kernel->pid));
}

/* R0 = address of the word with the bit of the thread in `tid`, the bit's mask in R8; ends the program where there is none. */
static void find_bit(struct program_text *p, const struct syscall_split *s, unsigned tid)
{
	EMIT(p, MOVE(BPF_REG_1, tid), CALC_BY(BPF_RSH, BPF_REG_1, 6), STORE(BPF_W, BPF_REG_10, -4, BPF_REG_1),
	     MAP(BPF_REG_1, s->tasks), MOVE(BPF_REG_2, BPF_REG_10), CALC_BY(BPF_ADD, BPF_REG_2, -4), CALL(BPF_FUNC_map_lookup_elem),
	     JUMP_IF(BPF_JNE, BPF_REG_0, 0, 2), EXIT(),
	     MOVE(BPF_REG_1, tid), CALC_BY(BPF_AND, BPF_REG_1, 63), SET(BPF_REG_8, 1), CALC(BPF_LSH, BPF_REG_8, BPF_REG_1));
}

/* Goes on when the bit is set. */
static void want_bit(struct program_text *p)
{
	EMIT(p, LOAD(BPF_DW, BPF_REG_1, BPF_REG_0, 0), CALC(BPF_AND, BPF_REG_1, BPF_REG_8),
	     JUMP_IF(BPF_JNE, BPF_REG_1, 0, 2), EXIT());
}

static void set_bit(struct program_text *p)
{
	EMIT(p, ATOMIC(BPF_OR, BPF_REG_0, 0, BPF_REG_8));
}

static void clear_bit(struct program_text *p)
{
	EMIT(p, CALC_BY(BPF_XOR, BPF_REG_8, -1), ATOMIC(BPF_AND, BPF_REG_0, 0, BPF_REG_8));
}

/* sys_enter(struct pt_regs *regs, long id) */
static void write_enter(struct program_text *p, const struct syscall_split *s, const struct split_kernel *kernel)
{
	begin(p, kernel);
	if (s->tasks >= 0) {
		find_bit(p, s, BPF_REG_7);
		want_bit(p);
	}
	EMIT(p, LOAD(BPF_W, BPF_REG_1, BPF_REG_9, (short)kernel->compat), CALC_BY(BPF_AND, BPF_REG_1, (int)kernel->compat_mask),
	     JUMP_IF(BPF_JEQ, BPF_REG_1, 0, 2), EXIT(),
	     LOAD(BPF_DW, BPF_REG_1, BPF_REG_6, 8), JUMP_IF(BPF_JLT, BPF_REG_1, CALLS_MAX, 2), EXIT(),
	     STORE(BPF_W, BPF_REG_10, -4, BPF_REG_1),
	     MAP(BPF_REG_1, s->counts), MOVE(BPF_REG_2, BPF_REG_10), CALC_BY(BPF_ADD, BPF_REG_2, -4), CALL(BPF_FUNC_map_lookup_elem),
	     JUMP_IF(BPF_JNE, BPF_REG_0, 0, 2), EXIT(),
	     LOAD(BPF_DW, BPF_REG_1, BPF_REG_0, 0), CALC_BY(BPF_ADD, BPF_REG_1, 1), STORE(BPF_DW, BPF_REG_0, 0, BPF_REG_1), EXIT());
}

/* sched_process_fork(struct task_struct *parent, struct task_struct *child), in the parent */
static void write_fork(struct program_text *p, const struct syscall_split *s, const struct split_kernel *kernel)
{
	begin(p, kernel);
	find_bit(p, s, BPF_REG_7);
	want_bit(p);
	EMIT(p, LOAD(BPF_DW, BPF_REG_1, BPF_REG_6, 8), LOAD(BPF_W, BPF_REG_7, BPF_REG_1, (short)kernel->pid));
	find_bit(p, s, BPF_REG_7);
	set_bit(p);
	EMIT(p, EXIT());
}

/* sched_process_exit(struct task_struct *), in the task */
static void write_exit(struct program_text *p, const struct syscall_split *s, const struct split_kernel *kernel)
{
	begin(p, kernel);
	find_bit(p, s, BPF_REG_7);
	clear_bit(p);
	EMIT(p, EXIT());
}

/* sched_process_exec(struct task_struct *, pid_t old_pid, …), in the task, which may have had another id before */
static void write_exec(struct program_text *p, const struct syscall_split *s, const struct split_kernel *kernel, pid_t command)
{
	begin(p, kernel);
	if (command) {
		find_bit(p, s, BPF_REG_7);
		EMIT(p, JUMP_IF(BPF_JNE, BPF_REG_7, command, 1));
		set_bit(p);
	}
	EMIT(p, LOAD(BPF_DW, BPF_REG_9, BPF_REG_6, 8), MOVE_LOW(BPF_REG_9, BPF_REG_9));
	find_bit(p, s, BPF_REG_9);
	want_bit(p);
	EMIT(p, INSN(BPF_JMP | BPF_JNE | BPF_X, BPF_REG_7, BPF_REG_9, 2, 0), EXIT());
	clear_bit(p);
	find_bit(p, s, BPF_REG_7);
	set_bit(p);
	EMIT(p, EXIT());
}

static bool load(struct syscall_split *s, const struct split_kernel *kernel, enum split_tracepoint which, const struct program_text *text)
{
	s->programs[which] = bpf_program(text->insns, text->n, kernel->tracepoints[which], "ptk_split");
	return s->programs[which] >= 0;
}

static bool load_all(struct syscall_split *s, const struct target *target, const struct split_kernel *kernel, bool inherit)
{
	struct program_text text;

	if (kernel->pid > INT16_MAX || kernel->compat > INT16_MAX)
		return false;
	write_enter(&text, s, kernel);
	if (!load(s, kernel, SPLIT_ENTER, &text) || s->tasks < 0)
		return s->tasks < 0 && s->programs[SPLIT_ENTER] >= 0;
	write_exit(&text, s, kernel);
	if (!load(s, kernel, SPLIT_EXIT, &text))
		return false;
	write_exec(&text, s, kernel, target->command ? target->tasks.data[0] : 0);
	if (!load(s, kernel, SPLIT_EXEC, &text))
		return false;
	write_fork(&text, s, kernel);
	return !inherit || load(s, kernel, SPLIT_FORK, &text);
}

/* ---- which events */

static bool plain(const struct event_list *list, size_t e)
{
	const struct event *event = &list->events.data[e];
	const struct perf_event_attr *a = &event->attr;

	return event->kind == EVENT_TRACEPOINT && event->tracepoint && !event->filter && !event->cgroup && event->leader == e &&
	       (e + 1 >= list->events.len || list->events.data[e + 1].leader != e) && event->wishes.inherit == WISH_NONE &&
	       !(a->exclude_user || a->exclude_kernel || a->exclude_hv || a->exclude_idle || a->exclude_host || a->pinned || a->exclusive);
}

/* The call's number, or -1. */
static int number_of(const struct event_list *list, size_t e)
{
	static const char system[] = "syscalls:sys_enter_";
	const char *name = list->events.data[e].tracepoint;

	if (!plain(list, e) || strncmp(name, system, strlen(system)))
		return -1;
	int number = syscall_number(name + strlen(system));
	return number < CALLS_MAX ? number : -1;
}

/* One of a thread's ids in another PID namespace would be nobody's, or another's. */
static bool ids_are_the_kernels(const struct os *os)
{
	autofree char *path = os_path(os, "/proc/self/ns/pid");
	struct stat st;

	return !stat(path, &st) && st.st_ino == (ino_t)(uint32_t)FIRST_PID_NAMESPACE;
}

static size_t mark_events(struct counters *counters)
{
	size_t n = 0;

	for (size_t e = 0; e < counters->list->events.len; e++) {
		int number = counters->opened[e].n_cpus ? number_of(counters->list, e) : -1;
		counters->opened[e].split = (unsigned)(number + 1);
		n += number >= 0;
	}
	return n;
}

static void unmark(struct counters *counters)
{
	for (size_t e = 0; e < counters->list->events.len; e++)
		counters->opened[e].split = 0;
}

/* ---- the maps */

static bool make_tasks(struct syscall_split *s, const struct os *os, const struct target *target)
{
	uint64_t pid_max;

	if (!target->per_task)
		return true;
	if (!ids_are_the_kernels(os) || !os_read_u64(os, "/proc/sys/kernel/pid_max", &pid_max) || pid_max > 1u << 24)
		return false;
	s->tasks = bpf_map(BPF_MAP_TYPE_ARRAY, sizeof(uint64_t), (uint32_t)(pid_max / 64 + 1), "ptk_tasks");
	for (size_t i = 0; s->tasks >= 0 && !target->command && i < target->tasks.len; i++) {
		uint32_t key = (uint32_t)target->tasks.data[i] / 64;
		uint64_t word;
		if (!bpf_lookup(s->tasks, key, &word))
			return false;
		word |= 1ull << target->tasks.data[i] % 64;
		if (!bpf_update(s->tasks, key, &word))
			return false;
	}
	return s->tasks >= 0;
}

/* A command's before it runs; else only to see that it can be done. */
static bool attach_early(struct syscall_split *s, const struct target *target)
{
	if (!syscall_split_enable(s))
		return false;
	if (!target->command)
		syscall_split_disable(s);
	return true;
}

/* A per-CPU value has this many; 0: not known. */
static size_t possible_cpus(const struct os *os)
{
	autofree char *text = os_read_line(os, "/sys/devices/system/cpu/possible");
	struct cpuset set = { 0 };
	struct error *err = text ? cpuset_parse(text, &set) : NULL;
	size_t n = !err && set.cpus.len ? (size_t)set.cpus.data[set.cpus.len - 1] + 1 : 0;

	error_destroy(err);
	cpuset_deinit(&set);
	return n;
}

static bool make(struct syscall_split *s, const struct os *os, const struct target *target,
		 const struct split_kernel *kernel, bool inherit)
{
	s->n_cpus = possible_cpus(os);
	s->values = xcalloc(s->n_cpus + 1, sizeof(*s->values));
	s->counts = bpf_map(BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(uint64_t), CALLS_MAX, "ptk_calls");
	return s->n_cpus && s->counts >= 0 && make_tasks(s, os, target) && load_all(s, target, kernel, inherit) &&
	       attach_early(s, target);
}

struct syscall_split *syscall_split_create(const struct os *os, struct counters *counters, const struct target *target,
					   const struct split_kernel *kernel, bool inherit)
{
	if (!kernel || mark_events(counters) < SYSCALL_SPLIT_MIN) {
		unmark(counters);
		return NULL;
	}
	struct syscall_split *s = xcalloc(1, sizeof(*s));
	s->counts = s->tasks = -1;
	for (int i = 0; i < SPLIT_TRACEPOINTS; i++)
		s->programs[i] = s->links[i] = -1;
	if (make(s, os, target, kernel, inherit))
		return s;
	syscall_split_destroy(s);
	unmark(counters);
	return NULL;
}

void syscall_split_destroy(struct syscall_split *s)
{
	if (!s)
		return;
	syscall_split_disable(s);
	for (int i = 0; i < SPLIT_TRACEPOINTS; i++)
		if (s->programs[i] >= 0)
			close(s->programs[i]);
	if (s->counts >= 0)
		close(s->counts);
	if (s->tasks >= 0)
		close(s->tasks);
	free(s->values);
	free(s);
}

/* ---- counting */

bool syscall_split_enable(struct syscall_split *s)
{
	/* the counting one last: the others have to see every task that it is to count */
	for (int i = SPLIT_TRACEPOINTS - 1; i >= 0; i--) {
		if (s->programs[i] < 0 || s->links[i] >= 0)
			continue;
		s->links[i] = bpf_attach(s->programs[i]);
		if (s->links[i] < 0)
			return false;
	}
	return true;
}

void syscall_split_disable(struct syscall_split *s)
{
	for (int i = 0; i < SPLIT_TRACEPOINTS; i++) {
		if (s->links[i] >= 0)
			close(s->links[i]);
		s->links[i] = -1;
	}
}

uint64_t syscall_split_read(struct syscall_split *s, const struct opened *opened, int cpu)
{
	uint64_t sum = 0;

	if (!opened->split || !bpf_lookup(s->counts, opened->split - 1, s->values))
		return 0;
	if (cpu >= 0)
		return (size_t)cpu < s->n_cpus ? s->values[cpu] : 0;
	for (size_t i = 0; i < s->n_cpus; i++)
		sum += s->values[i];
	return sum;
}
