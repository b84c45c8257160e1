/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/btf.h"

#include <linux/btf.h>
#include <string.h>

#include "base/cleanup.h"

enum { KIND_ENUM64 = 19, KIND_TYPE_TAG = 18, KIND_DECL_TAG = 17 };	/* younger than some linux/btf.h */

/* ---- where types are */

static const struct btf_type *type_at(const struct btf *btf, uint32_t id)
{
	while (btf && id < btf->first_type)
		btf = btf->base;
	if (!btf || !id || id - btf->first_type >= btf->types.len)
		return NULL;
	return (const struct btf_type *)(btf->bytes + btf->types.data[id - btf->first_type]);
}

static const char *string_at(const struct btf *btf, uint32_t offset)
{
	while (btf && offset < btf->first_string)
		btf = btf->base;
	if (!btf || offset - btf->first_string >= btf->strings_size)
		return "";
	return btf->strings + (offset - btf->first_string);
}

static unsigned kind_of(const struct btf_type *type)
{
	return type->info >> 24 & 0x1f;
}

/* Bytes behind struct btf_type by its kind; false for a kind that is not known, whose length nobody knows. */
static bool extra_size(const struct btf_type *type, size_t *size)
{
	size_t n = BTF_INFO_VLEN(type->info);

	switch (kind_of(type)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case KIND_DECL_TAG:
		*size = 4;
		return true;
	case BTF_KIND_ARRAY:
		*size = sizeof(struct btf_array);
		return true;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		*size = n * sizeof(struct btf_member);
		return true;
	case BTF_KIND_ENUM:
		*size = n * sizeof(struct btf_enum);
		return true;
	case BTF_KIND_FUNC_PROTO:
		*size = n * sizeof(struct btf_param);
		return true;
	case BTF_KIND_DATASEC:
		*size = n * sizeof(struct btf_var_secinfo);
		return true;
	case KIND_ENUM64:
		*size = n * 12;
		return true;
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case KIND_TYPE_TAG:
		*size = 0;
		return true;
	}
	return false;
}

/* Finds every type between `at` and `end`; false when one does not fit. */
static bool index_types(struct btf *btf, uint32_t at, uint32_t end)
{
	vec_reserve(&btf->types, (end - at) / 24);
	while (at < end) {
		size_t extra;
		if (end - at < sizeof(struct btf_type) ||
		    !extra_size((const struct btf_type *)(btf->bytes + at), &extra) ||
		    extra > end - at - sizeof(struct btf_type))
			return false;
		vec_push(&btf->types, at);
		at += sizeof(struct btf_type) + (uint32_t)extra;
	}
	return true;
}

static bool parse(struct btf *btf, size_t size)
{
	const struct btf_header *h = (const void *)btf->bytes;

	if (size < sizeof(*h) || h->magic != BTF_MAGIC || h->version != BTF_VERSION || h->hdr_len < sizeof(*h) || h->hdr_len > size)
		return false;
	size -= h->hdr_len;
	if (h->type_off > size || h->type_len > size - h->type_off || h->str_off > size || h->str_len > size - h->str_off ||
	    (h->hdr_len + h->type_off) % 4 || !h->str_len)
		return false;
	btf->strings = btf->bytes + h->hdr_len + h->str_off;
	btf->strings_size = h->str_len;
	if (btf->strings[h->str_len - 1])
		return false;
	return index_types(btf, h->hdr_len + h->type_off, h->hdr_len + h->type_off + h->type_len);
}

/* ---- what types are */

static const struct btf *of(const struct type_source *source)
{
	return (const struct btf *)source;
}

static void *behind(const struct btf_type *type)
{
	return (void *)(type + 1);
}

