/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/nearest.h"

#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"

enum { LONGEST = 63 };

static int lower(char c)
{
	return tolower((unsigned char)c);
}

/* Optimal string alignment distance, over the last three rows of the table. */
static size_t distance(const char *a, size_t an, const char *b, size_t bn)
{
	size_t rows[3][LONGEST + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t j = 0; j <= bn; j++)
		above[j] = j;
	for (size_t i = 1; i <= an; i++) {
		row[0] = i;
		for (size_t j = 1; j <= bn; j++) {
			size_t change = above[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]));
			size_t cost = above[j] + 1 < row[j - 1] + 1 ? above[j] + 1 : row[j - 1] + 1;
			if (change < cost)
				cost = change;
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]) && before[j - 2] + 1 < cost)
				cost = before[j - 2] + 1;
			row[j] = cost;
		}
		size_t *spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return above[bn];
}

static int contains(const char *name, const char *word, size_t len)
{
	for (; strlen(name) >= len; name++)
		if (!strncasecmp(name, word, len))
			return 1;
	return 0;
}

void nearest_offer(struct nearest *best, const char *name)
{
	size_t len = best->word_len ? best->word_len : strlen(best->word), name_len = strlen(name);
	size_t longer = len > name_len ? len : name_len, at = best->n;

	if (!len || longer > LONGEST)
		return;
	size_t cost = distance(best->word, len, name, name_len);
	if (cost > (longer + 2) / 3) {
		if (len < 3 || !contains(name, best->word, len))
			return;
		cost = longer / 2 + 1;
	}
	for (size_t i = 0; i < best->n; i++)
		if (!strcmp(best->names[i], name))
			return;
	while (at && best->cost[at - 1] > cost)
		at--;
	if (at == NEAREST_MAX)
		return;
	if (best->n < NEAREST_MAX)
		best->n++;
	for (size_t i = best->n - 1; i > at; i--) {
		best->names[i] = best->names[i - 1];
		best->cost[i] = best->cost[i - 1];
	}
	best->names[at] = name;
	best->cost[at] = cost;
}

char *nearest_hint(const struct nearest *best)
{
	struct strbuf out = { 0 };

	if (!best->n)
		return NULL;
	strbuf_adds(&out, "did you mean ");
	for (size_t i = 0; i < best->n; i++)
		strbuf_printf(&out, "%s%s", !i ? "" : i + 1 == best->n ? " or " : ", ", best->names[i]);
	strbuf_addc(&out, '?');
	return strbuf_take(&out);
}
