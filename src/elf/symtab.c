/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbols come in any order and overlap: assembler labels inside of
 * functions, aliases, cold parts, hand-written sizes that are wrong. A
 * look-up has to be one binary search all the same. So entries are sorted by
 * start, and each knows the one to ask next when an address lies behind its
 * end (`outer`): the nearest earlier one that reaches beyond its start.
 */
#include "elf/symtab.h"

#include <limits.h>
#include <string.h>

#include "base/hash.h"

enum {
	RADIX_BITS = 11,
	RADIX = 1 << RADIX_BITS,
	PAGE = 4096,
	OUTER_STEPS = 64,	/* deeper nesting is nobody's program */
};

static bool is_label(const char *name)
{
	return !*name || *name == '$' || (name[0] == '.' && name[1] == 'L');
}

static struct symtab_entry *add(struct symtab *t, uint64_t start, uint64_t end, const char *name, uint8_t binding)
{
	vec_push(&t->entries, (struct symtab_entry){
		.start = start, .end = end > start ? end : start, .name = name, .outer = NO_ID, .binding = binding });
	return &vec_last(&t->entries);
}

void symtab_add(struct symtab *t, uint64_t start, uint64_t end, const char *name, uint8_t binding)
{
	size_t len = strlen(name);
	const char *version = memchr(name, '@', len);

	if (is_label(name))
		return;
	if (version && version != name && strcmp(version, "@plt") && strcmp(version, "@got")) {
		len = (size_t)(version - name);
		if (version[1] != '@')
			binding = SYMTAB_LOCAL;
	}
	char *copy = arena_alloc(&t->names, len + 1);
	memcpy(copy, name, len);
	copy[len] = '\0';
	add(t, start, end, copy, binding);
}

struct symtab_entry *symtab_add_borrowed(struct symtab *t, uint64_t start, const char *name, uint8_t binding)
{
	return is_label(name) ? NULL : add(t, start, start, name, binding);
}

void symtab_add_boundary(struct symtab *t, uint64_t start)
{
	add(t, start, start, NULL, SYMTAB_LOCAL);
}

/* ---- sorting: by the digits of the address in which any two differ, lowest first; equal ones keep their order */

static void sort(struct symtab *t)
{
	size_t n = t->entries.len;
	struct symtab_entry *from = t->entries.data, *to = NULL;
	uint64_t varying = 0;
	bool sorted = true;

	for (size_t i = 1; i < n; i++) {
		varying |= from[i].start ^ from[0].start;
		sorted &= from[i - 1].start <= from[i].start;
	}
	if (sorted)
		return;
	to = xreallocarray(NULL, n, sizeof(*to));
	for (unsigned int shift = 0; shift < 64; shift += RADIX_BITS) {
		size_t at[RADIX] = { 0 }, sum = 0;

		if (!(varying >> shift & (RADIX - 1)))
			continue;
		for (size_t i = 0; i < n; i++)
			at[from[i].start >> shift & (RADIX - 1)]++;
		for (size_t d = 0; d < RADIX; d++) {
			size_t count = at[d];
			at[d] = sum;
			sum += count;
		}
		for (size_t i = 0; i < n; i++)
			to[at[from[i].start >> shift & (RADIX - 1)]++] = from[i];
		struct symtab_entry *other = from;
		from = to;
		to = other;
	}
	free(to);
	t->entries.data = from;
	t->entries.cap = n;
}

/* ---- aliases */

static bool starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

static bool ends(const char *s, const char *suffix)
{
	size_t len = strlen(s), n = strlen(suffix);

	return len >= n && !strcmp(s + len - n, suffix);
}

/* A name that a linker script gives to the edge of a section. */
static bool is_mark(const char *name)
{
	static const char *const marks[] = {
		"_text", "_stext", "_etext", "_sinittext", "_einittext", "_start_text", "__init_begin",
		"__init_end", "_end", "_edata", "__bss_start", "__pi__text",
	};

	if (*name != '_')
		return false;
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (!strcmp(name, marks[i]))
			return true;
	return ends(name, "_text_start") || ends(name, "_text_end") || starts(name, "__start_") || starts(name, "__stop_");
}

/* The name of the function that this is the padding of, or NULL. */
static const char *padding_of(const char *name)
{
	if (starts(name, "__pfx_") || starts(name, "__cfi_"))
		return name + strlen("__pfx_");
	return NULL;
}

static size_t underscores(const char *name)
{
	return strspn(name, "_");
}

