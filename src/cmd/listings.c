/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/listings.h"

#include <string.h>

#include "base/cleanup.h"

/* ---- names of what is called and used */

struct naming {
	struct session *session;
	uint32_t image;
};

static const char *name_at(void *ctx, uint64_t address, uint64_t *start)
{
	const struct naming *n = ctx;
	struct images *images = session_images(n->session);
	uint32_t symbol = images_symbol_at(images, n->image, address);

	if (symbol == NO_ID)
		return NULL;
	const struct session_symbol *s = images_symbol_get(images, symbol);
	*start = s->start;
	return strtab_text(session_strings(n->session), s->name);
}

static void count(const struct listing_source *from, const struct function *function, struct listing *listing)
{
	size_t n_events = from->profile->events.len;
	const struct function_hit *all = from->functions->hits.data, *own = all ? all + function->first : NULL;	/* NULL: no sample yet */
	autofree struct listing_amount *wholes = xcalloc(n_events + 1, sizeof(*wholes));
	autofree struct listing_hit *hits = xcalloc(function->n + 1, sizeof(*hits));

	for (size_t e = 0; e < n_events; e++)
		wholes[e] = (struct listing_amount){ from->functions->wholes[e].count, from->functions->wholes[e].period };
	for (size_t i = 0; i < function->n; i++)
		hits[i] = (struct listing_hit){ .address = own[i].address, .event = own[i].event,
						.amount = { own[i].count, own[i].period } };
	listing_count(listing, (unsigned)n_events, wholes, hits, function->n);
}

/* ---- listings */

struct place {
	const char *name;
	uint64_t start, end;
	uint32_t image;		/* of the session */
};

static struct error *make(const struct listing_source *from, const struct place *place, struct listing **listing)
{
	struct naming naming = { .session = from->session, .image = place->image };
	struct image_code code = { .partial = from->quick };

	TRY(images_code(session_images(from->session), place->image, place->name, place->start, place->end, &code));
	struct listing_request request = {
		.code = { .address = place->start, .bytes = code.bytes, .size = (size_t)(place->end - place->start),
			  .machine = code.machine },
		.how = from->how, .symbol = place->name, .name = name_at, .ctx = &naming,
		.debuginfo = code.debuginfo, .debug_bias = code.debug_bias, .sources = from->sources,
	};
	struct error *err = listing_create(&request, listing);
	free(code.bytes);
	if (!err)
		(*listing)->partial = code.partial;
	return err;
}

struct error *listing_of(const struct listing_source *from, const struct function *function, struct listing **listing)
{
	const struct profile *p = from->profile;
	const struct profile_symbol *symbol = &p->symbols.data[function->symbol];
	struct place place = { .name = strtab_text(&p->strings, symbol->name), .start = symbol->start, .end = symbol->end,
			       .image = p->images.data[symbol->image].source };

	TRY(make(from, &place, listing));
	count(from, function, *listing);
	return NULL;
}

/* What the image has there, that no sample hit. */
static struct error *listing_at(const struct listing_source *from, const char *name, uint32_t image, uint64_t address,
				struct listing **listing)
{
	const struct function none = { 0 };
	struct images *images = session_images(from->session);
	uint32_t id = image == NO_ID || !address ? NO_ID : images_symbol_at(images, image, address);
	const struct session_symbol *symbol = id == NO_ID ? NULL : images_symbol_get(images, id);

	if (!symbol || strcmp(strtab_text(session_strings(from->session), symbol->name), name))
		return error_create("no sample hit the code of %s", name);
	struct place place = { .name = name, .start = symbol->start, .end = symbol->end, .image = image };
	TRY(make(from, &place, listing));
	count(from, &none, *listing);
	return NULL;
}

struct error *listing_of_name(const struct listing_source *from, const char *name, const char *image, uint64_t address,
			      struct listing **listing)
{
	const struct profile *p = from->profile;
	uint32_t source = NO_ID;

	for (size_t i = 0; i < p->images.len; i++)
		if (p->images.data[i].source != NO_ID && !strcmp(strtab_text(&p->strings, p->images.data[i].name), image))
			source = p->images.data[i].source;
	for (size_t i = 0; i < from->functions->all.len; i++) {
		const struct function *f = &from->functions->all.data[i];
		const struct profile_symbol *symbol = &p->symbols.data[f->symbol];
		if (p->images.data[symbol->image].source != NO_ID && !strcmp(strtab_text(&p->strings, symbol->name), name) &&
		    !strcmp(strtab_text(&p->strings, p->images.data[symbol->image].name), image))
			return listing_of(from, f, listing);
	}
	return listing_at(from, name, source, address, listing);
}
