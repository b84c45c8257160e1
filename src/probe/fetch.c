/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From "sk->__sk_common.skc_state" to "skc_state=+18(%di):x8".
 *
 * A value is either in a register or in memory. Following a pointer turns
 * the value into the base of a memory reference; following a member only adds
 * to the offset. At the end the C type picks the kernel's type: signed
 * numbers as sN, all others, pointers included, as xN.
 */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/nearest.h"
#include "probe/scope.h"

enum { ARRAY_MAX = 64 };	/* elements that the kernel fetches of an array (MAX_ARRAY_LEN) */

/* A value on its way. */
struct walk {
	const struct fetch_context *context;
	struct fetch where;
	bool typed;
	uint64_t type;
	unsigned bit_size;	/* a bit-field: its width */
	uint64_t bit_offset;	/* and where it begins in `where` */
	struct probe_word last;	/* what the type is of, for messages */
};

void scope_deinit(struct scope *scope)
{
	vec_deinit(&scope->variables);
	arena_deinit(&scope->arena);
}

static struct arena *pool(const struct walk *w)
{
	return &w->context->scope->arena;
}

static const struct type_source *types(const struct walk *w)
{
	return w->context->scope->types;
}

static const char *fetch_text(struct arena *arena, const struct fetch *f)
{
	if (f->kind == FETCH_VALUE)
		return f->base;
	if (f->kind == FETCH_SYMBOL && *f->base == '+')
		return arena_printf(arena, "@+0x%" PRIx64, (uint64_t)f->offset);
	if (f->kind == FETCH_SYMBOL)
		return f->offset ? arena_printf(arena, "@%s%+" PRId64, f->base, f->offset) : arena_printf(arena, "@%s", f->base);
	return f->user ? arena_printf(arena, "%su%" PRIu64 "(%s)", f->offset < 0 ? "-" : "+",
				      f->offset < 0 ? -(uint64_t)f->offset : (uint64_t)f->offset, f->base) :
			 arena_printf(arena, "%+" PRId64 "(%s)", f->offset, f->base);
}

/* ---- messages */

static const char *type_text(const struct walk *w, uint64_t id)
{
	autostrbuf struct strbuf name = { 0 };

	type_name(types(w), id, &name);
	return arena_strdup(pool(w), strbuf_str(&name));
}

struct names {
	struct nearest best;
	struct strbuf list;
	unsigned n;
};

static void offer(void *ctx, const char *name)
{
	struct names *names = ctx;

	nearest_offer(&names->best, name);
	if (names->n++ < 24)
		strbuf_printf(&names->list, "%s%s", names->list.len ? ", " : "", name);
}

static struct error *with_names(struct error *err, struct names *names, const char *what)
{
	autofree char *hint = nearest_hint(&names->best);

	if (hint)
		err = error_hint(err, "%s", hint);
	if (names->n)
		err = error_hint(err, "%s %s%s", what, names->list.data, names->n > 24 ? " …" : "");
	strbuf_deinit(&names->list);
	return err;
}

static struct error *unknown_variable(const struct fetch_context *c, struct probe_word name)
{
	struct names names = { .best = { .word = name.text } };
	struct error *err = probe_def_error(c->def, name, "there is no argument or variable called %s here", name.text);

	if (c->nothing_known)
		return error_hint(err, "%s", c->nothing_known);
	for (size_t i = 0; i < c->scope->variables.len; i++)
		if (!c->scope->variables.data[i].external)
			offer(&names, c->scope->variables.data[i].name);
	return names.n ? with_names(err, &names, "there are") : error_hint(err, "the function has no arguments");
}

static struct error *unknown_member(const struct walk *w, struct probe_word name, uint64_t id)
{
	struct names names = { .best = { .word = name.text } };
	struct error *err = probe_def_error(w->context->def, name, "%s has no member %s", type_text(w, id), name.text);

	type_each_member(types(w), id, offer, &names);
	return with_names(err, &names, "it has");
}

static struct error *damaged(const struct walk *w)
{
	return probe_def_error(w->context->def, w->last, "the %s that describes this type is damaged", types(w)->name);
}

/* ---- steps */

/* The value is a pointer, and what it points to is meant. */
static struct error *follow(struct walk *w, uint64_t target)
{
	struct fetch *f = &w->where;

