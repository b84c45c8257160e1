/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/functions.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* What a hit of a sample is to be counted for. */
struct counted {
	uint32_t event;		/* NO_ID: for nothing */
	uint32_t function;	/* NO_ID: for the whole alone */
};

struct found {
	VEC(uint32_t) all;
};

/* The function of a symbol, a new one if it has none yet; NO_ID: it is not to be one. */
static uint32_t function_of(struct functions *f, const struct profile *p, uint32_t symbol, const char *name, uint32_t *ids)
{
	uint32_t called = p->symbols.data[symbol].name;

	if (ids[symbol] == NO_ID && called && (!name || !strcmp(strtab_text(&p->strings, called), name))) {
		ids[symbol] = (uint32_t)f->all.len;
		vec_push(&f->all, (struct function){ .symbol = symbol });
	}
	return ids[symbol];
}

/* By sample, by what the filter takes: of samples there are fewer than of hits. */
static struct counted *count_for(struct functions *f, const struct profile *p, const struct functions_filter *filter)
{
	struct counted *counted = xreallocarray(NULL, p->samples.len + 1, sizeof(*counted));
	autofree uint32_t *ids = unknown_ids(p->symbols.len);
	struct sample_choice choice;
	struct zoom_filter zoom;

	sample_choice_init(&choice, p, &filter->places);
	zoom_filter_init(&zoom, p, filter->zoom);
	for (size_t i = 0; i < p->samples.len; i++) {
		const struct profile_sample *s = &p->samples.data[i];
		counted[i] = (struct counted){ NO_ID, NO_ID };
		if (!sample_wanted(&choice, s) || !zoom_passes(&zoom, s))
			continue;
		uint32_t symbol = p->frames.data[p->stacks.data[profile_stack_code(p, s->stack)].frame].symbol;
		counted[i] = (struct counted){ p->origins.data[s->origin].event, function_of(f, p, symbol, filter->name, ids) };
	}
	zoom_filter_deinit(&zoom);
	sample_choice_deinit(&choice);
	return counted;
}

/* The memory that is asked for before its use, in hits: samples follow one another by chance. */
enum { AHEAD = 16 };

/* Counts all hits; those of functions, which may be few, are left in `found`, as indexes of the profile's. */
static void count_hits(struct functions *f, const struct profile *p, const struct counted *counted, struct found *found)
{
	for (size_t i = 0; i < p->hits.all.len; i++) {
		const struct profile_hit *hit = &p->hits.all.data[i];
		struct counted at = counted[hit->sample];
		if (i + AHEAD < p->hits.all.len)
			__builtin_prefetch(&counted[hit[AHEAD].sample]);
		if (at.event == NO_ID)
			continue;
		f->wholes[at.event].count += hit->count;
		f->wholes[at.event].period += hit->period;
		if (at.function == NO_ID)
			continue;
		struct function *function = &f->all.data[at.function];
		function->count += hit->count;
		function->period += hit->period;
		function->n++;
		vec_push(&found->all, (uint32_t)i);
	}
}

/* Gives them to their functions, each in one piece. */
static void give_hits(struct functions *f, const struct profile *p, const struct counted *counted, const struct found *found)
{
	uint32_t first = 0;

	for (size_t i = 0; i < f->all.len; i++) {
		f->all.data[i].first = first;
		first += f->all.data[i].n;
		f->all.data[i].n = 0;
	}
	vec_reserve(&f->hits, first);
	f->hits.len = first;
	for (size_t i = 0; i < found->all.len; i++) {
		const struct profile_hit *hit = &p->hits.all.data[found->all.data[i]];
		const struct counted *at = &counted[hit->sample];
		struct function *function = &f->all.data[at->function];
		f->hits.data[function->first + function->n++] =
			(struct function_hit){ .address = hit->address, .event = at->event, .count = hit->count, .period = hit->period };
	}
}

/* Of a symbol that was hit, but not at a noted address: ptk top begins to note late. */
static void drop_unhit(struct functions *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->all.len; i++)
		if (f->all.data[i].n)
			f->all.data[kept++] = f->all.data[i];
	f->all.len = kept;
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
	autofree struct counted *counted = count_for(f, p, filter);
	struct found found = { 0 };

	count_hits(f, p, counted, &found);
	give_hits(f, p, counted, &found);
	drop_unhit(f);
	vec_deinit(&found.all);
	if (f->all.len > 1)
		qsort_r(f->all.data, f->all.len, sizeof(*f->all.data), compare, (void *)p);
}

void functions_deinit(struct functions *f)
{
	vec_deinit(&f->all);
	vec_deinit(&f->hits);
	free(f->wholes);
}
