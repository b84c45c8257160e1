/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Terms between slashes that any event takes. To add one, add a row to the
 * table; what it means for a recording goes into the attr or event->wishes.
 */
#include "base/cleanup.h"
#include "pmu/grammar.h"

struct common_term {
	const char *name;
	enum { TAKES_NUMBER, TAKES_TEXT, TAKES_FLAG } takes;
	/* value is the number, or 1 for a flag without one. Returns what is wrong with it, or NULL. */
	const char *(*apply)(struct event *event, struct word text, uint64_t value);
};

static const char *set_config(struct event *event, struct word text, uint64_t value)
{
	event->attr.config = value;
	return NULL;
}

static const char *set_config1(struct event *event, struct word text, uint64_t value)
{
	event->attr.config1 = value;
	return NULL;
}

static const char *set_config2(struct event *event, struct word text, uint64_t value)
{
	event->attr.config2 = value;
	return NULL;
}

static const char *set_config3(struct event *event, struct word text, uint64_t value)
{
#ifdef PERF_ATTR_SIZE_VER8
	event->attr.config3 = value;
	return NULL;
#else
	return "needs a ptk that was built with the headers of Linux 6.3 or later";
#endif
}

static const char *set_name(struct event *event, struct word text, uint64_t value)
{
	free(event->name);
	event->name = xstrndup(text.at, text.len);
	return text.len ? NULL : "wants a name";
}

static const char *set_period(struct event *event, struct word text, uint64_t value)
{
	event->attr.freq = 0;
	event->attr.sample_period = value;
	return value && value >> 63 == 0 ? NULL : "wants a number of events, at least 1";
}

static const char *set_freq(struct event *event, struct word text, uint64_t value)
{
	event->attr.freq = 1;
	event->attr.sample_freq = value;
	return value && value < 1ull << 32 ? NULL : "wants samples a second, at least 1";
}

static const char *set_branch_type(struct event *event, struct word text, uint64_t value)
{
	static const struct { const char *name; uint64_t bit; } types[] = {
		{ "u", PERF_SAMPLE_BRANCH_USER }, { "k", PERF_SAMPLE_BRANCH_KERNEL }, { "hv", PERF_SAMPLE_BRANCH_HV },
		{ "any", PERF_SAMPLE_BRANCH_ANY }, { "any_call", PERF_SAMPLE_BRANCH_ANY_CALL },
		{ "any_ret", PERF_SAMPLE_BRANCH_ANY_RETURN }, { "ind_call", PERF_SAMPLE_BRANCH_IND_CALL },
		{ "abort_tx", PERF_SAMPLE_BRANCH_ABORT_TX }, { "in_tx", PERF_SAMPLE_BRANCH_IN_TX },
		{ "no_tx", PERF_SAMPLE_BRANCH_NO_TX }, { "cond", PERF_SAMPLE_BRANCH_COND },
		{ "ind_jmp", PERF_SAMPLE_BRANCH_IND_JUMP }, { "call", PERF_SAMPLE_BRANCH_CALL },
		{ "save_type", PERF_SAMPLE_BRANCH_TYPE_SAVE }, { "stack", PERF_SAMPLE_BRANCH_CALL_STACK },
	};
	size_t i = 0;

	while (i < ARRAY_SIZE(types) && !word_is(text, types[i].name))
		i++;
	if (i == ARRAY_SIZE(types))
		return "is any, any_call, any_ret, ind_call, ind_jmp, cond, call, save_type, stack, u, k or hv";
	event->attr.branch_sample_type |= types[i].bit;
	if (!(event->attr.branch_sample_type & ~(uint64_t)PERF_SAMPLE_BRANCH_PLM_ALL))
		event->attr.branch_sample_type |= PERF_SAMPLE_BRANCH_ANY;
	event->attr.sample_type |= PERF_SAMPLE_BRANCH_STACK;
	return NULL;
}

