/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A string that grows. `struct strbuf b = { 0 };` is an empty one. */
#ifndef PTK_BASE_STRBUF_H
#define PTK_BASE_STRBUF_H

#include <stdarg.h>
#include <stddef.h>

struct strbuf {
	char *data;		/* NUL-terminated once anything was added; else NULL */
	size_t len, cap;	/* bytes, the NUL not counted in len */
};

void strbuf_add(struct strbuf *b, const void *data, size_t len);
void strbuf_adds(struct strbuf *b, const char *s);
void strbuf_addc(struct strbuf *b, char c);
/* n times the character. */
void strbuf_fill(struct strbuf *b, char c, size_t n);
void strbuf_printf(struct strbuf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vprintf(struct strbuf *b, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));
/* What printf does for %*s, %-*s and %*.*f, to the byte; several times faster, for rows that are printed many times a second. */
void strbuf_add_right(struct strbuf *b, int width, const char *s);
void strbuf_add_left(struct strbuf *b, int width, const char *s);
void strbuf_add_fixed(struct strbuf *b, int width, unsigned digits, double value);
/* Room for `more` bytes behind len; the place to write them. The caller adds to len. */
char *strbuf_reserve(struct strbuf *b, size_t more);
void strbuf_truncate(struct strbuf *b, size_t len);
/* Takes blanks off the end. */
void strbuf_trim(struct strbuf *b);
/* Control characters behind `from` become question marks (utf8_tame). */
void strbuf_tame(struct strbuf *b, size_t from);
/* strbuf_adds, tamed: for names that others gave, in text that has lines of its own. */
void strbuf_add_tame(struct strbuf *b, const char *s);
/* The string so far, "" when empty; owned by the buffer. */
const char *strbuf_str(const struct strbuf *b);
/* Hands the string to the caller, who frees it, and empties the buffer. Never NULL. */
char *strbuf_take(struct strbuf *b) __attribute__((warn_unused_result));
void strbuf_deinit(struct strbuf *b);

#define autostrbuf __attribute__((cleanup(strbuf_deinit)))

#endif
