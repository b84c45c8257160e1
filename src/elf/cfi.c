/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of a section are skimmed twice: the first pass finds the CIEs, the
 * second the FDEs, whose CIE may stand anywhere in .debug_frame. Programs are
 * run later, in address order, one function at a time.
 */
#include "elf/cfi.h"

#include <string.h>

#include "base/hash.h"

/* DW_EH_PE_*: how a pointer in .eh_frame is written. */
enum {
	PE_ABSPTR = 0x00, PE_ULEB128 = 0x01, PE_UDATA2 = 0x02, PE_UDATA4 = 0x03, PE_UDATA8 = 0x04,
	PE_SLEB128 = 0x09, PE_SDATA2 = 0x0a, PE_SDATA4 = 0x0b, PE_SDATA8 = 0x0c, PE_FORMAT = 0x0f,
	PE_PCREL = 0x10, PE_TEXTREL = 0x20, PE_DATAREL = 0x30, PE_BASE = 0x70,
	PE_INDIRECT = 0x80, PE_OMIT = 0xff,
};

/* Initial instructions are run again for each function. Real ones, with their padding, take ten bytes or so. */
#define CIE_PROGRAM_MAX 512

/* A stretch of a section that is being read. Reads behind its end set `bad` and give 0. */
struct cursor {
	const struct cfi_section *section;
	const uint8_t *p, *end;
	bool bad;
};

static uint64_t take(struct cursor *c, size_t size)
{
	uint64_t v = 0;

	if ((size_t)(c->end - c->p) < size) {
		c->bad = true;
		c->p = c->end;
		return 0;
	}
	memcpy(&v, c->p, size);
	c->p += size;
	return v;
}

static void skip(struct cursor *c, uint64_t size)
{
	if ((uint64_t)(c->end - c->p) < size) {
		c->bad = true;
		c->p = c->end;
	} else {
		c->p += size;
	}
}

bool cfi_uleb(const uint8_t **p, const uint8_t *end, uint64_t *value)
{
	uint64_t v = 0;

	for (unsigned int shift = 0; *p < end; shift += 7) {
		uint8_t byte = *(*p)++;

		if (shift < 64)
			v |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*value = v;
			return true;
		}
	}
	return false;
}

bool cfi_sleb(const uint8_t **p, const uint8_t *end, int64_t *value)
{
	uint64_t v = 0;

	for (unsigned int shift = 0; *p < end;) {
		uint8_t byte = *(*p)++;

		if (shift < 64)
			v |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
		if (!(byte & 0x80)) {
			if (shift < 64 && byte & 0x40)
				v |= ~UINT64_C(0) << shift;
			*value = (int64_t)v;
			return true;
		}
	}
	return false;
}

static uint64_t uleb(struct cursor *c)
{
	uint64_t v = 0;

	if (c->p < c->end && *c->p < 0x80)	/* nearly all of them */
		return *c->p++;
	if (!cfi_uleb(&c->p, c->end, &v))
		c->bad = true;
	return v;
}

static int64_t sleb(struct cursor *c)
{
	int64_t v = 0;

	if (!cfi_sleb(&c->p, c->end, &v))
		c->bad = true;
	return v;
}

/* The number behind a pointer encoding, without its base. */
static uint64_t encoded_number(struct cursor *c, uint8_t encoding)
{
	switch (encoding & PE_FORMAT) {
	case PE_ABSPTR:
		return take(c, c->section->word);
	case PE_ULEB128:
		return uleb(c);
	case PE_SLEB128:
		return (uint64_t)sleb(c);
	case PE_UDATA2:
		return take(c, 2);
	case PE_SDATA2:
		return (uint64_t)(int16_t)take(c, 2);
	case PE_UDATA4:
		return take(c, 4);
	case PE_SDATA4:
		return (uint64_t)(int32_t)take(c, 4);
	case PE_UDATA8:
	case PE_SDATA8:
		return take(c, 8);
	default:
		c->bad = true;
		return 0;
	}
}

