/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One step: find the rule for the address, compute the CFA from the stack or
 * frame pointer, read the return address and the caller's frame pointer from
 * the copied bytes. The caller's stack pointer is the CFA.
 *
 * The address that is looked up is not always the one that is reported. A
 * return address points behind its call, and a call that does not return may
 * be the last instruction of its function: so callers are looked up at their
 * address less one. Two frames are not callers and are looked up as they
 * are: the sampled one, and one that a signal interrupted (its callee's rule
 * is marked UNWIND_SIGNAL).
 *
 * Most of a step would be the search for the mapping and the row. But
 * addresses repeat: return addresses are those of call sites, and the hot
 * ones of a program are few hundred. A table of 4,096 addresses, one place
 * each, keeps the rule itself; a hit costs one cache line, a miss the two
 * binary searches and a call of the owner of the mappings.
 *
 * The walk believes nothing. Reads are checked against the copied bytes, and
 * the stack pointer must grow with each caller, which bounds the walk even
 * without a limit on frames. When there is no rule the frame pointer is tried
 * (compilers of other languages, and JIT compilers, often keep it and write
 * no call frame information); what it leads to is believed when it lies
 * further out on the copied stack and returns into code. Else the sampled
 * function may be a leaf of hand-written assembler, with its return address
 * where the call has put it.
 *
 * Where the bytes end, the kernel's own walk may go on: it follows frame
 * pointers through the living stack, wherever that is. Alone it is not to be
 * trusted, for of a function that keeps no frame pointer it makes nonsense or
 * leaves callers out. But the rows tell of each function whether it keeps one:
 * so the two walks are joined at the frame pointer of the last frame, and the
 * kernel's is followed for as long as each function on it keeps its own.
 *
 * Where the walk ends matters as much as what it found: a stack that ends
 * because bytes ran out must not be drawn as if its last function were the
 * program's root. Hence `end`.
 */
#include "unwind/unwind.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "unwind/expression.h"

#define CACHE_BITS 12

struct cached {
	uint64_t address, generation;	/* generation 0: free */
	struct unwind_rule rule;
};

/* Not a real kind of a rule: nothing is mapped there. */
#define NOT_CODE 0xff

struct unwinder {
	struct cached cache[1 << CACHE_BITS];
};

/* The registers of the frame that is stepped. */
struct frame {
	const struct unwind_input *in;
	uint64_t pc, sp, fp, extra;
	bool exact;		/* not a caller: sampled or interrupted at pc */
	bool sampled;		/* the innermost: all registers are known */
	bool extra_known;
	uint64_t base;		/* stack pointer of the sample: address of in->stack[0] */
};

struct unwinder *unwinder_create(void)
{
	return xcalloc(1, sizeof(struct unwinder));
}

void unwinder_destroy(struct unwinder *u)
{
	free(u);
}

void unwinder_forget(struct unwinder *u)
{
	memset(u, 0, sizeof(*u));
}

/* ---- registers and memory of the sample */

bool unwind_register(const struct unwind_input *in, uint8_t reg, uint64_t *value)
{
	uint64_t bit;

	if (reg >= 64)
		return false;
	bit = UINT64_C(1) << reg;
	if (!(in->mask & bit))
		return false;
	*value = in->regs[__builtin_popcountll(in->mask & (bit - 1))];
	return true;
}

static bool load(const struct frame *f, uint64_t address, uint8_t size, uint64_t *value)
{
	uint64_t at = address - f->base;

	if (at >= f->in->stack_size || f->in->stack_size - at < size)
		return false;
	if (size == 8) {
		memcpy(value, f->in->stack + at, 8);
	} else {
		*value = 0;
		memcpy(value, f->in->stack + at, size);
	}
	return true;
}

static bool frame_reg(const struct frame *f, uint64_t reg, uint64_t *value)
{
	const struct unwind_machine *m = f->in->machine;

	if (reg == m->sp)
		*value = f->sp;
	else if (reg == m->fp)
		*value = f->fp;
	else if (reg == m->ip)
		*value = f->pc;
	else if (f->sampled)
		return unwind_register(f->in, (uint8_t)reg, value);
	else if (reg == m->extra && f->extra_known)
		*value = f->extra;
	else
		return false;
	return true;
}

