/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "profile/cells.h"

static struct compare_row *row_of(struct comparison *c, uint32_t key)
{
	bool added;
	uint64_t *index = map64_put(&c->by_key, key, &added);

	if (added) {
		*index = c->rows.len;
		vec_push(&c->rows, (struct compare_row){ .key = key, .from = { NO_ID, NO_ID } });
	}
	return &c->rows.data[*index];
}

void comparison_add(struct comparison *c, enum compare_side side, const char *key, uint32_t from,
		    const struct compare_amount *amount)
{
	struct compare_row *row = row_of(c, strtab_id(&c->keys, key));

	if (row->from[side] == NO_ID)
		row->from[side] = from;
	row->amount[side].count += amount->count;
	row->amount[side].period += amount->period;
}

void comparison_add_rows(struct comparison *c, enum compare_side side, const struct grouping *g)
{
	autostrbuf struct strbuf key = { 0 };

	for (uint32_t i = 0; i < g->rows.len; i++) {
		const struct row *row = &g->rows.data[i];
		strbuf_truncate(&key, 0);
		for (unsigned k = 0; k < g->columns->n_shown; k++) {
			if (!column_is_key(g->columns->shown[k]))
				continue;
			cells_text(g, row, g->columns->shown[k], false, &key);
			strbuf_addc(&key, '\n');
		}
		struct compare_amount amount = {
			.count = g->children ? row->count : row->self_count, .period = row_weight(g, row) };
		comparison_add(c, side, strbuf_str(&key), i, &amount);
	}
	c->whole[side] = (struct compare_amount){ g->count, g->whole };
	if (g->whole > g->period)	/* of everything */
		c->whole[side].count += g->dropped_count + g->profile->events.data[g->event].dropped;
}

/* ---- stacks */

/* "main;parse;memcpy", outermost first. */
static void fold(const struct profile *p, uint32_t stack, struct strbuf *out)
{
	VEC(uint32_t) frames = { 0 };

	for (; stack != STACK_EMPTY; stack = p->stacks.data[stack].parent)
		vec_push(&frames, p->stacks.data[stack].frame);
	for (size_t i = frames.len; i-- > 0;) {
		cells_frame(p, frames.data[i], out);
		if (i)
			strbuf_addc(out, ';');
	}
	vec_deinit(&frames);
}

void comparison_add_stacks(struct comparison *c, enum compare_side side, const struct profile *p, uint32_t event,
			   const struct place_filter *filter)
{
	autostrbuf struct strbuf key = { 0 };
	struct sample_choice choice;

	sample_choice_init(&choice, p, filter);
	for (size_t i = 0; i < p->samples.len; i++) {
		const struct profile_sample *s = &p->samples.data[i];
		if (p->origins.data[s->origin].event != event || !sample_wanted(&choice, s))
			continue;
		strbuf_truncate(&key, 0);
		fold(p, s->stack, &key);
		struct compare_amount amount = { s->count, s->period };
		comparison_add(c, side, strbuf_str(&key), s->stack, &amount);
		c->whole[side].count += s->count;
		c->whole[side].period += s->period;
	}
	sample_choice_deinit(&choice);
}

/* ---- figures */

static double share(const struct compare_amount *part, const struct compare_amount *whole)
{
	return whole->period ? 100.0 * (double)part->period / (double)whole->period : 0;
}

/* Could its samples be further apart than chance puts them, if they were all on one side? Others are no comparison. */
static bool tells(const struct comparison *c, const struct compare_row *row)
{
	uint64_t n1 = c->whole[COMPARE_OLD].count, n2 = c->whole[COMPARE_NEW].count, fewer = n1 < n2 ? n1 : n2;
	uint64_t k = row->amount[COMPARE_OLD].count + row->amount[COMPARE_NEW].count;

	return fewer && compare_beyond_noise(k, fewer, 0, n1 + n2 - fewer, 1, NULL);
}

static size_t telling_rows(const struct comparison *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->rows.len; i++)
		n += tells(c, &c->rows.data[i]);
	return n ? n : 1;
}

static void compute(struct comparison *c, struct compare_row *row, size_t telling)
{
	const struct compare_amount *old = &row->amount[COMPARE_OLD], *new = &row->amount[COMPARE_NEW];

	for (int side = 0; side < COMPARE_SIDES; side++)
		row->share[side] = share(&row->amount[side], &c->whole[side]);
	row->delta = row->share[COMPARE_NEW] - row->share[COMPARE_OLD];
	row->ratio = old->period ? (double)new->period / (double)old->period : 0;
	row->changed = compare_beyond_noise(old->count, c->whole[COMPARE_OLD].count, new->count, c->whole[COMPARE_NEW].count,
					    telling, &row->noise);
	row->noise *= 100;
	c->n_changed += row->changed;
}

double compare_wdiff(const struct compare_row *row, const struct compare_order *order)
{
	return order->weight_new * (double)row->amount[COMPARE_NEW].period -
	       order->weight_old * (double)row->amount[COMPARE_OLD].period;
}

static double value_of(const struct compare_row *row, const struct compare_order *order)
{
	if (order->by_baseline)
		return row->share[COMPARE_OLD];
	switch (order->value) {
	case COMPARE_DELTA:
		return row->delta;
	case COMPARE_RATIO:
		return row->ratio;
	case COMPARE_WDIFF:
		return compare_wdiff(row, order);
	default:
		return row->delta < 0 ? -row->delta : row->delta;
	}
}

struct sorting {
	const struct comparison *c;
	const struct compare_order *order;
};

static int compare(const void *x, const void *y, void *ctx)
{
	const struct compare_row *a = x, *b = y;
	const struct sorting *s = ctx;
	double va = value_of(a, s->order), vb = value_of(b, s->order);

	if (!s->order->mixed && a->changed != b->changed)
		return a->changed ? -1 : 1;
	if (va != vb)
		return va > vb ? -1 : 1;
	if (a->share[COMPARE_OLD] != b->share[COMPARE_OLD])
		return a->share[COMPARE_OLD] > b->share[COMPARE_OLD] ? -1 : 1;
	if (a->share[COMPARE_NEW] != b->share[COMPARE_NEW])
		return a->share[COMPARE_NEW] > b->share[COMPARE_NEW] ? -1 : 1;
	return strcmp(strtab_text(&s->c->keys, a->key), strtab_text(&s->c->keys, b->key));
}

void comparison_finish(struct comparison *c, const struct compare_order *order)
{
	struct sorting s = { c, order };

	c->n_changed = 0;
	size_t telling = telling_rows(c);
	for (size_t i = 0; i < c->rows.len; i++)
		compute(c, &c->rows.data[i], telling);
	if (c->rows.len > 1)
		qsort_r(c->rows.data, c->rows.len, sizeof(*c->rows.data), compare, &s);
}

void comparison_deinit(struct comparison *c)
{
	strtab_deinit(&c->keys);
	map64_deinit(&c->by_key);
	vec_deinit(&c->rows);
	*c = (struct comparison){ 0 };
}
