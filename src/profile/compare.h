/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two recordings compared: what grew, what shrank, what is new or gone, and
 * which of that is more than the chance of sampling.
 *
 * Rows of both sides meet by their text (the cells of a report's keys, or a
 * whole stack), for the two have no ids in common. Shares are of each side's
 * own whole, so that files may differ in length and rate.
 *
 * Noise. A share of p measured with n samples spreads by sqrt(p(1-p)/n). The
 * difference of two is taken for real when it is beyond z times the spread of
 * their difference if both were one:
 *
 *	|p1 - p2| > z sqrt(p(1-p)(1/n1 + 1/n2)),  p = (k1 + k2)/(n1 + n2)
 *
 * (two-proportion z test). z is that of 95 % for all rows together: 1.96 for
 * one row, 3.48 for a hundred (Bonferroni), so that of twenty comparisons of
 * equal runs nineteen say that nothing changed. Rows count for that when they
 * have samples enough to tell anything (Tarone). Where fewer than ten samples
 * are to be expected on a side, the normal curve is no good; then the
 * k1 + k2 samples are taken as tosses of a coin that falls to side 1 with
 * n1/(n1 + n2), and their tail is summed up exactly (binomial test).
 * It knows the chance of sampling alone: runs may differ for other reasons, as
 * what else the machine did; two recordings of the old program show how much.
 */
#ifndef PTK_PROFILE_COMPARE_H
#define PTK_PROFILE_COMPARE_H

#include <stdbool.h>

#include "base/strtab.h"
#include "profile/grouping.h"
#include "profile/places.h"

enum compare_side { COMPARE_OLD, COMPARE_NEW, COMPARE_SIDES };

/* One row of one side, or its whole. */
struct compare_amount {
	uint64_t count, period;
};

struct compare_row {
	uint32_t key;			/* string of the comparison */
	uint32_t from[COMPARE_SIDES];	/* the caller's number of a row; NO_ID: it is not there */
	struct compare_amount amount[COMPARE_SIDES];
	double share[COMPARE_SIDES];	/* percent of the side's periods */
	double delta;			/* share[NEW] - share[OLD], in points */
	double noise;			/* how far delta may be from 0 by chance, in points; by numbers of samples */
	double ratio;			/* period[NEW] / period[OLD]; 0 where it was not there */
	bool changed;			/* by more than chance */
};

struct comparison {
	struct strtab keys;
	struct map64 by_key;		/* key to index of rows */
	VEC(struct compare_row) rows;
	struct compare_amount whole[COMPARE_SIDES];
	size_t n_changed;
};

/* How rows are ordered: those that changed first, in each part the largest value first. */
enum compare_value {
	COMPARE_DELTA_ABS,	/* by how much, up or down */
	COMPARE_DELTA,
	COMPARE_RATIO,
	COMPARE_WDIFF,		/* weight_new * period[NEW] - weight_old * period[OLD] */
};

struct compare_order {
	enum compare_value value;
	bool by_baseline;		/* by the old share, whatever the value is */
	bool mixed;			/* those that did not change among the others */
	double weight_old, weight_new;
};

/* All-zero is empty. Adds to the row of that text, which is copied. */
void comparison_add(struct comparison *c, enum compare_side side, const char *key, uint32_t from,
		    const struct compare_amount *amount);
/* The rows of a grouping, by their key columns. from: index of its rows. Its whole becomes the side's. */
void comparison_add_rows(struct comparison *c, enum compare_side side, const struct grouping *g);
/*
 * The stacks of one event in a profile, a row each, as folded text:
 * "main;parse;memcpy". Those that `filter` takes.
 */
void comparison_add_stacks(struct comparison *c, enum compare_side side, const struct profile *p, uint32_t event,
			   const struct place_filter *filter);
/* When all is added: computes and sorts. */
void comparison_finish(struct comparison *c, const struct compare_order *order);
double compare_wdiff(const struct compare_row *row, const struct compare_order *order);
void comparison_deinit(struct comparison *c);

/*
 * Are k1 of n1 and k2 of n2 further apart than chance puts them in one of 20
 * comparisons of `rows` rows each? *noise (may be NULL): the half-width, as a
 * share of 1.
 */
bool compare_beyond_noise(uint64_t k1, uint64_t n1, uint64_t k2, uint64_t n2, size_t rows, double *noise);

#endif
