/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests in TAP (testanything.org), read by automake's driver. A test
 * program is a row of checks:
 *
 *	int main(void)
 *	{
 *		CHECK(f(2) == 4, "f squares");
 *		CHECK_EQ(g(), 7, "g");			integers
 *		CHECK_STR(h(), "x", "h");
 *		CHECK_ERR(call(), "no such", "what it refuses");	message or hint contains; destroyed
 *		CHECK_OK(call(), "what works");
 *		SKIP(n, "no tracefs here");		instead of n checks
 *		return tap_done();
 *	}
 */
#ifndef PTK_TESTS_TAP_H
#define PTK_TESTS_TAP_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static int tap_count, tap_failed;

static inline bool tap_check(bool good, const char *what, const char *file, int line)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tap_count, what);
	if (!good) {
		tap_failed++;
		printf("#   at %s:%d\n", file, line);
	}
	fflush(stdout);
	return good;
}

static inline void tap_eq(long long got, long long want, const char *what, const char *file, int line)
{
	if (!tap_check(got == want, what, file, line))
		printf("#   got %lld (0x%llx), wanted %lld (0x%llx)\n", got, got, want, want);
}

static inline void tap_str(const char *got, const char *want, const char *what, const char *file, int line)
{
	if (!tap_check(got && want ? !strcmp(got, want) : got == want, what, file, line))
		printf("#   got    %s\n#   wanted %s\n", got ? got : "NULL", want ? want : "NULL");
}

static inline void tap_err(struct error *err, const char *part, const char *what, const char *file, int line)
{
	char *text = err ? error_text(err) : NULL;

	if (!tap_check(text && strstr(text, part), what, file, line))
		printf("#   got %s\n#   wanted an error with: %s\n", text ? text : "no error", part);
	free(text);
	error_destroy(err);
}

static inline void tap_ok(struct error *err, const char *what, const char *file, int line)
{
	if (!tap_check(!err, what, file, line))
		printf("#   got %s\n", err->message);
	error_destroy(err);
}

static inline int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#define CHECK(good, what) tap_check((good), (what), __FILE__, __LINE__)
#define CHECK_EQ(got, want, what) tap_eq((long long)(got), (long long)(want), (what), __FILE__, __LINE__)
#define CHECK_STR(got, want, what) tap_str((got), (want), (what), __FILE__, __LINE__)
#define CHECK_ERR(err, part, what) tap_err((err), (part), (what), __FILE__, __LINE__)
#define CHECK_OK(err, what) tap_ok((err), (what), __FILE__, __LINE__)
#define SKIP(n, why) do { \
	for (int skip_ = 0; skip_ < (n); skip_++) \
		printf("ok %d # SKIP %s\n", ++tap_count, (why)); \
} while (0)

#endif
