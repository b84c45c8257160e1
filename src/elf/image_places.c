/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places of an image's addresses, with a memory. Opening debug information
 * reads hundreds of megabytes for the kernel, and a report asks for some
 * thousand addresses of it, mostly those that the last report asked for. So
 * answers are kept by build-id, and the debug information is opened when an
 * address comes that was never asked for. That there is none is an answer,
 * too.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "elf/image_state.h"

enum {
	LAYOUT = 1,
	ANSWERS_MAX = 1 << 16,	/* kept; beyond, those of this run alone */
};

static const char kept_places[] = "places";

/* As bytes: this, the answers, their places, and strings; string 0 is none. */
struct packed {
	uint32_t n, n_places, strings_size;
	uint32_t none;		/* there is no debug information */
};

struct answer {
	uint64_t address;
	uint32_t first, n;	/* of places */
};

struct packed_place {
	uint32_t function, file, line;
};

struct image_places {
	struct map64 by_address;	/* to the index of an answer */
	VEC(struct answer) answers;
	VEC(struct source_place) places;
	struct arena strings;		/* of what was kept */
	size_t recalled;		/* answers that were kept; those behind them are new */
	bool none, fresh_none;		/* there is no debug information; which was not known before */
};

/* ---- kept by an earlier run */

struct reader {
	const struct answer *answers;
	const struct packed_place *places;
	const char *strings;
	struct packed head;
};

/* The parts of the bytes, which are aligned as malloc(3) does; false when they do not fit together. */
static bool parts_of(const struct strbuf *bytes, struct reader *r)
{
	if (bytes->len < sizeof(r->head))
		return false;
	memcpy(&r->head, bytes->data, sizeof(r->head));
	uint64_t answers = (uint64_t)r->head.n * sizeof(*r->answers), places = (uint64_t)r->head.n_places * sizeof(*r->places);
	if (sizeof(r->head) + answers + places + r->head.strings_size != bytes->len || !r->head.strings_size ||
	    bytes->data[bytes->len - 1])
		return false;
	r->answers = (const void *)(bytes->data + sizeof(r->head));
	r->places = (const void *)(bytes->data + sizeof(r->head) + answers);
	r->strings = bytes->data + sizeof(r->head) + answers + places;
	return true;
}

static bool is_sound(const struct reader *r)
{
	for (uint32_t i = 0; i < r->head.n; i++)
		if (r->answers[i].n > SOURCE_PLACES_MAX || r->answers[i].first > r->head.n_places ||
		    r->answers[i].n > r->head.n_places - r->answers[i].first)
			return false;
	for (uint32_t i = 0; i < r->head.n_places; i++)
		if (r->places[i].function >= r->head.strings_size || r->places[i].file >= r->head.strings_size)
			return false;
	return true;
}

static const char *string_at(const char *strings, uint32_t at)
{
	return at ? strings + at : NULL;
}

static void add_answer(struct image_places *p, uint64_t address, const struct source_place *places, size_t n)
{
	bool added;
	uint64_t *index = map64_put(&p->by_address, address, &added);

	if (!added)
		return;
	*index = p->answers.len;
	vec_push(&p->answers, (struct answer){ .address = address, .first = (uint32_t)p->places.len, .n = (uint32_t)n });
	vec_append(&p->places, places, n);
}

bool image_places_unpack(struct image_places *p, const struct strbuf *bytes)
{
	struct source_place places[SOURCE_PLACES_MAX];
	struct reader r;

	if (!parts_of(bytes, &r) || !is_sound(&r))
		return false;
	p->none = r.head.none;
	const char *strings = arena_memdup(&p->strings, r.strings, r.head.strings_size);
	for (uint32_t i = 0; i < r.head.n; i++) {
		const struct answer *a = &r.answers[i];
		for (uint32_t k = 0; k < a->n; k++) {
			const struct packed_place *from = &r.places[a->first + k];
			places[k] = (struct source_place){ .function = string_at(strings, from->function),
							   .file = string_at(strings, from->file), .line = from->line };
		}
		add_answer(p, a->address, places, a->n);
	}
	p->recalled = p->answers.len;
	return true;
}

