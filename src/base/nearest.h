/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Did you mean": the names nearest to a mistyped one. */
#ifndef PTK_BASE_NEAREST_H
#define PTK_BASE_NEAREST_H

#include <stddef.h>

enum { NEAREST_MAX = 3 };

/* The best few of the names offered; all-zero but `word` to begin with. */
struct nearest {
	const char *word;		/* as typed */
	size_t word_len;		/* 0: strlen(word) */
	const char *names[NEAREST_MAX];	/* borrowed from who offered them, best first */
	size_t cost[NEAREST_MAX];
	size_t n;
};

/*
 * Offers a name. It is kept when its edit distance (Damerau-Levenshtein,
 * letters' case ignored) is at most a third of the longer one's length, or
 * when the word begins or is contained in it.
 */
void nearest_offer(struct nearest *best, const char *name);

/* "did you mean A, B or C?" for error_hint, or NULL when there is none; the caller frees it. */
char *nearest_hint(const struct nearest *best) __attribute__((warn_unused_result));

#endif
