/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pmu/parse.h"

#include <ctype.h>

#include "base/cleanup.h"
#include "pmu/grammar.h"
#include "pmu/names.h"

static void guard_terms(term_list *terms)
{
	vec_deinit(terms);
}

static void add_named(struct grammar *g, const struct event_name *known, struct word shown)
{
	if (known->kind == EVENT_HARDWARE)
		grammar_add_for_cores(g, EVENT_HARDWARE, shown, PERF_TYPE_HARDWARE, known->config);
	else if (known->kind == EVENT_TOOL)
		grammar_add(g, EVENT_TOOL, shown, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_DUMMY)->tool = (enum event_tool)known->config;
	else
		grammar_add(g, EVENT_SOFTWARE, shown, PERF_TYPE_SOFTWARE, known->config);
}

/* Adds what the kernel itself names; *known false when it is nothing of the kind. */
static struct error *kernel_name(struct grammar *g, struct word head, struct word shown, bool *known)
{
	const struct event_name *named = event_name_find(head.at, head.len);
	const char *refused;
	uint64_t config;

	*known = true;
	if (named)
		add_named(g, named, shown);
	else if (cache_name_parse(head.at, head.len, &config, &refused))
		grammar_add_for_cores(g, EVENT_CACHE, shown, PERF_TYPE_HW_CACHE, config);
	else if (refused)
		return error_hint(grammar_error(g, (struct word){ refused, (size_t)(head.at + head.len - refused) },
						"this cache has no such operation"), "ptk list cache shows those that there are");
	else if (word_raw(head, &config))
		grammar_add_for_cores(g, EVENT_RAW, shown, PERF_TYPE_RAW, config);
	else
		*known = false;
	return NULL;
}

/* ---- what is not an event */

/* The nearest event names of all kinds are offered to *best; `pool` keeps those that are made up, and outlives it. */
static void grammar_offer_cache_names(struct nearest *best, struct arena *pool)
{
	char name[CACHE_NAME_SIZE];
	uint64_t config;

	for (unsigned step = 0; cache_name_next(&step, &config, name); )
		nearest_offer(best, arena_strdup(pool, name));
}

static struct error *unknown(struct grammar *g, struct word word)
{
	struct nearest best = { .word = word.at, .word_len = word.len };
	struct arena pool guard(arena_deinit) = { 0 };

	if (!word.len)
		return error_hint(grammar_error(g, word, "an event is missing"), "ptk list shows the events");
	struct error *err = grammar_error(g, word, "there is no event called %.*s", (int)word.len, word.at);
	autofree char *tracepoint = tracepoint_search(g, word);
	if (tracepoint)
		return error_hint(err, "did you mean the tracepoint %s?", tracepoint);
	for (const struct event_name *e = event_names; e->name; e++) {
		nearest_offer(&best, e->name);
		if (e->alias)
			nearest_offer(&best, e->alias);
	}
	grammar_offer_cache_names(&best, &pool);
	source_offer_aliases(g, &best);
	return error_hint(grammar_nearest(err, &best), "ptk list shows the events");
}

/* ---- one event */

/* TYPE:CONFIG, the numbers of perf_event_attr. */
static bool numbers(struct grammar *g, struct word head, struct word tail, struct word shown, struct word *modifiers)
{
	struct word second = word_up_to(tail, ':');
	uint64_t type, config;

	if (!word_number(head, &type) || type > UINT32_MAX || !word_number(second, &config))
		return false;
	*modifiers = word_behind(tail, second);
	enum event_kind kind = type == PERF_TYPE_HARDWARE ? EVENT_HARDWARE : type == PERF_TYPE_SOFTWARE ? EVENT_SOFTWARE :
			       type == PERF_TYPE_HW_CACHE ? EVENT_CACHE : type == PERF_TYPE_RAW ? EVENT_RAW : EVENT_PMU;
	grammar_add(g, kind, shown, (uint32_t)type, config);
	return true;
}

/* A name without slashes: NAME[:MODIFIERS], SYSTEM:NAME[:MODIFIERS], TYPE:CONFIG[:MODIFIERS], a name of libpfm4. */
static struct error *plain_event(struct grammar *g, struct word word)
{
	struct word head = word_up_to(word, ':'), tail = word_behind(word, head);
	bool colon = head.len < word.len, known;
	size_t first = g->list->events.len;
	const term_list none = { 0 };

