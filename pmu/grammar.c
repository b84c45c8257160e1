/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pmu/grammar.h"

#include <ctype.h>
#include <stdarg.h>

#include "base/cleanup.h"

struct error *grammar_error(const struct grammar *g, struct word where, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	autofree char *message = xvasprintf(fmt, args);
	va_end(args);
	return error_at(error_usage("%s", message), g->text, (size_t)(where.at - g->text), where.len);
}

struct error *grammar_nearest(struct error *err, const struct nearest *best)
{
	autofree char *hint = nearest_hint(best);

	return hint ? error_hint(err, "%s", hint) : err;
}

struct event *grammar_add(struct grammar *g, enum event_kind kind, struct word name, uint32_t type, uint64_t config)
{
	struct event *event = vec_add(&g->list->events);

	event->kind = kind;
	event->name = xstrndup(name.at, name.len);
	event->attr.type = type;
	event->attr.size = sizeof(event->attr);
	event->attr.config = config;
	event->attr.exclude_guest = 1;
	event->scale = 1;
	event->leader = g->list->events.len - 1;
	return event;
}

/* ---- words */

/* Hexadecimal digits, up to 16. */
static bool word_hex(struct word word, uint64_t *value)
{
	if (!word.len || word.len > 16)
		return false;
	*value = 0;
	for (size_t i = 0; i < word.len; i++) {
		char c = word.at[i];
		if (!isxdigit((unsigned char)c))
			return false;
		*value = *value << 4 | (uint64_t)(isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return true;
}

bool word_number(struct word word, uint64_t *value)
{
	if (word.len > 2 && word.at[0] == '0' && (word.at[1] | 0x20) == 'x')
		return word_hex((struct word){ word.at + 2, word.len - 2 }, value);
	*value = 0;
	for (size_t i = 0; i < word.len; i++)
		if (!isdigit((unsigned char)word.at[i]) || __builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, (uint64_t)(word.at[i] - '0'), value))
			return false;
	return word.len;
}

bool word_raw(struct word word, uint64_t *config)
{
	size_t at = word.len > 3 && word.at[1] == '0' && word.at[2] == 'x' ? 3 : 1;

	return word.len > 1 && word.at[0] == 'r' && word_hex((struct word){ word.at + at, word.len - at }, config);
}

/* ---- events of the kernel's own names */

const char *grammar_closing_slash(const char *at)
{
	for (char quote = 0; *at; at++) {
		if (quote)
			quote = *at == quote ? 0 : quote;
		else if (*at == '\'' || *at == '"')
			quote = *at;
		else if (*at == '/')
			return at;
	}
	return NULL;
}

char *grammar_core_name(const struct pmu *pmu, struct word typed)
{
	struct word bare = { typed.at, 0 }, terms = { 0 }, modifiers;

	while (bare.len < typed.len && !strchr(":/", typed.at[bare.len]))
		bare.len++;
	bool slash = bare.len < typed.len && typed.at[bare.len] == '/';
	modifiers = word_behind(typed, bare);
	if (slash) {
		const char *close = grammar_closing_slash(modifiers.at);
		terms = (struct word){ modifiers.at, close ? (size_t)(close - modifiers.at) : modifiers.len };
		modifiers = word_behind(modifiers, terms);
		if (modifiers.len && *modifiers.at == ':')
			modifiers = (struct word){ modifiers.at + 1, modifiers.len - 1 };
	}
	return xasprintf("%s/%.*s%s%.*s/%.*s", pmu->name, (int)bare.len, bare.at, terms.len ? "," : "", (int)terms.len, terms.at,
			 (int)modifiers.len, modifiers.at);
}

void grammar_add_for_cores(struct grammar *g, enum event_kind kind, struct word name, uint32_t type, uint64_t config)
{
	enum { KINDS = 16 };
	struct pmu *core[KINDS];
	size_t n = pmus_core(g->pmus, core, KINDS);

	if (n < 2) {
		grammar_add(g, kind, name, type, config);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		autofree char *text = grammar_core_name(core[i], name);
		struct event *event = grammar_add(g, kind, (struct word){ text, strlen(text) }, type, config);
		if (type == PERF_TYPE_RAW)
			event->attr.type = core[i]->type;
		else
			event->attr.config |= (uint64_t)core[i]->type << 32;
		event->pmu = xstrdup(core[i]->name);
		cpuset_copy(&event->cpus, &core[i]->cpus);
	}
}
