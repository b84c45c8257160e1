/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/places.h"

#include <string.h>

#include "base/cleanup.h"

struct place_key {
	uint32_t image_name, name;
	bool inlined;
	uint64_t address;	/* where it counts, or of what has no name */
};

struct place_source {
	const struct profile *p;
	bool addresses;
};

static struct place_key place_key(const struct place_source *from, uint32_t frame)
{
	const struct profile_symbol *s = profile_frame_symbol(from->p, frame);
	struct place_key key = { .image_name = from->p->images.data[s->image].name, .name = s->name,
				 .inlined = s->inlined };

	if (from->addresses)
		key.address = from->p->frames.data[frame].address;
	if (!s->name)
		key.address = s->start;
	return key;
}

static bool place_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct place_key a = place_key(ctx, id), *b = key;

	return a.image_name == b->image_name && a.name == b->name && a.inlined == b->inlined && a.address == b->address;
}

uint32_t *places_of(const struct profile *p, bool addresses)
{
	struct place_source from = { .p = p, .addresses = addresses };
	uint32_t *first = xreallocarray(NULL, p->frames.len + 1, sizeof(*first));
	struct idtable ids = { 0 };

	for (uint32_t frame = 0; frame < p->frames.len; frame++) {
		struct place_key key = place_key(&from, frame);
		uint64_t hash = hash_mix(hash_mix(key.image_name, key.name), key.address ^ key.inlined);
		first[frame] = idtable_find(&ids, hash, place_equal, &from, &key);
		if (first[frame] == NO_ID)
			idtable_add(&ids, hash, first[frame] = frame);
	}
	idtable_deinit(&ids);
	return first;
}

static bool in_list(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(name, list[i]))
			return true;
	return n == 0;
}

bool place_wanted(const struct profile *p, uint32_t frame, const struct place_filter *filter)
{
	const struct profile_symbol *symbol = profile_frame_symbol(p, frame);
	const struct profile_image *image = &p->images.data[symbol->image];
	const struct strtab *strings = &p->strings;

	if (filter->named && !symbol->name)
		return false;
	if (filter->symbol_part && !strstr(strtab_text(strings, symbol->name), filter->symbol_part))
		return false;
	if (!in_list(strtab_text(strings, image->name), filter->dsos, filter->n_dsos) &&
	    !in_list(strtab_text(strings, image->path), filter->dsos, filter->n_dsos))
		return false;
	return in_list(strtab_text(strings, symbol->name), filter->symbols, filter->n_symbols);
}

uint32_t *places_parents(const struct profile *p, const regex_t *regex)
{
	uint32_t *parent = xreallocarray(NULL, p->stacks.len + 1, sizeof(*parent));
	autofree uint8_t *matches = xcalloc(p->frames.len + 1, 1);

	for (uint32_t frame = 0; frame < p->frames.len; frame++) {
		const struct profile_symbol *s = profile_frame_symbol(p, frame);
		matches[frame] = s->name && !regexec(regex, strtab_text(&p->strings, s->name), 0, NULL, 0);
	}
	/* Parents have smaller ids. */
	parent[STACK_EMPTY] = NO_ID;
	for (uint32_t stack = 1; stack < p->stacks.len; stack++) {
		const struct profile_stack *s = &p->stacks.data[stack];
		parent[stack] = matches[s->frame] ? s->frame : parent[s->parent];
	}
	return parent;
}

void sample_choice_init(struct sample_choice *choice, const struct profile *p, const struct place_filter *filter)
{
	*choice = (struct sample_choice){ .profile = p, .filter = filter,
					  .parents = filter->parent ? places_parents(p, filter->parent) : NULL,
					  .all = !filter->n_dsos && !filter->n_symbols && !filter->symbol_part && !filter->named };
}

bool sample_wanted(const struct sample_choice *choice, const struct profile_sample *sample)
{
	const struct profile *p = choice->profile;

	if (choice->parents && choice->parents[sample->stack] == NO_ID)
		return false;
	if (choice->all)
		return true;
	return place_wanted(p, p->stacks.data[profile_stack_code(p, sample->stack)].frame, choice->filter);
}

void sample_choice_deinit(struct sample_choice *choice)
{
	free(choice->parents);
}
