/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/dwarf_image.h"

#include <string.h>

#include "base/cleanup.h"

enum { TYPES_MAX = 1 << 22 };	/* entries remembered of a hostile file */

static struct dwarf_image *of(const struct type_source *source)
{
	return (struct dwarf_image *)source;
}

static uint64_t remember(struct dwarf_image *d, Dwarf_Die *die)
{
	if (d->types.len >= TYPES_MAX)
		return TYPE_NONE;
	vec_push(&d->types, *die);
	return d->types.len;
}

uint64_t dwarf_type_of(struct dwarf_image *d, Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Die type;

	if (!d->dw->dwarf_attr_integrate(die, DW_AT_type, &attr) || !d->dw->dwarf_formref_die(&attr, &type))
		return TYPE_NONE;
	return remember(d, &type);
}

static bool number(struct dwarf_image *d, Dwarf_Die *die, unsigned name, uint64_t *value)
{
	Dwarf_Attribute attr;
	Dwarf_Word word;

	if (!d->dw->dwarf_attr_integrate(die, name, &attr) || d->dw->dwarf_formudata(&attr, &word))
		return false;
	*value = word;
	return true;
}

static void base_info(struct dwarf_image *d, Dwarf_Die *die, struct type_info *info)
{
	uint64_t encoding = 0;

	number(d, die, DW_AT_encoding, &encoding);
	info->kind = encoding == DW_ATE_float || encoding == DW_ATE_complex_float || encoding == DW_ATE_decimal_float ? TYPE_FLOAT : TYPE_INT;
	info->is_signed = encoding == DW_ATE_signed || encoding == DW_ATE_signed_char;
}

static bool flag(struct dwarf_image *d, Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attr;
	bool value = false;

	return d->dw->dwarf_attr_integrate(die, name, &attr) && !d->dw->dwarf_formflag(&attr, &value) && value;
}

/* All of its dimensions: [2][3] counts 6. */
static uint64_t array_count(struct dwarf_image *d, Dwarf_Die *die)
{
	uint64_t count = 1, value;
	bool known = false;
	Dwarf_Die child;

	if (d->dw->dwarf_child(die, &child))
		return 0;
	do {
		if (d->dw->dwarf_tag(&child) != DW_TAG_subrange_type)
			continue;
		if (number(d, &child, DW_AT_count, &value))
			known = true;
		else if (number(d, &child, DW_AT_upper_bound, &value) && value < UINT32_MAX)
			known = true, value++;
		else
			value = 0;
		count *= value;
	} while (!d->dw->dwarf_siblingof(&child, &child));
	return known ? count : 0;
}

static void enum_info(struct dwarf_image *d, Dwarf_Die *die, struct type_info *info)
{
	Dwarf_Attribute attr;
	Dwarf_Die type;

	info->kind = TYPE_ENUM;
	if (d->dw->dwarf_attr_integrate(die, DW_AT_type, &attr) && d->dw->dwarf_formref_die(&attr, &type)) {
		struct type_info base = { 0 };
		base_info(d, &type, &base);
		info->is_signed = base.is_signed;
	}
}

/* Types that are made of another one, their target. */
static const struct { unsigned tag; enum type_kind kind; } made_of_another[] = {
	{ DW_TAG_pointer_type, TYPE_POINTER }, { DW_TAG_reference_type, TYPE_POINTER }, { DW_TAG_rvalue_reference_type, TYPE_POINTER },
	{ DW_TAG_array_type, TYPE_ARRAY }, { DW_TAG_subroutine_type, TYPE_FUNCTION }, { DW_TAG_typedef, TYPE_TYPEDEF },
	{ DW_TAG_const_type, TYPE_CONST }, { DW_TAG_volatile_type, TYPE_VOLATILE }, { DW_TAG_restrict_type, TYPE_RESTRICT },
	{ DW_TAG_atomic_type, TYPE_OTHER }, { DW_TAG_immutable_type, TYPE_OTHER },
};

static bool target_info(struct dwarf_image *d, Dwarf_Die *die, unsigned tag, struct type_info *info)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(made_of_another) && made_of_another[i].tag != tag)
		i++;
	if (i == ARRAY_SIZE(made_of_another))
		return false;
	info->kind = made_of_another[i].kind;
	if (info->kind == TYPE_POINTER)
		info->size = 8;
	if (info->kind == TYPE_ARRAY)
		info->count = array_count(d, die);
	info->target = dwarf_type_of(d, die);
	return true;
}

