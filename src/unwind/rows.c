/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Call frame information is a program for each function: "after this
 * instruction the frame is 16 bytes larger, after that one rbx is saved at
 * CFA - 24". It is made to be small, not to be quick. To step one frame an
 * unwinder of exceptions looks the function up, finds its CIE, and runs both
 * programs up to the address: 500 ns and more. A profiler does that for every
 * frame of every sample, and for the same few thousand addresses again and
 * again.
 *
 * So the programs are run once, to their ends, and what they say is written
 * down as rows: from this address on, this rule. Three things make that
 * small:
 *
 *  - Of the rules only those are kept that matter for finding callers: the
 *    CFA, the return address, the frame pointer, and one more register that
 *    the dynamic linker bases a CFA on (machine->extra). Instructions about
 *    other registers make no rows.
 *  - Rules repeat. A compiler's frames are "sp + 16" to "sp + a few hundred";
 *    libLLVM's 860,000 rows have some thousand distinct rules. A row is its
 *    start and the number of its rule, 8 bytes.
 *  - Neighbours with one rule are one row, across functions too.
 *
 * A rule that compilers make every day (CFA by sp or fp, the rest at CFA plus
 * a small offset) is one struct of 16 bytes, tested by one byte. What does
 * not fit it is `rare`, kept whole with its expressions: PLT stubs, signal
 * trampolines, realigned stacks, hand-written assembler. They are stepped all
 * the same, by an interpreter of the operations that frames have use for
 * (unwind/expression.h). Of the 20 million rows of the 2,400 images of a Debian
 * installation 47,000 are rare, and there is none that could not be expressed:
 * so there is no second unwinder behind this one.
 *
 * Looking up is a division of the covered range into equal slots, about one
 * for four rows: slot, then a binary search between two neighbours, two or
 * three steps. A search of the whole table would be twenty, each a cache
 * miss.
 *
 * Gaps between functions shorter than a function's alignment are padding and
 * take the rule before them; longer ones are code of which nothing is known,
 * and get a row that says so: a wrong rule there would be worse than none.
 */
#include "unwind/rows.h"

#include <dwarf.h>
#include <string.h>

#include "base/hash.h"
#include "elf/image.h"

enum { SLOT_RA, SLOT_FP, SLOT_EXTRA, SLOTS };

#define PADDING 16

/* Real images have a few kinds of rare rules, with expressions of a dozen bytes; these bound what a hostile one costs. */
#define EXPRESSION_MAX 64
#define RARE_MAX 65536

#define RECENT_BITS 8

struct compile {
	struct unwind_rows *rows;
	const struct cfi *cfi;
	struct cfi_columns calls, signals;	/* a signal's frame has the link register beside the return address */
	const struct cfi_section *section;	/* of the function that is run */
	bool signal_frame;
	VEC(struct unwind_row) out;
	VEC(struct unwind_rule) rules;
	VEC(struct unwind_rare) rare;
	VEC(uint8_t) expressions;
	struct idtable known;
	struct numbered {			/* in front of it, by hash: most rules are one of some dozen */
		struct rule_key { uint64_t low, high; } key;
		uint32_t id;
	} recent[1 << RECENT_BITS];
	uint64_t end;				/* where the last row ends */
};

/* ---- rules */

static bool equal_rule(const void *ctx, uint32_t id, const void *key)
{
	const struct compile *c = ctx;

	return !memcmp(&c->rules.data[id], key, sizeof(struct unwind_rule));
}

/*
 * A rule as two numbers. Rules on their way here are passed by value: that
 * they stay in registers is a quarter of the time for all rows.
 */
static inline struct rule_key rule_key(struct unwind_rule r)
{
	return (struct rule_key){
		(uint32_t)r.cfa | (uint64_t)(uint16_t)r.ra << 32 | (uint64_t)(uint16_t)r.fp << 48,
		(uint16_t)r.extra | (uint64_t)r.kind << 16 | (uint64_t)r.flags << 24 | (uint64_t)r.rare << 32,
	};
}

static inline uint64_t hash_key(struct rule_key key)
{
	return hash_mix(key.low, key.high);
}

static uint32_t add_rule(struct compile *c, struct unwind_rule rule, uint64_t hash)
{
	uint32_t id = idtable_find(&c->known, hash, equal_rule, c, &rule);

	if (id == NO_ID) {
		id = (uint32_t)c->rules.len;
		vec_push(&c->rules, rule);
		idtable_add(&c->known, hash, id);
	}
	return id;
}

