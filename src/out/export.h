/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is exported of a profile, and what the exporters (exporters.h) share:
 * names and values as formats want them.
 */
#ifndef PTK_OUT_EXPORT_H
#define PTK_OUT_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "profile/places.h"
#include "profile/profile.h"

/* What is known of the recording besides its samples; NULL and 0: not known. */
struct export_about {
	const char *file;
	const char *host, *kernel, *cpu, *arch;
	const char *command;		/* that recorded */
	const char *recorded;		/* when, to be read */
	uint64_t recorded_s;		/* when, since 1970 */
	uint64_t first_ns, last_ns;	/* of the samples, perf clock */
	uint64_t lost;			/* records and samples together */
};

struct export_options {
	bool by_period;		/* formats with one value take the period and not the number of samples */
	bool mark_kernel, mark_jit, mark_inlined;	/* folded: _[k], _[j], _[i] behind names */
	double min_percent;	/* dot: functions and calls below that are left out */
};

/* The samples of an event: indexes into export->samples. */
struct export_event {
	uint32_t event;		/* of the profile */
	size_t first, n;
	uint64_t count, period;
};

struct export {
	const struct profile *profile;
	const struct export_about *about;
	struct export_options options;
	VEC(struct export_event) events;	/* those with samples */
	VEC(uint32_t) samples;			/* indexes into profile->samples, by event */
};

/*
 * The samples in the wanted places, of the event with that name (NULL: of
 * all). All is borrowed.
 */
void export_init(struct export *e, const struct profile *profile, const struct export_about *about,
		 const struct place_filter *filter, const char *event);
void export_deinit(struct export *e);

static inline const struct profile_sample *export_sample(const struct export *e, const struct export_event *event, size_t i)
{
	return &e->profile->samples.data[e->samples.data[event->first + i]];
}

static inline const char *export_event_name(const struct export *e, const struct export_event *event)
{
	return strtab_text(&e->profile->strings, e->profile->events.data[event->event].name);
}

/* "nanoseconds" for the events whose period is time, else what a foreign profile says, or "count". */
const char *export_event_unit(const struct export *e, const struct export_event *event);

static inline uint64_t export_value(const struct export *e, uint64_t count, uint64_t period)
{
	return e->options.by_period ? period : count;
}

/* Text as names may be written: control characters and what is not UTF-8 become U+FFFD. Appended. */
void export_clean(const char *text, struct strbuf *out);
/* A frame's name, clean: of its symbol, else "[IMAGE]", else "[unknown]". Appended. */
void export_frame_name(const struct profile *p, uint32_t frame, struct strbuf *out);
/* Where no symbol is known, its address. Appended. */
void export_exact_name(const struct profile *p, uint32_t frame, struct strbuf *out);

#endif
