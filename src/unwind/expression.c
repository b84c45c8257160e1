/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unwind/expression.h"

#include <dwarf.h>
#include <string.h>

#include "elf/cfi.h"

#define DEPTH_MAX 16

struct machine {
	uint64_t stack[DEPTH_MAX];
	unsigned int depth;
	const uint8_t *p, *end;
	bool bad;
};

static void push(struct machine *m, uint64_t v)
{
	if (m->depth == DEPTH_MAX)
		m->bad = true;
	else
		m->stack[m->depth++] = v;
}

static uint64_t pop(struct machine *m)
{
	if (!m->depth) {
		m->bad = true;
		return 0;
	}
	return m->stack[--m->depth];
}

/* The value `n` below the top. */
static uint64_t peek(struct machine *m, unsigned int n)
{
	if (n >= m->depth) {
		m->bad = true;
		return 0;
	}
	return m->stack[m->depth - 1 - n];
}

static uint64_t constant(struct machine *m, size_t size, bool is_signed)
{
	uint64_t v = 0;
	unsigned int unused = (unsigned int)(8 - size) * 8;

	if ((size_t)(m->end - m->p) < size) {
		m->bad = true;
		return 0;
	}
	memcpy(&v, m->p, size);
	m->p += size;
	return is_signed ? (uint64_t)((int64_t)(v << unused) >> unused) : v;
}

static uint64_t uleb(struct machine *m)
{
	uint64_t v = 0;

	m->bad |= !cfi_uleb(&m->p, m->end, &v);
	return v;
}

static uint64_t sleb(struct machine *m)
{
	int64_t v = 0;

	m->bad |= !cfi_sleb(&m->p, m->end, &v);
	return (uint64_t)v;
}

static void push_register(struct machine *m, const struct expression_frame *f, uint64_t reg, uint64_t offset)
{
	uint64_t v = 0;

	m->bad |= !f->reg(f->ctx, reg, &v);
	push(m, v + offset);
}

static void push_loaded(struct machine *m, const struct expression_frame *f, uint64_t address, uint8_t size)
{
	uint64_t v = 0;

	if (!size || size > 8 || !f->load(f->ctx, address, size, &v))
		m->bad = true;
	push(m, v);
}

static uint64_t binary(struct machine *m, uint8_t op, uint64_t a, uint64_t b)
{
	switch (op) {
	case DW_OP_and:
		return a & b;
	case DW_OP_or:
		return a | b;
	case DW_OP_xor:
		return a ^ b;
	case DW_OP_plus:
		return a + b;
	case DW_OP_minus:
		return a - b;
	case DW_OP_mul:
		return a * b;
	case DW_OP_shl:
		return b < 64 ? a << b : 0;
	case DW_OP_shr:
		return b < 64 ? a >> b : 0;
	case DW_OP_shra:
		return (uint64_t)((int64_t)a >> (b < 64 ? b : 63));
	case DW_OP_eq:
		return a == b;
	case DW_OP_ne:
		return a != b;
	case DW_OP_lt:
		return (int64_t)a < (int64_t)b;
	case DW_OP_le:
		return (int64_t)a <= (int64_t)b;
	case DW_OP_gt:
		return (int64_t)a > (int64_t)b;
	case DW_OP_ge:
		return (int64_t)a >= (int64_t)b;
	default:
		m->bad = true;
		return 0;
	}
}

static void run_constant(struct machine *m, uint8_t op)
{
	switch (op) {
	case DW_OP_const1u:
	case DW_OP_const1s:
		push(m, constant(m, 1, op == DW_OP_const1s));
		break;
	case DW_OP_const2u:
	case DW_OP_const2s:
		push(m, constant(m, 2, op == DW_OP_const2s));
		break;
	case DW_OP_const4u:
	case DW_OP_const4s:
		push(m, constant(m, 4, op == DW_OP_const4s));
		break;
	case DW_OP_const8u:
	case DW_OP_const8s:
		push(m, constant(m, 8, false));
		break;
	case DW_OP_constu:
		push(m, uleb(m));
		break;
	case DW_OP_consts:
		push(m, sleb(m));
		break;
	}
}

static void run_stack(struct machine *m, uint8_t op)
{
	uint64_t a, b, c;

	switch (op) {
	case DW_OP_dup:
		push(m, peek(m, 0));
		break;
	case DW_OP_drop:
		pop(m);
		break;
	case DW_OP_over:
		push(m, peek(m, 1));
		break;
	case DW_OP_pick:
		push(m, peek(m, (unsigned int)constant(m, 1, false)));
		break;
	case DW_OP_swap:
		a = pop(m), b = pop(m);
		push(m, a), push(m, b);
		break;
	case DW_OP_rot:
		a = pop(m), b = pop(m), c = pop(m);
		push(m, a), push(m, c), push(m, b);
		break;
	}
}

static void run_one(struct machine *m, const struct expression_frame *f, uint8_t op)
{
	uint64_t a, b;

	switch (op) {
	case DW_OP_lit0 ... DW_OP_lit31:
		push(m, op - DW_OP_lit0);
		break;
	case DW_OP_breg0 ... DW_OP_breg31:
		push_register(m, f, op - DW_OP_breg0, sleb(m));
		break;
	case DW_OP_bregx:
		a = uleb(m);
		push_register(m, f, a, sleb(m));
		break;
	case DW_OP_const1u ... DW_OP_consts:
		run_constant(m, op);
		break;
	case DW_OP_dup ... DW_OP_pick:
	case DW_OP_swap:
	case DW_OP_rot:
		run_stack(m, op);
		break;
	case DW_OP_deref:
		push_loaded(m, f, pop(m), f->word);
		break;
	case DW_OP_deref_size:
		a = pop(m);
		push_loaded(m, f, a, (uint8_t)constant(m, 1, false));
		break;
	case DW_OP_plus_uconst:
		a = pop(m);
		push(m, a + uleb(m));
		break;
	case DW_OP_neg:
		push(m, -pop(m));
		break;
	case DW_OP_not:
		push(m, ~pop(m));
		break;
	case DW_OP_nop:
		break;
	default:
		b = pop(m), a = pop(m);
		push(m, binary(m, op, a, b));
	}
}

bool expression_run(const uint8_t *bytes, size_t size, const struct expression_frame *frame,
		    const uint64_t *first, uint64_t *result)
{
	struct machine m = { .p = bytes, .end = bytes + size };

	if (first)
		push(&m, *first);
	while (m.p < m.end && !m.bad) {
		uint8_t op = *m.p++;

		run_one(&m, frame, op);
	}
	*result = peek(&m, 0);
	return !m.bad;
}
