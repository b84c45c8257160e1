/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/living_stack.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "os/memory.h"

enum {
	MORE = 256 << 10,	/* bytes behind the copied ones */
	COPIED_MAX = 64 << 10,	/* of a sample: its size has 16 bits */
	AGREEING = 2,		/* frames */
	FAILURES_MAX = 3,
};

struct living_stack {
	uint8_t bytes[COPIED_MAX + MORE];
};

struct living_stack *living_stack_create(void)
{
	return xmalloc(sizeof(struct living_stack));
}

void living_stack_destroy(struct living_stack *living)
{
	free(living);
}

/* Is the return address to this frame still where the sample had it: in the frame that it called? */
static bool still_there(const struct living_stack *l, const struct unwind_input *in, const struct unwind_chain *chain,
			uint64_t sp, size_t frame)
{
	const uint8_t word = in->machine->word;
	uint64_t low = frame >= 2 ? chain->cfas[frame - 2] : sp, at = chain->cfas[frame - 1];

	if (low < sp || at > sp + in->stack_size)
		return false;
	while (at >= low + word) {
		uint64_t then = 0;

		at -= word;
		memcpy(&then, in->stack + (at - sp), word);
		if ((then & in->machine->ra_mask) == chain->pcs[frame])
			return !memcmp(l->bytes + (at - sp), in->stack + (at - sp), word);
	}
	return false;
}

static bool agrees(const struct living_stack *l, const struct unwind_input *in, const struct unwind_chain *chain, uint64_t sp)
{
	size_t known = chain->len - chain->by_kernel, n = known > AGREEING ? AGREEING : known - 1;

	for (size_t i = 1; i <= n; i++)
		if (!still_there(l, in, chain, sp, known - i))
			return false;
	return n;
}

bool living_stack_extend(struct living_stack *l, uint32_t pid, const struct unwind_chain *chain, struct unwind_input *in)
{
	uint64_t sp;
	size_t size;

	if (!unwind_register(in, in->machine->sp, &sp) || in->stack_size > COPIED_MAX || chain->len <= chain->by_kernel)
		return false;
	size = memory_read((pid_t)pid, sp, l->bytes, in->stack_size + MORE);
	if (size <= in->stack_size || !agrees(l, in, chain, sp))
		return false;
	memcpy(l->bytes, in->stack, in->stack_size);
	in->stack = l->bytes;
	in->stack_size = size;
	return true;
}

bool living_stack_may_try(struct living_patience *p)
{
	if (!p->pass)
		return true;
	p->pass--;
	return false;
}

void living_stack_tried(struct living_patience *p, bool useful)
{
	p->failures = useful ? 0 : p->failures < FAILURES_MAX ? (uint8_t)(p->failures + 1) : FAILURES_MAX;
	p->pass = (uint8_t)((1u << p->failures) - 1);
}
