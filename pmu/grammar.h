/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the event grammar share: the text, the place in it, and the list that grows. */
#ifndef PTK_PMU_GRAMMAR_H
#define PTK_PMU_GRAMMAR_H

#include "base/error.h"
#include "base/nearest.h"
#include "base/notes.h"
#include "pmu/event.h"
#include "pmu/pmus.h"

struct grammar {
	struct pmus *pmus;
	const char *text;	/* as typed */
	struct notes *notes;	/* may be NULL */
	struct event_list *list;
};

/* A stretch of the typed text. */
struct word {
	const char *at;
	size_t len;
};

static inline bool word_is(struct word word, const char *text)
{
	return strlen(text) == word.len && !memcmp(word.at, text, word.len);
}

/* A usage error with the caret under the word. */
struct error *grammar_error(const struct grammar *g, struct word where, const char *fmt, ...) PRINTF_LIKE(3, 4) MUST_CHECK;
/* Adds "did you mean" when there is something near. */
struct error *grammar_nearest(struct error *err, const struct nearest *best) MUST_CHECK;

/* A new event with perf's defaults (exclude_guest where the PMU knows guests), the name a copy of `name`. */
struct event *grammar_add(struct grammar *g, enum event_kind kind, struct word name, uint32_t type, uint64_t config);

/* Modifiers (modifiers.c). */
bool modifiers_valid(struct word word);
/* Applies them to the events from `first` on. For a group they add to those of its events. */
struct error *modifiers_apply(struct grammar *g, struct word word, size_t first, bool group) MUST_CHECK;

/* Tracepoints (tracepoint.c): SYSTEM:NAME, both may be globs. */
struct error *tracepoint_add(struct grammar *g, struct word system, struct word name) MUST_CHECK;
/* Is there a system that matches? False as well where tracefs cannot be read. */
bool tracepoint_system_there(struct grammar *g, struct word system);

/* Breakpoints (breakpoint.c): mem:ADDR[/LEN][:rwx]; *end is set behind it. */
struct error *breakpoint_add(struct grammar *g, struct word word, const char **end) MUST_CHECK;

#endif
