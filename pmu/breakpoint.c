/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mem:ADDR[/LEN][:rwx][:MODIFIERS]: a hardware breakpoint (perf_event_open(2), bp_type, bp_addr, bp_len). */
#include <linux/hw_breakpoint.h>

#include "base/cleanup.h"
#include "pmu/grammar.h"

#define SYNTAX "write mem:ADDRESS[/LENGTH][:ACCESS], as in mem:0xffffffff81000000/8:rw"

static bool is_access(struct word word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!strchr("rwx", word.at[i]))
			return false;
	return word.len;
}

static struct error *access_type(const struct grammar *g, struct word word, uint32_t *type)
{
	*type = 0;
	for (size_t i = 0; i < word.len; i++) {
		uint32_t bit = word.at[i] == 'r' ? HW_BREAKPOINT_R : word.at[i] == 'w' ? HW_BREAKPOINT_W : HW_BREAKPOINT_X;
		if (*type & bit)
			return grammar_error(g, (struct word){ word.at + i, 1 }, "access '%c' stands twice", word.at[i]);
		*type |= bit;
	}
	return NULL;
}

static struct error *length(const struct grammar *g, struct word word, uint64_t *len)
{
	if (word_number(word, len) && (*len == 1 || *len == 2 || *len == 4 || *len == 8))
		return NULL;
	return error_hint(grammar_error(g, word, "this is no length of a breakpoint"), "it is 1, 2, 4 or 8 bytes");
}

struct error *breakpoint_add(struct grammar *g, struct word word)
{
	struct word rest = { word.at + 4, word.len - 4 };
	struct word address = { rest.at, 0 }, modifiers = { 0 };
	size_t first = g->list->events.len;
	uint64_t addr, len = 0;
	uint32_t type = HW_BREAKPOINT_R | HW_BREAKPOINT_W;

	while (address.len < rest.len && !strchr("/:", rest.at[address.len]))
		address.len++;
	if (!word_number(address, &addr))
		return error_hint(grammar_error(g, address, address.len ? "this is no address" : "an address is missing"), SYNTAX);
	bool slash = address.len < rest.len && rest.at[address.len] == '/';
	rest = word_behind(rest, address);
	if (slash) {
		struct word text = word_up_to(rest, ':');
		TRY(length(g, text, &len));
		rest = word_behind(rest, text);
	}
	if (rest.len) {
		struct word access = word_up_to(rest, ':');
		bool typed = is_access(access);
		if (typed)
			TRY(access_type(g, access, &type));
		else if (!modifiers_valid(access))
			return error_hint(grammar_error(g, access, "this is no kind of access"),
					  "r reading, w writing, x executing, or several of them; modifiers follow a second colon");
		modifiers = typed ? word_behind(rest, access) : rest;
	}
	struct event *event = grammar_add(g, EVENT_BREAKPOINT, word, PERF_TYPE_BREAKPOINT, 0);
	event->attr.bp_addr = addr;
	event->attr.bp_type = type;
	event->attr.bp_len = len ? len : type == HW_BREAKPOINT_X ? sizeof(long) : HW_BREAKPOINT_LEN_4;
	return modifiers.len ? modifiers_apply(g, modifiers, first, false) : NULL;
}
