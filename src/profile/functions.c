/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/functions.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* ---- hits: those that were noted, or else each sample is one, at the address of its frame */

static size_t hit_count(const struct profile *p)
{
	return p->hits.all.len ? p->hits.all.len : p->samples.len;
}

static uint32_t hit_sample(const struct profile *p, size_t i)
{
	return p->hits.all.len ? p->hits.all.data[i].sample : (uint32_t)i;
}

static struct function_hit hit_of(const struct profile *p, size_t i)
{
	const struct profile_sample *s = &p->samples.data[hit_sample(p, i)];
	struct function_hit hit = { .event = p->origins.data[s->origin].event, .count = s->count, .period = s->period };

	if (p->hits.all.len) {
		const struct profile_hit *noted = &p->hits.all.data[i];
		hit.address = p->hits.addresses.data[noted->location];
		hit.count = noted->count;
		hit.period = noted->period;
	} else {
		hit.address = p->frames.data[p->stacks.data[profile_stack_code(p, s->stack)].frame].address;
	}
	return hit;
}

/* ---- whose they are */

/* The samples that the filter takes: for each the symbol it hit, NO_ID for the others. */
static uint32_t *take(struct functions *f, const struct profile *p, const struct functions_filter *filter)
{
	uint32_t *taken = unknown_ids(p->samples.len), name = filter->name ? strtab_find(&p->strings, filter->name) : NO_ID;
	struct sample_choice choice;
	struct zoom_filter zoom;

	sample_choice_init(&choice, p, &filter->places);
	zoom_filter_init(&zoom, p, filter->zoom);
	for (size_t i = 0; i < p->samples.len; i++) {
		const struct profile_sample *s = &p->samples.data[i];
		if (!sample_wanted(&choice, s) || !zoom_passes(&zoom, s))
			continue;
		uint32_t symbol = p->frames.data[p->stacks.data[profile_stack_code(p, s->stack)].frame].symbol;
		uint32_t called = p->symbols.data[symbol].name;
		struct function_hit *whole = &f->wholes[p->origins.data[s->origin].event];
		whole->count += s->count;
		whole->period += s->period;
		if (called && (!filter->name || called == name))
			taken[i] = symbol;
	}
	zoom_filter_deinit(&zoom);
	sample_choice_deinit(&choice);
	return taken;
}

/* A function for each symbol that was hit, with room for its hits. */
static uint32_t *make_functions(struct functions *f, const struct profile *p, const uint32_t *taken)
{
	uint32_t *function_of = unknown_ids(p->symbols.len), first = 0;

	for (size_t i = 0; i < hit_count(p); i++) {
		uint32_t symbol = taken[hit_sample(p, i)];
		if (symbol == NO_ID)
			continue;
		uint32_t *id = &function_of[symbol];
		if (*id == NO_ID) {
			*id = (uint32_t)f->all.len;
			vec_push(&f->all, (struct function){ .symbol = symbol });
		}
		f->all.data[*id].n++;
	}
	for (size_t i = 0; i < f->all.len; i++) {
		f->all.data[i].first = first;
		first += f->all.data[i].n;
		f->all.data[i].n = 0;
	}
	vec_reserve(&f->hits, first);
	f->hits.len = first;
	return function_of;
}

static void give_hits(struct functions *f, const struct profile *p, const uint32_t *taken, const uint32_t *function_of)
{
	for (size_t i = 0; i < hit_count(p); i++) {
		uint32_t symbol = taken[hit_sample(p, i)];
		if (symbol == NO_ID)
			continue;
		struct function *function = &f->all.data[function_of[symbol]];
		struct function_hit hit = hit_of(p, i);
		f->hits.data[function->first + function->n++] = hit;
		function->count += hit.count;
		function->period += hit.period;
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
	autofree uint32_t *taken = take(f, p, filter);
	autofree uint32_t *function_of = make_functions(f, p, taken);

	give_hits(f, p, taken, function_of);
	if (f->all.len > 1)
		qsort_r(f->all.data, f->all.len, sizeof(*f->all.data), compare, (void *)p);
}

void functions_deinit(struct functions *f)
{
	vec_deinit(&f->all);
	vec_deinit(&f->hits);
	free(f->wholes);
}