/* ---- rare rules: a value by its rule, whatever it is */

static bool expression_reg(const void *ctx, uint64_t dwarf_reg, uint64_t *value)
{
	const struct frame *f = ctx;

	return frame_reg(f, machine_perf_reg(f->in->machine, dwarf_reg), value);
}

static bool expression_load(const void *ctx, uint64_t address, uint8_t size, uint64_t *value)
{
	return load(ctx, address, size, value);
}

static bool run_expression(const struct frame *f, const struct unwind_rows *rows, const struct cfi_rule *rule,
			   const uint64_t *cfa, uint64_t *value)
{
	const struct expression_frame frame = {
		.ctx = f, .reg = expression_reg, .load = expression_load, .word = f->in->machine->word,
	};

	return expression_run(rows->expressions + rule->expression, rule->expression_size, &frame, cfa, value);
}

/* `same` is the register's value now. False: not known; *cut: for want of stack bytes. */
static bool rare_value(const struct frame *f, const struct unwind_rows *rows, const struct cfi_rule *rule,
		       const uint64_t *cfa, uint64_t same, uint64_t *value, bool *cut)
{
	uint64_t address = 0;

	*cut = false;
	switch (rule->kind) {
	case CFI_SAME:
		*value = same;
		return true;
	case CFI_REGISTER:
		if (!frame_reg(f, rule->reg, value))
			return false;
		*value += (uint64_t)rule->offset;
		return true;
	case CFI_CFA_PLUS:
		*value = *cfa + (uint64_t)rule->offset;
		return true;
	case CFI_EXPRESSION:
		return run_expression(f, rows, rule, cfa, value);
	case CFI_AT_CFA:
		address = *cfa + (uint64_t)rule->offset;
		break;
	case CFI_AT_EXPRESSION:
		if (!run_expression(f, rows, rule, cfa, &address))
			return false;
		break;
	case CFI_UNDEFINED:
		return false;
	}
	*cut = !load(f, address, f->in->machine->word, value);
	return !*cut;
}

enum step { STEP_DONE, STEP_CUT, STEP_LOST, STEP_CORRUPT };

/* Is the return address in the link register? A caller has returned into itself: there it is long gone. */
static inline bool in_link_register(const struct frame *f)
{
	return f->in->machine->link != MACHINE_NO_REG && f->exact && f->extra_known;
}

/* The frame's caller, by a rule of which nothing was left out. */
static enum step step_rare(struct frame *f, const struct unwind_rows *rows, const struct unwind_rule *rule,
			   uint64_t *cfa_out)
{
	const struct unwind_rare *rare = &rows->rare[rule->rare];
	uint64_t cfa, ra, fp, extra = 0;
	bool cut, extra_known;

	if (!rare_value(f, rows, &rare->cfa, NULL, 0, &cfa, &cut))
		return STEP_LOST;
	if (rare->ra.kind == CFI_SAME && !in_link_register(f))
		return STEP_LOST;
	if (!rare_value(f, rows, &rare->ra, &cfa, f->extra, &ra, &cut))
		return cut ? STEP_CUT : STEP_LOST;
	if (!rare_value(f, rows, &rare->fp, &cfa, f->fp, &fp, &cut))
		return cut ? STEP_CUT : STEP_LOST;
	extra_known = rare_value(f, rows, &rare->extra, &cfa, f->extra, &extra, &cut) &&
		      (rare->extra.kind != CFI_SAME || f->extra_known);
	f->pc = ra;
	f->fp = fp;
	f->extra = extra;
	f->extra_known = extra_known;
	*cfa_out = cfa;
	return STEP_DONE;
}

/*
 * Has the register saved at the address been popped? Epilogues pop one by
 * one, and compilers do not say so: the rule still names the slot, which lies
 * below the stack pointer by then, and the register has its value again.
 */
static inline bool popped(const struct frame *f, uint64_t address)
{
	return address < f->sp;
}

