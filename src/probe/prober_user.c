/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places in an ELF image, and what its probes need besides. */
#include <fnmatch.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "probe/markers.h"
#include "probe/prober_room.h"

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

/* ---- markers */

static const char *marker_arguments(struct prober *p, const struct marker *marker, struct arena *arena)
{
	autostrbuf struct strbuf text = { 0 };
	const char *why;

	for (unsigned i = 0; p->arch; i++) {
		const char *argument = marker_argument(marker, i, p->arch, arena, &why);
		if (argument)
			strbuf_printf(&text, " arg%u=%s", i + 1, argument);
		else if (why)
			notes_add(p->notes, "argument %u of %s is left out: %s", i + 1, marker->name, why);
		else
			break;
	}
	return arena_strdup(arena, strbuf_str(&text));
}

static struct error *unknown_marker(struct prober *p, const struct probe_def *def, const marker_list *markers)
{
	struct nearest best = { .word = def->sdt.text };
	struct error *err = probe_def_error(def, def->sdt, "there is no marker %s in %s", def->sdt.text, p->path);

	err->kind = ERROR_FAILED;
	for (size_t i = 0; i < markers->len; i++)
		nearest_offer(&best, markers->data[i].name);
	autofree char *hint = nearest_hint(&best);
	return error_hint(err, "%s", hint ? hint : markers->len ? "ptk probe -x FILE -F shows those that there are" : "it has no markers at all");
}

static struct error *marker_points(struct prober *p, const struct probe_def *def, struct arena *arena, probe_points *points)
{
	marker_list markers = { 0 };

	markers_read(p->image, arena, &markers);
	for (size_t i = 0; i < markers.len; i++) {
		const struct marker *m = &markers.data[i];
		uint64_t offset, semaphore = 0;
		if (fnmatch(def->sdt.text, m->name, 0) || !image_address_to_offset(p->image, m->address, &offset) ||
		    (m->semaphore && !image_address_to_offset(p->image, m->semaphore, &semaphore)))
			continue;
		struct probe_point *point = vec_add(points);
		point->address = m->address;
		point->function = point->inferior = strchr(m->name, ':') + 1;
		point->on = m->name;
		point->place = semaphore ? arena_printf(arena, "%s:0x%" PRIx64 "(0x%" PRIx64 ")", p->path, offset, semaphore) :
					   arena_printf(arena, "%s:0x%" PRIx64, p->path, offset);
		point->arguments = marker_arguments(p, m, arena);
	}
	struct error *err = points->len ? NULL : unknown_marker(p, def, &markers);
	vec_deinit(&markers);
	return err;
}

/* ---- places */

/* How the kernel is told the address: as offset into the file, or from the kernel's symbol that it lies in. */
static struct error *place_of(struct prober *p, const struct probe_def *def, uint64_t address, struct arena *arena, const char **place)
{
	const struct symtab_entry *symbol;
	uint64_t offset;

	if (p->target->file) {
		if (!image_address_to_offset(p->image, address, &offset))
			return probe_def_error(def, def->place.text ? def->place : def->function, "%s has no byte at 0x%" PRIx64, p->path, address);
		*place = arena_printf(arena, "%s:0x%" PRIx64, p->path, offset);
		return NULL;
	}
	symbol = symtab_find(image_symbols(p->image, p->target->debug_root), address);
	if (!symbol || symbol->start > address)
		return probe_def_error(def, def->function, "no symbol of the kernel is at 0x%" PRIx64, address);
	*place = address == symbol->start ? arena_strdup(arena, symbol->name) :
		 arena_printf(arena, "%s+%" PRIu64, symbol->name, address - symbol->start);
	return NULL;
}

static void push_point(const struct probe_def *def, const char *name, uint64_t address, struct arena *arena, probe_points *points)
{
	struct probe_point *point = vec_add(points);

	point->address = address + def->offset;
	point->function = point->inferior = name;
	point->on = def->offset ? arena_printf(arena, "%s+%" PRIu64, name, def->offset) : name;
}

/* FUNCTION@SOURCE: only those that are written in that file. */
static struct error *keep_of_file(struct prober *p, const struct probe_def *def, probe_points *points)
{
	struct dwarf_image *d = prober_dwarf(p);
	struct dwarf_place place;
	const char *file;
	size_t kept = 0;

	if (!d)
		return prober_no_dwarf(p);
	for (size_t i = 0; i < points->len; i++) {
		bool known = dwarf_find_address(d, points->data[i].address, &place);
		if (known)
			(void)dwarf_first_line(d, &place, &file);
		if (known && file && dwarf_file_is(file, def->file.text))
			points->data[kept++] = points->data[i];
	}
	points->len = kept;
	return kept ? NULL : probe_def_error(def, def->file, "no function %s is written in a file of that name", def->function.text);
}

/* The function's symbols, and where debug information knows it to be inlined. */
static struct error *function_points(struct prober *p, const struct probe_def *def, struct arena *arena, probe_points *points)
{
	const char *name = def->function.text;
	bool glob = prober_is_glob(name);
	found_symbols found = { 0 };
	bool symbols = prober_symbols(p, name, glob, arena, &found);
	struct error *err = prober_limit(p, def, found.len);
	dwarf_places places = { 0 };

	for (size_t i = 0; i < found.len && !err; i++)
		push_point(def, found.data[i].name, found.data[i].address, arena, points);
	if (!err && !glob && !def->offset && !strstr(name, "::"))
		dwarf_add_inlined(p, def, found.len == 1 ? found.data[0].address : 0, &places);
	for (size_t i = 0; i < places.len && !err; i++) {
		bool known = false;
		for (size_t k = 0; k < found.len; k++)
			known |= found.data[k].address == places.data[i].address;
		if (!known)
			push_point(def, arena_strdup(arena, name), places.data[i].address, arena, points);
	}
	if (!err && !points->len)
		err = symbols || p->dwarf ? prober_unknown(p, def, p->path) : prober_no_symbols(p);
	vec_deinit(&places);
	vec_deinit(&found);
	return err;
}

struct error *user_points(struct prober *p, const struct probe_def *def, bool args, struct arena *arena, probe_points *points)
{
	TRY(prober_open(p));
	if (def->sdt.text)
		return marker_points(p, def, arena, points);
	if (def->has_line || def->pattern.text)
		TRY(line_points(p, def, arena, points));
	else if (def->has_address)
		push_point(def, arena_printf(arena, "abs_%" PRIx64, def->address), def->address, arena, points);
	else
		TRY(function_points(p, def, arena, points));
	if (def->function.text && def->file.text && !def->has_line && !def->pattern.text)
		TRY(keep_of_file(p, def, points));
	for (size_t i = 0; i < points->len; i++) {
		TRY(place_of(p, def, points->data[i].address, arena, &points->data[i].place));
		if (args)
			dwarf_fill_scope(p, &points->data[i]);
		if (args && !p->target->file)
			kernel_keep_arguments(p, def, &points->data[i].scope);
	}
	return NULL;
}
