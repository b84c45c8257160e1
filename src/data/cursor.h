/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes of a file, taken from the front; each call says false, and takes nothing, when they do not suffice. */
#ifndef PTK_DATA_CURSOR_H
#define PTK_DATA_CURSOR_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

struct cursor {
	const uint8_t *at;
	size_t left;
};

static inline bool cursor_skip(struct cursor *c, uint64_t n)
{
	if (n > c->left)
		return false;
	c->at += n;
	c->left -= n;
	return true;
}

static inline bool cursor_copy(struct cursor *c, void *to, size_t n)
{
	const uint8_t *from = c->at;

	if (!cursor_skip(c, n))
		return false;
	memcpy(to, from, n);
	return true;
}

static inline bool cursor_u32(struct cursor *c, uint32_t *value) { return cursor_copy(c, value, sizeof(*value)); }
static inline bool cursor_u64(struct cursor *c, uint64_t *value) { return cursor_copy(c, value, sizeof(*value)); }

/* A 32-bit length and so many bytes, the string up to the first zero of them; copied into the arena. */
static inline bool cursor_string(struct cursor *c, struct arena *a, const char **s)
{
	struct cursor try = *c;
	uint32_t len;
	const char *text;

	if (!cursor_u32(&try, &len))
		return false;
	text = (const char *)try.at;
	if (!cursor_skip(&try, len))
		return false;
	*s = arena_strndup(a, text, strnlen(text, len));
	*c = try;
	return true;
}

#endif