static inline uint32_t rule_id(struct compile *c, struct unwind_rule rule)
{
	struct rule_key key = rule_key(rule);
	uint64_t hash = hash_key(key);
	struct numbered *recent = &c->recent[hash >> (64 - RECENT_BITS)];

	if (recent->key.low != key.low || recent->key.high != key.high)		/* unused ones are rule 0, as it is */
		*recent = (struct numbered){ .key = key, .id = add_rule(c, rule, hash) };
	return recent->id;
}

/*
 * A caller's register that is lost is as good as one that is kept: whoever
 * needs it has no rule that says so.
 */
static inline bool is_same(const struct cfi_rule *rule)
{
	return rule->kind == CFI_SAME || rule->kind == CFI_UNDEFINED;
}

/* Saved at CFA + a small offset that is not 0, or the same: what a plain rule can say. */
static inline bool plain_slot(const struct cfi_rule *rule, int16_t *offset)
{
	*offset = 0;
	if (is_same(rule))
		return true;
	if (rule->kind != CFI_AT_CFA || !rule->offset || rule->offset != (int16_t)rule->offset)
		return false;
	*offset = (int16_t)rule->offset;
	return true;
}

static inline bool plain_cfa(const struct unwind_machine *m, const struct cfi_rule *cfa, struct unwind_rule *rule)
{
	uint8_t reg = machine_perf_reg(m, cfa->reg);

	if (cfa->kind != CFI_REGISTER || cfa->offset != (int32_t)cfa->offset)
		return false;
	rule->cfa = (int32_t)cfa->offset;
	rule->kind = reg == m->sp ? UNWIND_SP : UNWIND_FP;
	return reg == m->sp || reg == m->fp;
}

/* Where the return address is: in memory, or, of a machine that has one, in the link register. */
static inline bool plain_ra(const struct unwind_machine *m, const struct cfi_rule *ra, struct unwind_rule *rule)
{
	if (!plain_slot(ra, &rule->ra))
		return false;
	if (ra->kind != CFI_SAME)
		return true;
	rule->flags |= UNWIND_RA_LINK;
	return m->link != MACHINE_NO_REG;
}

/*
 * On aarch64 the header of a PLT pushes 16 bytes, the return address their
 * upper half, and jumps to the dynamic linker's resolver. That one's call
 * frame information counts from there: the return address is at CFA + 8, and
 * the caller's stack pointer is not the CFA, but behind what was pushed; or,
 * where that is popped again, the return address is in its register.
 */
static inline void count_pushed(const struct unwind_machine *m, struct unwind_rule *rule)
{
	enum { PUSHED = 16 };

	if (m->link == MACHINE_NO_REG || rule->ra != PUSHED - m->word || rule->cfa > INT32_MAX - PUSHED)
		return;
	rule->cfa += PUSHED;
	rule->ra = (int16_t)(rule->ra - PUSHED);
	if (rule->fp)
		rule->fp = (int16_t)(rule->fp - PUSHED);
	if (rule->kind == UNWIND_SP && rule->cfa + rule->ra < 0) {
		rule->ra = 0;
		rule->flags |= UNWIND_RA_LINK;
	}
}

static inline bool plain_rule(const struct unwind_machine *m, const struct cfi_row *row, struct unwind_rule *rule)
{
	if (row->slots[SLOT_RA].kind == CFI_UNDEFINED) {
		rule->kind = UNWIND_OUTERMOST;
		return true;
	}
	if (!plain_cfa(m, &row->cfa, rule) || !plain_ra(m, &row->slots[SLOT_RA], rule) ||
	    !plain_slot(&row->slots[SLOT_FP], &rule->fp) || !plain_slot(&row->slots[SLOT_EXTRA], &rule->extra))
		return false;
	count_pushed(m, rule);
	return true;
}

/* "register N + offset", the most frequent expression by far, needs no interpreter. */
static bool is_register_plus(const uint8_t *bytes, uint32_t size, uint32_t *reg, int64_t *offset)
{
	const uint8_t *p = bytes + 1, *end = bytes + size;

	if (size < 2 || *bytes < DW_OP_breg0 || *bytes > DW_OP_breg31)
		return false;
	*reg = (uint32_t)(*bytes - DW_OP_breg0);
	return cfi_sleb(&p, end, offset) && p == end;
}

