/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/hash.h"
#include "elf/symtab.h"

/* As bytes: this, the entries, and the names, each with its NUL. */
struct packed {
	uint32_t n, names_size;
};

struct packed_entry {
	uint64_t start, end;
	uint32_t name;		/* where it begins among the names */
	uint32_t outer;
	uint8_t binding, padding, reserved[6];
};

void symtab_pack(const struct symtab *t, struct strbuf *out)
{
	struct packed head = { .n = (uint32_t)t->entries.len };
	size_t at = out->len;

	strbuf_reserve(out, sizeof(head) + head.n * sizeof(struct packed_entry));
	strbuf_add(out, &head, sizeof(head));
	for (uint32_t i = 0; i < head.n; i++) {
		const struct symtab_entry *e = &t->entries.data[i];
		size_t len = strlen(e->name) + 1;

		if (head.names_size + len > UINT32_MAX) {
			strbuf_truncate(out, at);
			return;
		}
		strbuf_add(out, &(struct packed_entry){
			.start = e->start, .end = e->end, .name = head.names_size, .outer = e->outer,
			.binding = e->binding, .padding = e->padding }, sizeof(struct packed_entry));
		head.names_size += (uint32_t)len;
	}
	for (uint32_t i = 0; i < head.n; i++)
		strbuf_add(out, t->entries.data[i].name, strlen(t->entries.data[i].name) + 1);
	memcpy(out->data + at, &head, sizeof(head));
}

/* What look-ups rely on: in order, ends behind starts, outer ones in front, names that end. */
static bool is_sound(const struct packed_entry *e, const struct packed_entry *before, uint32_t i, uint32_t names_size)
{
	return (!i || e->start > before->start) && e->end >= e->start && (e->outer == NO_ID || e->outer < i) &&
	       e->name < names_size;
}

bool symtab_unpack(struct symtab *t, const void *bytes, size_t size)
{
	struct packed_entry e, before = { 0 };
	const char *at = bytes;
	struct packed head;

	if (size < sizeof(head))
		return false;
	memcpy(&head, at, sizeof(head));
	at += sizeof(head);
	size -= sizeof(head);
	if (size / sizeof(e) < head.n || size - head.n * sizeof(e) != head.names_size ||
	    (head.n && (!head.names_size || at[size - 1])))
		return false;
	char *names = arena_memdup(&t->names, at + head.n * sizeof(e), head.names_size);
	vec_reserve(&t->entries, head.n);
	for (uint32_t i = 0; i < head.n; i++, at += sizeof(e), before = e) {
		memcpy(&e, at, sizeof(e));
		if (!is_sound(&e, &before, i, head.names_size)) {
			symtab_deinit(t);
			return false;
		}
		vec_push(&t->entries, (struct symtab_entry){
			.start = e.start, .end = e.end, .name = names + e.name, .outer = e.outer, .binding = e.binding,
			.padding = e.padding });
	}
	return true;
}