static bool dwarf_info(const struct type_source *source, uint64_t id, struct type_info *info)
{
	struct dwarf_image *d = of(source);
	Dwarf_Word size;

	*info = (struct type_info){ .kind = TYPE_VOID };
	if (id == TYPE_NONE)
		return true;
	if (id > d->types.len)
		return false;
	Dwarf_Die die = d->types.data[id - 1];
	info->name = d->dw->dwarf_diename(&die);
	if (!d->dw->dwarf_aggregate_size(&die, &size))
		info->size = size;
	switch (d->dw->dwarf_tag(&die)) {
	case DW_TAG_base_type:
		base_info(d, &die, info);
		return true;
	case DW_TAG_enumeration_type:
		enum_info(d, &die, info);
		return true;
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
		info->kind = d->dw->dwarf_tag(&die) == DW_TAG_union_type ? TYPE_UNION : TYPE_STRUCT;
		if (flag(d, &die, DW_AT_declaration))
			info->size = 0;
		return true;
	case DW_TAG_unspecified_type:
		return true;
	default:
		return target_info(d, &die, (unsigned)d->dw->dwarf_tag(&die), info);
	}
}

static bool member_place(struct dwarf_image *d, Dwarf_Die *die, struct type_member *member)
{
	uint64_t bytes = 0, bits = 0, size = 0, offset = 0;
	Dwarf_Attribute attr;

	number(d, die, DW_AT_data_member_location, &bytes);	/* a union's members have none */
	member->bit_offset = bytes * 8;
	if (!number(d, die, DW_AT_bit_size, &bits) || bits > 64)
		return true;
	member->bit_size = (unsigned)bits;
	if (number(d, die, DW_AT_data_bit_offset, &offset)) {
		member->bit_offset = offset;
	} else if (number(d, die, DW_AT_bit_offset, &offset)) {
		/* DWARF 3: counted from the most significant bit of the container */
		struct type_info info;
		uint64_t id;
		if (!number(d, die, DW_AT_byte_size, &size) && type_strip(&d->source, member->type, &id, &info))
			size = info.size;
		member->bit_offset += size * 8 - offset - bits;
	}
	return d->dw->dwarf_attr(die, DW_AT_type, &attr);
}

/* ---- structs that a unit only declares */

static bool is_definition(struct dwarf_image *d, Dwarf_Die *die, int tag, const char *name)
{
	const char *called = d->dw->dwarf_tag(die) == tag ? d->dw->dwarf_diename(die) : NULL;

	return called && !strcmp(called, name) && !flag(d, die, DW_AT_declaration);
}

/* The definition in some other unit: each is looked through, once a name. */
static bool find_definition(struct dwarf_image *d, int tag, const char *name, Dwarf_Die *out)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit, die;

	while (!d->dw->dwarf_get_units(d->dwarf, cu, &cu, NULL, NULL, &unit, NULL)) {
		if (d->dw->dwarf_child(&unit, &die))
			continue;
		do {
			if (is_definition(d, &die, tag, name)) {
				*out = die;
				return true;
			}
		} while (!d->dw->dwarf_siblingof(&die, &die));
	}
	return false;
}

/* A pointer to a struct that is "opaque" in one source file has members all the same. */
static void complete(struct dwarf_image *d, Dwarf_Die *die)
{
	const char *name = flag(d, die, DW_AT_declaration) ? d->dw->dwarf_diename(die) : NULL;
	int tag = d->dw->dwarf_tag(die);

	if (!name)
		return;
	for (size_t i = 0; i < d->opaque.len; i++)
		if (d->opaque.data[i].tag == tag && !strcmp(d->opaque.data[i].name, name)) {
			*die = d->opaque.data[i].die;
			return;
		}
	(void)find_definition(d, tag, name, die);
	vec_push(&d->opaque, (struct dwarf_opaque){ tag, name, *die });
}

static bool dwarf_member(const struct type_source *source, uint64_t id, uint64_t *cursor, struct type_member *member)
{
	struct dwarf_image *d = of(source);
	Dwarf_Die die;

	if (!id || id > d->types.len || *cursor > d->types.len)
		return false;
	Dwarf_Die from = *cursor ? d->types.data[*cursor - 1] : d->types.data[id - 1];
	if (!*cursor)
		complete(d, &from);
	if (*cursor ? d->dw->dwarf_siblingof(&from, &die) : d->dw->dwarf_child(&from, &die))
		return false;
	while (d->dw->dwarf_tag(&die) != DW_TAG_member)
		if (d->dw->dwarf_siblingof(&die, &die))
			return false;
	*member = (struct type_member){ .name = d->dw->dwarf_diename(&die), .type = dwarf_type_of(d, &die) };
	*cursor = remember(d, &die);
	return *cursor && member_place(d, &die, member);
}

void dwarf_types_init(struct dwarf_image *d)
{
	d->source = (struct type_source){ .name = "DWARF", .info = dwarf_info, .member = dwarf_member };
}
