/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An arena: many small allocations, freed together. All-zero is empty.
 * Memory is aligned to 8 bytes and never moves.
 */
#ifndef PTK_BASE_ARENA_H
#define PTK_BASE_ARENA_H

#include <stddef.h>

struct arena {
	struct arena_chunk *chunk;	/* the newest */
	size_t used;			/* bytes of it */
	size_t total;			/* bytes of all chunks */
};

void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull));
void *arena_calloc(struct arena *a, size_t size) __attribute__((returns_nonnull));
void *arena_memdup(struct arena *a, const void *data, size_t size);
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_deinit(struct arena *a);

#endif
