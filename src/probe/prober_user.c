/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places in programs and libraries, by their symbols. */
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "probe/prober_room.h"

static struct error *open_image(struct prober *p)
{
	if (p->image)
		return NULL;
	autofree char *path = os_path(p->os, "%s", p->target->file);
	char *real = realpath(path, NULL);
	if (!real)
		return error_os(errno, "cannot open %s", path);
	struct error *err = image_open(real, &p->image);
	if (err) {
		free(real);
		return err;
	}
	p->path = real;
	return NULL;
}

struct search {
	struct prober *prober;
	const char *name;
	bool glob;
	struct arena *arena;
	VEC(struct found { const char *name; uint64_t address; }) found;
};

static void keep_name(void *ctx, const char *name, uint64_t address, uint64_t size)
{
	struct prober *p = ctx;

	(void)address;
	(void)size;
	vec_push(&p->functions, arena_strdup(&p->arena, name));
}

static struct error *no_symbols(struct prober *p)
{
	return error_hint(error_create("%s has no symbols: it is stripped", p->path), "install its debug package, or build it without -s");
}

struct error *user_functions(struct prober *p)
{
	TRY(open_image(p));
	if (!image_each_function(p->image, p->target->debug_root, keep_name, p) || !p->functions.len)
		return no_symbols(p);
	return NULL;
}

static void match(void *ctx, const char *name, uint64_t address, uint64_t size)
{
	struct search *s = ctx;

	(void)size;
	if (s->glob ? fnmatch(s->name, name, 0) : strcmp(s->name, name))
		return;
	/* One place, one probe: aliases are other names of it. */
	for (size_t i = 0; i < s->found.len; i++)
		if (s->found.data[i].address == address)
			return;
	vec_push(&s->found, (struct found){ arena_strdup(s->arena, name), address });
}

static int by_address(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

static struct error *add_point(struct prober *p, const struct probe_def *def, const struct found *found, struct arena *arena, probe_points *points)
{
	uint64_t address = found->address + def->offset, offset;

	if (!image_address_to_offset(p->image, address, &offset))
		return probe_def_error(def, def->place.text ? def->place : def->function, "%s has no byte at this address: 0x%" PRIx64, p->path, address);
	struct probe_point *point = vec_add(points);
	point->address = address;
	point->function = point->inferior = found->name;
	point->on = def->offset ? arena_printf(arena, "%s+%" PRIu64, found->name, def->offset) : found->name;
	point->place = arena_printf(arena, "%s:0x%" PRIx64, p->path, offset);
	return NULL;
}

static struct error *symbol_points(struct prober *p, const struct probe_def *def, struct arena *arena, probe_points *points)
{
	struct search s = { .prober = p, .name = def->function.text, .glob = prober_is_glob(def->function.text), .arena = arena };
	struct error *err = NULL;

	if (!image_each_function(p->image, p->target->debug_root, match, &s))
		return no_symbols(p);
	vec_sort(&s.found, by_address);
	err = s.found.len ? prober_limit(p, def, s.found.len) : prober_unknown(p, def, p->path);
	for (size_t i = 0; i < s.found.len && !err; i++)
		err = add_point(p, def, &s.found.data[i], arena, points);
	vec_deinit(&s.found);
	return err;
}

struct error *user_points(struct prober *p, const struct probe_def *def, bool args, struct arena *arena, probe_points *points)
{
	TRY(open_image(p));
	if (def->has_address) {
		char *name = arena_printf(arena, "abs_%" PRIx64, def->address);
		return add_point(p, def, &(struct found){ name, def->address }, arena, points);
	}
	TRY(symbol_points(p, def, arena, points));
	for (size_t i = 0; i < points->len && args; i++)
		points->data[i].nothing_known = arena_printf(arena, "%s has no debug information that names arguments: give registers "
							     "(%%di is the first), build it with -g, or install its debug package", p->path);
	return NULL;
}

struct error *user_symbol(struct prober *p, const struct probe_def *def, const struct probe_value *value, uint64_t address, struct fetch *where)
{
	uint64_t symbol, offset;
	struct image *image;

	/* The symbols of an image are read once; another look needs it open anew. */
	TRY(image_open(p->path, &image));
	bool found = image_symbol_value(image, value->word.text, &symbol);
	image_close(image);
	if (!found || !image_address_to_offset(p->image, address, &offset))
		return probe_def_error(def, value->word, "there is no symbol %s in %s", value->word.text, p->path);
	/* The kernel counts from where the file would begin in memory if all of it were mapped as the probe's page is. */
	*where = (struct fetch){ .kind = FETCH_SYMBOL, .base = "+", .offset = (int64_t)(symbol - address + offset) + value->offset };
	return NULL;
}
