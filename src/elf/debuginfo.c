/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elf/debuginfo.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "elf/libdw.h"
#include "elf/libelf.h"
#include "elf/ranges.h"

/* A call that was inlined into a function. */
struct inlined {
	Dwarf_Die die;
	uint32_t parent;	/* the one that it is inlined into, or NO_ID: the function */
};

struct function {
	Dwarf_Die die;
	bool walked;		/* `inlined` has been read */
	VEC(struct inlined) inlined;
	struct ranges ranges;	/* of them */
};

/* A unit of compilation. */
struct unit {
	Dwarf_Die cu;		/* where its lines are */
	Dwarf_Die die;		/* where its functions are: `cu`, or that of the .dwo file */
	bool listed, listed_deep;
	VEC(struct function) functions;
	struct ranges ranges;	/* of them */
};

struct debuginfo {
	const struct libdw *dw;
	const struct libelf *lib;
	int fd;
	Elf *elf;
	Dwarf *dwarf;
	VEC(struct unit) units;
	struct ranges ranges;		/* of them */
	uint64_t work_left;		/* entries that may still be looked at: a hostile file must not hold us */
	VEC(Dwarf_Die) path;		/* scratch */
	bool lacks_split;		/* a unit's .dwo file is not there */
};

/* ---- opening */

/* libdw opens the supplement that dwz made by itself; it must not get stuck with a pipe. */
static bool supplement_is_harmless(struct debuginfo *d)
{
	const char *name = NULL;
	const void *id;
	struct stat st;

	if (d->dw->dwelf_dwarf_gnu_debugaltlink(d->dwarf, &name, &id) <= 0 || !name || *name != '/')
		return true;
	return stat(name, &st) || S_ISREG(st.st_mode);
}

static void list_units(struct debuginfo *d);

struct debuginfo *debuginfo_open(struct elf_source source)
{
	struct debuginfo *d = xcalloc(1, sizeof(*d));

	d->fd = source.fd;
	d->dw = libdw();
	d->lib = libelf();
	if (d->dw && d->lib)
		d->elf = libelf_open(d->lib, &source);
	if (d->elf && !libelf_inflates(d->lib, d->elf))
		d->dwarf = d->dw->dwarf_begin_elf(d->elf, DWARF_C_READ, NULL);
	/* An entry has a byte or more and is looked at four times at most; a .dwo file has its own. */
	d->work_left = 4 * source.size + (64 << 20);
	if (d->dwarf && supplement_is_harmless(d))
		list_units(d);
	if (d->units.len)
		return d;
	debuginfo_close(d);
	return NULL;
}

static void deinit_unit(struct unit *u)
{
	for (size_t i = 0; i < u->functions.len; i++) {
		vec_deinit(&u->functions.data[i].inlined);
		ranges_deinit(&u->functions.data[i].ranges);
	}
	vec_deinit(&u->functions);
	ranges_deinit(&u->ranges);
}

void debuginfo_close(struct debuginfo *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->units.len; i++)
		deinit_unit(&d->units.data[i]);
	vec_deinit(&d->units);
	ranges_deinit(&d->ranges);
	vec_deinit(&d->path);
	if (d->dwarf)
		d->dw->dwarf_end(d->dwarf);
	if (d->elf)
		d->lib->elf_end(d->elf);
	if (d->fd >= 0)
		close(d->fd);
	free(d);
}

bool debuginfo_is_whole(const struct debuginfo *d)
{
	const char *name;
	const void *id;

	if (d->lacks_split)
		return false;
	return d->dw->dwelf_dwarf_gnu_debugaltlink(d->dwarf, &name, &id) <= 0 || d->dw->dwarf_getalt(d->dwarf);
}

/* ---- reading */

static bool work(struct debuginfo *d)
{
	return d->work_left && d->work_left--;
}

/* Adds the code that belongs to an entry; false when it has none. */
static bool add_ranges(struct debuginfo *d, Dwarf_Die *die, struct ranges *ranges, uint32_t value)
{
	Dwarf_Addr base, start, end;
	ptrdiff_t at = 0;
	size_t before = ranges->all.len;

	while (work(d) && (at = d->dw->dwarf_ranges(die, at, &base, &start, &end)) > 0)
		ranges_add(ranges, start, end, value);
	return ranges->all.len > before;
}