static uint64_t encoded_address(struct cursor *c, uint8_t encoding)
{
	const struct cfi_section *s = c->section;
	uint64_t at = s->address + (uint64_t)(c->p - s->bytes), v = encoded_number(c, encoding);

	switch (encoding & PE_BASE) {
	case 0:
		break;
	case PE_PCREL:
		v += at;
		break;
	case PE_TEXTREL:
		v += s->text;
		c->bad |= !s->text;
		break;
	case PE_DATAREL:
		v += s->data;
		c->bad |= !s->data;
		break;
	default:
		c->bad = true;
	}
	if (encoding & PE_INDIRECT)	/* never for code: it would be a pointer in data that the loader fills in */
		c->bad = true;
	return s->word == 4 ? (uint32_t)v : v;
}

/* The record at the cursor: its contents behind the length; `id` is the CIE pointer field, at `id_at`. */
struct record {
	struct cursor body;
	uint64_t id;
	const uint8_t *at, *id_at;
	bool empty, wide;
};

static bool record_next(struct cursor *c, struct record *r)
{
	uint64_t size;

	*r = (struct record){ .at = c->p };
	if (c->end - c->p < 4)
		return false;
	size = take(c, 4);
	if (size == UINT32_MAX) {
		r->wide = true;
		size = take(c, 8);
	}
	if (c->bad || size > (uint64_t)(c->end - c->p))
		return false;
	r->body = (struct cursor){ .section = c->section, .p = c->p, .end = c->p + size };
	c->p += size;
	r->empty = !size;	/* a terminator; linkers leave some in the middle */
	r->id_at = r->body.p;
	if (!r->empty)
		r->id = take(&r->body, r->wide ? 8 : 4);
	return true;
}

static bool is_cie(const struct cfi_section *s, const struct record *r)
{
	if (!s->debug_frame)
		return !r->id;
	return r->id == (r->wide ? UINT64_MAX : UINT32_MAX);
}

/* The augmentation data that 'z' announces: one item a letter of `letters`, up to one that is not known. */
static void read_augmentation(struct cursor *c, const uint8_t *letters, struct cfi_cie *cie)
{
	for (; *letters; letters++) {
		switch (*letters) {
		case 'R':
			cie->address_encoding = (uint8_t)take(c, 1);
			break;
		case 'L':
			take(c, 1);
			break;
		case 'P': {
			uint8_t encoding = (uint8_t)take(c, 1);
			encoded_number(c, encoding);
			break;
		}
		case 'S':
			cie->signal_frame = true;
			break;
		case 'B':	/* aarch64: return addresses are signed with key B */
		case 'G':	/* aarch64: memory tagging */
			break;
		default:
			return;	/* the rest is skipped by its length; what came before stands */
		}
	}
}

static bool read_cie(struct record *r, uint8_t section, struct cfi_cie *cie)
{
	struct cursor *c = &r->body;
	const uint8_t *letters = c->p + 1, *nul;
	uint8_t version = (uint8_t)take(c, 1), segment = 0;

	*cie = (struct cfi_cie){ .section = section, .address_encoding = PE_ABSPTR };
	if (c->bad || (version != 1 && version != 3 && version != 4))
		return false;
	nul = memchr(c->p, 0, (size_t)(c->end - c->p));
	if (!nul)
		return false;
	c->p = nul + 1;
	if (version == 4) {
		if (take(c, 1) != c->section->word)
			return false;
		segment = (uint8_t)take(c, 1);
	}
	cie->code_align = uleb(c);
	cie->data_align = sleb(c);
	cie->ra = (uint32_t)(version == 1 ? take(c, 1) : uleb(c));
	if (*letters == 'z') {
		uint64_t size = uleb(c);
		struct cursor data = *c;

		skip(c, size);
		data.end = c->p;
		cie->augmented = true;
		read_augmentation(&data, letters + 1, cie);
		c->bad |= data.bad;
	} else if (*letters) {
		return false;
	}
	cie->program = (uint32_t)(c->p - c->section->bytes);
	cie->program_size = (uint32_t)(c->end - c->p);
	return !c->bad && !segment && cie->ra < CFI_COLUMNS && cie->address_encoding != PE_OMIT &&
	       cie->program_size <= CIE_PROGRAM_MAX;
}

