/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/stacks.h"

#include <string.h>
#include <sys/utsname.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "session/living_stack.h"
#include "session/tasks.h"
#include "unwind/complete.h"

enum { REMEMBERED_MAX = 1 << 20 };	/* frames of all tasks together; then all is forgotten and begins again */

/* What is known of a thread's stack. */
struct thread_stacks {
	struct unwind_memory memory;
	struct living_patience patience;
};

struct stacks {
	struct images *images;
	struct unwinder *unwinder;
	const struct unwind_machine *machine, *compat;	/* of 64- and 32-bit samples; NULL: not known */
	VEC(uint64_t) chain;				/* the sample's: kernel part, context marker, user frames */
	uint64_t cfas[STACKS_DEPTH];
	struct unwind_links *links;			/* with the first stack, as the unwinder */
	struct living_stack *living;			/* NULL: nothing is read from tasks */
	VEC(struct thread_stacks) threads;		/* by the id of the task */
	size_t remembered_frames;
	uint64_t ends[UNWIND_ENDS], completed;
};

struct stacks *stacks_create(struct images *images, bool living)
{
	struct stacks *s = xcalloc(1, sizeof(*s));
	struct utsname here;

	s->images = images;
	if (living)
		s->living = living_stack_create();
	if (!uname(&here))
		stacks_arch(s, here.machine);
	return s;
}

static void forget(struct stacks *s)
{
	for (size_t i = 0; i < s->threads.len; i++)
		unwind_memory_deinit(&s->threads.data[i].memory);
	vec_deinit(&s->threads);
	s->remembered_frames = 0;
}

void stacks_destroy(struct stacks *s)
{
	if (!s)
		return;
	forget(s);
	unwinder_destroy(s->unwinder);
	unwind_links_destroy(s->links);
	living_stack_destroy(s->living);
	vec_deinit(&s->chain);
	free(s);
}

void stacks_arch(struct stacks *s, const char *arch)
{
	s->machine = unwind_machine_of_arch(arch, false);
	s->compat = unwind_machine_of_arch(arch, true);
}

const uint64_t *stacks_ends(const struct stacks *s)
{
	return s->ends;
}

uint64_t stacks_completed(const struct stacks *s)
{
	return s->completed;
}

/* One walk: whose mappings count. */
struct walk {
	struct images *images;
	struct task *task;
};

static bool find_code(void *ctx, uint64_t address, struct unwind_code *code)
{
	const struct walk *w = ctx;
	const struct mapping *m = tasks_find_mapping(w->task, address);
	uint64_t image_address;

	if (!m || !m->executable)	/* data is mapped too in files with stack bytes */
		return false;
	code->rows = images_unwind_rows(w->images, m->image, address + m->bias, &image_address);
	code->bias = address - image_address;
	return true;
}

/* A chain in two: the kernel's frames, and behind the marker what the kernel found of the user's. */
struct parts {
	size_t kernel;
	const uint64_t *user;
	size_t n_user;
};

static struct parts parts_of(const struct sample *sample)
{
	struct parts p = { 0 };
	size_t at = 0, end;

	while (at < sample->chain_len && sample->chain[at] != PERF_CONTEXT_USER)
		at++;
	if (sample->cpumode != PERF_RECORD_MISC_USER)
		p.kernel = at;
	for (end = at + 1; end < sample->chain_len && sample->chain[end] < PERF_CONTEXT_MAX; end++)
		;
	if (at < sample->chain_len) {
		p.user = sample->chain + at + 1;
		p.n_user = end - at - 1;
	}
	return p;
}

/* Of the task in its address space. */
static struct thread_stacks *thread_of(struct stacks *s, const struct task *task)
{
	uint64_t thread = (uint64_t)task->space->id << 32 | task->id;
	struct thread_stacks *known;

	if (s->remembered_frames > REMEMBERED_MAX)
		forget(s);
	while (s->threads.len <= task->id)
		vec_add(&s->threads);
	known = &s->threads.data[task->id];
	if (known->memory.thread != thread) {
		known->memory.thread = thread;
		known->memory.len = 0;
		known->patience = (struct living_patience){ 0 };
	}
	return known;
}