static bool array_info(const struct btf *btf, const struct btf_type *type, struct type_info *info)
{
	const struct btf_array *array = behind(type);
	uint32_t element = array->type;
	const struct btf_type *t;

	info->kind = TYPE_ARRAY;
	info->target = array->type;
	info->count = array->nelems;
	/* The element's size: through its names, and for arrays of arrays times what they hold. */
	uint64_t times = array->nelems;
	for (int depth = 0; depth < 32 && (t = type_at(btf, element)); depth++) {
		unsigned kind = kind_of(t);
		if (kind == BTF_KIND_ARRAY) {
			const struct btf_array *inner = behind(t);
			times *= inner->nelems;
			element = inner->type;
		} else if (kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_CONST || kind == BTF_KIND_VOLATILE ||
			   kind == BTF_KIND_RESTRICT || kind == KIND_TYPE_TAG) {
			element = t->type;
		} else {
			info->size = times * (kind == BTF_KIND_PTR ? 8 : t->size);
			break;
		}
	}
	return true;
}

/* Younger BTF says so in a bit; older has to be asked for a value below 0. */
static bool enum_signed(const struct btf_type *type)
{
	const struct btf_enum *values = behind(type);

	for (uint32_t i = 0; kind_of(type) == BTF_KIND_ENUM && i < BTF_INFO_VLEN(type->info); i++)
		if (values[i].val < 0 && type->size <= 4)
			return true;
	return type->info >> 31;
}

static bool btf_info(const struct type_source *source, uint64_t id, struct type_info *info)
{
	static const enum type_kind kinds[] = {
		[BTF_KIND_PTR] = TYPE_POINTER, [BTF_KIND_TYPEDEF] = TYPE_TYPEDEF, [BTF_KIND_VOLATILE] = TYPE_VOLATILE,
		[BTF_KIND_CONST] = TYPE_CONST, [BTF_KIND_RESTRICT] = TYPE_RESTRICT, [BTF_KIND_FUNC_PROTO] = TYPE_FUNCTION,
		[KIND_TYPE_TAG] = TYPE_OTHER, [BTF_KIND_FUNC] = TYPE_OTHER, [BTF_KIND_VAR] = TYPE_OTHER,
		[KIND_DECL_TAG] = TYPE_OTHER,
	};
	const struct btf *btf = of(source);
	const struct btf_type *type = id <= UINT32_MAX ? type_at(btf, (uint32_t)id) : NULL;

	*info = (struct type_info){ .kind = TYPE_VOID };
	if (!id)
		return true;
	if (!type)
		return false;
	unsigned kind = kind_of(type);
	info->name = string_at(btf, type->name_off);
	switch (kind) {
	case BTF_KIND_INT:
		info->kind = TYPE_INT;
		info->size = type->size;
		info->is_signed = BTF_INT_ENCODING(*(uint32_t *)behind(type)) & BTF_INT_SIGNED;
		return true;
	case BTF_KIND_ENUM:
	case KIND_ENUM64:
		info->kind = TYPE_ENUM;
		info->size = type->size;
		info->is_signed = enum_signed(type);
		return true;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_FWD:
	case BTF_KIND_FLOAT:
		info->kind = kind == BTF_KIND_FLOAT ? TYPE_FLOAT :
			     kind == BTF_KIND_UNION || (kind == BTF_KIND_FWD && type->info >> 31) ? TYPE_UNION : TYPE_STRUCT;
		info->size = kind == BTF_KIND_FWD ? 0 : type->size;
		return true;
	case BTF_KIND_ARRAY:
		return array_info(btf, type, info);
	}
	if (kind >= ARRAY_SIZE(kinds) || !kinds[kind])
		return false;
	info->kind = kinds[kind];
	info->target = type->type;
	info->size = kind == BTF_KIND_PTR ? 8 : 0;
	return true;
}

