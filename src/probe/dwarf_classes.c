/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which C++ objects are handed over by a pointer to a copy: those that are
 * "non-trivial for the purposes of calls" (Itanium C++ ABI, 1.1): with a
 * destructor or copy constructor that somebody wrote, virtual functions, or a
 * member or base that has such. clang says so itself
 * (DW_AT_calling_convention); gcc leaves it to be worked out.
 */
#include <string.h>

#include "probe/dwarf_image.h"

enum { DEPTH_MAX = 16, PARTS_MAX = 1 << 16 };	/* damaged classes hold themselves */

static bool is_set(struct dwarf_image *d, Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attr;
	Dwarf_Word word;

	return d->dw->dwarf_attr_integrate(die, name, &attr) && !d->dw->dwarf_formudata(&attr, &word) && word;
}

/* The type behind typedefs and qualifiers. */
static bool target(struct dwarf_image *d, Dwarf_Die *die, Dwarf_Die *type)
{
	Dwarf_Attribute attr;

	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		if (!d->dw->dwarf_attr_integrate(depth ? type : die, DW_AT_type, &attr) || !d->dw->dwarf_formref_die(&attr, type))
			return false;
		int tag = d->dw->dwarf_tag(type);
		if (tag != DW_TAG_typedef && tag != DW_TAG_const_type && tag != DW_TAG_volatile_type)
			return true;
	}
	return false;
}

/* Does it take a reference to an object of its own class, behind `this`? */
static bool copies(struct dwarf_image *d, Dwarf_Die *function, Dwarf_Die *class)
{
	Dwarf_Die parameter, reference, of;

	if (d->dw->dwarf_child(function, &parameter) || d->dw->dwarf_siblingof(&parameter, &parameter) ||
	    d->dw->dwarf_tag(&parameter) != DW_TAG_formal_parameter || !target(d, &parameter, &reference))
		return false;
	int tag = d->dw->dwarf_tag(&reference);
	return (tag == DW_TAG_reference_type || tag == DW_TAG_rvalue_reference_type) && target(d, &reference, &of) &&
	       d->dw->dwarf_dieoffset(&of) == d->dw->dwarf_dieoffset(class);
}

static bool function_needs_code(struct dwarf_image *d, Dwarf_Die *function, Dwarf_Die *class)
{
	const char *name = d->dw->dwarf_diename(function), *own = d->dw->dwarf_diename(class);
	Dwarf_Attribute attr;
	bool artificial;

	if (is_set(d, function, DW_AT_virtuality))
		return true;
	/* what the compiler made is as good as the members */
	if (!name || is_set(d, function, DW_AT_defaulted) ||
	    (d->dw->dwarf_attr_integrate(function, DW_AT_artificial, &attr) && !d->dw->dwarf_formflag(&attr, &artificial) && artificial))
		return false;
	return *name == '~' || (own && !strncmp(name, own, strcspn(own, "<")) && copies(d, function, class));
}

static bool needs_code(struct dwarf_image *d, Dwarf_Die *class, int depth, unsigned *parts)
{
	Dwarf_Die child, type;

	if (depth == DEPTH_MAX || (*parts)++ >= PARTS_MAX || d->dw->dwarf_child(class, &child))
		return false;
	do {
		int tag = d->dw->dwarf_tag(&child);
		if (tag == DW_TAG_subprogram && function_needs_code(d, &child, class))
			return true;
		if ((tag == DW_TAG_member && !d->dw->dwarf_hasattr(&child, DW_AT_external)) || tag == DW_TAG_inheritance) {
			int kind = target(d, &child, &type) ? d->dw->dwarf_tag(&type) : 0;
			if ((kind == DW_TAG_structure_type || kind == DW_TAG_class_type) && needs_code(d, &type, depth + 1, parts))
				return true;
		}
	} while (!d->dw->dwarf_siblingof(&child, &child));
	return false;
}

bool dwarf_type_by_reference(struct dwarf_image *d, uint64_t id)
{
	Dwarf_Attribute attr;
	unsigned parts = 0;
	Dwarf_Word how;
	Dwarf_Die die;

	if (!id || id > d->types.len)
		return false;
	die = d->types.data[id - 1];
	int tag = d->dw->dwarf_tag(&die);
	if (tag != DW_TAG_structure_type && tag != DW_TAG_class_type)
		return false;
	if (d->dw->dwarf_attr_integrate(&die, DW_AT_calling_convention, &attr) && !d->dw->dwarf_formudata(&attr, &how))
		return how == DW_CC_pass_by_reference;
	return needs_code(d, &die, 0, &parts);
}
