/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/strtab.h"

struct piece {
	const char *s;
	size_t len;
};

static bool same(const void *ctx, uint32_t id, const void *key)
{
	const struct strtab *t = ctx;
	const struct piece *k = key;

	return !strncmp(t->text.data[id], k->s, k->len) && !t->text.data[id][k->len];
}

uint32_t strtab_id_n(struct strtab *t, const char *s, size_t len)
{
	struct piece key = { s, strnlen(s, len) };

	if (!t->text.len)
		vec_push(&t->text, "");
	if (!key.len)
		return 0;
	uint64_t hash = hash_bytes(key.s, key.len, 0);
	uint32_t id = idtable_find(&t->ids, hash, same, t, &key);
	if (id == NO_ID) {
		id = (uint32_t)t->text.len;
		vec_push(&t->text, arena_strndup(&t->arena, key.s, key.len));
		idtable_add(&t->ids, hash, id);
	}
	return id;
}

uint32_t strtab_id(struct strtab *t, const char *s)
{
	return strtab_id_n(t, s, strlen(s));
}

uint32_t strtab_find(const struct strtab *t, const char *s)
{
	struct piece key = { s, strlen(s) };

	if (!key.len)
		return 0;
	return idtable_find(&t->ids, hash_bytes(key.s, key.len, 0), same, t, &key);
}

const char *strtab_text(const struct strtab *t, uint32_t id)
{
	return id < t->text.len ? t->text.data[id] : "";
}

void strtab_deinit(struct strtab *t)
{
	arena_deinit(&t->arena);
	idtable_deinit(&t->ids);
	vec_deinit(&t->text);
}