/* Below 0: a is the better name for a place that both name. */
static int compare_aliases(const struct symtab_entry *a, const struct symtab_entry *b)
{
	int sized = (b->end > b->start) - (a->end > a->start);

	if (!a->name || !b->name)
		return !a->name - !b->name;
	if (sized)
		return sized;
	/* Marks have no size. */
	if (a->end == a->start && is_mark(a->name) != is_mark(b->name))
		return is_mark(a->name) - is_mark(b->name);
	if (!a->binding != !b->binding)
		return !a->binding - !b->binding;
	if (underscores(a->name) != underscores(b->name))
		return underscores(a->name) < underscores(b->name) ? -1 : 1;
	if (a->binding != b->binding)
		return b->binding - a->binding;
	size_t len_a = strlen(a->name), len_b = strlen(b->name);
	if (len_a != len_b)
		return len_a < len_b ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* Of entries [i, n) that start where i does: the best one, and in *next the first that starts elsewhere. */
static struct symtab_entry best_alias(const struct symtab *t, size_t i, size_t *next)
{
	const struct symtab_entry *e = t->entries.data, *best = &e[i];
	size_t j = i + 1;

	for (; j < t->entries.len && e[j].start == best->start; j++) {
		/* Padding that shares its place with the end mark of what is before it is still padding. */
		if (t->last_wins || compare_aliases(&e[j], best) < 0)
			best = &e[j];
	}
	*next = j;
	return *best;
}

static void keep_best_aliases(struct symtab *t)
{
	size_t kept = 0;

	for (size_t i = 0, next; i < t->entries.len; i = next)
		t->entries.data[kept++] = best_alias(t, i, &next);
	t->entries.len = kept;
}

/* ---- sizes, padding, nesting */

/*
 * How far a symbol of unknown size may reach: to the next one, or the limit;
 * but from the last of one owner (the kernel) to the first of another (a
 * module, gigabytes away) only to the end of the page behind.
 */
static uint64_t next_start(const struct symtab *t, size_t i, uint64_t limit)
{
	const struct symtab_entry *e = &t->entries.data[i];

	if (i + 1 == t->entries.len)
		return limit > e->start ? limit : e->start;
	uint64_t page = (e->start | (PAGE - 1)) + PAGE + 1;
	if (e[1].owner != e->owner && page > e->start && page < e[1].start)
		return page;
	return e[1].start;
}

/* Gives padding to the function behind it; true when `e` is to go. */
static bool pad(struct symtab *t, size_t i, uint64_t limit)
{
	struct symtab_entry *e = &t->entries.data[i];
	uint64_t size = next_start(t, i, limit) - e->start;
	const char *plain = padding_of(e->name);

	if (!plain)
		return false;
	if (i + 1 < t->entries.len && e[1].name && !padding_of(e[1].name) && size <= UINT8_MAX) {
		e[1].padding = (uint8_t)size;
		return true;
	}
	e->name = plain;
	return false;
}

/*
 * One pass in order of addresses: ends what has no size, drops what is no
 * symbol, and links each to the one around it.
 */
static void settle(struct symtab *t, uint64_t limit)
{
	struct symtab_entry *e = t->entries.data;
	uint32_t kept = 0, chain = NO_ID;
	uint64_t sized_until = 0;	/* the functions of known size so far reach up to here */

	for (size_t i = 0; i < t->entries.len; i++) {
		bool sized = e[i].end > e[i].start;

		if (!e[i].name || pad(t, i, limit))
			continue;
		if (!sized && e[i].start < sized_until)
			continue;
		if (sized && e[i].end > sized_until)
			sized_until = e[i].end;
		if (!sized)
			e[i].end = next_start(t, i, limit);
		while (chain != NO_ID && e[chain].end <= e[i].start)
			chain = e[chain].outer;
		e[i].outer = chain;
		e[kept] = e[i];
		chain = kept++;
	}
	t->entries.len = kept;
}

void symtab_finish(struct symtab *t, uint64_t limit)
{
	if (!t->entries.len)
		return;
	if (t->entries.len >= NO_ID)
		t->entries.len = NO_ID - 1;
	sort(t);
	keep_best_aliases(t);
	settle(t, limit);
}

const struct symtab_entry *symtab_find(const struct symtab *t, uint64_t address)
{
	const struct symtab_entry *e = t->entries.data;
	size_t low = 0, high = t->entries.len;

	/* The first one that starts behind the address. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (e[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low) {
		size_t at = low - 1;
		for (int steps = 0; at != NO_ID && steps < OUTER_STEPS; steps++) {
			if (address < e[at].end)
				return &e[at];
			at = e[at].outer;
		}
	}
	if (low < t->entries.len && e[low].start - address <= e[low].padding)
		return &e[low];
	return NULL;
}

void symtab_deinit(struct symtab *t)
{
	vec_deinit(&t->entries);
	arena_deinit(&t->names);
	*t = (struct symtab){ 0 };
}
