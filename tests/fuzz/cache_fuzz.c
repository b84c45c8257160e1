/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as an entry of the cache, past its checksum: a symbol table, in
 * which every name is read and every address found; unwind rows, by which a
 * stack of the same bytes is unwound; and places in the source, packed again.
 */
#include <stdlib.h>
#include <string.h>

#include "elf/image.h"
#include "tests/fuzz/walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void symbols(const uint8_t *data, size_t size)
{
	struct symtab t = { 0 };
	struct strbuf again = { 0 };
	size_t len = 0;

	if (!symtab_unpack(&t, data, size)) {
		if (t.entries.len)
			abort();
		return;
	}
	for (size_t i = 0; i < t.entries.len; i++) {
		const struct symtab_entry *e = &t.entries.data[i];
		len += strlen(e->name);
		symtab_find(&t, e->end);
		if (e->end > e->start && symtab_find(&t, e->start) != e)
			abort();
	}
	symtab_pack(&t, &again);
	if (len > size * t.entries.len)
		abort();
	symtab_deinit(&t);
	if (!symtab_unpack(&t, again.data, again.len))
		abort();
	symtab_deinit(&t);
	strbuf_deinit(&again);
}

static void rows(const uint8_t *data, size_t size)
{
	struct unwind_rows *r = unwind_rows_unpack(data, size);

	if (!r)
		return;
	for (uint32_t i = 0; i < r->n_rows && i < 64; i++) {
		const struct unwind_rule *rule = unwind_rows_find(r, r->base + r->rows[i].start);
		if (rule < r->rules || rule >= r->rules + r->n_rules)
			abort();
		walk(r, r->base + r->rows[i].start, data, size);
	}
	unwind_rows_destroy(r);
}

static void places(const uint8_t *data, size_t size)
{
	struct image_places *p = image_places_create(), *same = image_places_create();
	struct strbuf bytes = { 0 }, again = { 0 };

	strbuf_add(&bytes, data, size);
	if (image_places_unpack(p, &bytes)) {
		image_places_pack(p, &again);
		if (!image_places_unpack(same, &again))
			abort();
	}
	image_places_destroy(p);
	image_places_destroy(same);
	strbuf_deinit(&bytes);
	strbuf_deinit(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	symbols(data, size);
	rows(data, size);
	places(data, size);
	return 0;
}