	if (w->bit_size)
		return probe_def_error(w->context->def, w->last, "a bit-field is no pointer");
	*f = (struct fetch){ .kind = FETCH_MEMORY, .base = fetch_text(pool(w), f), .user = f->user };
	w->type = target;
	return NULL;
}

/* Moves by bits inside of a struct; in registers only bits can be taken. */
static struct error *move(struct walk *w, uint64_t bits)
{
	if (w->where.kind != FETCH_VALUE) {
		w->bit_offset += bits;
		w->where.offset += (int64_t)(w->bit_offset / 8);
		w->bit_offset %= 8;
		return NULL;
	}
	w->bit_offset += bits;
	if (w->bit_offset >= 64) {
		if (!w->where.second || w->bit_offset >= 128)
			return probe_def_error(w->context->def, w->last, "this part of the struct is in no register that can be told");
		w->where.base = w->where.second;
		w->where.second = NULL;
		w->bit_offset -= 64;
	}
	return NULL;
}

static struct error *step_member(struct walk *w, const struct probe_step *step)
{
	struct type_member member;
	struct type_info info;
	uint64_t id;

	if (!type_strip(types(w), w->type, &id, &info))
		return damaged(w);
	if (step->kind == PROBE_STEP_ARROW) {
		if (info.kind != TYPE_POINTER && info.kind != TYPE_ARRAY)
			return error_hint(probe_def_error(w->context->def, step->name, "%s is no pointer: it is %s", w->last.text, type_text(w, w->type)),
					  "write %s.%s", w->last.text, step->name.text);
		if (info.kind == TYPE_POINTER)
			TRY(follow(w, info.target));
		else
			w->type = info.target;
		if (!type_strip(types(w), w->type, &id, &info))
			return damaged(w);
	} else if (info.kind == TYPE_POINTER) {
		return error_hint(probe_def_error(w->context->def, step->name, "%s is a pointer: %s", w->last.text, type_text(w, w->type)),
				  "write %s->%s", w->last.text, step->name.text);
	}
	if (info.kind != TYPE_STRUCT && info.kind != TYPE_UNION)
		return probe_def_error(w->context->def, step->name, "%s has no members: it is %s", w->last.text, type_text(w, w->type));
	if (!type_find_member(types(w), id, step->name.text, &member))
		return unknown_member(w, step->name, id);
	w->type = member.type;
	w->bit_size = member.bit_size;
	return move(w, member.bit_offset);
}

static struct error *step_index(struct walk *w, const struct probe_step *step)
{
	struct type_info info, element;
	uint64_t id, target;

	if (!type_strip(types(w), w->type, &id, &info) || (info.target && !type_strip(types(w), info.target, &target, &element)))
		return damaged(w);
	if (info.kind != TYPE_ARRAY && info.kind != TYPE_POINTER)
		return probe_def_error(w->context->def, step->name, "%s is no array: it is %s", w->last.text, type_text(w, w->type));
	if (!info.target || !element.size)
		return probe_def_error(w->context->def, step->name, "the elements of %s have no known size", type_text(w, w->type));
	if (info.kind == TYPE_ARRAY && info.count && (uint64_t)step->index >= info.count)
		return probe_def_error(w->context->def, step->name, "the array has %" PRIu64 " elements: the last is [%" PRIu64 "]", info.count, info.count - 1);
	if (info.kind == TYPE_POINTER)
		TRY(follow(w, info.target));
	else
		w->type = info.target;
	return move(w, (uint64_t)step->index * element.size * 8);
}

static struct error *take_steps(struct walk *w, const struct probe_value *value)
{
	for (size_t i = 0; i < value->steps.len; i++) {
		const struct probe_step *step = &value->steps.data[i];
		if (!w->typed)
			return error_hint(probe_def_error(w->context->def, step->name, "the type of %s is not known here", w->last.text), "%s",
					  w->context->nothing_known ? w->context->nothing_known : "give the place in memory as +OFFSET(VALUE)");
		TRY(step->kind == PROBE_STEP_INDEX ? step_index(w, step) : step_member(w, step));
		w->last = step->name;
	}
	/* of a struct in two registers, one may hold floating-point numbers */
	return w->where.kind == FETCH_VALUE && !w->where.base ?
		probe_def_error(w->context->def, w->last, "%s is in a floating-point register, which probes do not read", w->last.text) : NULL;
}