/* By a plain rule: the path of nearly all steps. */
static inline enum step step_plain(struct frame *f, const struct unwind_rule *rule, uint64_t *cfa_out)
{
	const uint8_t word = f->in->machine->word;
	uint64_t cfa = (rule->kind == UNWIND_SP ? f->sp : f->fp) + (uint64_t)(int64_t)rule->cfa;
	uint64_t pc = f->extra;

	if (rule->flags & UNWIND_RA_LINK) {
		if (!in_link_register(f))
			return STEP_CORRUPT;
	} else if (!load(f, cfa + (uint64_t)(int64_t)rule->ra, word, &pc)) {
		return STEP_CUT;
	}
	uint64_t fp_at = cfa + (uint64_t)(int64_t)rule->fp, extra_at = cfa + (uint64_t)(int64_t)rule->extra;
	if (rule->fp && !popped(f, fp_at) && !load(f, fp_at, word, &f->fp))
		return STEP_CUT;
	if (rule->extra && !popped(f, extra_at))
		f->extra_known = load(f, extra_at, word, &f->extra);
	f->pc = pc;
	*cfa_out = cfa;
	return STEP_DONE;
}

/* ---- what is known of an address */

/* The rule at the address of the frame, and for a rare one its rows. */
static struct unwind_rule find_rule(struct unwinder *u, const struct frame *f, const struct unwind_rows **rows)
{
	const struct unwind_input *in = f->in;
	uint64_t address = f->exact ? f->pc : f->pc - 1;
	struct cached *c = &u->cache[hash_mix(in->generation, address) >> (64 - CACHE_BITS)];
	struct unwind_code code = { 0 };

	if (__builtin_expect(c->address == address && c->generation == in->generation && c->rule.kind != UNWIND_RARE, 1))
		return c->rule;
	c->address = address;
	c->generation = in->generation;
	c->rule = (struct unwind_rule){ .kind = NOT_CODE };
	if (in->find(in->ctx, address, &code)) {
		c->rule.kind = UNWIND_NONE;
		if (code.rows && code.rows->machine == in->machine)
			c->rule = *unwind_rows_find(code.rows, address - code.bias);
		*rows = code.rows;
	}
	return c->rule;
}

/* What is known of the function that a return address lies in: enum unwind_kind, or NOT_CODE. */
static uint8_t kind_at(struct unwinder *u, const struct frame *f, uint64_t pc)
{
	struct frame caller = { .in = f->in, .pc = pc };
	const struct unwind_rows *rows;

	return find_rule(u, &caller, &rows).kind;
}

/* By the frame pointer: it points to the caller's frame pointer, with the return address behind it. */
static enum step step_guessed(struct unwinder *u, struct frame *f, uint64_t *cfa_out)
{
	const uint8_t word = f->in->machine->word;
	uint64_t fp, pc;

	if (f->fp < f->sp || f->fp % word)
		return STEP_LOST;
	if (!load(f, f->fp, word, &fp) || !load(f, f->fp + word, word, &pc))
		return f->fp - f->base < f->in->stack_size + (UINT64_C(8) << 20) ? STEP_CUT : STEP_LOST;
	pc &= f->in->machine->ra_mask;
	if (pc && kind_at(u, f, pc) == NOT_CODE)
		return STEP_LOST;
	*cfa_out = f->fp + 2 * word;
	f->pc = pc;
	f->fp = fp;
	f->extra_known = false;
	return STEP_DONE;
}

/* As a leaf that touches no register of its callers: the return address is at the stack pointer, or in the link register. */
static enum step step_leaf(struct unwinder *u, struct frame *f, uint64_t *cfa_out)
{
	const struct unwind_machine *m = f->in->machine;
	uint64_t pc = f->extra;
	uint8_t kind;

	if (m->link == MACHINE_NO_REG ? !load(f, f->sp, m->word, &pc) : !in_link_register(f))
		return STEP_LOST;
	pc &= m->ra_mask;
	kind = kind_at(u, f, pc);
	if (kind == NOT_CODE || kind == UNWIND_NONE)
		return STEP_LOST;
	*cfa_out = f->sp + (m->link == MACHINE_NO_REG ? m->word : 0);
	f->pc = pc;
	return STEP_DONE;
}

/*
 * Is the stack as the kernel makes it for a new program: the number of
 * arguments, pointers to them further out, and a null pointer behind? The
 * entry of the dynamic linker has no rows that would say it is the outermost.
 */
