/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows as bytes and back, for a cache: the arrays as they are, one behind the
 * other. A walk takes the numbers in them for indexes and registers, so every
 * one is checked on the way back.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "elf/image.h"
#include "unwind/rows.h"

/* The number of the layout, of the structs of rows.h, too, and of what rows are made of. */
enum { LAYOUT = 2 };

static const char kept_rows[] = "rows";

struct packed {
	uint64_t base, end, malformed;
	uint32_t n_rows, n_rules, n_rare, expressions_size, functions;
	uint16_t elf_machine;
	uint8_t reserved[2];
};

void unwind_rows_pack(const struct unwind_rows *r, struct strbuf *bytes)
{
	struct packed head = {
		.base = r->base, .end = r->end, .malformed = r->malformed, .n_rows = r->n_rows, .n_rules = r->n_rules,
		.n_rare = r->n_rare, .expressions_size = r->expressions_size, .functions = r->functions,
		.elf_machine = r->machine->elf };

	strbuf_reserve(bytes, sizeof(head) + unwind_rows_size(r));
	strbuf_add(bytes, &head, sizeof(head));
	strbuf_add(bytes, r->rows, r->n_rows * sizeof(*r->rows));
	strbuf_add(bytes, r->rules, r->n_rules * sizeof(*r->rules));
	strbuf_add(bytes, r->rare, r->n_rare * sizeof(*r->rare));
	strbuf_add(bytes, r->expressions, r->expressions_size);
}

void unwind_rows_keep(const struct unwind_rows *r, struct image *image)
{
	autostrbuf struct strbuf bytes = { 0 };

	unwind_rows_pack(r, &bytes);
	image_keep(image, kept_rows, LAYOUT, bytes.data, bytes.len);
}

/* ---- back */

struct input {
	const char *at;
	size_t left;
};

/* A copy of the next n elements; NULL when there are not so many, or none. */
static void *take(struct input *in, uint32_t n, size_t size)
{
	if (!n || in->left / size < n)
		return NULL;
	void *copy = memcpy(xreallocarray(NULL, n, size), in->at, n * size);
	in->at += n * size;
	in->left -= n * size;
	return copy;
}

static bool sound_part(const struct unwind_rows *r, const struct cfi_rule *part)
{
	bool expression = part->kind == CFI_EXPRESSION || part->kind == CFI_AT_EXPRESSION;

	if (part->kind > CFI_EXPRESSION || (part->kind == CFI_REGISTER && part->reg >= 64))
		return false;
	return !expression || (part->expression <= r->expressions_size &&
			       part->expression_size <= r->expressions_size - part->expression);
}

static bool sound_rules(const struct unwind_rows *r)
{
	for (uint32_t i = 0; i < r->n_rare; i++) {
		const struct unwind_rare *rare = &r->rare[i];
		if (!sound_part(r, &rare->cfa) || !sound_part(r, &rare->ra) || !sound_part(r, &rare->fp) ||
		    !sound_part(r, &rare->extra))
			return false;
	}
	for (uint32_t i = 0; i < r->n_rules; i++)
		if (r->rules[i].kind > UNWIND_RARE || (r->rules[i].kind == UNWIND_RARE && r->rules[i].rare >= r->n_rare))
			return false;
	return r->n_rules && r->rules[0].kind == UNWIND_NONE;
}

static bool sound_rows(const struct unwind_rows *r)
{
	if (!r->n_rows || r->rows[0].start || r->end < r->base || r->end - r->base > UINT32_MAX)
		return false;
	for (uint32_t i = 0; i < r->n_rows; i++)
		if (r->rows[i].rule >= r->n_rules || (i && r->rows[i].start <= r->rows[i - 1].start))
			return false;
	return true;
}

struct unwind_rows *unwind_rows_unpack(const void *bytes, size_t size)
{
	struct input in = { bytes, size };
	struct packed head;

	if (in.left < sizeof(head))
		return NULL;
	memcpy(&head, in.at, sizeof(head));
	in.at += sizeof(head);
	in.left -= sizeof(head);
	struct unwind_rows *r = xcalloc(1, sizeof(*r));
	r->machine = unwind_machine_of_elf(head.elf_machine);
	r->base = head.base;
	r->end = head.end;
	r->malformed = head.malformed;
	r->functions = head.functions;
	r->rows = take(&in, r->n_rows = head.n_rows, sizeof(*r->rows));
	r->rules = take(&in, r->n_rules = head.n_rules, sizeof(*r->rules));
	r->rare = take(&in, r->n_rare = head.n_rare, sizeof(*r->rare));
	r->expressions = take(&in, r->expressions_size = head.expressions_size, 1);
	bool whole = r->machine && r->rows && r->rules && (r->rare || !r->n_rare) && (r->expressions || !r->expressions_size);
	if (whole && !in.left && sound_rules(r) && sound_rows(r)) {
		unwind_rows_index(r);
		return r;
	}
	unwind_rows_destroy(r);
	return NULL;
}

struct unwind_rows *unwind_rows_recall(struct image *image, const char *debug_root)
{
	autostrbuf struct strbuf bytes = { 0 };

	if (!image_recall(image, debug_root, kept_rows, LAYOUT, &bytes))
		return NULL;
	return unwind_rows_unpack(bytes.data, bytes.len);
}