/* ---- values */

static struct error *start(struct walk *w, const struct probe_value *value);

/* Where a function returns, what its entry's registers and stack held has been overwritten; newer kernels keep the registers. False: gone. */
static bool place_of(const struct fetch_context *c, const struct scope_variable *v, struct fetch *where)
{
	*where = v->where;
	if (!c->def->is_return || v->where.kind == FETCH_SYMBOL)
		return true;
	where->base = v->at_return;
	return v->at_return;
}

static struct error *start_variable(struct walk *w, const struct probe_value *value)
{
	const struct scope *scope = w->context->scope;

	for (size_t i = 0; i < scope->variables.len; i++) {
		const struct scope_variable *v = &scope->variables.data[i];
		if (strcmp(v->name, value->word.text))
			continue;
		if (v->where.kind == FETCH_NOWHERE)
			return error_hint(probe_def_error(w->context->def, value->word, "%s cannot be fetched here: %s", v->name, v->where.base),
					  "ptk probe -V shows what can be fetched at a place; a whole register can be by its own name: %s=%%REGISTER", v->name);
		if (!place_of(w->context, v, &w->where))
			return error_hint(probe_def_error(w->context->def, value->word, "%s is not known any more where the function returns", v->name),
					  "registers hold other values by then: probe the function's entry for it");
		w->type = v->type;
		w->typed = true;
		return take_steps(w, value);
	}
	return unknown_variable(w->context, value->word);
}

static struct error *start_retval(struct walk *w, const struct probe_value *value)
{
	const struct fetch_context *c = w->context;

	if (!c->def->is_return)
		return error_hint(probe_def_error(c->def, value->word, "$retval is known where a function returns only"),
				  "write %s%%return", c->def->function.text ? c->def->function.text : "FUNCTION");
	w->where = (struct fetch){ .kind = FETCH_VALUE, .base = "$retval" };
	w->typed = c->scope->returns;
	w->type = c->scope->return_type;
	return take_steps(w, value);
}

static struct error *start_deref(struct walk *w, const struct probe_value *value)
{
	struct walk inner = { .context = w->context, .last = value->inner->word };

	TRY(start(&inner, value->inner));
	if (inner.bit_size)
		return probe_def_error(w->context->def, value->word, "a bit-field is no address");
	w->where = (struct fetch){ .kind = FETCH_MEMORY, .base = fetch_text(pool(w), &inner.where), .offset = value->offset, .user = value->user };
	return NULL;
}

static struct error *start(struct walk *w, const struct probe_value *value)
{
	w->last = value->word;
	switch (value->kind) {
	case PROBE_VARIABLE:
		return start_variable(w, value);
	case PROBE_RETVAL:
		return start_retval(w, value);
	case PROBE_DEREF:
		return start_deref(w, value);
	case PROBE_SYMBOL:
		if (w->context->symbol)
			return w->context->symbol(w->context->ctx, value, &w->where);
		w->where = (struct fetch){ .kind = FETCH_SYMBOL, .base = value->word.text, .offset = value->offset };
		return NULL;
	case PROBE_RAW:
		w->where = (struct fetch){ .kind = FETCH_VALUE, .base = value->word.text };
		return NULL;
	case PROBE_VARS:
	case PROBE_PARAMS:
		break;
	}
	return probe_def_error(w->context->def, value->word, "this stands by itself");
}

/* ---- the kernel's type */

static bool is_text(const char *type)
{
	return !strcmp(type, "string") || !strcmp(type, "ustring") || !strcmp(type, "symstr");
}

/* What is fetched for a string is where its bytes are. */
static struct error *to_string(struct walk *w)
{
	struct type_info info, target = { .kind = TYPE_VOID };
	uint64_t id;

