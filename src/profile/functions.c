/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/functions.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* The samples that the filter takes: for each the symbol it hit, NO_ID for the others. */
static uint32_t *take(struct functions *f, const struct profile *p, const struct functions_filter *filter)
{
	uint32_t *taken = xreallocarray(NULL, p->samples.len + 1, sizeof(*taken));
	struct sample_choice choice;
	struct zoom_filter zoom;

	sample_choice_init(&choice, p, &filter->places);
	zoom_filter_init(&zoom, p, filter->zoom);
	for (size_t i = 0; i < p->samples.len; i++) {
		const struct profile_sample *s = &p->samples.data[i];
		uint32_t frame = p->stacks.data[profile_stack_code(p, s->stack)].frame;
		taken[i] = NO_ID;
		if (!sample_wanted(&choice, s) || !zoom_passes(&zoom, s))
			continue;
		const struct profile_symbol *symbol = profile_frame_symbol(p, frame);
		struct function_hit *whole = &f->wholes[p->origins.data[s->origin].event];
		whole->count += s->count;
		whole->period += s->period;
		if (symbol->name)
			taken[i] = p->frames.data[frame].symbol;
	}
	zoom_filter_deinit(&zoom);
	sample_choice_deinit(&choice);
	return taken;
}

/* A function for each symbol that was hit, with room for its hits. */
static uint32_t *make_functions(struct functions *f, const struct profile *p, const uint32_t *taken)
{
	uint32_t *function_of = xreallocarray(NULL, p->symbols.len + 1, sizeof(*function_of)), first = 0;

	memset(function_of, 0xff, p->symbols.len * sizeof(*function_of));
	for (size_t i = 0; i < p->samples.len; i++) {
		if (taken[i] == NO_ID)
			continue;
		uint32_t *id = &function_of[taken[i]];
		if (*id == NO_ID) {
			*id = (uint32_t)f->all.len;
			vec_push(&f->all, (struct function){ .symbol = taken[i] });
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

	for (size_t i = 0; i < p->samples.len; i++) {
		const struct profile_sample *s = &p->samples.data[i];
		if (taken[i] == NO_ID)
			continue;
		struct function *function = &f->all.data[function_of[taken[i]]];
		f->hits.data[function->first + function->n++] = (struct function_hit){
			.address = p->frames.data[p->stacks.data[profile_stack_code(p, s->stack)].frame].address,
			.event = p->origins.data[s->origin].event, .count = s->count, .period = s->period,
		};
		function->count += s->count;
		function->period += s->period;
	}
	if (f->all.len > 1)
		qsort_r(f->all.data, f->all.len, sizeof(*f->all.data), compare, (void *)p);
}

void functions_deinit(struct functions *f)
{
	vec_deinit(&f->all);
	vec_deinit(&f->hits);
	free(f->wholes);
}