/* The walk once more, with more bytes of the stack, when they can be had. */
static void walk_further(struct stacks *s, struct thread_stacks *known, const struct task *task,
			 const struct unwind_input *in, struct unwind_chain *chain)
{
	struct unwind_input more = *in;

	if (!s->living || !living_stack_may_try(&known->patience))
		return;
	if (living_stack_extend(s->living, task->pid, chain, &more))
		unwind(s->unwinder, &more, chain);
	living_stack_tried(&known->patience, chain->end == UNWIND_ROOT);
}

/* A stack that is cut gets its outer frames from those that were whole, or from the living thread; a whole one is remembered. */
static void complete(struct stacks *s, const struct task *task, const struct unwind_input *in, struct unwind_chain *chain)
{
	struct thread_stacks *known = thread_of(s, task);
	bool completed = chain->by_kernel || chain->end == UNWIND_CUT;
	uint32_t had = known->memory.cap;

	if (!in->stack_size)
		unwind_repeat(&known->memory, chain);
	else if (chain->end == UNWIND_CUT && !unwind_complete(&known->memory, s->links, chain))
		walk_further(s, known, task, in, chain);
	if (chain->end != UNWIND_ROOT)
		return;
	s->completed += completed;
	unwind_remember(&known->memory, s->links, chain);
	s->remembered_frames += known->memory.cap - had;
}

static void make_unwinder(struct stacks *s)
{
	s->unwinder = unwinder_create();
	s->links = unwind_links_create();
}

static void mark_end(struct stacks *s, enum unwind_end end)
{
	if (end == UNWIND_ROOT)
		return;
	vec_push(&s->chain, PERF_CONTEXT_USER);
	if (end != UNWIND_CUT && end != UNWIND_FULL)
		vec_push(&s->chain, PERF_CONTEXT_USER);
}

/*
 * The kernel was at work, and the user's registers point to nothing that is
 * mapped: within execve(2) they are still those of the program that was.
 */
static void leave_out_user(struct stacks *s, struct sample *sample)
{
	s->ends[UNWIND_ROOT]++;
	sample->chain = s->chain.data;
	sample->chain_len = s->chain.len - 1;
}

bool stacks_unwind(struct stacks *s, struct task *task, uint64_t mask, struct sample *sample)
{
	struct walk walk = { s->images, task };
	struct parts parts = parts_of(sample);
	struct unwind_input in = {
		.machine = sample->regs_user_abi == PERF_SAMPLE_REGS_ABI_32 ? s->compat : s->machine,
		.mask = mask, .regs = sample->regs_user, .stack = sample->stack, .stack_size = sample->stack_used,
		.fp_chain = parts.user, .fp_len = parts.n_user,
		.generation = (uint64_t)task->space->id << 32 | task->space->generation,
		.find = find_code, .ctx = &walk,
	};
	struct unwind_chain chain = { .max = STACKS_DEPTH, .cfas = s->cfas };

	if (!sample->regs_user || !in.machine)
		return false;
	if (!s->unwinder)
		make_unwinder(s);
	vec_clear(&s->chain);
	vec_reserve(&s->chain, parts.kernel + 1 + STACKS_DEPTH + 2);
	vec_append(&s->chain, sample->chain, parts.kernel);
	vec_push(&s->chain, PERF_CONTEXT_USER);
	chain.pcs = s->chain.data + s->chain.len;
	unwind(s->unwinder, &in, &chain);
	if (chain.len)
		complete(s, task, &in, &chain);
	if (parts.kernel && chain.len == 1 && chain.end == UNWIND_NO_CODE) {
		leave_out_user(s, sample);
		return true;
	}
	s->ends[chain.end]++;
	if (!chain.len)
		return false;
	s->chain.len += chain.len;
	mark_end(s, chain.end);
	sample->chain = s->chain.data;
	sample->chain_len = s->chain.len;
	return true;
}