/* False: not well formed. An FDE of nothing, or of code that the linker threw away, is fine and has end == start. */
static bool read_fde(struct record *r, const struct cfi_cie *cie, uint32_t cie_index, struct cfi_function *f)
{
	struct cursor *c = &r->body;

	f->cie = cie_index;
	f->start = encoded_address(c, cie->address_encoding);
	f->end = f->start + encoded_number(c, cie->address_encoding & PE_FORMAT);
	if (cie->augmented)
		skip(c, uleb(c));
	f->program = (uint32_t)(c->p - c->section->bytes);
	f->program_size = (uint32_t)(c->end - c->p);
	if (!f->start)
		f->end = 0;
	return !c->bad && f->end >= f->start;
}

/* Where in the section the CIE of an FDE is; anything for a damaged one, as it is looked up. */
static uint64_t cie_offset(const struct cfi_section *s, const struct record *r)
{
	if (s->debug_frame)
		return r->id;
	return (uint64_t)(r->id_at - s->bytes) - r->id;
}

static void read_cies(struct cfi *cfi, const struct cfi_section *s, uint8_t index, struct map64 *cies)
{
	struct cursor c = { .section = s, .p = s->bytes, .end = s->bytes + s->size };
	struct record r;
	struct cfi_cie cie;

	while (record_next(&c, &r)) {
		if (r.empty || !is_cie(s, &r))
			continue;
		if (!read_cie(&r, index, &cie)) {
			cfi->malformed++;
			continue;
		}
		*map64_put(cies, (uint64_t)(r.at - s->bytes), NULL) = cfi->cies.len;
		vec_push(&cfi->cies, cie);
	}
	if (c.p != c.end)
		cfi->malformed++;
}

static void read_fdes(struct cfi *cfi, const struct cfi_section *s, const struct map64 *cies)
{
	struct cursor c = { .section = s, .p = s->bytes, .end = s->bytes + s->size };
	struct record r;
	uint64_t last = 0;
	const uint64_t *index = NULL;

	while (record_next(&c, &r)) {
		struct cfi_function f;

		if (r.empty || is_cie(s, &r))
			continue;
		uint64_t offset = cie_offset(s, &r);
		if (!index || offset != last) {	/* neighbours mostly share one */
			index = map64_get(cies, offset);
			last = offset;
		}
		if (!index || r.body.bad || !read_fde(&r, &cfi->cies.data[*index], (uint32_t)*index, &f)) {
			cfi->malformed++;
			continue;
		}
		if (f.end > f.start)
			vec_push(&cfi->functions, f);
	}
}

bool cfi_add(struct cfi *cfi, const struct cfi_section *section)
{
	struct map64 cies = { 0 };
	uint8_t index = (uint8_t)cfi->sections.len;

	if (cfi->sections.len >= 250 || section->size >= UINT32_MAX || (section->word != 4 && section->word != 8))
		return false;
	vec_push(&cfi->sections, *section);
	read_cies(cfi, section, index, &cies);
	read_fdes(cfi, section, &cies);
	map64_deinit(&cies);
	return true;
}

/* By address; of those at one address the section that was added first. */
static int compare_functions(const void *a, const void *b)
{
	const struct cfi_function *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->cie != y->cie)
		return x->cie < y->cie ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