/* ---- for a later one */

/* Strings are told apart by where they lie: in DWARF's own sections, or in the arena. */
static uint32_t string_id(struct map64 *known, struct strbuf *strings, const char *s)
{
	bool added;

	if (!s)
		return 0;
	uint64_t *at = map64_put(known, (uint64_t)(uintptr_t)s, &added);
	if (added) {
		*at = strings->len;
		strbuf_add(strings, s, strlen(s) + 1);
	}
	return (uint32_t)*at;
}

void image_places_pack(const struct image_places *p, struct strbuf *out)
{
	size_t first = p->answers.len > ANSWERS_MAX ? p->recalled : 0;
	size_t first_place = first < p->answers.len ? p->answers.data[first].first : p->places.len;
	struct packed head = { .n = (uint32_t)(p->answers.len - first), .n_places = (uint32_t)(p->places.len - first_place),
			       .none = p->none };
	autostrbuf struct strbuf strings = { 0 };
	struct map64 known = { 0 };
	size_t at = out->len;

	strbuf_addc(&strings, '\0');
	strbuf_add(out, &head, sizeof(head));
	for (size_t i = first; i < p->answers.len; i++) {
		struct answer a = p->answers.data[i];
		a.first -= (uint32_t)first_place;
		strbuf_add(out, &a, sizeof(a));
	}
	for (size_t i = first_place; i < p->places.len; i++) {
		const struct source_place *from = &p->places.data[i];
		strbuf_add(out, &(struct packed_place){ .function = string_id(&known, &strings, from->function),
							.file = string_id(&known, &strings, from->file), .line = from->line },
			   sizeof(struct packed_place));
	}
	head.strings_size = (uint32_t)strings.len;
	memcpy(out->data + at, &head, sizeof(head));
	strbuf_add(out, strings.data, strings.len);
	map64_deinit(&known);
}

/* Debug information of which a part is missing says less than it will when that is there. */
static bool is_worth_keeping(const struct image *image)
{
	const struct image_places *p = image->places;

	if (p->none)
		return p->fresh_none && !image->has_debug_file;
	return p->answers.len > p->recalled && image->debuginfo && debuginfo_is_whole(image->debuginfo);
}

void image_places_close(struct image *image)
{
	struct image_places *p = image->places;
	autostrbuf struct strbuf bytes = { 0 };

	if (!p)
		return;
	if (image->context.cache && is_worth_keeping(image)) {
		image_places_pack(p, &bytes);
		image_keep(image, kept_places, LAYOUT, bytes.data, bytes.len);
	}
	image_places_destroy(p);
}

struct image_places *image_places_create(void)
{
	return xcalloc(1, sizeof(struct image_places));
}

void image_places_destroy(struct image_places *p)
{
	map64_deinit(&p->by_address);
	vec_deinit(&p->answers);
	vec_deinit(&p->places);
	arena_deinit(&p->strings);
	free(p);
}

/* ---- asking */

static struct image_places *places_of(struct image *image, const char *debug_root)
{
	autostrbuf struct strbuf bytes = { 0 };

	if (image->places)
		return image->places;
	image->places = image_places_create();
	if (image_recall(image, debug_root, kept_places, LAYOUT, &bytes))
		image_places_unpack(image->places, &bytes);
	return image->places;
}

size_t image_places(struct image *image, const char *debug_root, uint64_t address,
		    struct source_place places[SOURCE_PLACES_MAX])
{
	struct image_places *p = places_of(image, debug_root);
	const uint64_t *index = map64_get(&p->by_address, address);

	if (index) {
		const struct answer *a = &p->answers.data[*index];
		if (a->n)
			memcpy(places, p->places.data + a->first, a->n * sizeof(*places));
		return a->n;
	}
	if (p->none)
		return 0;
	struct debuginfo *d = image_debuginfo(image, debug_root);
	if (!d) {
		p->none = p->fresh_none = true;
		return 0;
	}
	size_t n = debuginfo_find(d, address, places);
	add_answer(p, address, places, n);
	return n;
}
