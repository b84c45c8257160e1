/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of a report: the samples of one event, grouped by the keys of the
 * columns. Read-only once made; call trees of single rows are made from it
 * when they are to be shown (profile/calltree.h).
 */
#ifndef PTK_PROFILE_GROUPING_H
#define PTK_PROFILE_GROUPING_H

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>

#include "profile/branches.h"
#include "profile/columns.h"
#include "profile/profile.h"
#include "profile/zoom.h"

struct grouping_options {
	const struct columns *columns;
	bool children;			/* callers get rows, too, with what their callees used */
	bool flat;			/* nobody will ask for call trees, and callers get no rows: rows have no branches */
	const regex_t *parent;		/* for COLUMN_PARENT; or NULL */
	bool parent_only;		/* leave out samples without such a caller */
	bool by_symbol;			/* frames of one function are one in call trees, also where addresses are told apart */
	bool hide_unresolved;		/* leave out samples that hit a place without a name, and callers without one */
	bool absolute;			/* percentages of all samples, also those that filters leave out */
	/* Samples are taken when the place they hit is in one of these; empty takes all. */
	VEC(const char *) dsos, symbols;
	const struct zoom *zoom;	/* samples of this part; NULL: all */
	const char *symbol_part;	/* rows are shown when their symbol's name contains it; or NULL */
	const int32_t *socket_of_cpu;	/* by CPU number, for COLUMN_SOCKET */
	size_t n_cpus;
};

struct row {
	uint32_t branches;		/* index of grouping->trees */
	uint32_t first;			/* its branches, by next_in_row, the outer ones of a recursion first */
	uint32_t frame;			/* one of its frames; for dso and symbol */
	uint32_t line_frame;		/* another of them, for the source line */
	uint32_t origin;		/* one of its origins */
	uint32_t depth;			/* frames outside of the first branch; callers stand before callees of equal period */
	uint32_t parent_frame;		/* COLUMN_PARENT; NO_ID: no caller matched */
	uint64_t self_count, self_period, self_kernel_period;
	uint64_t count, period;		/* callees included; once for each sample however often the row is in its stack */
};

struct grouping {
	const struct profile *profile;
	const struct columns *columns;
	uint32_t event;
	bool children;
	VEC(struct row) rows;		/* in the order to show them */
	VEC(struct row) unsorted;	/* while grouping */
	VEC(struct branches) trees, spare;	/* trees: one for each group of origins (a thread, a CPU: all keys but dso and symbol) */
	uint32_t *same_frame;		/* by frame: the first one with the same image, name and address */
	int32_t *socket;		/* by CPU; n_cpus of them */
	size_t n_cpus;
	uint64_t count, period;		/* of the samples grouped */
	uint64_t dropped_count, dropped_period;	/* and of those that the filters left out */
	uint64_t whole;			/* the period that percentages are of */
};

/* The options' columns are borrowed, the rest copied as needed. */
void grouping_init(struct grouping *g, const struct profile *profile, uint32_t event,
		   const struct grouping_options *options);
void grouping_deinit(struct grouping *g);
/*
 * The same for one that is all zero or was made before, from whatever profile: the memory is taken over. That of tens
 * of thousands of rows costs a quarter of the time to give back and to get again.
 */
void grouping_again(struct grouping *g, const struct profile *profile, uint32_t event, const struct grouping_options *options);

/* A period in percent of the grouping's whole; 0 when that is 0. */
double grouping_percent(const struct grouping *g, uint64_t period);
/* What the row is weighed by: its period, with callees when the grouping has children. */
uint64_t row_weight(const struct grouping *g, const struct row *row);
/* The socket of a CPU, -1 when not known. */
static inline int32_t grouping_socket(const struct grouping *g, uint32_t cpu)
{
	return cpu < g->n_cpus ? g->socket[cpu] : -1;
}
/* Of the row's CPU. */
static inline int32_t row_socket(const struct grouping *g, const struct row *row)
{
	return grouping_socket(g, g->profile->origins.data[row->origin].cpu);
}

#endif