void cfi_finish(struct cfi *cfi)
{
	bool sorted = true;
	size_t kept = 0;

	for (size_t i = 1; i < cfi->functions.len && sorted; i++)
		sorted = cfi->functions.data[i - 1].start < cfi->functions.data[i].start;
	if (!sorted)
		vec_sort(&cfi->functions, compare_functions);
	for (size_t i = 0; i < cfi->functions.len; i++) {
		struct cfi_function f = cfi->functions.data[i];

		/* Of two that overlap, the one that begins first keeps its range; the same code is mostly said twice. */
		if (kept && f.start < cfi->functions.data[kept - 1].end)
			continue;
		cfi->functions.data[kept++] = f;
	}
	cfi->functions.len = kept;
}

void cfi_deinit(struct cfi *cfi)
{
	vec_deinit(&cfi->sections);
	vec_deinit(&cfi->cies);
	vec_deinit(&cfi->functions);
	*cfi = (struct cfi){ 0 };
}

/* ---- programs: DWARF 5, 6.4.2; instruction codes: 7.24 */

enum {
	OP_NOP, OP_SET_LOC, OP_ADVANCE_LOC1, OP_ADVANCE_LOC2, OP_ADVANCE_LOC4, OP_OFFSET_EXTENDED,
	OP_RESTORE_EXTENDED, OP_UNDEFINED, OP_SAME_VALUE, OP_REGISTER, OP_REMEMBER_STATE, OP_RESTORE_STATE,
	OP_DEF_CFA, OP_DEF_CFA_REGISTER, OP_DEF_CFA_OFFSET, OP_DEF_CFA_EXPRESSION, OP_EXPRESSION,
	OP_OFFSET_EXTENDED_SF, OP_DEF_CFA_SF, OP_DEF_CFA_OFFSET_SF, OP_VAL_OFFSET, OP_VAL_OFFSET_SF,
	OP_VAL_EXPRESSION,
	OP_NEGATE_RA_STATE = 0x2d, OP_GNU_ARGS_SIZE = 0x2e, OP_GNU_NEGATIVE_OFFSET_EXTENDED = 0x2f,
	OP_ADVANCE_LOC = 0x40, OP_OFFSET = 0x80, OP_RESTORE = 0xc0,	/* with an operand in the low six bits */
};

/* Compilers nest remembered rows once; more than this is not from a compiler. */
#define REMEMBER_MAX 16

struct run {
	struct cursor c;
	const struct cfi_cie *cie;
	const struct cfi_columns *columns;
	struct cfi_row row, initial;
	struct cfi_row remembered[REMEMBER_MAX];
	unsigned int depth;
	uint64_t start, loc, end;	/* the row in the making, where the program is, where the function ends */
	cfi_emit *emit;
	void *ctx;
};

/* The rule of a register; NULL for one that nobody asked for. */
static struct cfi_rule *rule_of(struct run *r, uint64_t reg)
{
	uint8_t slot = reg < CFI_COLUMNS ? r->columns->slot[reg] : CFI_UNTRACKED;

	return slot < CFI_SLOTS ? &r->row.slots[slot] : NULL;
}

static void restore(struct run *r, uint64_t reg)
{
	struct cfi_rule *rule = rule_of(r, reg);

	if (rule)
		*rule = r->initial.slots[rule - r->row.slots];
}

static int64_t scaled(const struct run *r, uint64_t v)
{
	return (int64_t)(v * (uint64_t)r->cie->data_align);
}

/* A block of bytes: an expression. */
static struct cfi_rule expression(struct run *r, enum cfi_kind kind)
{
	uint64_t size = uleb(&r->c);
	struct cfi_rule rule = { .kind = kind, .expression = (uint32_t)(r->c.p - r->c.section->bytes) };

	rule.expression_size = (uint32_t)size;
	skip(&r->c, size);
	return rule;
}

static void advance_to(struct run *r, uint64_t loc)
{
	if (loc < r->loc) {
		r->c.bad = true;
		return;
	}
	if (loc > r->end)	/* a row that begins behind the function: harmless, and never in force */
		loc = r->end;
	if (loc > r->start && r->emit)
		r->emit(r->ctx, r->start, loc, &r->row);
	r->start = r->loc = loc;
}

