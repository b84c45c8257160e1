/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places in an ELF image: a program, a library, or a vmlinux with debug information. */
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "os/machine.h"
#include "probe/markers.h"
#include "probe/prober_room.h"

/* Is the image that of the running kernel? By their build-ids. */
static bool runs_here(struct prober *p)
{
	uint8_t here[BUILD_ID_MAX], id[BUILD_ID_MAX];
	size_t size = machine_notes_build_id(p->os, "/sys/kernel/notes", here);

	return size && image_build_id(p->image, id) == size && !memcmp(here, id, size);
}

/* From a server, by the running kernel's build-id. */
static const char *fetch_vmlinux(struct prober *p)
{
	uint8_t id[BUILD_ID_MAX];
	size_t size = p->target->server ? machine_notes_build_id(p->os, "/sys/kernel/notes", id) : 0;

	p->fetched = size ? debug_server_fetch(p->target->server, id, size, "the kernel") : -1;
	return p->fetched < 0 ? NULL : arena_printf(&p->arena, "/proc/self/fd/%d", p->fetched);
}

const char *prober_vmlinux(struct prober *p)
{
	autofree char *release = NULL;

	if (p->target->vmlinux || p->vmlinux_sought)
		return p->target->vmlinux ? p->target->vmlinux : p->vmlinux;
	p->vmlinux_sought = true;
	release = os_read_line(p->os, "/proc/sys/kernel/osrelease");
	if (!release)
		return NULL;
	const char *root = p->target->debug_root ? p->target->debug_root : "/usr/lib/debug";
	char *paths[] = {
		xasprintf("%s/boot/vmlinux-%s", root, release), xasprintf("%s/lib/modules/%s/vmlinux", root, release),
		xasprintf("/lib/modules/%s/build/vmlinux", release),
	};
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		autofree char *path = os_path(p->os, "%s", paths[i]);
		if (!p->vmlinux && !access(path, R_OK))
			p->vmlinux = arena_strdup(&p->arena, paths[i]);
		free(paths[i]);
	}
	if (!p->vmlinux)
		p->vmlinux = fetch_vmlinux(p);
	return p->vmlinux;
}

bool prober_is_foreign(const struct prober *p)
{
	return p->foreign;
}

struct error *prober_open(struct prober *p)
{
	const char *file = p->target->file ? p->target->file : prober_vmlinux(p);

	if (p->image)
		return NULL;
	if (!file)
		return error_hint(error_create("the kernel's source lines are in its debug information only"),
				  "give its image: -k VMLINUX (package linux-image-$(uname -r)-dbg on Debian)");
	autofree char *path = os_path(p->os, "%s", file);
	char *real = realpath(path, NULL);
	if (!real)
		return error_os(errno, "cannot open %s", path);
	struct error *err = image_open(real, &p->image);
	if (err) {
		free(real);
		return err;
	}
	p->path = real;
	image_set_context(p->image, &(struct image_context){ .server = p->target->server });
	/* A program for another machine is probed there, with what -D prints here. */
	p->arch = arch_of_elf(image_machine(p->image));
	if (!p->target->file)
		p->foreign = !runs_here(p);
	return NULL;
}

/* ---- symbols */

struct found {
	const char *name, *linkage;	/* as written in C++, and as the symbol has it */
	uint64_t address;
};

struct search {
	const char *name;
	bool glob;
	struct arena *arena;
	VEC(struct found) found;
};

static void keep_name(void *ctx, const char *name, uint64_t address, uint64_t size)
{
	struct prober *p = ctx;

	(void)address;
	(void)size;
	autofree char *written = demangle(name);
	vec_push(&p->functions, arena_strdup(&p->arena, written ? written : name));
}

static struct error *no_symbols(struct prober *p)
{
	return error_hint(error_create("%s has no symbols: it is stripped", p->path), "install its debug package, or build it without -s");
}

struct error *user_functions(struct prober *p)
{
	TRY(prober_open(p));
	marker_list markers = { 0 };
	image_each_function(p->image, p->target->debug_root, keep_name, p);
	markers_read(p->image, &p->arena, &markers);
	for (size_t i = 0; i < markers.len; i++)
		vec_push(&p->functions, markers.data[i].name);
	vec_deinit(&markers);
	prober_sort_functions(p);
	return p->functions.len ? NULL : no_symbols(p);
}

static void match(void *ctx, const char *name, uint64_t address, uint64_t size)
{
	struct search *s = ctx;

	(void)size;
	const char *linkage = name;
	autofree char *written = strstr(s->name, "::") ? demangle(name) : NULL;
	if (written)
		name = written;
	if (s->glob ? fnmatch(s->name, name, 0) : strcmp(s->name, name))
		return;
	/* One place, one probe: aliases are other names of it. */
	for (size_t i = 0; i < s->found.len; i++)
		if (s->found.data[i].address == address)
			return;
	vec_push(&s->found, (struct found){ arena_strdup(s->arena, name), arena_strdup(s->arena, linkage), address });
}

static int by_address(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

uint64_t prober_symbol(struct prober *p, const char *name, const char **linkage)
{
	struct search s = { .name = name, .arena = &p->arena };
	uint64_t address = 0;

	*linkage = name;
	image_each_function(p->image, p->target->debug_root, match, &s);
	if (s.found.len == 1) {
		address = s.found.data[0].address;
		*linkage = s.found.data[0].linkage;
	}
	vec_deinit(&s.found);
	return address;
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
	struct search s = { .name = def->function.text, .glob = prober_is_glob(def->function.text), .arena = arena };
	bool symbols = image_each_function(p->image, p->target->debug_root, match, &s);
	struct error *err = prober_limit(p, def, s.found.len);
	dwarf_places places = { 0 };

	vec_sort(&s.found, by_address);
	for (size_t i = 0; i < s.found.len && !err; i++)
		push_point(def, s.found.data[i].name, s.found.data[i].address, arena, points);
	if (!err && !s.glob && !def->offset && !strstr(s.name, "::"))
		dwarf_add_inlined(p, def, s.found.len == 1 ? s.found.data[0].address : 0, &places);
	for (size_t i = 0; i < places.len && !err; i++) {
		bool known = false;
		for (size_t k = 0; k < s.found.len; k++)
			known |= s.found.data[k].address == places.data[i].address;
		if (!known)
			push_point(def, arena_strdup(arena, def->function.text), places.data[i].address, arena, points);
	}
	if (!err && !points->len)
		err = symbols || p->dwarf ? prober_unknown(p, def, p->path) : no_symbols(p);
	vec_deinit(&places);
	vec_deinit(&s.found);
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

struct error *probe_function_offset(const char *file, const char *function, uint64_t *offset)
{
	const struct probe_target target = { .file = file, .max = 1, .no_inlines = true };
	const struct os os = { .root = "" };
	struct prober *p = prober_create(&os, &target, NULL);
	struct arena arena guard(arena_deinit) = { 0 };
	probe_points points = { 0 };
	struct probe_def def;
	struct error *err = probe_def_parse(function, &def);

	if (!err) {
		err = prober_points(p, &def, false, &arena, &points);
		if (!err && !image_address_to_offset(p->image, points.data[0].address, offset))
			err = error_create("%s is nowhere in %s", function, file);
		probe_points_deinit(&points);
		probe_def_deinit(&def);
	}
	prober_destroy(p);
	return err;
}
