/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pairs of tracepoint samples: a request and its completion, a wakeup and the
 * switch to what was woken. Two belong together when the fields that are the
 * key have the same values, and the time between them is a latency.
 */
#ifndef PTK_PROFILE_PAIRS_H
#define PTK_PROFILE_PAIRS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/vec.h"
#include "session/session.h"
#include "session/tracepoint_formats.h"

struct pair {
	uint64_t from_time, to_time;	/* ns, perf clock */
	uint32_t tid, cpu;		/* of the first; NO_ID: not known */
};

/* The last first one with some key. */
struct last_from {
	struct pair pair;
	bool waits;			/* for its second one */
};

enum pair_side { PAIR_FROM, PAIR_TO, PAIR_SIDES };

/* A field of the key, as both events call it. */
struct pair_field {
	const char *name[PAIR_SIDES];
};

struct pairs {
	VEC(struct pair) list;		/* by the time of the second, until pairs_finish sorts them by that of the first */
	uint64_t unmatched[PAIR_SIDES];
	uint64_t unreadable;		/* samples that lack a field */
	uint64_t shortest, longest;	/* ns */
	/* while they are found */
	const char *event[PAIR_SIDES];
	VEC(struct pair_field) key;
	struct tracepoint_formats *formats;
	struct arena text;
	struct map64 sides;		/* event to struct side_reader * */
	struct map64 by_key;		/* hash of the key's values to index of `last` */
	VEC(struct last_from) last;
	struct error *failure;
};

/*
 * key: "sector,dev"; "pid=next_pid" where the second event calls it
 * otherwise; tid, pid and cpu are the sample's own where the event has no
 * such field. All texts and formats are borrowed.
 */
struct error *pairs_init(struct pairs *p, const char *from, const char *to, const char *key, struct tracepoint_formats *formats) MUST_CHECK;
void pairs_deinit(struct pairs *p);

/* Every sample, in the order of time. True: it is a first one. */
bool pairs_sample(struct pairs *p, const struct session_sample *sample, const char *name, const struct perf_event_attr *attr);
/* Counts what has no partner. An error: an event lacks a field of the key. */
struct error *pairs_finish(struct pairs *p) MUST_CHECK;
/* The pair whose first is this sample; NULL: it has no partner. After pairs_finish. */
const struct pair *pairs_find(const struct pairs *p, uint64_t from_time, uint32_t tid, uint32_t cpu);

#endif