static void advance(struct run *r, uint64_t delta)
{
	uint64_t bytes;

	if (__builtin_mul_overflow(delta, r->cie->code_align, &bytes) || r->loc + bytes < r->loc)
		r->c.bad = true;
	else
		advance_to(r, r->loc + bytes);
}

static void remember(struct run *r)
{
	if (r->depth == REMEMBER_MAX)
		r->c.bad = true;
	else
		r->remembered[r->depth++] = r->row;
}

static void recall(struct run *r)
{
	if (!r->depth)
		r->c.bad = true;
	else
		r->row = r->remembered[--r->depth];
}

static uint32_t reg_operand(struct run *r)
{
	uint64_t reg = uleb(&r->c);

	return reg < UINT32_MAX ? (uint32_t)reg : UINT32_MAX;
}

static void def_cfa(struct run *r, uint32_t reg, int64_t offset)
{
	r->row.cfa = (struct cfi_rule){ .kind = CFI_REGISTER, .reg = reg, .offset = offset };
}

/* Changes one part of a CFA that is a register and an offset; one that is an expression has no such parts. */
static void change_cfa(struct run *r, const uint32_t *reg, const int64_t *offset)
{
	if (r->row.cfa.kind != CFI_REGISTER) {
		r->c.bad = true;
		return;
	}
	if (reg)
		r->row.cfa.reg = *reg;
	if (offset)
		r->row.cfa.offset = *offset;
}

static void put_rule(struct run *r, uint64_t reg, struct cfi_rule new)
{
	struct cfi_rule *rule = rule_of(r, reg);

	if (rule)
		*rule = new;
}

static void set_rule(struct run *r, uint64_t reg, enum cfi_kind kind, int64_t offset)
{
	put_rule(r, reg, (struct cfi_rule){ .kind = kind, .offset = offset });
}

static void run_cfa_instruction(struct run *r, uint8_t op)
{
	struct cursor *c = &r->c;
	uint32_t reg;
	int64_t offset;

	switch (op) {
	case OP_DEF_CFA:
		reg = reg_operand(r);
		def_cfa(r, reg, (int64_t)uleb(c));
		break;
	case OP_DEF_CFA_SF:
		reg = reg_operand(r);
		def_cfa(r, reg, scaled(r, (uint64_t)sleb(c)));
		break;
	case OP_DEF_CFA_REGISTER:
		reg = reg_operand(r);
		change_cfa(r, &reg, NULL);
		break;
	case OP_DEF_CFA_OFFSET:
		offset = (int64_t)uleb(c);
		change_cfa(r, NULL, &offset);
		break;
	case OP_DEF_CFA_OFFSET_SF:
		offset = scaled(r, (uint64_t)sleb(c));
		change_cfa(r, NULL, &offset);
		break;
	case OP_DEF_CFA_EXPRESSION:
		r->row.cfa = expression(r, CFI_EXPRESSION);
		break;
	}
}

static void run_register_instruction(struct run *r, uint8_t op)
{
	struct cursor *c = &r->c;
	uint64_t reg = uleb(c);

	switch (op) {
	case OP_OFFSET_EXTENDED:
		set_rule(r, reg, CFI_AT_CFA, scaled(r, uleb(c)));
		break;
	case OP_OFFSET_EXTENDED_SF:
		set_rule(r, reg, CFI_AT_CFA, scaled(r, (uint64_t)sleb(c)));
		break;
	case OP_GNU_NEGATIVE_OFFSET_EXTENDED:
		set_rule(r, reg, CFI_AT_CFA, scaled(r, -uleb(c)));
		break;
	case OP_VAL_OFFSET:
		set_rule(r, reg, CFI_CFA_PLUS, scaled(r, uleb(c)));
		break;
	case OP_VAL_OFFSET_SF:
		set_rule(r, reg, CFI_CFA_PLUS, scaled(r, (uint64_t)sleb(c)));
		break;
	case OP_RESTORE_EXTENDED:
		restore(r, reg);
		break;
	case OP_UNDEFINED:
		set_rule(r, reg, CFI_UNDEFINED, 0);
		break;
	case OP_SAME_VALUE:
		set_rule(r, reg, CFI_SAME, 0);
		break;
	case OP_REGISTER:
		put_rule(r, reg, (struct cfi_rule){ .kind = CFI_REGISTER, .reg = reg_operand(r) });
		break;
	case OP_EXPRESSION:
		put_rule(r, reg, expression(r, CFI_AT_EXPRESSION));
		break;
	case OP_VAL_EXPRESSION:
		put_rule(r, reg, expression(r, CFI_EXPRESSION));
		break;
	}
}

