/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/types.h"

#include <string.h>

enum { DEPTH_MAX = 32, MEMBERS_MAX = 1 << 16 };	/* damaged types point at themselves */

bool type_strip(const struct type_source *source, uint64_t id, uint64_t *stripped, struct type_info *info)
{
	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		if (!source->info(source, id, info))
			return false;
		if (info->kind < TYPE_TYPEDEF) {
			*stripped = id;
			return true;
		}
		id = info->target;
	}
	return false;
}

static const char *qualifier(enum type_kind kind)
{
	return kind == TYPE_CONST ? "const" : kind == TYPE_VOLATILE ? "volatile" : kind == TYPE_RESTRICT ? "restrict" : NULL;
}

static void add_name(const struct type_source *source, uint64_t id, int depth, struct strbuf *out);

/* "const char", but "char *const". */
static void add_qualified(const struct type_source *source, const struct type_info *info, int depth, struct strbuf *out)
{
	struct type_info target;
	bool behind = source->info(source, info->target, &target) && target.kind == TYPE_POINTER;

	if (!behind)
		strbuf_printf(out, "%s ", qualifier(info->kind));
	add_name(source, info->target, depth + 1, out);
	if (behind)
		strbuf_printf(out, " %s", qualifier(info->kind));
}

static void add_name(const struct type_source *source, uint64_t id, int depth, struct strbuf *out)
{
	struct type_info info;

	if (depth == DEPTH_MAX || !source->info(source, id, &info)) {
		strbuf_adds(out, "?");
		return;
	}
	const char *name = info.name && *info.name ? info.name : NULL;
	switch (info.kind) {
	case TYPE_STRUCT:
	case TYPE_UNION:
	case TYPE_ENUM:
		strbuf_printf(out, "%s %s", info.kind == TYPE_STRUCT ? "struct" : info.kind == TYPE_UNION ? "union" : "enum", name ? name : "{}");
		break;
	case TYPE_POINTER:
		add_name(source, info.target, depth + 1, out);
		strbuf_adds(out, out->len && out->data[out->len - 1] == '*' ? "*" : " *");
		break;
	case TYPE_ARRAY:
		add_name(source, info.target, depth + 1, out);
		strbuf_printf(out, " [%llu]", (unsigned long long)info.count);
		break;
	case TYPE_FUNCTION:
		add_name(source, info.target, depth + 1, out);
		strbuf_adds(out, " ()");
		break;
	case TYPE_CONST:
	case TYPE_VOLATILE:
	case TYPE_RESTRICT:
		add_qualified(source, &info, depth, out);
		break;
	case TYPE_OTHER:
		add_name(source, info.target, depth + 1, out);
		break;
	case TYPE_VOID:
		strbuf_adds(out, "void");
		break;
	case TYPE_INT:
	case TYPE_FLOAT:
	case TYPE_TYPEDEF:
		strbuf_adds(out, name ? name : "?");
		break;
	}
}

void type_name(const struct type_source *source, uint64_t id, struct strbuf *out)
{
	add_name(source, id, 0, out);
}

/* Members looked at, so far, through anonymous structs: damaged ones hold themselves, twice. */
struct looking {
	const struct type_source *source;
	unsigned n;
};

static bool next_member(struct looking *l, uint64_t id, uint64_t *cursor, struct type_member *member)
{
	return l->n++ < MEMBERS_MAX && l->source->member(l->source, id, cursor, member);
}

static bool find(struct looking *l, uint64_t id, const char *name, int depth, struct type_member *member)
{
	uint64_t cursor = 0, stripped;
	struct type_info info;

	while (next_member(l, id, &cursor, member)) {
		struct type_member outer = *member;
		if (outer.name && *outer.name) {
			if (!strcmp(outer.name, name))
				return true;
			continue;
		}
		if (depth < DEPTH_MAX && type_strip(l->source, outer.type, &stripped, &info) && find(l, stripped, name, depth + 1, member)) {
			member->bit_offset += outer.bit_offset;
			return true;
		}
	}
	return false;
}

bool type_find_member(const struct type_source *source, uint64_t id, const char *name, struct type_member *member)
{
	struct looking l = { .source = source };

	return find(&l, id, name, 0, member);
}

static void each(struct looking *l, uint64_t id, int depth, void (*call)(void *ctx, const char *name), void *ctx)
{
	uint64_t cursor = 0, stripped;
	struct type_member member;
	struct type_info info;

	while (next_member(l, id, &cursor, &member)) {
		if (member.name && *member.name)
			call(ctx, member.name);
		else if (depth < DEPTH_MAX && type_strip(l->source, member.type, &stripped, &info))
			each(l, stripped, depth + 1, call, ctx);
	}
}

void type_each_member(const struct type_source *source, uint64_t id, void (*call)(void *ctx, const char *name), void *ctx)
{
	struct looking l = { .source = source };

	each(&l, id, 0, call, ctx);
}
