/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/functions.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* The samples that the filter takes: for each the symbol it hit, NO_ID for the others. */
static uint32_t *take(const struct profile *p, const struct functions_filter *filter)
{
	uint32_t *taken = unknown_ids(p->samples.len);
	struct sample_choice choice;
	struct zoom_filter zoom;

	sample_choice_init(&choice, p, &filter->places);
	zoom_filter_init(&zoom, p, filter->zoom);
	for (size_t i = 0; i < p->samples.len; i++) {
		const struct profile_sample *s = &p->samples.data[i];
		if (sample_wanted(&choice, s) && zoom_passes(&zoom, s))
			taken[i] = p->frames.data[p->stacks.data[profile_stack_code(p, s->stack)].frame].symbol;
	}
	zoom_filter_deinit(&zoom);
	sample_choice_deinit(&choice);
	return taken;
}

/* The function of a symbol, a new one if it has none yet; NULL: it is not to be one. */
static struct function *function_of(struct functions *f, const struct profile *p, uint32_t symbol, const char *name, uint32_t *ids)
{
	uint32_t called = p->symbols.data[symbol].name;

	if (ids[symbol] == NO_ID) {
		if (!called || (name && strcmp(strtab_text(&p->strings, called), name)))
			return NULL;
		ids[symbol] = (uint32_t)f->all.len;
		vec_push(&f->all, (struct function){ .symbol = symbol });
	}
	return &f->all.data[ids[symbol]];
}

/* A function for each symbol that was hit, with room for its hits. */
static void make_functions(struct functions *f, const struct profile *p, const char *name, const uint32_t *taken, uint32_t *ids)
{
	uint32_t first = 0;

	for (size_t i = 0; i < p->hits.all.len; i++) {
		uint32_t symbol = taken[p->hits.all.data[i].sample];
		struct function *function = symbol == NO_ID ? NULL : function_of(f, p, symbol, name, ids);
		if (function)
			function->n++;
	}
	for (size_t i = 0; i < f->all.len; i++) {
		f->all.data[i].first = first;
		first += f->all.data[i].n;
		f->all.data[i].n = 0;
	}
	vec_reserve(&f->hits, first);
	f->hits.len = first;
}

static void give_hits(struct functions *f, const struct profile *p, const uint32_t *taken, const uint32_t *ids)
{
	for (size_t i = 0; i < p->hits.all.len; i++) {
		const struct profile_hit *hit = &p->hits.all.data[i];
		if (taken[hit->sample] == NO_ID)
			continue;
		uint32_t event = p->origins.data[p->samples.data[hit->sample].origin].event, id = ids[taken[hit->sample]];
		f->wholes[event].count += hit->count;
		f->wholes[event].period += hit->period;
		if (id == NO_ID)
			continue;
		struct function *function = &f->all.data[id];
		f->hits.data[function->first + function->n++] =
			(struct function_hit){ .address = hit->address, .event = event, .count = hit->count, .period = hit->period };
		function->count += hit->count;
		function->period += hit->period;
	}
}

static int compare(const void *x, const void *y, void *ctx)
{
	const struct function *a = x, *b = y;
	const struct profile *p = ctx;

	if (a->period != b->period)
		return a->period > b->period ? -1 : 1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(strtab_text(&p->strings, p->symbols.data[a->symbol].name),
		      strtab_text(&p->strings, p->symbols.data[b->symbol].name));
}

void functions_init(struct functions *f, const struct profile *p, const struct functions_filter *filter)
{
	*f = (struct functions){ .wholes = xcalloc(p->events.len + 1, sizeof(*f->wholes)) };
	autofree uint32_t *taken = take(p, filter), *ids = unknown_ids(p->symbols.len);

	make_functions(f, p, filter->name, taken, ids);
	give_hits(f, p, taken, ids);
	if (f->all.len > 1)
		qsort_r(f->all.data, f->all.len, sizeof(*f->all.data), compare, (void *)p);
}

void functions_deinit(struct functions *f)
{
	vec_deinit(&f->all);
	vec_deinit(&f->hits);
	free(f->wholes);
}