static void run_extended(struct run *r, uint8_t op)
{
	struct cursor *c = &r->c;

	switch (op) {
	case OP_NOP:
		break;
	case OP_SET_LOC:
		advance_to(r, encoded_address(c, r->cie->address_encoding));
		break;
	case OP_ADVANCE_LOC1:
		advance(r, take(c, 1));
		break;
	case OP_ADVANCE_LOC2:
		advance(r, take(c, 2));
		break;
	case OP_ADVANCE_LOC4:
		advance(r, take(c, 4));
		break;
	case OP_REMEMBER_STATE:
		remember(r);
		break;
	case OP_RESTORE_STATE:
		recall(r);
		break;
	case OP_DEF_CFA ... OP_DEF_CFA_EXPRESSION:
	case OP_DEF_CFA_SF:
	case OP_DEF_CFA_OFFSET_SF:
		run_cfa_instruction(r, op);
		break;
	case OP_OFFSET_EXTENDED ... OP_REGISTER:
	case OP_EXPRESSION:
	case OP_OFFSET_EXTENDED_SF:
	case OP_VAL_OFFSET:
	case OP_VAL_OFFSET_SF:
	case OP_VAL_EXPRESSION:
	case OP_GNU_NEGATIVE_OFFSET_EXTENDED:
		run_register_instruction(r, op);
		break;
	case OP_GNU_ARGS_SIZE:
		uleb(c);
		break;
	case OP_NEGATE_RA_STATE:
		if (r->columns->ra_state)
			r->row.ra_signed = !r->row.ra_signed;
		else
			c->bad = true;
		break;
	default:	/* its operands are not known, so neither is what follows */
		c->bad = true;
	}
}

static bool run_program(struct run *r, uint32_t program, uint32_t size)
{
	struct cursor *c = &r->c;

	c->p = c->section->bytes + program;
	c->end = c->p + size;
	while (c->p < c->end && !c->bad) {
		uint8_t op = *c->p++, low = op & 0x3f;

		switch (op & 0xc0) {
		case OP_ADVANCE_LOC:
			advance(r, low);
			break;
		case OP_OFFSET:
			set_rule(r, low, CFI_AT_CFA, scaled(r, uleb(c)));
			break;
		case OP_RESTORE:
			restore(r, low);
			break;
		default:
			run_extended(r, op);
		}
	}
	return !c->bad;
}

bool cfi_run(const struct cfi *cfi, const struct cfi_function *function, const struct cfi_columns *columns,
	     cfi_emit *emit, void *ctx)
{
	const struct cfi_cie *cie = &cfi->cies.data[function->cie];
	struct run r;	/* `remembered` is large and not cleared: this is run for each function */

	r.c = (struct cursor){ .section = &cfi->sections.data[cie->section] };
	r.cie = cie;
	r.columns = columns;
	memset(&r.row, 0, sizeof(r.row));
	memset(&r.initial, 0, sizeof(r.initial));
	r.depth = 0;
	r.emit = NULL;
	r.ctx = ctx;
	r.start = r.loc = function->start;
	r.end = function->end;
	if (!run_program(&r, cie->program, cie->program_size))
		return false;
	r.initial = r.row;
	r.start = r.loc = function->start;
	r.emit = emit;
	if (!run_program(&r, function->program, function->program_size))
		return false;
	advance_to(&r, r.end);
	return true;
}
