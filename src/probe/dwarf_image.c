/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/dwarf_image.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"

enum { DEPTH_MAX = 64 };	/* of blocks and inlined calls in each other */

struct dwarf_image *dwarf_image_open(struct image *image, const char *path, const char *debug_root, const struct arch *arch)
{
	struct dwarf_image *d = xcalloc(1, sizeof(*d));

	d->dw = libdw();
	d->lib = libelf();
	d->arch = arch;
	d->file.fd = d->code.fd = -1;
	dwarf_types_init(d);
	if (d->dw && d->lib && arch && image_open_dwarf(image, debug_root, &d->file))
		d->elf = libelf_open(d->lib, &d->file);
	if (d->elf && !libelf_inflates(d->lib, d->elf))
		d->dwarf = d->dw->dwarf_begin_elf(d->elf, DWARF_C_READ, NULL);
	if (!d->dwarf) {
		dwarf_image_close(d);
		return NULL;
	}
	/* A separate debug file has no .eh_frame of its own. */
	d->code.fd = file_open_regular(path, 0, &d->code.size);
	if (d->code.fd >= 0)
		d->code_elf = libelf_open(d->lib, &d->code);
	return d;
}

void dwarf_image_close(struct dwarf_image *d)
{
	if (!d)
		return;
	if (d->dwarf)
		d->dw->dwarf_end(d->dwarf);
	if (d->elf)
		d->lib->elf_end(d->elf);
	if (d->cfi[1])	/* the first is the Dwarf's */
		d->dw->dwarf_cfi_end(d->cfi[1]);
	if (d->code_elf)
		d->lib->elf_end(d->code_elf);
	if (d->file.fd >= 0)
		close(d->file.fd);
	if (d->code.fd >= 0)
		close(d->code.fd);
	vec_deinit(&d->types);
	vec_deinit(&d->opaque);
	free(d);
}

/* C++ functions are known by their mangled names too. */
static bool is_called(struct dwarf_image *d, Dwarf_Die *die, const char *name)
{
	const char *plain = dwarf_name(d, die);
	Dwarf_Attribute attr;

	if (plain && !strcmp(plain, name))
		return true;
	const char *linkage = d->dw->dwarf_attr_integrate(die, DW_AT_linkage_name, &attr) ? d->dw->dwarf_formstring(&attr) : NULL;
	return linkage && !strcmp(linkage, name);
}

static bool has_code(struct dwarf_image *d, Dwarf_Die *die)
{
	return d->dw->dwarf_hasattr(die, DW_AT_low_pc) || d->dw->dwarf_hasattr(die, DW_AT_ranges);
}

/* ---- functions by name */

struct walk {
	struct dwarf_image *d;
	const char *name;
	bool inlines;
	dwarf_places *places;
};

static void add_place(struct walk *w, Dwarf_Die *scope, Dwarf_Die *outer, bool entry)
{
	struct dwarf_place place = { .scope = *scope, .outer = *outer, .entry = entry, .function = w->name };
	Dwarf_Addr address;

	if (w->d->dw->dwarf_entrypc(scope, &address))
		return;
	place.address = address;
	for (size_t i = 0; i < w->places->len; i++)
		if (w->places->data[i].address == address)
			return;
	vec_push(w->places, place);
}

/* Inlined calls of the name below `die`. */
static void walk_inlined(struct walk *w, Dwarf_Die *die, Dwarf_Die *outer, int depth)
{
	Dwarf_Die child;

	if (depth == DEPTH_MAX || w->d->dw->dwarf_child(die, &child))
		return;
	do {
		int tag = w->d->dw->dwarf_tag(&child);
		if (tag == DW_TAG_inlined_subroutine && is_called(w->d, &child, w->name))
			add_place(w, &child, outer, false);
		if (tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block)
			walk_inlined(w, &child, outer, depth + 1);
	} while (!w->d->dw->dwarf_siblingof(&child, &child));
}

/* True when a function of that name is described in the unit, with code or without. */
static bool walk_functions(struct walk *w, Dwarf_Die *parent, int depth, bool deep)
{
	bool there = false;
	Dwarf_Die die;

	if (depth == DEPTH_MAX || w->d->dw->dwarf_child(parent, &die))
		return false;
	do {
		int tag = w->d->dw->dwarf_tag(&die);
		if (tag == DW_TAG_subprogram) {
			bool called = is_called(w->d, &die, w->name);
			there |= called;
			if (called && !deep && has_code(w->d, &die))
				add_place(w, &die, &die, true);
			if (deep && has_code(w->d, &die))
				walk_inlined(w, &die, &die, 0);
		} else if (tag == DW_TAG_namespace || tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_module) {
			there |= walk_functions(w, &die, depth + 1, deep);
		}
	} while (!w->d->dw->dwarf_siblingof(&die, &die));
	return there;
}

