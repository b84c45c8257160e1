/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A user stack from the registers and the stack bytes of one sample
 * (PERF_SAMPLE_REGS_USER, PERF_SAMPLE_STACK_USER). Nothing else of the
 * process is read. The essay is in unwind.c.
 */
#ifndef PTK_UNWIND_UNWIND_H
#define PTK_UNWIND_UNWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "unwind/machine.h"
#include "unwind/rows.h"

/* What is mapped at an address of the task. */
struct unwind_code {
	const struct unwind_rows *rows;	/* NULL: none (JIT code, an image without call frame information) */
	uint64_t bias;			/* the task's address less the image's */
};

/*
 * Who knows the task's mappings. False: nothing that could be executed is
 * there. Called once for each new address of a generation, so it may take
 * its time (open an image, compile rows).
 */
typedef bool unwind_find(void *ctx, uint64_t address, struct unwind_code *code);

struct unwind_input {
	const struct unwind_machine *machine;
	uint64_t mask;			/* attr.sample_regs_user */
	const uint64_t *regs;		/* one for each bit, in bit order */
	const uint8_t *stack;		/* bytes from the stack pointer up */
	size_t stack_size;		/* how many the kernel really copied (its dyn_size) */
	/*
	 * What the kernel found by frame pointers, or nothing: the sampled address, then return addresses. It could
	 * read beyond the copied bytes.
	 */
	const uint64_t *fp_chain;
	size_t fp_len;
	uint64_t generation;		/* of the mappings: an address means one thing within one generation; not 0 */
	unwind_find *find;
	void *ctx;
};

/* Why a walk ended. */
enum unwind_end {
	UNWIND_ROOT,		/* at the outermost frame: the stack is whole */
	UNWIND_CUT,		/* the caller's frame is behind the bytes that were copied */
	UNWIND_NO_RULE,		/* code without rows, and no chain of frame pointers */
	UNWIND_NO_CODE,		/* a return address where no code is mapped */
	UNWIND_CORRUPT,		/* the stack does not grow from frame to frame */
	UNWIND_LOST,		/* a rule needs a register that was not sampled or not saved */
	UNWIND_FULL,		/* more frames than there was room for */
	UNWIND_ENDS,
};

struct unwind_chain {
	/* Given by the caller: room for `max` frames. */
	uint64_t *pcs;		/* the sampled address, then return addresses, outwards */
	uint64_t *cfas;		/* or NULL: of each frame but the last the stack pointer of its caller; 0: not known */
	size_t max;
	/* Filled. */
	size_t len;
	size_t guessed;		/* frames that were found by their frame pointer, for want of rows */
	size_t by_kernel;	/* the last so many frames are from fp_chain */
	enum unwind_end end;
	uint64_t sp, fp;	/* of the last frame in `pcs` */
	uint64_t first_sp;	/* of the sampled one */
};

/* A sampled register, by the kernel's number; false: it was not sampled. */
bool unwind_register(const struct unwind_input *in, uint8_t reg, uint64_t *value);

/* Remembers addresses from walk to walk. One belongs to one thread. */
struct unwinder;

struct unwinder *unwinder_create(void);
void unwinder_destroy(struct unwinder *unwinder);
/* Before rows that walks have used are destroyed. */
void unwinder_forget(struct unwinder *unwinder);

/* Walks one stack. There is always the sampled address, unless the sample has no instruction pointer (len 0, UNWIND_LOST). */
void unwind(struct unwinder *unwinder, const struct unwind_input *in, struct unwind_chain *chain);

/* For messages and tests: "root", "cut" … */
const char *unwind_end_name(enum unwind_end end);

/* Mappings in an array sorted by start, none overlapping: a ready-made unwind_find, its ctx a struct unwind_maps. */
struct unwind_map {
	uint64_t start, end;
	struct unwind_code code;
};
struct unwind_maps {
	const struct unwind_map *maps;
	size_t n;
};
unwind_find unwind_find_in_maps;

#endif