static void list_units(struct debuginfo *d)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die, split;
	uint8_t type;

	while (work(d) && !d->dw->dwarf_get_units(d->dwarf, cu, &cu, NULL, &type, &die, &split)) {
		bool skeleton = type == DW_UT_skeleton && split.addr;
		d->lacks_split |= type == DW_UT_skeleton && !split.addr;
		if ((type != DW_UT_compile && type != DW_UT_skeleton) || d->dw->dwarf_tag(&die) == DW_TAG_partial_unit)
			continue;
		if (add_ranges(d, &die, &d->ranges, (uint32_t)d->units.len))
			vec_push(&d->units, (struct unit){ .cu = die, .die = skeleton ? split : die });
	}
	ranges_finish(&d->ranges);
}

/*
 * Steps through entries depth first. `down`: into the entry's own, else past
 * them. path: the entry at hand is its last, those that it lies in before it.
 * False at the end.
 */
static bool step(struct debuginfo *d, bool down)
{
	Dwarf_Die next;

	if (!work(d))
		return false;
	if (down && d->path.len < 1024 && !d->dw->dwarf_child(&vec_last(&d->path), &next)) {
		vec_push(&d->path, next);
		return true;
	}
	for (; d->path.len > 1; d->path.len--) {
		Dwarf_Off here = d->dw->dwarf_dieoffset(&vec_last(&d->path));
		if (!d->dw->dwarf_siblingof(&vec_last(&d->path), &next) && d->dw->dwarf_dieoffset(&next) > here) {
			vec_last(&d->path) = next;
			return true;
		}
	}
	return false;
}

/* Does the entry at hand lie in nothing but namespaces? */
static bool at_top(struct debuginfo *d)
{
	for (size_t i = 1; i + 1 < d->path.len; i++) {
		int tag = d->dw->dwarf_tag(&d->path.data[i]);
		if (tag != DW_TAG_namespace && tag != DW_TAG_module)
			return false;
	}
	return true;
}

/* The functions of a unit that stand in it or its namespaces; `deep`: also those in types and other functions. */
static void list_functions(struct debuginfo *d, struct unit *u, bool deep)
{
	bool down = true;

	vec_clear(&d->path);
	vec_push(&d->path, u->die);
	while (step(d, down)) {
		int tag = d->dw->dwarf_tag(&vec_last(&d->path));
		down = deep || tag == DW_TAG_namespace || tag == DW_TAG_module;
		if (tag != DW_TAG_subprogram)
			continue;
		if ((!deep || !at_top(d)) && add_ranges(d, &vec_last(&d->path), &u->ranges, (uint32_t)u->functions.len))
			vec_push(&u->functions, (struct function){ .die = vec_last(&d->path) });
	}
	ranges_finish(&u->ranges);
}

static void list_inlined(struct debuginfo *d, struct function *f)
{
	VEC(uint32_t) parents = { 0 };	/* by depth in the path: the inlined call that it lies in */
	bool down = true;

	vec_clear(&d->path);
	vec_push(&d->path, f->die);
	vec_push(&parents, NO_ID);
	while (step(d, down)) {
		int tag = d->dw->dwarf_tag(&vec_last(&d->path));
		parents.len = d->path.len - 1;
		uint32_t inside = vec_last(&parents);
		down = tag == DW_TAG_lexical_block || tag == DW_TAG_inlined_subroutine || tag == DW_TAG_try_block ||
		       tag == DW_TAG_catch_block;
		if (tag == DW_TAG_inlined_subroutine) {
			uint32_t id = (uint32_t)f->inlined.len;
			vec_push(&f->inlined, (struct inlined){ .die = vec_last(&d->path), .parent = inside });
			add_ranges(d, &f->inlined.data[id].die, &f->ranges, id);
			inside = id;
		}
		vec_push(&parents, inside);
	}
	ranges_finish(&f->ranges);
	f->walked = true;
	vec_deinit(&parents);
}

/* ---- asking */

