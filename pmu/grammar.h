/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the event grammar share: the text, the place in it, and the list that grows. */
#ifndef PTK_PMU_GRAMMAR_H
#define PTK_PMU_GRAMMAR_H

#include <string.h>

#include "base/arena.h"
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

/* The end of the text between slashes that begins at `at`: a slash outside quotes; NULL when there is none. */
const char *grammar_closing_slash(const char *at);

/* A usage error with the caret under the word. */
struct error *grammar_error(const struct grammar *g, struct word where, const char *fmt, ...) PRINTF_LIKE(3, 4) MUST_CHECK;
/* Adds "did you mean" when there is something near. */
struct error *grammar_nearest(struct error *err, const struct nearest *best) MUST_CHECK;

/* A new event with perf's defaults (exclude_guest where the PMU knows guests), the name a copy of `name`. */
struct event *grammar_add(struct grammar *g, enum event_kind kind, struct word name, uint32_t type, uint64_t config);

/* One event for each kind of core on a hybrid machine, else one. */
void grammar_add_for_cores(struct grammar *g, enum event_kind kind, struct word name, uint32_t type, uint64_t config);

/* How that event is shown for one kind of core: cycles:u is cpu_core/cycles/u. The caller frees it. */
char *grammar_core_name(const struct pmu *pmu, struct word typed) MUST_CHECK;

static inline struct word word_up_to(struct word word, char c)
{
	const char *end = memchr(word.at, c, word.len);

	return (struct word){ word.at, end ? (size_t)(end - word.at) : word.len };
}

/* What of the word is behind head and the one byte that follows it. */
static inline struct word word_behind(struct word word, struct word head)
{
	size_t used = head.len + (head.len < word.len);

	return (struct word){ word.at + used, word.len - used };
}

/* Decimal or 0x hexadecimal, the whole word. */
bool word_number(struct word word, uint64_t *value);
/* rNNN, with or without 0x */
bool word_raw(struct word word, uint64_t *config);

/* Terms (terms.c): what stands between slashes, NAME[=VALUE], parted by commas. */
struct term {
	struct word name, value;
	bool has_value;
};

typedef VEC(struct term) term_list;

struct error *terms_split(const struct grammar *g, struct word text, term_list *terms) MUST_CHECK;
/*
 * A term that any event takes (name=, period=, config= …), applied to one
 * event; *known false when the word is none of them.
 */
struct error *term_apply_common(struct grammar *g, const struct term *term, struct event *event, bool *known) MUST_CHECK;
/* All terms, to the events from `first` on, none of which has a PMU with words of its own. */
struct error *terms_apply(struct grammar *g, const term_list *terms, size_t first) MUST_CHECK;
/* Offers the words that every event takes. */
void terms_offer(struct nearest *best);

/*
 * PMUs (source.c). PMU/terms/ for every PMU that the word stands for, and
 * names of events/ by themselves, in all PMUs. *known false: there is none.
 */
struct error *source_add(struct grammar *g, struct word pmu, const term_list *terms, struct word shown, bool *known) MUST_CHECK;
struct error *source_add_alias(struct grammar *g, struct word alias, const term_list *terms, struct word shown, bool *known) MUST_CHECK;
void source_offer_pmus(struct grammar *g, struct nearest *best);
void source_offer_aliases(struct grammar *g, struct nearest *best);

/* libpfm4's names (libpfm.c), where it is on this machine. */
struct error *libpfm_add(struct grammar *g, struct word word, bool *known) MUST_CHECK;

/* Modifiers (modifiers.c). */
bool modifiers_valid(struct word word);
/* Applies them to the events from `first` on. For a group they add to those of its events. */
struct error *modifiers_apply(struct grammar *g, struct word word, size_t first, bool group) MUST_CHECK;

/* Tracepoints (tracepoint.c): SYSTEM:NAME, both may be globs. */
struct error *tracepoint_add(struct grammar *g, struct word system, struct word name) MUST_CHECK;
/* Is there a system that matches? False as well where tracefs cannot be read. */
bool tracepoint_system_there(struct grammar *g, struct word system);

/* Calls for every tracepoint, in the order of their names. */
struct error *tracepoint_each(struct pmus *pmus, void (*call)(void *ctx, const char *system, const char *name), void *ctx) MUST_CHECK;
/* Is there a tracepoint of that name in any system? Its "SYSTEM:NAME", or NULL. */
char *tracepoint_search(struct grammar *g, struct word name);

/* Probes for as long as they are open (probe.c): kprobe:FUNCTION …; probe_event_is: does one begin here? */
bool probe_event_is(const char *text);
struct error *probe_event_add(struct grammar *g, struct word word) MUST_CHECK;

/* Breakpoints (breakpoint.c): mem:ADDR[/LEN][:rwx][:MODIFIERS]. */
struct error *breakpoint_add(struct grammar *g, struct word word) MUST_CHECK;

#endif