static bool at_program_start(const struct frame *f)
{
	const uint8_t word = f->in->machine->word;
	uint64_t n, first, end;

	return load(f, f->sp, word, &n) && n && n < f->in->stack_size / word && load(f, f->sp + word, word, &first) &&
	       first > f->sp && load(f, f->sp + (n + 1) * word, word, &end) && !end;
}

/* Without a rule. *end is why where there is no caller, and else left as it is. */
static bool step_without_rule(struct unwinder *u, struct frame *f, uint8_t kind, uint64_t *cfa, enum unwind_end *end)
{
	enum step done = step_guessed(u, f, cfa);

	if (done == STEP_LOST && f->sampled)
		done = step_leaf(u, f, cfa);
	if (done == STEP_DONE)
		return true;
	if (done == STEP_CUT)
		*end = UNWIND_CUT;
	else if ((!f->fp && !f->sampled) || at_program_start(f))	/* a frame pointer of 0 is the ABI's mark of the outermost frame */
		*end = UNWIND_ROOT;
	else
		*end = kind == NOT_CODE ? UNWIND_NO_CODE : UNWIND_NO_RULE;
	return false;
}

/* ---- beyond the copied bytes: what the kernel found by frame pointers */

/*
 * Does the function keep a frame pointer where this rule is in force: does it
 * point to the caller's, with the return address behind? On aarch64 rows are
 * based on the stack pointer though x29 is the same by then, as the procedure
 * call standard has it; on x86 such a row says that a register was saved.
 */
static bool keeps_frame_pointer(const struct unwind_machine *m, const struct unwind_rule *rule)
{
	if (rule->kind == UNWIND_NONE)		/* the guess of step_guessed */
		return true;
	if (rule->kind != UNWIND_FP && (rule->kind != UNWIND_SP || m->link == MACHINE_NO_REG))
		return false;
	return rule->fp && rule->ra && rule->cfa + rule->fp == 0 && rule->cfa + rule->ra == m->word;
}

/*
 * Where in the kernel's walk the frame is that has this frame's pointer; its
 * caller is the entry behind. fp_len: it did not come by.
 *
 * A kernel that samples in an NMI within a system call does not report the
 * frame pointer (it is -1), but walks by it. While nobody has restored
 * another, -1 stands for the right one here, too.
 */
static size_t place_in_kernels_walk(const struct frame *f)
{
	const struct unwind_input *in = f->in;
	const uint8_t word = in->machine->word;
	uint64_t fp, pc;
	size_t at = 0;

	if (!unwind_register(in, in->machine->fp, &fp))
		return in->fp_len;
	for (; fp != f->fp; at++)
		if (at + 1 >= in->fp_len || !load(f, fp + word, word, &pc) || !load(f, fp, word, &fp) ||
		    (pc & in->machine->ra_mask) != in->fp_chain[at + 1])
			return in->fp_len;
	return at;
}

/* The frame is the chain's last; its caller lies behind the copied bytes. */
static void follow_kernels_walk(struct unwinder *u, const struct frame *f, struct unwind_chain *chain)
{
	const struct unwind_input *in = f->in;
	const struct unwind_rows *rows;
	struct frame frame = *f;
	struct unwind_rule rule = find_rule(u, &frame, &rows);
	size_t at = place_in_kernels_walk(f);

	if (rule.kind == UNWIND_SP && f->sp != f->fp)
		return;
	while (at + 1 < in->fp_len && chain->len < chain->max && keeps_frame_pointer(in->machine, &rule)) {
		frame = (struct frame){ .in = in, .pc = in->fp_chain[++at] };
		chain->guessed += rule.kind == UNWIND_NONE;
		rule = find_rule(u, &frame, &rows);
		if (rule.kind == NOT_CODE)
			return;
		if (chain->cfas)
			chain->cfas[chain->len - 1] = 0;
		chain->pcs[chain->len++] = frame.pc;
		chain->by_kernel++;
		if (rule.kind == UNWIND_OUTERMOST)
			chain->end = UNWIND_ROOT;
	}
}

/* ---- the walk */

