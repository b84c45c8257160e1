/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/kernel_names.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "os/machine.h"
#include "os/procfs.h"

enum { LAYOUT = 1 };	/* names, a NUL behind each */

static bool add_module(const struct os *os, const struct procfs_module *module, uint64_t *hash)
{
	autofree char *notes = xasprintf("/sys/module/%.*s/notes/.note.gnu.build-id", (int)module->name_len, module->name);
	uint8_t id[20];
	size_t size = machine_notes_build_id(os, notes, id);

	/* A sum: in what order they were loaded tells nothing. */
	*hash += hash_bytes(id, size, hash_bytes(module->name, module->name_len, 0));
	return size;
}

char *kernel_names_key(const struct os *os)
{
	autostrbuf struct strbuf text = { 0 }, key = { 0 };
	struct procfs_module module;
	uint64_t modules = 0;
	uint8_t id[20];
	size_t size = machine_notes_build_id(os, "/sys/kernel/notes", id);

	/* A kernel without modules has no such file. */
	(void)!os_read(os, "/proc/modules", &text);
	const char *at = strbuf_str(&text), *end = at + text.len;
	/* While a module comes, kallsyms has functions of it that are gone when it is there. */
	if (!size || strstr(at, " Loading ") || strstr(at, " Unloading "))
		return NULL;
	while (procfs_next_module(&at, end, &module))
		if (!add_module(os, &module, &modules))
			return NULL;
	for (size_t i = 0; i < size; i++)
		strbuf_printf(&key, "%02x", id[i]);
	strbuf_printf(&key, "-functions-%016llx", (unsigned long long)modules);
	return strbuf_take(&key);
}

bool kernel_names_recall(struct cache *cache, const char *key, struct strbuf *bytes, kernel_names *names)
{
	if (!key || !cache_read(cache, key, LAYOUT, bytes) || !bytes->len || bytes->data[bytes->len - 1])
		return false;
	for (const char *at = bytes->data, *end = at + bytes->len; at < end; at += strlen(at) + 1)
		vec_push(names, at);
	return true;
}

void kernel_names_keep(struct cache *cache, const char *key, const char *const *names, size_t n)
{
	autostrbuf struct strbuf bytes = { 0 };

	if (!cache || !key)
		return;
	for (size_t i = 0; i < n; i++)
		strbuf_add(&bytes, names[i], strlen(names[i]) + 1);
	cache_write(cache, key, LAYOUT, bytes.data, bytes.len);
}