static void walk_unit(struct walk *w, Dwarf_Die *unit)
{
	if (walk_functions(w, unit, 0, false) && w->inlines)
		walk_functions(w, unit, 0, true);
}

void dwarf_find_function(struct dwarf_image *d, const char *name, uint64_t address, bool inlines, dwarf_places *places)
{
	struct walk w = { d, name, inlines, places };
	Dwarf_Die unit;
	Dwarf_CU *cu = NULL;

	if (address && d->dw->dwarf_addrdie(d->dwarf, address, &unit)) {
		walk_unit(&w, &unit);
		return;
	}
	while (!d->dw->dwarf_get_units(d->dwarf, cu, &cu, NULL, NULL, &unit, NULL))
		walk_unit(&w, &unit);
}

/* ---- functions by address */

static bool inner(struct dwarf_image *d, Dwarf_Die *die, struct dwarf_place *place, int depth)
{
	Dwarf_Die child;

	if (depth == DEPTH_MAX || d->dw->dwarf_child(die, &child))
		return true;
	do {
		int tag = d->dw->dwarf_tag(&child);
		if ((tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block) || d->dw->dwarf_haspc(&child, place->address) <= 0)
			continue;
		if (tag == DW_TAG_inlined_subroutine)
			place->scope = child;
		return inner(d, &child, place, depth + 1);
	} while (!d->dw->dwarf_siblingof(&child, &child));
	return true;
}

static bool function_with(struct dwarf_image *d, Dwarf_Die *parent, struct dwarf_place *place, int depth)
{
	Dwarf_Die die;

	if (depth == DEPTH_MAX || d->dw->dwarf_child(parent, &die))
		return false;
	do {
		int tag = d->dw->dwarf_tag(&die);
		if (tag == DW_TAG_subprogram && d->dw->dwarf_haspc(&die, place->address) > 0) {
			Dwarf_Addr entry;
			place->scope = place->outer = die;
			place->entry = !d->dw->dwarf_entrypc(&die, &entry) && entry == place->address;
			return place->entry || inner(d, &die, place, 0);
		}
		if ((tag == DW_TAG_namespace || tag == DW_TAG_structure_type || tag == DW_TAG_class_type) &&
		    function_with(d, &die, place, depth + 1))
			return true;
	} while (!d->dw->dwarf_siblingof(&die, &die));
	return false;
}

bool dwarf_find_address(struct dwarf_image *d, uint64_t address, struct dwarf_place *place)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit;
	bool found;

	*place = (struct dwarf_place){ .address = address };
	found = d->dw->dwarf_addrdie(d->dwarf, address, &unit) && function_with(d, &unit, place, 0);
	/* Without .debug_aranges nothing says which unit it is. */
	while (!found && !d->dw->dwarf_get_units(d->dwarf, cu, &cu, NULL, NULL, &unit, NULL))
		found = d->dw->dwarf_haspc(&unit, address) > 0 && function_with(d, &unit, place, 0);
	if (found)
		place->function = dwarf_name(d, &place->scope);
	return found;
}

/* ---- variables */

static void add_variables(struct dwarf_image *d, struct dwarf_place *place, Dwarf_Die *die, bool kernel, uint64_t offset, int depth,
			  struct scope *scope)
{
	Dwarf_Die child;

	if (depth == DEPTH_MAX || d->dw->dwarf_child(die, &child))
		return;
	do {
		int tag = d->dw->dwarf_tag(&child);
		if (tag == DW_TAG_lexical_block && d->dw->dwarf_haspc(&child, place->address) > 0)
			add_variables(d, place, &child, kernel, offset, depth + 1, scope);
		const char *name = tag == DW_TAG_formal_parameter || tag == DW_TAG_variable ? dwarf_name(d, &child) : NULL;
		if (!name || (depth < 0 && tag != DW_TAG_variable))
			continue;
		struct scope_variable v = { .name = name, .type = dwarf_type_of(d, &child), .parameter = tag == DW_TAG_formal_parameter,
			.external = depth < 0 };
		v.where = dwarf_location(d, place, &child, kernel, offset, &scope->arena);
		if (depth >= 0)
			v.range = dwarf_location_range(d, place, &child, &scope->arena);
		vec_push(&scope->variables, v);
	} while (!d->dw->dwarf_siblingof(&child, &child));
}

void dwarf_scope(struct dwarf_image *d, struct dwarf_place *place, bool kernel, uint64_t offset, struct scope *scope)
{
	Dwarf_Die unit;

	*scope = (struct scope){ .types = &d->source, .returns = true, .return_type = dwarf_type_of(d, &place->outer) };
	add_variables(d, place, &place->scope, kernel, offset, 0, scope);
	/* What the whole unit sees comes last: names of the function hide it. */
	if (d->dw->dwarf_diecu(&place->outer, &unit, NULL, NULL))
		add_variables(d, place, &unit, kernel, offset, -1, scope);
}