static bool first_frame(const struct unwind_input *in, struct frame *f)
{
	const struct unwind_machine *m = in->machine;

	*f = (struct frame){ .in = in, .exact = true, .sampled = true };
	if (!unwind_register(in, m->ip, &f->pc))
		return false;
	unwind_register(in, m->fp, &f->fp);
	f->extra_known = unwind_register(in, m->extra, &f->extra);
	if (!unwind_register(in, m->sp, &f->sp))
		f->in = NULL;	/* the address alone */
	f->base = f->sp;
	return true;
}

/* The frame becomes its caller's; false with *end when there is none. */
static inline bool step(struct unwinder *u, struct frame *f, struct unwind_chain *chain, enum unwind_end *end)
{
	const struct unwind_rows *rows = NULL;
	const struct unwind_rule rule = find_rule(u, f, &rows);
	uint64_t cfa = 0;
	enum step done;

	if (__builtin_expect(rule.kind == UNWIND_SP || rule.kind == UNWIND_FP, 1)) {
		done = step_plain(f, &rule, &cfa);
	} else if (rule.kind == UNWIND_OUTERMOST) {
		*end = UNWIND_ROOT;
		return false;
	} else if (rule.kind == UNWIND_RARE) {
		done = step_rare(f, rows, &rule, &cfa);
	} else if (rule.kind == NOT_CODE && !f->sampled) {
		*end = UNWIND_NO_CODE;
		return false;
	} else {
		if (!step_without_rule(u, f, rule.kind, &cfa, end))
			return false;
		done = STEP_DONE;
		chain->guessed++;
	}
	if (done != STEP_DONE) {
		*end = done == STEP_CUT ? UNWIND_CUT : done == STEP_LOST ? UNWIND_LOST : UNWIND_CORRUPT;
		return false;
	}
	/* A leaf may have no frame at all where calls do not push; a signal may have come on another stack. */
	if (cfa < f->sp + !f->exact && !(rule.flags & UNWIND_SIGNAL)) {
		*end = UNWIND_CORRUPT;
		return false;
	}
	if (rule.flags & UNWIND_RA_SIGNED || f->in->machine->word == 4)
		f->pc &= f->in->machine->ra_mask;
	f->sp = cfa;
	f->sampled = false;
	f->exact = rule.flags & UNWIND_SIGNAL;
	if (!f->exact && f->in->machine->link != MACHINE_NO_REG)
		f->extra_known = false;
	if (!f->pc) {
		*end = UNWIND_ROOT;
		return false;
	}
	return true;
}

void unwind(struct unwinder *u, const struct unwind_input *in, struct unwind_chain *chain)
{
	struct frame f;

	chain->len = chain->guessed = chain->by_kernel = 0;
	chain->sp = chain->fp = chain->first_sp = 0;
	chain->end = UNWIND_LOST;
	if (!first_frame(in, &f))
		return;
	chain->first_sp = f.sp;
	chain->end = UNWIND_FULL;
	while (chain->len < chain->max) {
		chain->pcs[chain->len++] = f.pc;
		chain->sp = f.sp;
		chain->fp = f.fp;
		if (!f.in) {
			chain->end = UNWIND_LOST;
			return;
		}
		if (!step(u, &f, chain, &chain->end))
			break;
		if (chain->cfas)
			chain->cfas[chain->len - 1] = f.sp;
	}
	if (chain->end == UNWIND_CUT && in->fp_len)
		follow_kernels_walk(u, &f, chain);
	/* An address where nothing is mapped was not a return address. */
	if (chain->end == UNWIND_NO_CODE && chain->len > 1)
		chain->len--;
}

bool unwind_find_in_maps(void *ctx, uint64_t address, struct unwind_code *code)
{
	const struct unwind_maps *maps = ctx;
	size_t low = 0, high = maps->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (maps->maps[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == maps->n || address < maps->maps[low].start)
		return false;
	*code = maps->maps[low].code;
	return true;
}

const char *unwind_end_name(enum unwind_end end)
{
	static const char *const names[UNWIND_ENDS] = {
		[UNWIND_ROOT] = "root", [UNWIND_CUT] = "cut", [UNWIND_NO_RULE] = "no rule", [UNWIND_NO_CODE] = "no code",
		[UNWIND_CORRUPT] = "corrupt", [UNWIND_LOST] = "lost", [UNWIND_FULL] = "full",
	};

	return end < UNWIND_ENDS ? names[end] : "?";
}
