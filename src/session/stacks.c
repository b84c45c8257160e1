/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/stacks.h"

#include <string.h>
#include <sys/utsname.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "session/tasks.h"
#include "unwind/complete.h"

/* The last whole stack of a task, good for one address space. */
struct remembered {
	struct unwind_memory memory;
	uint32_t space;
};

enum { REMEMBERED_MAX = 4 << 20 };	/* frames of all tasks together; then all is forgotten and begins again */

struct stacks {
	struct images *images;
	struct unwinder *unwinder;
	const struct unwind_machine *machine, *compat;	/* of 64- and 32-bit samples; NULL: not known */
	VEC(uint64_t) chain;				/* the sample's: kernel part, context marker, user frames */
	uint64_t cfas[STACKS_DEPTH];
	VEC(struct remembered) remembered;		/* by the id of the task */
	size_t remembered_frames;
	uint64_t ends[UNWIND_ENDS], completed;
};

struct stacks *stacks_create(struct images *images)
{
	struct stacks *s = xcalloc(1, sizeof(*s));
	struct utsname here;

	s->images = images;
	if (!uname(&here))
		stacks_arch(s, here.machine);
	return s;
}

static void forget(struct stacks *s)
{
	for (size_t i = 0; i < s->remembered.len; i++)
		unwind_memory_deinit(&s->remembered.data[i].memory);
	vec_deinit(&s->remembered);
	s->remembered_frames = 0;
}

void stacks_destroy(struct stacks *s)
{
	if (!s)
		return;
	forget(s);
	unwinder_destroy(s->unwinder);
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

/* The part of a chain before the user's frames: all of it where only the kernel's were taken. */
static size_t kernel_part(const struct sample *sample)
{
	size_t n = 0;

	if (sample->cpumode == PERF_RECORD_MISC_USER)
		return 0;
	while (n < sample->chain_len && sample->chain[n] != PERF_CONTEXT_USER)
		n++;
	return n;
}

/* What a whole stack of the task was, for one that is cut; a whole one is remembered. */
static void complete(struct stacks *s, const struct task *task, struct unwind_chain *chain)
{
	struct remembered *r;
	uint32_t had;

	if (s->remembered_frames > REMEMBERED_MAX)
		forget(s);
	while (s->remembered.len <= task->id)
		vec_add(&s->remembered);
	r = &s->remembered.data[task->id];
	had = r->memory.cap;
	if (chain->end == UNWIND_CUT && r->space == task->space->id && unwind_complete(&r->memory, chain))
		s->completed++;
	if (chain->end == UNWIND_ROOT) {
		unwind_remember(&r->memory, chain);
		r->space = task->space->id;
	}
	s->remembered_frames += r->memory.cap - had;
}

bool stacks_unwind(struct stacks *s, struct task *task, uint64_t mask, struct sample *sample, bool *cut)
{
	struct walk walk = { s->images, task };
	struct unwind_input in = {
		.machine = sample->regs_user_abi == PERF_SAMPLE_REGS_ABI_32 ? s->compat : s->machine,
		.mask = mask, .regs = sample->regs_user, .stack = sample->stack, .stack_size = sample->stack_used,
		.generation = (uint64_t)task->space->id << 32 | task->space->generation,
		.find = find_code, .ctx = &walk,
	};
	struct unwind_chain chain = { .max = STACKS_DEPTH, .cfas = s->cfas };
	size_t kernel;

	*cut = false;
	if (!sample->regs_user || !in.machine)
		return false;
	if (!s->unwinder)
		s->unwinder = unwinder_create();
	kernel = kernel_part(sample);
	vec_clear(&s->chain);
	vec_reserve(&s->chain, kernel + 1 + STACKS_DEPTH);
	vec_append(&s->chain, sample->chain, kernel);
	vec_push(&s->chain, PERF_CONTEXT_USER);
	chain.pcs = s->chain.data + s->chain.len;
	unwind(s->unwinder, &in, &chain);
	if (chain.len)
		complete(s, task, &chain);
	s->ends[chain.end]++;
	if (!chain.len)
		return false;
	*cut = chain.end != UNWIND_ROOT;
	sample->chain = s->chain.data;
	sample->chain_len = s->chain.len + chain.len;
	return true;
}
