/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"

char *strbuf_reserve(struct strbuf *b, size_t more)
{
	size_t need = b->len + more + 1;

	if (need > b->cap) {
		size_t cap = b->cap ? b->cap : 64;
		while (cap < need)
			cap += cap / 2;
		b->data = xreallocarray(b->data, cap, 1);
		b->cap = cap;
	}
	return b->data + b->len;
}

void strbuf_add(struct strbuf *b, const void *data, size_t len)
{
	char *at = strbuf_reserve(b, len);

	if (len)
		memcpy(at, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void strbuf_adds(struct strbuf *b, const char *s)
{
	strbuf_add(b, s, strlen(s));
}

void strbuf_addc(struct strbuf *b, char c)
{
	strbuf_add(b, &c, 1);
}

void strbuf_fill(struct strbuf *b, char c, size_t n)
{
	memset(strbuf_reserve(b, n), c, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void strbuf_vprintf(struct strbuf *b, const char *fmt, va_list args)
{
	va_list again;

	va_copy(again, args);
	char *at = strbuf_reserve(b, 64);
	int n = vsnprintf(at, b->cap - b->len, fmt, args);
	if (n >= 0 && (size_t)n >= b->cap - b->len) {
		at = strbuf_reserve(b, (size_t)n);
		n = vsnprintf(at, b->cap - b->len, fmt, again);
	}
	va_end(again);
	if (n > 0)
		b->len += (size_t)n;
	b->data[b->len] = '\0';
}

void strbuf_printf(struct strbuf *b, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	strbuf_vprintf(b, fmt, args);
	va_end(args);
}

static void add_blanks(struct strbuf *b, int width, size_t used)
{
	strbuf_fill(b, ' ', width > 0 && (size_t)width > used ? (size_t)width - used : 0);
}

void strbuf_add_right(struct strbuf *b, int width, const char *s)
{
	add_blanks(b, width, strlen(s));
	strbuf_adds(b, s);
}

void strbuf_add_left(struct strbuf *b, int width, const char *s)
{
	size_t len = strlen(s);

	strbuf_add(b, s, len);
	add_blanks(b, width, len);
}

/* Digits of a whole number, the last of them `point` behind the point. */
static char *put_digits(char *end, unsigned long long n, unsigned point)
{
	for (unsigned i = 0; i <= point || n; i++, n /= 10) {
		if (i && i == point)
			*--end = '.';
		*--end = (char)('0' + n % 10);
	}
	return end;
}

void strbuf_add_fixed(struct strbuf *b, int width, unsigned digits, double value)
{
	static const double powers[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9 };
	enum { N_POWERS = sizeof(powers) / sizeof(powers[0]) };
	char text[32] = "", *end = text + sizeof(text) - 1;
	double scaled = digits < N_POWERS ? value * powers[digits] : -1;

	/* within 53 bits every whole number is exact, with bits to spare below */
	if (scaled >= 0 && scaled < 1e13 && !__builtin_signbit(value)) {
		unsigned long long whole = (unsigned long long)scaled;
		double rest = scaled - (double)whole;
		/* so near to a half the exact value decides, which printf knows */
		if (rest < 0.499 || rest > 0.501) {
			strbuf_add_right(b, width, put_digits(end, whole + (rest > 0.5), digits));
			return;
		}
	}
	strbuf_printf(b, "%*.*f", width, (int)digits, value);
}

void strbuf_truncate(struct strbuf *b, size_t len)
{
	if (len < b->len) {
		b->len = len;
		b->data[len] = '\0';
	}
}

void strbuf_trim(struct strbuf *b)
{
	size_t len = b->len;

	while (len && b->data[len - 1] == ' ')
		len--;
	strbuf_truncate(b, len);
}

void strbuf_tame(struct strbuf *b, size_t from)
{
	if (from < b->len)
		utf8_tame(b->data + from, b->len - from);
}

void strbuf_add_tame(struct strbuf *b, const char *s)
{
	size_t from = b->len;

	strbuf_adds(b, s);
	strbuf_tame(b, from);
}

const char *strbuf_str(const struct strbuf *b)
{
	return b->data ? b->data : "";
}

char *strbuf_take(struct strbuf *b)
{
	char *s = b->data ? b->data : xstrdup("");

	*b = (struct strbuf){ 0 };
	return s;
}

void strbuf_deinit(struct strbuf *b)
{
	free(b->data);
	*b = (struct strbuf){ 0 };
}