	if (!w->typed)
		return NULL;
	if (!type_strip(types(w), w->type, &id, &info))
		return damaged(w);
	if (info.kind != TYPE_ARRAY && info.kind != TYPE_POINTER)
		return probe_def_error(w->context->def, w->last, "%s is no string: it is %s", w->last.text, type_text(w, w->type));
	if (info.target && type_strip(types(w), info.target, &id, &target) && (target.kind != TYPE_INT || target.size != 1) &&
	    target.kind != TYPE_VOID)
		return probe_def_error(w->context->def, w->last, "%s is no string: it is %s", w->last.text, type_text(w, w->type));
	return info.kind == TYPE_POINTER ? follow(w, info.target) : NULL;
}

static struct error *no_scalar(const struct walk *w, const struct type_info *info, uint64_t id)
{
	struct names names = { .best = { .word = "" } };
	struct error *err;

	if (info->kind == TYPE_FLOAT)
		return error_hint(probe_def_error(w->context->def, w->last, "%s is a floating-point number (%s), which probes cannot fetch",
						  w->last.text, type_text(w, w->type)), "probes read general registers and memory as integers");
	err = probe_def_error(w->context->def, w->last, "%s is %s: name one of its members", w->last.text, type_text(w, w->type));
	type_each_member(types(w), id, offer, &names);
	return with_names(err, &names, "it has");
}

/* "x32" of a number; NULL when it is none of the kernel's. */
static const char *scalar(struct walk *w, const struct type_info *info, char sign)
{
	uint64_t size = info->size;

	if (info->kind == TYPE_POINTER)
		size = size ? size : 8;
	if ((info->kind != TYPE_INT && info->kind != TYPE_ENUM && info->kind != TYPE_POINTER) ||
	    (size != 1 && size != 2 && size != 4 && size != 8))
		return NULL;
	if (!sign)
		sign = info->is_signed && info->kind != TYPE_POINTER ? 's' : 'x';
	return arena_printf(pool(w), "%c%u", sign, (unsigned)size * 8);
}

/* A bit-field, or a piece of a struct that is in a register: bWIDTH@BIT/CONTAINER of the kernel. */
static struct error *bits(struct walk *w, const struct type_info *info, const char **type)
{
	uint64_t container = w->where.kind == FETCH_VALUE ? 8 : info->size;
	unsigned width = w->bit_size ? w->bit_size : (unsigned)info->size * 8;

	if (w->where.kind != FETCH_VALUE) {
		/* move() left a byte and a bit: a container of the field's own type holds it all, by C's rules. */
		uint64_t at = (uint64_t)w->where.offset * 8 + w->bit_offset;
		w->where.offset = (int64_t)(at / (container * 8) * container);
		w->bit_offset = at % (container * 8);
	}
	if (!container || container > 8 || !width || w->bit_offset + width > container * 8)
		return probe_def_error(w->context->def, w->last, "a bit-field across the border of its type cannot be fetched");
	*type = arena_printf(pool(w), "b%u@%" PRIu64 "/%" PRIu64, width, w->bit_offset, container * 8);
	return NULL;
}

static struct error *array_type(struct walk *w, const struct type_info *info, char sign, const char **type)
{
	struct type_info element;
	uint64_t id;

	if (!type_strip(types(w), info->target, &id, &element))
		return damaged(w);
	const char *of = scalar(w, &element, sign);
	if (!of)
		return error_hint(probe_def_error(w->context->def, w->last, "%s is %s", w->last.text, type_text(w, w->type)), "name one element: %s[0]", w->last.text);
	*type = arena_printf(pool(w), "%s[%" PRIu64 "]", of, !info->count ? 1 : info->count < ARRAY_MAX ? info->count : ARRAY_MAX);
	return NULL;
}

/* The type by the C type; sign: 0, or the letter that was asked for. */
static struct error *type_of(struct walk *w, char sign, bool as_array, const char **type)
{
	struct type_info info, element;
	uint64_t id, element_id;

	*type = sign ? arena_printf(pool(w), "%c64", sign) : NULL;
	if (!w->typed)
		return NULL;
	if (!type_strip(types(w), w->type, &id, &info))
		return damaged(w);
	if (w->bit_size || (w->where.kind == FETCH_VALUE && w->bit_offset))
		return bits(w, &info, type);
	if (info.kind == TYPE_ARRAY) {
		if (!sign && !as_array && type_strip(types(w), info.target, &element_id, &element) && element.kind == TYPE_INT &&
		    element.size == 1 && element.name && !strcmp(element.name, "char")) {
			*type = "string";
			return to_string(w);
		}
		return array_type(w, &info, sign, type);
	}
	if (info.kind == TYPE_VOID)
		return probe_def_error(w->context->def, w->last, "%s has no value: it is void", w->last.text);
	*type = scalar(w, &info, sign);
	return *type ? NULL : no_scalar(w, &info, id);
}