static bool btf_member(const struct type_source *source, uint64_t id, uint64_t *cursor, struct type_member *member)
{
	const struct btf *btf = of(source);
	const struct btf_type *type = id <= UINT32_MAX ? type_at(btf, (uint32_t)id) : NULL;

	if (!type || (kind_of(type) != BTF_KIND_STRUCT && kind_of(type) != BTF_KIND_UNION) || *cursor >= BTF_INFO_VLEN(type->info))
		return false;
	const struct btf_member *m = (const struct btf_member *)behind(type) + (*cursor)++;
	bool fields = type->info >> 31;	/* then the offset holds the width of bit-fields too */
	*member = (struct type_member){ .name = string_at(btf, m->name_off), .type = m->type };
	member->bit_offset = fields ? BTF_MEMBER_BIT_OFFSET(m->offset) : m->offset;
	member->bit_size = fields ? BTF_MEMBER_BITFIELD_SIZE(m->offset) : 0;
	return true;
}

/* ---- the file */

struct error *btf_parse(const char *name, const void *bytes, size_t size, const struct btf *base, struct btf *btf)
{
	*btf = (struct btf){ .base = base, .bytes = bytes, .first_type = 1 };
	btf->source = (struct type_source){ .name = "BTF", .info = btf_info, .member = btf_member };
	if (base) {
		btf->first_type = base->first_type + (uint32_t)base->types.len;
		btf->first_string = base->first_string + base->strings_size;
	}
	if (parse(btf, size))
		return NULL;
	btf_deinit(btf);
	return error_create("%s holds no BTF that can be read: it is damaged, or of a newer kind", name);
}

void btf_deinit(struct btf *btf)
{
	vec_deinit(&btf->types);
}

void btf_each_function(const struct btf *btf, void (*call)(void *ctx, const char *name, uint32_t prototype), void *ctx)
{
	for (size_t i = 0; i < btf->types.len; i++) {
		const struct btf_type *type = (const void *)(btf->bytes + btf->types.data[i]);
		if (kind_of(type) == BTF_KIND_FUNC)
			call(ctx, string_at(btf, type->name_off), type->type);
	}
}

/* Where the string is in the string section: each is there once, whole. 0: it is not. */
static uint32_t find_string(const struct btf *btf, const char *string)
{
	size_t len = strlen(string);
	/* The first byte of a section is the empty string's NUL: one is before every string. */
	const char *at = btf->strings, *end = at + btf->strings_size;

	while (len && (at = memmem(at, (size_t)(end - at), string, len + 1))) {
		if (at > btf->strings && !at[-1])
			return btf->first_string + (uint32_t)(at - btf->strings);
		at++;
	}
	return 0;
}

bool btf_find_function(const struct btf *btf, const char *name, uint32_t *prototype)
{
	uint32_t in_base = btf->base ? find_string(btf->base, name) : 0, own = find_string(btf, name);

	for (size_t i = 0; (in_base || own) && i < btf->types.len; i++) {
		const struct btf_type *type = (const void *)(btf->bytes + btf->types.data[i]);
		if (kind_of(type) != BTF_KIND_FUNC || !type->name_off || (type->name_off != own && type->name_off != in_base))
			continue;
		*prototype = type->type;
		return true;
	}
	return false;
}

bool btf_prototype(const struct btf *btf, uint32_t prototype, uint32_t *n, uint32_t *returns)
{
	const struct btf_type *type = type_at(btf, prototype);

	if (!type || kind_of(type) != BTF_KIND_FUNC_PROTO)
		return false;
	*n = BTF_INFO_VLEN(type->info);
	*returns = type->type;
	return true;
}

bool btf_parameter(const struct btf *btf, uint32_t prototype, uint32_t index, struct btf_parameter *parameter)
{
	const struct btf_type *type = type_at(btf, prototype);

	if (!type || kind_of(type) != BTF_KIND_FUNC_PROTO || index >= BTF_INFO_VLEN(type->info))
		return false;
	const struct btf_param *p = (const struct btf_param *)behind(type) + index;
	*parameter = (struct btf_parameter){ string_at(btf, p->name_off), p->type };
	return true;
}