/* The same rule with the kernel's register numbers, its expression kept in the table. False: no rule can be made of it. */
static bool rare_part(struct compile *c, const struct cfi_rule *from, struct cfi_rule *to)
{
	const uint8_t *bytes = c->section->bytes + from->expression;

	*to = *from;
	if (from->kind == CFI_REGISTER)
		to->reg = machine_perf_reg(c->rows->machine, from->reg);
	if (from->kind == CFI_REGISTER && to->reg == MACHINE_NO_REG)
		return false;
	if (from->kind != CFI_EXPRESSION && from->kind != CFI_AT_EXPRESSION)
		return true;
	if (!from->expression_size || from->expression_size > EXPRESSION_MAX)
		return false;
	to->expression = (uint32_t)c->expressions.len;
	vec_append(&c->expressions, bytes, from->expression_size);
	if (from->kind == CFI_EXPRESSION && is_register_plus(bytes, from->expression_size, &to->reg, &to->offset)) {
		to->reg = machine_perf_reg(c->rows->machine, to->reg);
		to->kind = CFI_REGISTER;
		return to->reg != MACHINE_NO_REG;
	}
	return true;
}

static bool rare_kept(struct compile *c, const struct cfi_rule *from, struct cfi_rule *to)
{
	bool possible = rare_part(c, from, to);

	if (to->kind == CFI_UNDEFINED)
		to->kind = CFI_SAME;
	return possible;
}

static bool same_part(const struct compile *c, const struct cfi_rule *a, const struct cfi_rule *b)
{
	return a->kind == b->kind && a->reg == b->reg && a->offset == b->offset &&
	       a->expression_size == b->expression_size &&
	       (!a->expression_size || !memcmp(c->expressions.data + a->expression, c->expressions.data + b->expression,
					       a->expression_size));
}

/* Of UNWIND_NONE where no rule can be made. Rare rules come in runs of the same one: it is enough to compare with the last. */
static struct unwind_rule rare_rule(struct compile *c, const struct cfi_row *row)
{
	struct unwind_rare rare;
	size_t expressions = c->expressions.len;

	if (c->rare.len == RARE_MAX || !rare_part(c, &row->cfa, &rare.cfa) ||
	    !rare_part(c, &row->slots[SLOT_RA], &rare.ra) || !rare_kept(c, &row->slots[SLOT_FP], &rare.fp) ||
	    !rare_kept(c, &row->slots[SLOT_EXTRA], &rare.extra)) {
		c->expressions.len = expressions;
		return (struct unwind_rule){ .kind = UNWIND_NONE };
	}
	if (c->rare.len) {
		const struct unwind_rare *last = &vec_last(&c->rare);

		if (same_part(c, &last->cfa, &rare.cfa) && same_part(c, &last->ra, &rare.ra) &&
		    same_part(c, &last->fp, &rare.fp) && same_part(c, &last->extra, &rare.extra)) {
			c->expressions.len = expressions;
			return (struct unwind_rule){ .kind = UNWIND_RARE, .rare = (uint32_t)c->rare.len - 1 };
		}
	}
	vec_push(&c->rare, rare);
	return (struct unwind_rule){ .kind = UNWIND_RARE, .rare = (uint32_t)c->rare.len - 1 };
}

/* ---- rows */

/* Rows come in rising order. One that begins where the last did replaces it. */
static void add_row(struct compile *c, uint64_t address, uint32_t rule)
{
	uint64_t start = address - c->rows->base;

	if (start > UINT32_MAX)
		return;
	if (c->out.len && vec_last(&c->out).start == start)
		vec_last(&c->out).rule = rule;
	else if (!c->out.len || vec_last(&c->out).rule != rule)
		vec_push(&c->out, (struct unwind_row){ .start = (uint32_t)start, .rule = rule });
}

static void emit(void *ctx, uint64_t start, uint64_t end, const struct cfi_row *row)
{
	struct compile *c = ctx;
	struct unwind_rule rule = { 0 };

	if (!plain_rule(c->rows->machine, row, &rule)) {
		rule = rare_rule(c, row);
		c->rows->rare_stretches += rule.kind == UNWIND_RARE;
		c->rows->unexpressed += rule.kind == UNWIND_NONE;
	}
	if (rule.kind != UNWIND_NONE) {
		rule.flags |= c->signal_frame ? UNWIND_SIGNAL : 0;
		rule.flags |= row->ra_signed ? UNWIND_RA_SIGNED : 0;
	}
	add_row(c, start, rule_id(c, rule));
	c->end = end;
}

