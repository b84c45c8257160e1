/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/kallsyms.h"

#include <string.h>

enum { LINE_MIN = 24, OWNERS_MAX = UINT16_MAX, LAST_SYMBOL = 4096 };

struct line {
	uint64_t address;
	char type;
	char *name, *module;	/* terminated in place; module NULL: the kernel */
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* Everything up to the newline, which `end` points at and which may be written over. */
static bool parse_line(char *at, char *end, struct line *line)
{
	char *first = at, *tab;
	int digit;

	line->address = 0;
	for (; at < end && (digit = hex_digit(*at)) >= 0; at++)
		line->address = line->address << 4 | (uint64_t)digit;
	if (at == first || at - first > 16 || end - at < 4 || at[0] != ' ' || at[2] != ' ')
		return false;
	line->type = at[1];
	line->name = at + 3;
	line->module = NULL;
	*end = '\0';
	tab = memchr(line->name, '\t', (size_t)(end - line->name));
	if (!tab)
		return true;
	*tab = '\0';
	if (end - tab > 3 && tab[1] == '[' && end[-1] == ']') {
		end[-1] = '\0';
		line->module = tab + 2;
	}
	return true;
}

static uint16_t owner_of(struct kallsyms *k, const char *module)
{
	if (!module || !strncmp(module, "__builtin__", strlen("__builtin__")))
		return 0;
	uint32_t id = strtab_id(&k->modules, module);
	return id <= OWNERS_MAX ? (uint16_t)id : 0;
}

static bool is_end_mark(const char *name)
{
	size_t len;

	if (*name != '_')
		return false;
	len = strlen(name);
	return !strcmp(name, "_etext") || !strcmp(name, "_einittext") || (len > 9 && !strcmp(name + len - 9, "_text_end"));
}

static uint8_t binding_of(char type)
{
	return type == 'T' ? SYMTAB_GLOBAL : type == 'W' ? SYMTAB_WEAK : SYMTAB_LOCAL;
}

/*
 * Data ends the function before it, once. Absolute symbols (type A) are no
 * addresses: on x86 the offsets of per-CPU variables, from 0 on.
 */
static void add(struct kallsyms *k, const struct line *line, bool *after_text)
{
	bool text = strchr("TtWw", line->type);
	struct symtab_entry *e;

	if (line->type == 'A' || line->type == 'a' || !line->address)
		return;
	if (line->name[0] == '_' && !strcmp(line->name, "_text"))
		k->text = line->address;
	if (line->name[0] == '_' && !strcmp(line->name, "_stext"))
		k->stext = line->address;
	if (text && !is_end_mark(line->name)) {
		e = symtab_add_borrowed(&k->symbols, line->address, line->name, binding_of(line->type));
		if (e)
			e->owner = owner_of(k, line->module);
		*after_text = true;
	} else if (*after_text) {
		symtab_add_boundary(&k->symbols, line->address);
		vec_last(&k->symbols.entries).owner = owner_of(k, line->module);
		*after_text = false;
	}
}

void kallsyms_parse(struct kallsyms *k, struct strbuf bytes)
{
	bool after_text = false, any = false, zero = true;
	char *at = bytes.data, *end = at ? at + bytes.len : at, *newline;
	struct line line;

	*k = (struct kallsyms){ .bytes = bytes };
	vec_reserve(&k->symbols.entries, bytes.len / LINE_MIN + 1);
	for (; at < end; at = newline + 1) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			newline = end;	/* strbuf keeps a NUL there */
		if (!parse_line(at, newline, &line))
			continue;
		any = true;
		zero &= !line.address;
		add(k, &line, &after_text);
	}
	k->hidden = any && zero;
	symtab_finish(&k->symbols, k->symbols.entries.len ? UINT64_MAX : 0);
	if (k->symbols.entries.len) {
		struct symtab_entry *last = &vec_last(&k->symbols.entries);
		if (last->end == UINT64_MAX && last->start < UINT64_MAX - LAST_SYMBOL)
			last->end = last->start + LAST_SYMBOL;
	}
}

void kallsyms_deinit(struct kallsyms *k)
{
	symtab_deinit(&k->symbols);
	strtab_deinit(&k->modules);
	strbuf_deinit(&k->bytes);
}
