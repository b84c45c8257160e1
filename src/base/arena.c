/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct arena_chunk {
	struct arena_chunk *older;
	size_t size;
	uint64_t bytes[];
};

enum { FIRST_CHUNK = 4096, LARGEST_CHUNK = 1 << 20 };

void *arena_alloc(struct arena *a, size_t size)
{
	size = (size + 7) & ~(size_t)7;
	if (!a->chunk || a->chunk->size - a->used < size) {
		size_t grown = a->chunk ? a->chunk->size * 2 : FIRST_CHUNK;
		if (grown > LARGEST_CHUNK)
			grown = LARGEST_CHUNK;
		if (grown < size)
			grown = size;
		struct arena_chunk *chunk = xmalloc(sizeof(*chunk) + grown);
		chunk->older = a->chunk;
		chunk->size = grown;
		a->chunk = chunk;
		a->used = 0;
		a->total += grown;
	}
	void *p = (char *)a->chunk->bytes + a->used;
	a->used += size;
	return p;
}

void *arena_calloc(struct arena *a, size_t size)
{
	return memset(arena_alloc(a, size), 0, size);
}

void *arena_memdup(struct arena *a, const void *data, size_t size)
{
	void *p = arena_alloc(a, size);

	if (size)
		memcpy(p, data, size);
	return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *p = arena_alloc(a, len + 1);

	memcpy(p, s, len);
	p[len] = '\0';
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_memdup(a, s, strlen(s) + 1);
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	char *text = xvasprintf(fmt, args);
	va_end(args);
	char *copy = arena_strdup(a, text);
	free(text);
	return copy;
}

void arena_deinit(struct arena *a)
{
	struct arena_chunk *older;

	for (struct arena_chunk *c = a->chunk; c; c = older) {
		older = c->older;
		free(c);
	}
	*a = (struct arena){ 0 };
}
