/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ARG of a probe's definition: [NAME=]VALUE[:TYPE][@user]. */
#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "probe/definition.h"

enum { DEPTH_MAX = 16 };	/* of ±OFFSET(…) in each other; the kernel follows fewer */

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static const char *name_end(const char *at, const char *end)
{
	while (at < end && word_char(*at))
		at++;
	return at;
}

static struct error *parse_index(struct probe_def *def, const char **at, const char *end, struct probe_step *step)
{
	const char *close = memchr(*at, ']', (size_t)(end - *at));
	uint64_t index;

	if (!close)
		return probe_def_error(def, probe_word_make(def, *at, 1), "this [ is not closed");
	step->kind = PROBE_STEP_INDEX;
	step->name = probe_word_make(def, *at + 1, (size_t)(close - *at - 1));
	if (!number_u64(step->name.text, &index) || index > INT32_MAX)
		return error_hint(probe_def_error(def, step->name, "this is no index"), "it is a number: [0], [3]");
	step->index = (int64_t)index;
	*at = close + 1;
	return NULL;
}

/* ->FIELD .FIELD [INDEX] … up to the end. */
static struct error *parse_steps(struct probe_def *def, const char *at, const char *end, struct probe_value *value)
{
	while (at < end) {
		struct probe_step step = { .kind = *at == '.' ? PROBE_STEP_DOT : PROBE_STEP_ARROW };
		if (*at == '[') {
			TRY(parse_index(def, &at, end, &step));
			vec_push(&value->steps, step);
			continue;
		}
		if (*at != '.' && (end - at < 2 || strncmp(at, "->", 2)))
			return error_hint(probe_def_error(def, probe_word_make(def, at, (size_t)(end - at)), "this does not continue a variable"),
					  "->FIELD follows a pointer, .FIELD a struct, [INDEX] an array or pointer; a type stands behind a colon");
		at += *at == '.' ? 1 : 2;
		const char *stop = name_end(at, end);
		step.name = probe_word_make(def, at, (size_t)(stop - at));
		if (!step.name.len)
			return probe_def_error(def, (struct probe_word){ .column = step.name.column, .len = 1 }, "a field's name is missing");
		vec_push(&value->steps, step);
		at = stop;
	}
	return NULL;
}

static struct error *parse_value(struct probe_def *def, const char *at, const char *end, unsigned depth, struct probe_value *value);

/* ±[u]OFFSET(VALUE) */
static struct error *parse_deref(struct probe_def *def, const char *at, const char *end, unsigned depth, struct probe_value *value)
{
	struct probe_word whole = probe_word_make(def, at, (size_t)(end - at));
	const char *number = at + 1 + (at[1] == 'u'), *open = memchr(at, '(', (size_t)(end - at));
	uint64_t offset;

	value->kind = PROBE_DEREF;
	value->user = at[1] == 'u';
	value->word = whole;
	if (!open || end[-1] != ')')
		return error_hint(probe_def_error(def, whole, open ? "this ( is not closed" : "what the offset is from is missing"),
				  "write +OFFSET(VALUE), as in +8(%%di)");
	struct probe_word digits = probe_word_make(def, number, (size_t)(open - number));
	if (!number_u64(digits.text, &offset) || offset > INT64_MAX)
		return probe_def_error(def, digits, "this is no offset in bytes");
	value->offset = *at == '-' ? -(int64_t)offset : (int64_t)offset;
	if (depth == DEPTH_MAX)
		return probe_def_error(def, whole, "too many ( in each other");
	value->inner = arena_calloc(&def->arena, sizeof(*value->inner));
	return parse_value(def, open + 1, end - 1, depth + 1, value->inner);
}

/* @SYMBOL[±OFFSET], @0xADDRESS, @+OFFSET_IN_FILE */
static struct error *parse_symbol(struct probe_def *def, const char *at, const char *end, struct probe_value *value)
{
	const char *stop = at + 1;
	uint64_t offset;

	value->kind = PROBE_RAW;
	value->word = probe_word_make(def, at, (size_t)(end - at));
	if (end - at < 2)
		return probe_def_error(def, value->word, "a symbol belongs behind the @");
	if (isdigit((unsigned char)at[1]) || at[1] == '+')
		return NULL;
	while (stop < end && (word_char(*stop) || *stop == '.'))
		stop++;
	value->kind = PROBE_SYMBOL;
	value->word = probe_word_make(def, at + 1, (size_t)(stop - at - 1));
	if (stop == end)
		return NULL;
	struct probe_word digits = probe_word_make(def, stop + 1, (size_t)(end - stop - 1));
	if ((*stop != '+' && *stop != '-') || !number_u64(digits.text, &offset) || offset > INT64_MAX)
		return error_hint(probe_def_error(def, probe_word_make(def, stop, (size_t)(end - stop)), "this does not continue a symbol"),
				  "write @SYMBOL, @SYMBOL+8 or @SYMBOL-8");
	value->offset = *stop == '-' ? -(int64_t)offset : (int64_t)offset;
	return NULL;
}

static struct error *parse_dollar(struct probe_def *def, const char *at, const char *end, unsigned depth, struct probe_value *value)
{
	static const char *const names[] = { "$retval", "$vars", "$params", "$comm", "$stack" };
	const char *stop = name_end(at + 1, end);

