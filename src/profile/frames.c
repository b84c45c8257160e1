/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/frames.h"

#include <inttypes.h>

#include "base/cleanup.h"

void frames_deinit(struct frames *f)
{
	vec_deinit(&f->lists);
	vec_deinit(&f->all);
	vec_deinit(&f->strings);
	vec_deinit(&f->images);
	vec_deinit(&f->symbols);
}

/* The entry of `id` in a table from the session's ids to ours. */
#define translated(v, id) ({ \
	while ((v)->len <= (id)) \
		vec_push(v, NO_ID); \
	&(v)->data[id]; \
})

uint32_t frames_string(struct frames *f, uint32_t string)
{
	uint32_t *known = translated(&f->strings, string);

	if (*known == NO_ID)
		*known = strtab_id(&f->profile->strings, strtab_text(session_strings(f->session), string));
	return *known;
}

static uint32_t image_of(struct frames *f, uint32_t image)
{
	uint32_t *known = translated(&f->images, image);

	if (*known != NO_ID)
		return *known;
	const struct session_image *from = images_get(session_images(f->session), image);
	struct profile_image to = {
		.name = frames_string(f, from->name),
		.path = frames_string(f, from->path),
		.kernel = from->kind == IMAGE_KERNEL || from->kind == IMAGE_MODULE || from->kind == IMAGE_BPF,
		.jit = from->kind == IMAGE_ANON,
		.source = image,
	};
	return *known = profile_image_id(f->profile, &to);
}

static uint32_t symbol_of(struct frames *f, uint32_t symbol)
{
	uint32_t *known = translated(&f->symbols, symbol);

	if (*known != NO_ID)
		return *known;
	const struct session_symbol *from = images_symbol_get(session_images(f->session), symbol);
	struct profile_symbol to = {
		.image = image_of(f, from->image),
		.name = from->name ? frames_string(f, from->name) : 0,
		.start = from->start,
		.end = from->end,
	};
	return *known = profile_symbol_id(f->profile, &to);
}

static uint32_t inlined_symbol(struct frames *f, uint32_t image, uint32_t function)
{
	struct profile_symbol to = { .image = image_of(f, image), .name = frames_string(f, function), .inlined = true };

	return profile_symbol_id(f->profile, &to);
}

/* ---- lines */

static uint32_t formatted(struct frames *f, char *text)
{
	uint32_t id = strtab_id(&f->profile->strings, text);

	free(text);
	return id;
}

/* "parse.c:12"; what has no line is told apart by its address, as perf has it: "memcpy+12", "libc.so.6[9f3c]". */
static void set_line(struct frames *f, struct profile_frame *frame, const struct location *at,
		     const struct image_place *place)
{
	struct strtab *strings = session_strings(f->session);
	const struct profile_symbol *symbol = &f->profile->symbols.data[frame->symbol];

	if (place && place->file) {
		const char *path = strtab_text(strings, place->file), *slash = strrchr(path, '/');
		const char *base = slash ? slash + 1 : path;
		frame->file = strtab_id(&f->profile->strings, base);
		frame->line = formatted(f, xasprintf("%s:%" PRIu32, base, place->line));
	} else if (symbol->name) {
		frame->line = formatted(f, xasprintf("%s+%" PRIu64, strtab_text(&f->profile->strings, symbol->name),
						     at->address - symbol->start));
	} else {
		const struct profile_image *image = &f->profile->images.data[symbol->image];
		frame->line = formatted(f, xasprintf("%s[%" PRIx64 "]", strtab_text(&f->profile->strings, image->name),
						     at->address));
	}
}

/* ---- frames */

static struct frame_list *list_of(struct frames *f, uint32_t location)
{
	while (f->lists.len <= location)
		vec_push(&f->lists, (struct frame_list){ .first = NO_ID, .alone = NO_ID });
	return &f->lists.data[location];
}

static void fill_list(struct frames *f, uint32_t location, struct frame_list *list)
{
	const struct location *at = session_location(f->session, location);
	uint32_t n, symbol = symbol_of(f, at->symbol);
	const struct image_place *places = session_places(f->session, location, &n);

	list->first = (uint32_t)f->all.len;
	vec_push(&f->all, profile_frame_id(f->profile, symbol, f->wanted.addresses ? at->address : 0));
	for (uint32_t i = n ? n - 1 : 0; i-- > 0;)
		vec_push(&f->all, profile_frame_id(f->profile, inlined_symbol(f, at->image, places[i].function), 0));
	list->n = (uint32_t)f->all.len - list->first;
}

/* The one frame where inlined calls have none of their own. */
static uint32_t frame_alone(struct frames *f, uint32_t location)
{
	struct frame_list *list = list_of(f, location);
	uint32_t n = 0;

	if (list->alone != NO_ID)
		return list->alone;
	const struct location *at = session_location(f->session, location);
	const struct image_place *places = f->wanted.lines ? session_places(f->session, location, &n) : NULL;
	struct profile_frame frame = { .symbol = symbol_of(f, at->symbol),
				       .address = f->wanted.addresses ? at->address : 0 };
	if (f->wanted.lines)
		set_line(f, &frame, at, n ? places : NULL);
	return list->alone = profile_frame_of(f->profile, &frame);
}

/* A leaf is a frame, or a location whose frames are several. */
enum { LEAF_LIST = 1u << 31 };

uint32_t frames_leaf(struct frames *f, uint32_t location, bool alone)
{
	if (alone || !f->wanted.inlines || f->wanted.lines)
		return frame_alone(f, location);
	struct frame_list *list = list_of(f, location);
	if (list->first == NO_ID)
		fill_list(f, location, list);
	return list->n == 1 ? f->all.data[list->first] : LEAF_LIST | location;
}

uint32_t frames_push_leaf(struct frames *f, uint32_t stack, uint32_t leaf)
{
	if (!(leaf & LEAF_LIST))
		return profile_stack_id(f->profile, stack, leaf);
	const struct frame_list *list = &f->lists.data[leaf & ~LEAF_LIST];
	for (uint32_t i = 0; i < list->n; i++)
		stack = profile_stack_id(f->profile, stack, f->all.data[list->first + i]);
	return stack;
}

uint32_t frames_push(struct frames *f, uint32_t stack, uint32_t location)
{
	return frames_push_leaf(f, stack, frames_leaf(f, location, false));
}
