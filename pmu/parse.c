/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pmu/parse.h"

#include <ctype.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "pmu/grammar.h"
#include "pmu/names.h"

/* ---- what the files of the grammar share */

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

/* ---- events without slashes */

/* On a hybrid machine one event for each kind of core, the PMU's type in the upper half of config (see perf_event_open(2)). */
static void add_for_cores(struct grammar *g, enum event_kind kind, struct word name, uint32_t type, uint64_t config)
{
	enum { KINDS = 16 };
	struct pmu *core[KINDS];
	size_t n = pmus_core(g->pmus, core, KINDS);

	if (n < 2) {
		grammar_add(g, kind, name, type, config);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		autofree char *text = xasprintf("%s/%.*s/", core[i]->name, (int)name.len, name.at);
		struct event *event = grammar_add(g, kind, (struct word){ text, strlen(text) }, type, config);
		if (type == PERF_TYPE_RAW)
			event->attr.type = core[i]->type;
		else
			event->attr.config |= (uint64_t)core[i]->type << 32;
		event->pmu = xstrdup(core[i]->name);
		cpuset_copy(&event->cpus, &core[i]->cpus);
	}
}

static void add_named(struct grammar *g, const struct event_name *known, struct word shown)
{
	if (known->kind == EVENT_HARDWARE)
		add_for_cores(g, EVENT_HARDWARE, shown, PERF_TYPE_HARDWARE, known->config);
	else if (known->kind == EVENT_TOOL)
		grammar_add(g, EVENT_TOOL, shown, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_DUMMY)->tool = (enum event_tool)known->config;
	else
		grammar_add(g, EVENT_SOFTWARE, shown, PERF_TYPE_SOFTWARE, known->config);
}

/* rNNN: hexadecimal digits, with or without 0x. */
static bool raw_config(struct word word, uint64_t *config)
{
	size_t at = 1;

	if (word.len < 2 || word.at[0] != 'r')
		return false;
	if (word.len > 3 && word.at[1] == '0' && word.at[2] == 'x')
		at = 3;
	if (word.len - at > 16)
		return false;
	for (*config = 0; at < word.len; at++) {
		if (!isxdigit((unsigned char)word.at[at]))
			return false;
		*config = *config << 4 | (uint64_t)(isdigit((unsigned char)word.at[at]) ? word.at[at] - '0' :
						   (word.at[at] | 0x20) - 'a' + 10);
	}
	return true;
}

enum { CACHE_NAMES = PERF_COUNT_HW_CACHE_MAX * PERF_COUNT_HW_CACHE_OP_MAX * PERF_COUNT_HW_CACHE_RESULT_MAX };

/* The cache events' names are made up in `cache`. */
static void offer_names(struct nearest *best, char cache[CACHE_NAMES][CACHE_NAME_SIZE])
{
	uint64_t config;

	for (const struct event_name *e = event_names; e->name; e++) {
		nearest_offer(best, e->name);
		if (e->alias)
			nearest_offer(best, e->alias);
	}
	for (unsigned step = 0, i = 0; i < CACHE_NAMES && cache_name_next(&step, &config, cache[i]); i++)
		nearest_offer(best, cache[i]);
}

static struct error *unknown(struct grammar *g, struct word word)
{
	struct nearest best = { .word = word.at, .word_len = word.len };
	char cache[CACHE_NAMES][CACHE_NAME_SIZE];
	struct error *err;

	if (!word.len)
		return error_hint(grammar_error(g, word, "an event is missing"), "ptk list shows the events");
	err = grammar_error(g, word, "there is no event called %.*s", (int)word.len, word.at);
	offer_names(&best, cache);
	return error_hint(grammar_nearest(err, &best), "ptk list shows the events");
}

/* Adds what `head` names without a colon; *known false when it names nothing. */
static struct error *simple(struct grammar *g, struct word head, struct word shown, bool *known)
{
	const struct event_name *named = event_name_find(head.at, head.len);
	const char *refused;
	uint64_t config;

	*known = true;
	if (named)
		add_named(g, named, shown);
	else if (cache_name_parse(head.at, head.len, &config, &refused))
		add_for_cores(g, EVENT_CACHE, shown, PERF_TYPE_HW_CACHE, config);
	else if (refused)
		return error_hint(grammar_error(g, (struct word){ refused, (size_t)(head.at + head.len - refused) },
						"this cache has no such operation"), "ptk list cache shows those that there are");
	else if (raw_config(head, &config))
		add_for_cores(g, EVENT_RAW, shown, PERF_TYPE_RAW, config);
	else
		*known = false;
	return NULL;
}

