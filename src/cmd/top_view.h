/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk top: its options, what it samples, and what is shown of it, as text or on the screen. */
#ifndef PTK_CMD_TOP_VIEW_H
#define PTK_CMD_TOP_VIEW_H

#include <time.h>

#include "cmd/names.h"
#include "cmd/record.h"
#include "cmd/ring_copy.h"
#include "cmd/sampling.h"
#include "profile/builder.h"
#include "profile/calltree.h"
#include "profile/grouping.h"
#include "session/session.h"
#include "ui/browser.h"

/* The command line, as typed. */
struct top_options {
	struct record_options record;	/* first: record_take_…() fill it */
	const char *sort, *symbol_part, *vmlinux, *kallsyms;
	bool samples, no_children, hide_kernel, hide_user, idle, zero;
	bool stdio, tui, no_cache;
	const char *script, *screen_size;	/* --script: keys, screens as text */
	double delay;			/* seconds between two refreshes */
	uint64_t entries;		/* rows; 0: what fits */
	double percent_limit;
};

/*
 * Samples as they come: rings into a session into a profile. What is old
 * fades; when much has faded, or tasks and images that are gone have piled
 * up, session and profile are made anew, so that memory stays what the
 * machine's living tasks need.
 */
struct live {
	struct sampling sampling;
	struct profile profile;
	struct profile_builder *builder;
	struct profile_dims dims;
	struct profile_filter filter;
	struct session *session;
	struct names names;
	struct session_options session_options;
	struct data_event *events;
	size_t n_events;
	struct ring_copy copy;
	struct profile_fields *fields;
	bool hide_kernel, hide_user, idle;
	bool paused;			/* samples are read, and forgotten */
	uint64_t samples;		/* taken so far */
	uint64_t lost_told;		/* by LOST records of sessions before this one */
	uint64_t lost_counted;		/* by the kernel at the descriptors, at the last refresh */
	uint64_t at_start;		/* task and mapping records that this session began with */
	uint32_t rounds;		/* live_fade calls */
	uint32_t renewals;		/* how often ids changed */
};

/* Target and options are in `sampling`; opens its events, and `fields` has theirs. */
struct error *live_open(struct live *live, const struct top_options *o) MUST_CHECK;
/* Maps, names what is there, and starts. */
struct error *live_start(struct live *live, const struct profile_dims *dims) MUST_CHECK;
/* One pass over all rings. */
void live_drain(struct live *live);
/* A refresh is over. all: nothing stays. */
struct error *live_fade(struct live *live, bool all) MUST_CHECK;
/* Other things to tell apart from now on; what was counted is gone. */
void live_regroup(struct live *live, const struct profile_dims *dims);
/* From now on it is noted at which addresses samples hit; the profile goes on. */
void live_note_hits(struct live *live);
uint64_t live_lost(const struct live *live);
void live_stop(struct live *live);
void live_deinit(struct live *live);

/* What a person sees of it. */
struct top {
	struct top_options o;
	struct live live;
	struct columns columns;
	struct calltree_spec calltree;
	bool children, screen;
	double rate;			/* samples/s since the last refresh */
	char *target;			/* "PID 12", "CPU 0-3"; NULL: everything */
	int signals;			/* a signalfd */
};

/* Rows of an event. */
void top_group(const struct top *top, const struct browser_query *query, struct grouping *g);
/* "ptk top: 4000 samples/s, 0 lost, cpu-clock, [page-faults] on all 2 CPUs". shown: the event in brackets, or NO_ID. */
void top_header(const struct top *top, uint32_t shown, struct strbuf *out);

/* The columns for these keys (NULL: those of the command line). */
struct error *top_columns(const struct top *top, const char *sort, bool children, struct columns *columns) MUST_CHECK;
/* What samples are to be told apart by for these. */
void top_dims(const struct top *top, const struct columns *columns, struct profile_dims *dims);

/* ---- top_screen.c: on the terminal, until q or a signal */
struct error *top_screen(struct top *top) MUST_CHECK;

/* ---- top_text.c: as text, until a signal comes */
struct error *top_text(struct top *top) MUST_CHECK;

#endif