/* Of the ranges that hold the address the value of the shortest; NO_ID: none. */
static uint32_t shortest(const struct ranges *r, uint64_t address)
{
	uint32_t best = NO_ID;
	uint64_t length = UINT64_MAX;

	for (uint32_t i = ranges_find(r, address); i != NO_ID; i = ranges_next(r, i, address)) {
		const struct range *range = &r->all.data[i];
		if (range->end - range->start < length) {
			length = range->end - range->start;
			best = range->value;
		}
	}
	return best;
}

static struct function *find_function(struct debuginfo *d, struct unit *u, uint64_t address)
{
	if (!u->listed)
		list_functions(d, u, false);
	u->listed = true;
	uint32_t id = shortest(&u->ranges, address);
	if (id == NO_ID && !u->listed_deep) {
		list_functions(d, u, true);
		u->listed_deep = true;
		id = shortest(&u->ranges, address);
	}
	if (id == NO_ID)
		return NULL;
	struct function *f = &u->functions.data[id];
	if (!f->walked)
		list_inlined(d, f);
	return f;
}

static const char *name_of(const struct libdw *dw, Dwarf_Die *die)
{
	static const unsigned names[] = { DW_AT_linkage_name, DW_AT_MIPS_linkage_name, DW_AT_name };
	Dwarf_Attribute attr;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *name = dw->dwarf_formstring(dw->dwarf_attr_integrate(die, names[i], &attr));
		if (name && *name)
			return name;
	}
	return NULL;
}

static void place_of_line(const struct libdw *dw, Dwarf_Die *cu, uint64_t address, struct source_place *place)
{
	Dwarf_Line *line = dw->dwarf_getsrc_die(cu, address);
	bool end = false;
	int number = 0;

	if (!line || (!dw->dwarf_lineendsequence(line, &end) && end))
		return;
	place->file = dw->dwarf_linesrc(line, NULL, NULL);
	if (!dw->dwarf_lineno(line, &number) && number > 0)
		place->line = (uint32_t)number;
}

/* Where a call was that has been inlined. */
static void place_of_call(const struct libdw *dw, struct unit *u, Dwarf_Die *die, struct source_place *place)
{
	Dwarf_Attribute attr;
	Dwarf_Word number;
	Dwarf_Files *files;
	size_t n;

	if (!dw->dwarf_formudata(dw->dwarf_attr(die, DW_AT_call_line, &attr), &number) && number <= INT32_MAX)
		place->line = (uint32_t)number;
	if (!dw->dwarf_formudata(dw->dwarf_attr(die, DW_AT_call_file, &attr), &number) &&
	    !dw->dwarf_getsrcfiles(&u->die, &files, &n) && number < n)
		place->file = dw->dwarf_filesrc(files, number, NULL, NULL);
}

static size_t places_in(struct debuginfo *d, struct unit *u, struct function *f, uint64_t address,
			struct source_place *places)
{
	size_t n = 0;

	places[0] = (struct source_place){ 0 };
	place_of_line(d->dw, &u->cu, address, &places[0]);
	if (!f)
		return places[0].file ? 1 : 0;
	uint32_t id = shortest(&f->ranges, address);
	for (; id != NO_ID && n + 1 < SOURCE_PLACES_MAX; id = f->inlined.data[id].parent) {
		struct inlined *call = &f->inlined.data[id];
		places[n++].function = name_of(d->dw, &call->die);
		places[n] = (struct source_place){ 0 };
		place_of_call(d->dw, u, &call->die, &places[n]);
	}
	places[n++].function = name_of(d->dw, &f->die);
	return n;
}

size_t debuginfo_find(struct debuginfo *d, uint64_t address, struct source_place places[SOURCE_PLACES_MAX])
{
	struct unit *lines_only = NULL;

	/* Units overlap only where a linker dropped code: the one that has a function there is right. */
	for (uint32_t i = ranges_find(&d->ranges, address); i != NO_ID; i = ranges_next(&d->ranges, i, address)) {
		struct unit *u = &d->units.data[d->ranges.all.data[i].value];
		struct function *f = find_function(d, u, address);
		if (f)
			return places_in(d, u, f, address, places);
		lines_only = u;
	}
	return lines_only ? places_in(d, lines_only, NULL, address, places) : 0;
}