	TRY(kernel_name(g, head, word, &known));
	if (!known && (!colon || modifiers_valid(tail)))
		TRY(source_add_alias(g, head, &none, word, &known));
	if (known)
		return colon ? modifiers_apply(g, tail, first, false) : NULL;
	struct word modifiers;
	if (colon && numbers(g, head, tail, word, &modifiers))
		return modifiers.len ? modifiers_apply(g, modifiers, first, false) : NULL;
	if (!colon || !tracepoint_system_there(g, head)) {
		TRY(libpfm_add(g, word, &known));
		if (known)
			return NULL;
	}
	if (!colon || (modifiers_valid(tail) && !tracepoint_system_there(g, head)))
		return unknown(g, head);
	struct word point = word_up_to(tail, ':');
	modifiers = word_behind(tail, point);
	TRY(tracepoint_add(g, head, point));
	return point.len < tail.len ? modifiers_apply(g, modifiers, first, false) : NULL;
}

static struct error *no_source(struct grammar *g, struct word head)
{
	struct nearest best = { .word = head.at, .word_len = head.len };
	struct error *err = grammar_error(g, head, "this machine has no event source (PMU) called %.*s", (int)head.len, head.at);

	source_offer_pmus(g, &best);
	return error_hint(grammar_nearest(err, &best), "ptk list pmu shows the events of those it has; ls /sys/bus/event_source/devices names them");
}

/* HEAD/TERMS/: the head names an event or a PMU. */
static struct error *head_with_terms(struct grammar *g, struct word head, const term_list *terms, struct word shown)
{
	struct word system = word_up_to(head, ':');
	size_t first = g->list->events.len;
	bool known;

	if (!head.len)
		return error_hint(grammar_error(g, head, "an event or a PMU belongs in front of the slash"), "as in cpu/event=0x3c/ or cycles/period=1000/");
	TRY(kernel_name(g, head, shown, &known));
	if (!known && system.len < head.len) {
		TRY(tracepoint_add(g, system, word_behind(head, system)));
		known = true;
	}
	if (known)
		return terms_apply(g, terms, first);
	TRY(source_add(g, head, terms, shown, &known));
	if (!known)
		TRY(source_add_alias(g, head, terms, shown, &known));
	return known ? NULL : no_source(g, head);
}

static struct error *slash_event(struct grammar *g, struct word head, const char **at)
{
	term_list terms guard(guard_terms) = { 0 };
	size_t first = g->list->events.len;
	const char *open = *at, *close = grammar_closing_slash(open + 1);

	if (!close)
		return error_hint(grammar_error(g, (struct word){ open, 1 }, "this slash is not closed"), "write a / behind the last term");
	struct word text = { open + 1, (size_t)(close - open - 1) };
	const char *from = close + 1 + (close[1] == ':');
	struct word modifiers = { from, strcspn(from, ",{}/") };
	*at = modifiers.at + modifiers.len;
	TRY(terms_split(g, text, &terms));
	TRY(head_with_terms(g, head, &terms, (struct word){ head.at, (size_t)(*at - head.at) }));
	return modifiers.len ? modifiers_apply(g, modifiers, first, false) : NULL;
}

/* ---- the list */

static struct error *item(struct grammar *g, const char **at)
{
	struct word word = { *at, strcspn(*at, ",/{}") };
	bool breakpoint = !strncmp(*at, "mem:", 4), probe = probe_event_is(*at);

	if (breakpoint || probe)
		word.len = strcspn(*at, ",{}");
	*at += word.len;
	if (breakpoint)
		return breakpoint_add(g, word);
	if (probe)
		return probe_event_add(g, word);
	return **at == '/' ? slash_event(g, word, at) : plain_event(g, word);
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
		/* NAME{a,b}: perf lets a group have a name. */
		if (*at == '{')
			return error_hint(grammar_error(g, (struct word){ at, 1 }, "a comma belongs here"), "write EVENT,{EVENT,EVENT}");
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
