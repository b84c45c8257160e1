/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/kernel_core.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"

enum { LAYOUT = SYMTAB_PACKED << 8 | 1 };

static char *entry_name(const struct cache *cache, const uint8_t *build_id, uint8_t build_id_size)
{
	struct strbuf name = { 0 };

	if (!cache || !build_id_size)
		return NULL;
	for (size_t i = 0; i < build_id_size; i++)
		strbuf_printf(&name, "%02x", build_id[i]);
	strbuf_adds(&name, "-kernel");
	return strbuf_take(&name);
}

bool kernel_core_recall(struct kernel_core *core, struct cache *cache, const uint8_t *build_id, uint8_t build_id_size)
{
	autofree char *name = entry_name(cache, build_id, build_id_size);
	autostrbuf struct strbuf bytes = { 0 };
	size_t head = sizeof(core->stext);

	if (!name || !cache_read(cache, name, LAYOUT, &bytes) || bytes.len < head)
		return false;
	memcpy(&core->stext, bytes.data, head);
	return symtab_unpack(&core->symbols, bytes.data + head, bytes.len - head) && core->symbols.entries.len;
}

void kernel_core_keep(const struct kallsyms *k, uint32_t owner, uint64_t start, struct cache *cache,
		      const uint8_t *build_id, uint8_t build_id_size)
{
	autofree char *name = entry_name(cache, build_id, build_id_size);
	autostrbuf struct strbuf bytes = { 0 };
	struct kernel_core core = { .stext = k->stext - k->text };

	if (!name || !start)
		return;
	for (size_t i = 0; i < k->symbols.entries.len; i++) {
		struct symtab_entry e = k->symbols.entries.data[i];
		if (e.owner != owner || e.start < start)
			continue;
		e.start -= start;
		e.end -= start;
		e.outer = NO_ID;	/* kallsyms has no sizes: nothing lies in another */
		vec_push(&core.symbols.entries, e);
	}
	strbuf_add(&bytes, &core.stext, sizeof(core.stext));
	symtab_pack(&core.symbols, &bytes);
	cache_write(cache, name, LAYOUT, bytes.data, bytes.len);
	kernel_core_deinit(&core);
}

void kernel_core_deinit(struct kernel_core *core)
{
	symtab_deinit(&core->symbols);
}