static const char *set_time(struct event *event, struct word text, uint64_t value)
{
	event->wishes.time = value ? WISH_YES : WISH_NO;
	return value < 2 ? NULL : "is 0 or 1";
}

static const char *set_call_graph(struct event *event, struct word text, uint64_t value)
{
	static const char *const kinds[] = { "fp", "dwarf", "lbr", "no" };

	free(event->wishes.call_graph);
	event->wishes.call_graph = xstrndup(text.at, text.len);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (word_is(text, kinds[i]))
			return NULL;
	return "is fp, dwarf, lbr or no";
}

static const char *set_stack_size(struct event *event, struct word text, uint64_t value)
{
	event->wishes.stack_size = (uint32_t)value;
	return value && value % 8 == 0 && value < 65536 ? NULL : "is a number of bytes, a multiple of 8 below 65536";
}

static const char *set_max_stack(struct event *event, struct word text, uint64_t value)
{
	event->attr.sample_max_stack = (uint16_t)value;
	return value && value < 65536 ? NULL : "is a number of frames, 1 to 65535";
}

static const char *set_inherit(struct event *event, struct word text, uint64_t value)
{
	event->wishes.inherit = value ? WISH_YES : WISH_NO;
	return NULL;
}

static const char *set_no_inherit(struct event *event, struct word text, uint64_t value)
{
	event->wishes.inherit = value ? WISH_NO : WISH_YES;
	return NULL;
}

static const char *set_overwrite(struct event *event, struct word text, uint64_t value)
{
	return value ? "is not for ptk: its rings are drained, never overwritten" : NULL;
}

static const char *set_no_overwrite(struct event *event, struct word text, uint64_t value)
{
	return set_overwrite(event, text, !value);
}

static const char *set_percore(struct event *event, struct word text, uint64_t value)
{
	event->wishes.percore = value;
	return NULL;
}

static const char *set_aux_output(struct event *event, struct word text, uint64_t value)
{
	event->attr.aux_output = value != 0;
	return NULL;
}

static const char *set_aux_sample_size(struct event *event, struct word text, uint64_t value)
{
	event->attr.aux_sample_size = (uint32_t)value;
	event->attr.sample_type |= PERF_SAMPLE_AUX;
	return value && value <= UINT32_MAX ? NULL : "is a number of bytes";
}

static const char *set_metric_id(struct event *event, struct word text, uint64_t value)
{
	return NULL;	/* a mark of perf's own metrics, of no consequence */
}

static const char *set_nr(struct event *event, struct word text, uint64_t value)
{
	return "is a limit of perf trace, and of no use here";
}

static const struct common_term common_terms[] = {
	{ "config", TAKES_NUMBER, set_config },
	{ "config1", TAKES_NUMBER, set_config1 },
	{ "config2", TAKES_NUMBER, set_config2 },
	{ "config3", TAKES_NUMBER, set_config3 },
	{ "name", TAKES_TEXT, set_name },
	{ "period", TAKES_NUMBER, set_period },
	{ "freq", TAKES_NUMBER, set_freq },
	{ "branch_type", TAKES_TEXT, set_branch_type },
	{ "time", TAKES_FLAG, set_time },
	{ "call-graph", TAKES_TEXT, set_call_graph },
	{ "stack-size", TAKES_NUMBER, set_stack_size },
	{ "max-stack", TAKES_NUMBER, set_max_stack },
	{ "inherit", TAKES_FLAG, set_inherit },
	{ "no-inherit", TAKES_FLAG, set_no_inherit },
	{ "overwrite", TAKES_FLAG, set_overwrite },
	{ "no-overwrite", TAKES_FLAG, set_no_overwrite },
	{ "percore", TAKES_FLAG, set_percore },
	{ "aux-output", TAKES_FLAG, set_aux_output },
	{ "aux-sample-size", TAKES_NUMBER, set_aux_sample_size },
	{ "metric-id", TAKES_TEXT, set_metric_id },
	{ "nr", TAKES_NUMBER, set_nr },
};

