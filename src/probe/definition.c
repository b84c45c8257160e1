/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/definition.h"

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"

#define SYNTAX "write [GROUP:][EVENT=]FUNCTION[+OFFSET|:LINE|%%return] [ARG ...], or FILE.c:LINE [ARG ...]"

/* Names of groups and events are C identifiers for the kernel (is_good_name in kernel/trace). */
static struct error *check_name(const struct probe_def *def, struct probe_word word, const char *what)
{
	enum { NAME_MAX_LEN = 63 };
	const char *article = *what == 'e' ? "an" : "a";

	if (!word.len)
		return error_hint(probe_def_error(def, word, "the %s's name is missing", what), SYNTAX);
	if (word.len > NAME_MAX_LEN)
		return probe_def_error(def, word, "the kernel takes at most 63 bytes as the name of %s %s", article, what);
	for (size_t i = 0; i < word.len; i++)
		if (!isalpha((unsigned char)word.text[i]) && word.text[i] != '_' && (!i || !isdigit((unsigned char)word.text[i])))
			return error_hint(probe_def_error(def, word, "this is no name for %s %s", article, what), "letters, digits and _ make a name");
	return NULL;
}

/* [GROUP:][EVENT=], or [GROUP:]= ; moves *at behind it. */
static struct error *parse_event(struct probe_def *def, const char **at, const char *end)
{
	const char *p = *at;

	while (p < end && !strchr(";=@+%", *p))
		p++;
	if (p == end || *p != '=')
		return NULL;
	const char *colon = memchr(*at, ':', (size_t)(p - *at));
	if (colon) {
		def->group = probe_word_make(def, *at, (size_t)(colon - *at));
		TRY(check_name(def, def->group, "group"));
	}
	const char *name = colon ? colon + 1 : *at;
	if (!colon || name < p) {
		def->event = probe_word_make(def, name, (size_t)(p - name));
		TRY(check_name(def, def->event, "event"));
	}
	*at = p + 1;
	return NULL;
}

static struct error *parse_number(const struct probe_def *def, struct probe_word word, const char *what, uint64_t *value)
{
	if (number_u64(word.text, value))
		return NULL;
	return probe_def_error(def, word, word.len ? "this is no %s" : "the %s is missing", what);
}

/* One of :LINE +OFFSET %return @SRC ;PATTERN at *at. */
static struct error *parse_suffix(struct probe_def *def, const char **at, const char *end)
{
	char mark = **at;
	const char *from = *at + 1, *p = from;

	while (p < end && (mark == ';' || !strchr(mark == '@' ? ":+%;" : ":+%@;", *p)))
		p++;
	struct probe_word word = probe_word_make(def, from, (size_t)(p - from));
	*at = p;
	if (mark == ';') {
		def->pattern = word;
		return word.len ? NULL : probe_def_error(def, word, "a pattern belongs behind the semicolon");
	}
	if (mark == '@') {
		if (def->file.text)
			return probe_def_error(def, word, "a second source file");
		def->file = word;
		return word.len ? NULL : probe_def_error(def, word, "a source file belongs behind the @");
	}
	if (def->place.text)
		return probe_def_error(def, word, "only one of :LINE, +OFFSET and %%return can be");
	def->place = word;
	if (mark == ':') {
		def->has_line = true;
		return parse_number(def, word, "line number", &def->line);
	}
	if (mark == '+') {
		def->has_offset = true;
		return parse_number(def, word, "offset in bytes", &def->offset);
	}
	if (strcmp(word.text, "return"))
		return error_hint(probe_def_error(def, word, "unknown kind of place"), "%%return is the one that there is");
	def->is_return = true;
	return NULL;
}

/* A source file has a period in its name and a line or pattern behind it, and nothing else. */
static bool names_file(const char *at, const char *head_end, const char *end)
{
	return head_end < end && (*head_end == ':' || *head_end == ';') && memchr(at, '.', (size_t)(head_end - at)) &&
	       (*head_end == ';' || (!memchr(at, '@', (size_t)(end - at)) && !memchr(at, '+', (size_t)(end - at)) &&
				     !memchr(at, '%', (size_t)(end - at))));
}

static struct error *parse_marker(struct probe_def *def, const char *at, const char *end)
{
	at += *at == '%';
	def->sdt = probe_word_make(def, at, (size_t)(end - at));
	if (!strchr(def->sdt.text, ':'))
		return error_hint(probe_def_error(def, def->sdt, "a marker's name is missing"), "write sdt_PROVIDER:NAME");
	return NULL;
}

/* A function's or file's name ends at a mark; the two colons in shop::cart::add are none. */
static const char *head_end(const char *at, const char *end)
{
	while (at < end && !strchr(";:+@%", *at))
		at++;
	return end - at > 2 && at[0] == ':' && at[1] == ':' ? head_end(at + 2, end) : at;
}

static struct error *parse_point(struct probe_def *def, const char *at, const char *end)
{
	TRY(parse_event(def, &at, end));
	if (at < end && (*at == '%' || !strncmp(at, "sdt_", 4))) {
		const char *colon = memchr(at, ':', (size_t)(end - at));
		if (*at == '%' || (colon && !isdigit((unsigned char)colon[1])))
			return parse_marker(def, at, end);
	}
	const char *p = head_end(at, end);
	struct probe_word head = probe_word_make(def, at, (size_t)(p - at));
	if (!head.len)
		return error_hint(probe_def_error(def, (struct probe_word){ .column = head.column, .len = 1 }, "a function or source file is missing"), SYNTAX);
	if (names_file(at, p, end))
		def->file = head;
	else
		def->function = head;
	if (def->function.text && !strncmp(head.text, "0x", 2)) {
		def->has_address = true;
		TRY(parse_number(def, head, "address", &def->address));
	}
	for (at = p; at < end; )
		TRY(parse_suffix(def, &at, end));
	if (def->pattern.text && def->place.text)
		return probe_def_error(def, def->pattern, "a pattern and a place beside it");
	return NULL;
}

struct error *probe_def_parse(const char *text, struct probe_def *def)
{
	*def = (struct probe_def){ .text = text };
	struct error *err = NULL;
	bool first = true;

	for (const char *at = text; !err; first = false) {
		at += strspn(at, " \t\n");
		if (!*at)
			break;
		size_t len = strcspn(at, " \t\n");
		err = first ? parse_point(def, at, at + len) : probe_arg_parse(def, at, len);
		at += len;
	}
	if (!err && first)
		err = error_hint(error_usage("the definition of the probe is empty"), SYNTAX);
	if (err)
		probe_def_deinit(def);
	return err;
}

static void value_deinit(struct probe_value *value)
{
	for (; value; value = value->inner)
		vec_deinit(&value->steps);
}

void probe_def_deinit(struct probe_def *def)
{
	for (size_t i = 0; i < def->args.len; i++)
		value_deinit(&def->args.data[i].value);
	vec_deinit(&def->args);
	arena_deinit(&def->arena);
}
