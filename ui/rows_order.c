/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Order that a person can read by. Samples are a throw of dice: rows of about
 * the same share would change places at every refresh. So a row rises above
 * another only when it is clearly larger, by more than chance moves it; until
 * then the two stay as they were. What has no place yet gets that of its share.
 */
#include "ui/rows_view.h"

enum { ORDERED = 250 };		/* rows from the top; nobody reads further while they change */

struct placed {
	struct row row;
	const char *text;
	uint64_t name, place;	/* place 0: none before */
	double samples;
};

/* By more than one and a half times what chance makes of the difference of two such numbers. */
static bool clearly_above(const struct placed *a, const struct placed *b)
{
	double more = a->samples - b->samples;

	if (more <= 0 || !a->place || !b->place)
		return more > 0;
	return more * more > 2.25 * (a->samples + b->samples);
}

/* Known ones in the order they had, before the others. */
static int compare_places(const void *x, const void *y)
{
	uint64_t a = ((const struct placed *)x)->place - 1, b = ((const struct placed *)y)->place - 1;

	return a < b ? -1 : a > b;
}

static void remember(struct rows_view *v, const struct placed *rows, size_t n)
{
	map64_clear(&v->places);
	for (size_t i = 0; i < n; i++)
		*map64_put(&v->places, rows[i].name, NULL) = i + 1;
}

void rows_keep_order(struct rows_view *v)
{
	struct grouping *g = &v->grouping;
	size_t n = g->rows.len < ORDERED ? g->rows.len : ORDERED;
	struct placed *rows = xcalloc(n + 1, sizeof(*rows));

	for (size_t i = 0; i < n; i++) {
		struct placed *r = &rows[i];
		*r = (struct placed){ .row = g->rows.data[i], .text = rows_text(v, (uint32_t)i) };
		/* as many as there would be if all stood for as much */
		r->samples = g->whole ? (double)row_weight(g, &r->row) / (double)g->whole * (double)g->count : 0;
		r->name = hash_bytes(r->text, strlen(r->text), 1) | 1;
		const uint64_t *place = map64_get(&v->places, r->name);
		r->place = place ? *place : 0;
	}
	qsort(rows, n, sizeof(*rows), compare_places);
	for (size_t i = 1; i < n; i++) {
		struct placed moving = rows[i];
		size_t at = i;
		for (; at && clearly_above(&moving, &rows[at - 1]); at--)
			rows[at] = rows[at - 1];
		rows[at] = moving;
	}
	for (size_t i = 0; i < n; i++) {
		g->rows.data[i] = rows[i].row;
		v->texts[i] = rows[i].text;
	}
	remember(v, rows, n);
	free(rows);
}