void terms_offer(struct nearest *best)
{
	for (size_t i = 0; i < ARRAY_SIZE(common_terms); i++)
		nearest_offer(best, common_terms[i].name);
}

/* The end of one term: a comma outside quotes. */
static size_t term_len(struct word text)
{
	char quote = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (quote)
			quote = text.at[i] == quote ? 0 : quote;
		else if (text.at[i] == '\'' || text.at[i] == '"')
			quote = text.at[i];
		else if (text.at[i] == ',')
			return i;
	}
	return text.len;
}

static struct word unquoted(struct word word)
{
	if (word.len >= 2 && (word.at[0] == '\'' || word.at[0] == '"') && word.at[word.len - 1] == word.at[0])
		return (struct word){ word.at + 1, word.len - 2 };
	return word;
}

struct error *terms_split(const struct grammar *g, struct word text, term_list *terms)
{
	while (text.len) {
		struct word one = { text.at, term_len(text) };
		struct term term = { .name = word_up_to(one, '=') };
		term.has_value = term.name.len < one.len;
		term.value = unquoted(word_behind(one, term.name));
		if (!term.name.len)
			return error_hint(grammar_error(g, one, "a term is missing"), "terms are NAME or NAME=VALUE, parted by commas");
		if (term.name.at[0] == '@')
			return error_hint(grammar_error(g, one, "settings of a PMU's driver (@…) are not supported"), "leave it out");
		if (term.has_value && !term.value.len)
			return grammar_error(g, one, "the value of %.*s is missing", (int)term.name.len, term.name.at);
		vec_push(terms, term);
		if (one.len + 1 == text.len)
			return grammar_error(g, (struct word){ text.at + one.len, 1 }, "a term is missing behind the comma");
		text = word_behind(text, one);
	}
	return NULL;
}

struct error *term_apply_common(struct grammar *g, const struct term *term, struct event *event, bool *known)
{
	uint64_t value = 1;

	*known = false;
	for (size_t i = 0; i < ARRAY_SIZE(common_terms); i++) {
		const struct common_term *row = &common_terms[i];
		if (!word_is(term->name, row->name))
			continue;
		*known = true;
		if (!term->has_value && row->takes != TAKES_FLAG)
			return error_hint(grammar_error(g, term->name, "%s wants a value", row->name), "write %s=%s",
					  row->name, row->takes == TAKES_TEXT ? "TEXT" : "NUMBER");
		if (term->has_value && row->takes != TAKES_TEXT && !word_number(term->value, &value))
			return error_hint(grammar_error(g, term->value, "%s wants a number", row->name), "decimal, or hexadecimal with 0x in front");
		const char *wrong = row->apply(event, term->value, value);
		return wrong ? grammar_error(g, term->has_value ? term->value : term->name, "%s %s", row->name, wrong) : NULL;
	}
	return NULL;
}

static struct error *unknown_term(struct grammar *g, struct word name)
{
	struct nearest best = { .word = name.at, .word_len = name.len };
	struct error *err = grammar_error(g, name, "there is no term called %.*s", (int)name.len, name.at);

	terms_offer(&best);
	return error_hint(grammar_nearest(err, &best), "this event takes name=, period=, freq=, call-graph=, stack-size=, max-stack=, time=, inherit …");
}

struct error *terms_apply(struct grammar *g, const term_list *terms, size_t first)
{
	bool known;

	for (size_t i = first; i < g->list->events.len; i++)
		for (size_t j = 0; j < terms->len; j++) {
			const struct term *term = &terms->data[j];
			struct event *event = &g->list->events.data[i];
			if (event->kind == EVENT_TRACEPOINT && term->name.len >= 6 && !memcmp(term->name.at, "config", 6))
				return grammar_error(g, term->name, "the config of a tracepoint is its id");
			TRY(term_apply_common(g, term, event, &known));
			if (!known)
				return unknown_term(g, term->name);
		}
	return NULL;
}