/* Which registers an entry is read for; NULL: its return address is where none can be. */
static const struct cfi_columns *columns_for(const struct compile *c, const struct cfi_cie *cie)
{
	if (cie->ra == c->rows->machine->ra_column)
		return &c->calls;
	return cie->signal_frame && machine_perf_reg(c->rows->machine, cie->ra) == c->rows->machine->ip ? &c->signals : NULL;
}

static void compile_function(struct compile *c, const struct cfi_function *f)
{
	const struct cfi_cie *cie = &c->cfi->cies.data[f->cie];
	const struct cfi_columns *columns = columns_for(c, cie);

	if (f->start - c->end >= PADDING)
		add_row(c, c->end, 0);
	c->end = f->start;
	c->section = &c->cfi->sections.data[cie->section];
	c->signal_frame = cie->signal_frame;
	if (!columns || !cfi_run(c->cfi, f, columns, emit, c)) {
		c->rows->malformed++;
		add_row(c, c->end, 0);
		c->end = f->end;
	}
}

/* ra: what DWARF calls the register that the return address was in. */
static void columns_of(const struct unwind_machine *m, uint8_t ra, struct cfi_columns *columns)
{
	memset(columns->slot, CFI_UNTRACKED, sizeof(columns->slot));
	columns->slots = SLOTS;
	columns->ra_state = m->ra_state;
	for (uint8_t i = 0; i < m->dwarf_count; i++) {
		if (m->perf_of_dwarf[i] == m->fp)
			columns->slot[i] = SLOT_FP;
		else if (m->extra != MACHINE_NO_REG && m->perf_of_dwarf[i] == m->extra)
			columns->slot[i] = SLOT_EXTRA;
	}
	columns->slot[ra] = SLOT_RA;
}

/* Hands the array out, no longer than it must be. */
#define vec_take(v, n) \
	((n) = (uint32_t)(v)->len, \
	 (v)->len ? xreallocarray((v)->data, (v)->len, sizeof(*(v)->data)) : (vec_deinit(v), NULL))

static struct unwind_rows *compile(const struct unwind_machine *machine, const struct cfi *cfi)
{
	struct unwind_rows *r = xcalloc(1, sizeof(*r));
	struct compile c = { .rows = r, .cfi = cfi };

	r->machine = machine;
	r->base = c.end = cfi->functions.data[0].start;
	r->functions = (uint32_t)cfi->functions.len;
	r->malformed = cfi->malformed;
	columns_of(machine, machine->ra_column, &c.calls);
	columns_of(machine, machine_dwarf_reg(machine, machine->ip), &c.signals);
	vec_push(&c.rules, (struct unwind_rule){ 0 });	/* number 0: nothing is known */
	idtable_add(&c.known, hash_key(rule_key(c.rules.data[0])), 0);
	vec_reserve(&c.out, cfi->functions.len * 4);
	for (size_t i = 0; i < cfi->functions.len; i++)
		compile_function(&c, &cfi->functions.data[i]);
	r->end = c.end - r->base > UINT32_MAX ? r->base + UINT32_MAX : c.end;
	r->rows = vec_take(&c.out, r->n_rows);
	r->rules = vec_take(&c.rules, r->n_rules);
	r->rare = vec_take(&c.rare, r->n_rare);
	r->expressions = vec_take(&c.expressions, r->expressions_size);
	idtable_deinit(&c.known);
	unwind_rows_index(r);
	return r;
}

struct unwind_rows *unwind_rows_create(const struct unwind_machine *machine,
				       const struct cfi_section *sections, size_t n)
{
	struct cfi cfi = { 0 };
	struct unwind_rows *rows = NULL;

	for (size_t i = 0; i < n; i++)
		cfi_add(&cfi, &sections[i]);
	cfi_finish(&cfi);
	if (cfi.functions.len && cfi.functions.len < UINT32_MAX)
		rows = compile(machine, &cfi);
	cfi_deinit(&cfi);
	return rows;
}

static void create_from_sections(void *ctx, uint16_t elf_machine, const struct cfi_section *sections, size_t n)
{
	struct unwind_rows **rows = ctx;
	const struct unwind_machine *machine = unwind_machine_of_elf(elf_machine);

	if (machine)
		*rows = unwind_rows_create(machine, sections, n);
}

struct unwind_rows *unwind_rows_of_image(struct image *image, const char *debug_root)
{
	struct unwind_rows *rows = unwind_rows_recall(image, debug_root);

	if (!rows && image_use_cfi(image, debug_root, create_from_sections, &rows) && rows)
		unwind_rows_keep(rows, image);
	return rows;
}
