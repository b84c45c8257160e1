/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text without printf, for what is written millions of times. Each function
 * writes at p, where there is room, and gives the place behind.
 */
#ifndef PTK_CMD_PUT_TEXT_H
#define PTK_CMD_PUT_TEXT_H

#include <stdint.h>
#include <string.h>

enum { PUT_PIECE = 16 };

static inline char *put_string(char *p, const char *s, size_t len)
{
	memcpy(p, s, len);
	return p + len;
}

/* The same in pieces of PUT_PIECE bytes: up to one piece more is read, and written. */
static inline char *put_pieces(char *p, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i += PUT_PIECE)
		memcpy(p + i, s + i, PUT_PIECE);
	return p + len;
}

static inline char *put_spaces(char *p, size_t n)
{
	memset(p, ' ', n);
	return p + n;
}

/* Two digits, v < 100. */
static inline char *put_two(char *p, unsigned v)
{
	p[0] = (char)('0' + v / 10);
	p[1] = (char)('0' + v % 10);
	return p + 2;
}

/* Six digits, v < 1000000. */
static inline char *put_six(char *p, uint32_t v)
{
	put_two(p, v / 10000);
	put_two(p + 2, v / 100 % 100);
	return put_two(p + 4, v % 100);
}

/* Decimal, at least `width` wide, filled with `fill` in front. */
static inline char *put_u64(char *p, uint64_t v, unsigned width, char fill)
{
	char digits[20];
	unsigned n = 0;

	do
		digits[n++] = (char)('0' + v % 10);
	while (v /= 10);
	for (; width > n; width--)
		*p++ = fill;
	while (n)
		*p++ = digits[--n];
	return p;
}

/* A pid: -1 is one, too. */
static inline char *put_id(char *p, uint32_t v, unsigned width)
{
	if (v <= INT32_MAX)
		return put_u64(p, v, width, ' ');
	for (; width > 2; width--)
		*p++ = ' ';
	*p++ = '-';
	return put_u64(p, -v, 0, ' ');
}

/* 16 columns of hexadecimal, no zeros in front. */
static inline char *put_hex16(char *p, uint64_t v)
{
	static const char digit[16] = "0123456789abcdef";
	int blank = v ? __builtin_clzll(v) / 4 : 15;

	for (int i = 15; i >= 0; i--, v >>= 4)
		p[i] = digit[v & 15];
	for (int i = 0; i < blank; i++)
		p[i] = ' ';
	return p + 16;
}

/* "%5lu.%06lu: " of seconds and microseconds, or nine digits of nanoseconds. */
static inline char *put_time(char *p, uint64_t t, int nanoseconds)
{
	uint64_t s = t / 1000000000;
	uint32_t ns = (uint32_t)(t % 1000000000);

	p = put_u64(p, s, 5, ' ');
	*p++ = '.';
	p = put_six(p, ns / 1000);
	if (nanoseconds)
		p = put_u64(p, ns % 1000, 3, '0');
	*p++ = ':';
	*p++ = ' ';
	return p;
}

#endif