static struct word tail_of(struct word word, struct word head)
{
	size_t used = head.len + (head.len < word.len);

	return (struct word){ word.at + used, word.len - used };
}

static struct word up_to(struct word word, char c)
{
	const char *end = memchr(word.at, c, word.len);

	return (struct word){ word.at, end ? (size_t)(end - word.at) : word.len };
}

/* A name, perhaps with colons: NAME[:MODIFIERS] or SYSTEM:NAME[:MODIFIERS]. */
static struct error *plain_event(struct grammar *g, struct word word)
{
	struct word head = up_to(word, ':'), tail = tail_of(word, head);
	bool colon = head.len < word.len, known;
	size_t first = g->list->events.len;

	TRY(simple(g, head, word, &known));
	if (known)
		return colon ? modifiers_apply(g, tail, first, false) : NULL;
	if (!colon || (modifiers_valid(tail) && !tracepoint_system_there(g, head)))
		return unknown(g, head);
	struct word point = up_to(tail, ':'), modifiers = tail_of(tail, point);
	TRY(tracepoint_add(g, head, point));
	return point.len < tail.len ? modifiers_apply(g, modifiers, first, false) : NULL;
}

/* ---- the list */

static struct error *item(struct grammar *g, const char **at)
{
	struct word word = { *at, strcspn(*at, ",{}") };

	*at += word.len;
	return plain_event(g, word);
}

/*
 * A group is of one PMU. Where its words stood for several (the cores of a
 * hybrid machine, the boxes of an uncore), it becomes a group for each;
 * events of no PMU (software, tracepoints) stay with the first.
 */
static void regroup(struct event_list *events, size_t first)
{
	struct event *at = events->events.data + first;
	size_t n = events->events.len - first, done = 0;
	VEC(struct event) sorted = { 0 };
	bool *taken = xcalloc(n + 1, sizeof(*taken));

	while (done < n) {
		const char *pmu = NULL;
		size_t leader = first + sorted.len;
		bool mixed = !done;
		for (size_t i = 0; i < n; i++) {
			if (taken[i] || (at[i].pmu ? pmu && strcmp(pmu, at[i].pmu) : !mixed))
				continue;
			pmu = at[i].pmu ? at[i].pmu : pmu;
			taken[i] = true;
			done++;
			vec_push(&sorted, at[i]);
			vec_last(&sorted).leader = leader;
		}
	}
	if (n)
		memcpy(at, sorted.data, n * sizeof(*at));
	vec_deinit(&sorted);
	free(taken);
}

static struct error *group(struct grammar *g, const char **at)
{
	struct word brace = { *at, 1 };
	size_t first = g->list->events.len;

	do {
		(*at)++;
		TRY(item(g, at));
	} while (**at == ',');
	if (**at != '}')
		return **at ? grammar_error(g, (struct word){ *at, 1 }, "a group inside a group") :
		       error_hint(grammar_error(g, brace, "this group is not closed"), "write a } behind its last event");
	regroup(g->list, first);
	(*at)++;
	if (**at != ':')
		return NULL;
	struct word modifiers = { *at + 1, strcspn(*at + 1, ",{}") };
	*at += 1 + modifiers.len;
	return modifiers_apply(g, modifiers, first, true);
}

static struct error *list(struct grammar *g)
{
	const char *at = g->text;

	for (;; at++) {
		TRY(*at == '{' ? group(g, &at) : item(g, &at));
		if (!*at)
			return NULL;
		if (*at != ',')
			return error_hint(grammar_error(g, (struct word){ at, 1 }, "a comma belongs here"),
					  "events are parted by commas: cycles,instructions; a group is {cycles,instructions}");
	}
}

struct error *events_parse(struct pmus *pmus, const char *text, struct notes *notes, struct event_list *out)
{
	struct grammar g = { .pmus = pmus, .text = text, .notes = notes, .list = out };
	size_t before = out->events.len;
	struct error *err = list(&g);

	while (err && out->events.len > before)
		event_deinit(&out->events.data[--out->events.len]);
	return err;
}
