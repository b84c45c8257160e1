/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors as values.
 *
 * A function that can fail for a reason a person should read returns
 * `struct error *`: NULL is success, anything else is owned by the caller.
 * An error says what happened (message), where in the text that a person
 * typed (source, column, width: drawn as a caret), and what to do (hint).
 * Context is put in front on the way up. Only cmd/ and ui/ print errors.
 */
#ifndef PTK_BASE_ERROR_H
#define PTK_BASE_ERROR_H

#include <stdarg.h>
#include <stddef.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/* The value is the exit status that the program ends with. */
enum error_kind {
	ERROR_FAILED = 1,	/* the run failed */
	ERROR_USAGE = 2,	/* what was typed is wrong */
};

struct error {
	enum error_kind kind;
	int os;			/* errno behind it, or 0 */
	char *message;		/* one line, no full stop, no newline */
	char *hint;		/* what to do about it, lines parted by \n; or NULL */
	char *source;		/* the text that the caret points into; or NULL */
	size_t column, width;	/* bytes into source; width 0 draws one caret */
};

/* A failure, with errno 0. */
struct error *error_create(const char *fmt, ...) PRINTF_LIKE(1, 2) MUST_CHECK;
/* A mistake in what was typed: exit status 2. */
struct error *error_usage(const char *fmt, ...) PRINTF_LIKE(1, 2) MUST_CHECK;
/* A failed system call: ": " and the text of errnum follow the message. */
struct error *error_os(int errnum, const char *fmt, ...) PRINTF_LIKE(2, 3) MUST_CHECK;

/* The following take an error, change it and give the same one back. */

/* Adds a line to the hint. */
struct error *error_hint(struct error *err, const char *fmt, ...) PRINTF_LIKE(2, 3) MUST_CHECK;
/* Puts "CONTEXT: " in front of the message. */
struct error *error_context(struct error *err, const char *fmt, ...) PRINTF_LIKE(2, 3) MUST_CHECK;
/*
 * Points at `width` bytes at `column` of `source` (copied). Where the error
 * points somewhere already, the first one stands.
 */
struct error *error_at(struct error *err, const char *source, size_t column, size_t width) MUST_CHECK;

/* The whole text as lines, "ptk: " not included; the caller frees it. */
char *error_text(const struct error *err) MUST_CHECK;

void error_destroy(struct error *err);	/* NULL is fine */

static inline void error_destroyp(struct error **err) { error_destroy(*err); }

#endif