	value->word = probe_word_make(def, at, (size_t)(stop - at));
	const char *name = value->word.text;
	value->kind = PROBE_RAW;
	if (!strcmp(name, "$retval")) {
		value->kind = PROBE_RETVAL;
		return parse_steps(def, stop, end, value);
	}
	if (!strcmp(name, "$vars") || !strcmp(name, "$params")) {
		value->kind = name[1] == 'v' ? PROBE_VARS : PROBE_PARAMS;
		if (depth || stop < end)
			return probe_def_error(def, value->word, "%s stands by itself", name);
		return NULL;
	}
	size_t digits = strncmp(name, "$arg", 4) ? strncmp(name, "$stack", 6) ? 0 : 6 : 4;
	bool numbered = digits && name[digits + strspn(name + digits, "0123456789")] == '\0' && (name[digits] || digits == 6);
	if (stop < end || (!numbered && strcmp(name, "$comm"))) {
		struct error *err = probe_def_error(def, probe_word_make(def, at, (size_t)(end - at)), "there is no value of that name");
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (!strncmp(name, names[i], 3) && name[1])
				return error_hint(err, "did you mean %s?", names[i]);
		return error_hint(err, "there are $retval, $vars, $params, $comm, $stack, $stackN and $argN");
	}
	return NULL;
}

static struct error *parse_value(struct probe_def *def, const char *at, const char *end, unsigned depth, struct probe_value *value)
{
	size_t len = (size_t)(end - at);

	*value = (struct probe_value){ .word = probe_word_make(def, at, len) };
	if (!len)
		return probe_def_error(def, (struct probe_word){ .column = value->word.column, .len = 1 }, "a value is missing");
	switch (*at) {
	case '+':
	case '-':
		return parse_deref(def, at, end, depth, value);
	case '@':
		return parse_symbol(def, at, end, value);
	case '$':
		return parse_dollar(def, at, end, depth, value);
	case '%':
		value->kind = PROBE_RAW;
		if (len < 2 || name_end(at + 1, end) != end)
			return error_hint(probe_def_error(def, value->word, "this is no register"), "as in %%di, %%ax, %%x0");
		return NULL;
	case '\\':
		value->kind = PROBE_RAW;
		if (len < 2)
			return probe_def_error(def, value->word, "a number belongs behind the backslash");
		return NULL;
	}
	const char *stop = name_end(at, end);
	value->kind = PROBE_VARIABLE;
	value->word = probe_word_make(def, at, (size_t)(stop - at));
	if (stop == at || isdigit((unsigned char)*at))
		return error_hint(probe_def_error(def, probe_word_make(def, at, len), "this is no value"),
				  "a variable's name, $retval, %%REGISTER, @SYMBOL, +OFFSET(VALUE) or \\NUMBER");
	return parse_steps(def, stop, end, value);
}

/* Base types of the kernel's probe arguments, with a number of bits or, u s x, without. */
static bool known_type(const char *type, size_t len)
{
	static const char *const names[] = {
		"u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "x8", "x16", "x32", "x64", "u", "s", "x", "char", "string",
		"ustring", "symbol", "symstr", "array", };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i]) == len && !memcmp(names[i], type, len))
			return true;
	unsigned width, bit, container;
	int used = 0;
	autofree char *copy = xstrndup(type, len);
	return sscanf(copy, "b%u@%u/%u%n", &width, &bit, &container, &used) == 3 && (size_t)used == len;
}

static struct error *check_type(const struct probe_def *def, struct probe_word type)
{
	size_t len = strcspn(type.text, "[");
	bool array = type.text[len];
	char *end = (char *)type.text + len;

	if (array) {
		unsigned long count = strtoul(end + 1, &end, 10);
		if (strcmp(end, "]") || !count || count > 64)
			return error_hint(probe_def_error(def, type, "the number of elements is wrong"), "it is [1] to [64]");
	}
	if (known_type(type.text, len))
		return NULL;
	return error_hint(probe_def_error(def, type, "there is no type of that name"),
			  "u8 to u64, s8 to s64, x8 to x64 (hexadecimal), u, s, x, char, string, ustring, symbol, array, "
			  "bWIDTH@BIT/CONTAINER, and TYPE[COUNT] for arrays");
}

struct error *probe_arg_parse(struct probe_def *def, const char *at, size_t len)
{
	const char *end = at + len, *stop = name_end(at, end);
	struct probe_arg arg = { .whole = probe_word_make(def, at, len) };

	if (stop < end && *stop == '=' && stop > at) {
		arg.name = probe_word_make(def, at, (size_t)(stop - at));
		if (isdigit((unsigned char)*at))
			return probe_def_error(def, arg.name, "this is no name for an argument");
		at = stop + 1;
	}
	if (end - at > 5 && !strncmp(end - 5, "@user", 5)) {
		arg.user = true;
		end -= 5;
	}
	const char *colon = memchr(at, ':', (size_t)(end - at));
	if (colon) {
		arg.type = probe_word_make(def, colon + 1, (size_t)(end - colon - 1));
		TRY(check_type(def, arg.type));
		end = colon;
	}
	struct probe_arg *added = vec_add(&def->args);
	*added = arg;
	return parse_value(def, at, end, 0, &added->value);
}
