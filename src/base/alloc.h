/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocation that does not fail: running out of memory ends the program at
 * once with a message on stderr and exit status 1. Everything is freed with
 * free(3).
 */
#ifndef PTK_BASE_ALLOC_H
#define PTK_BASE_ALLOC_H

#include <stdarg.h>
#include <stddef.h>

void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull, warn_unused_result));
void *xcalloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull, warn_unused_result));
/* n * size is checked for overflow. */
void *xreallocarray(void *old, size_t n, size_t size) __attribute__((returns_nonnull, warn_unused_result));
/*
 * For a table that is read at random: begins at a cache line, and has huge
 * pages where it is large and the machine allows, so that a read does not
 * cost a walk of the page tables first.
 */
void *xmalloc_table(size_t size) __attribute__((malloc, returns_nonnull, warn_unused_result));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull, warn_unused_result));
char *xstrndup(const char *s, size_t n) __attribute__((malloc, returns_nonnull, warn_unused_result));
void *xmemdup(const void *data, size_t size) __attribute__((malloc, returns_nonnull, warn_unused_result));
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2), malloc, returns_nonnull, warn_unused_result));
char *xvasprintf(const char *fmt, va_list args) __attribute__((format(printf, 1, 0), malloc, returns_nonnull, warn_unused_result));

#endif