static struct error *pick_type(struct walk *w, struct probe_word asked, const char **type)
{
	if (!asked.text || !strcmp(asked.text, "array"))
		return type_of(w, 0, asked.text, type);
	if (asked.len == 1)
		return type_of(w, *asked.text, false, type);
	*type = asked.text;
	if (w->bit_size)
		return type_of(w, 0, false, type);
	return is_text(asked.text) ? to_string(w) : NULL;
}

/* ---- the line */

/* The last field's name stands for the whole; two of one name get numbers. */
static const char *name_of(const struct probe_arg *arg)
{
	const struct probe_value *v = &arg->value;

	if (arg->name.text)
		return arg->name.text;
	for (size_t i = v->steps.len; i-- > 0; )
		if (v->steps.data[i].kind != PROBE_STEP_INDEX)
			return v->steps.data[i].name.text;
	return v->kind == PROBE_VARIABLE ? v->word.text : NULL;
}

static bool name_taken(const struct strbuf *line, const char *name, size_t len)
{
	for (const char *at = strbuf_str(line); (at = strchr(at, ' ')); ) {
		at++;
		if (!strncmp(at, name, len) && at[len] == '=')
			return true;
	}
	return false;
}

static void add_text(struct strbuf *line, const char *name, const char *fetch, const char *type)
{
	autofree char *unique = NULL;
	unsigned n = 0;

	/* Nameless ones are called argN, as the kernel does for whom gives no name. */
	for (const char *at = strbuf_str(line); (at = strchr(at, ' ')); at++)
		n++;
	unique = name ? xstrdup(name) : xasprintf("arg%u", n + 1);
	for (unsigned k = 1; name_taken(line, unique, strlen(unique)); k++) {
		free(unique);
		unique = xasprintf("%s_%u", name ? name : "arg", k);
	}
	strbuf_printf(line, " %s=%s%s%s", unique, fetch, type ? ":" : "", type ? type : "");
}

/* Every variable, but those that cannot be fetched. */
static struct error *add_all(const struct fetch_context *c, const struct probe_arg *arg, struct strbuf *line)
{
	size_t before = line->len, meant = 0;

	if (c->nothing_known)
		return error_hint(probe_def_error(c->def, arg->value.word, "the variables here are not known"), "%s", c->nothing_known);
	for (size_t i = 0; i < c->scope->variables.len; i++) {
		const struct scope_variable *v = &c->scope->variables.data[i];
		const char *type = NULL;
		struct walk w = { .context = c, .type = v->type, .typed = true, .last = arg->value.word };
		if (v->external || (arg->value.kind == PROBE_PARAMS && !v->parameter))
			continue;
		meant++;
		if (v->where.kind == FETCH_NOWHERE || !place_of(c, v, &w.where) || (w.where.kind == FETCH_VALUE && !w.where.base))
			continue;
		struct error *err = type_of(&w, 0, false, &type);
		if (!err)
			add_text(line, v->name, fetch_text(pool(&w), &w.where), type);
		error_destroy(err);	/* a struct, a float: what there is else is wanted */
	}
	if (line->len == before && meant)
		return probe_def_error(c->def, arg->value.word, "no variable can be fetched here");
	return NULL;
}

struct error *fetch_add(const struct fetch_context *context, const struct probe_arg *arg, struct strbuf *line)
{
	struct walk w = { .context = context };
	const char *type = NULL;

	if (arg->value.kind == PROBE_VARS || arg->value.kind == PROBE_PARAMS)
		return add_all(context, arg, line);
	TRY(start(&w, &arg->value));
	if (arg->user)
		w.where.user = true;
	TRY(pick_type(&w, arg->type, &type));
	if (arg->user && w.where.kind == FETCH_MEMORY)
		w.where.user = true;
	add_text(line, name_of(arg), fetch_text(pool(&w), &w.where), type);
	return NULL;
}
