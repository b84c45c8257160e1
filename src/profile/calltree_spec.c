/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of -g and --call-graph. */
#include "base/cleanup.h"
#include "base/nearest.h"
#include "base/number.h"
#include "profile/calltree.h"

void calltree_spec_init(struct calltree_spec *spec)
{
	*spec = (struct calltree_spec){ .mode = CALLTREE_GRAPH, .min_percent = 0.5 };
}

struct word {
	const char *name;
	enum { MODE, ORDER, KEY, VALUE, IGNORED } kind;
	int value;
};

static const struct word words[] = {
	{ "graph", MODE, CALLTREE_GRAPH },
	{ "fractal", MODE, CALLTREE_FRACTAL },
	{ "flat", MODE, CALLTREE_FLAT },
	{ "folded", MODE, CALLTREE_FOLDED },
	{ "none", MODE, CALLTREE_NONE },
	{ "caller", ORDER, true },
	{ "callee", ORDER, false },
	{ "function", KEY, false },
	{ "address", KEY, true },
	{ "percent", VALUE, CALLTREE_PERCENT },
	{ "period", VALUE, CALLTREE_PERIOD },
	{ "count", VALUE, CALLTREE_COUNT },
	{ "branch", IGNORED, 0 },
};

static void apply(struct calltree_spec *spec, const struct word *word)
{
	switch (word->kind) {
	case MODE:
		spec->mode = (enum calltree_mode)word->value;
		break;
	case ORDER:
		spec->caller = word->value;
		spec->order_set = true;
		break;
	case KEY:
		spec->addresses = word->value;
		break;
	case VALUE:
		spec->value = (enum calltree_value)word->value;
		break;
	case IGNORED:
		break;
	}
}

static struct error *unknown(const char *text, size_t at, size_t len, const char *word)
{
	struct nearest best = { .word = word };
	struct error *err = error_at(error_usage("a call graph knows no %s", *word ? word : "empty word"), text, at, len);

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		nearest_offer(&best, words[i].name);
	autofree char *hint = nearest_hint(&best);
	if (hint)
		err = error_hint(err, "%s", hint);
	return error_hint(err, "MODE,MIN-PERCENT,LIMIT,ORDER,KEY,VALUE: graph, fractal, flat, folded or none; caller or callee;\n"
			       "function or address; percent, period or count");
}

/* As perf: a whole word, or cut short; the first of the list that it can be. */
static const struct word *find(const char *typed)
{
	size_t len = strlen(typed);

	for (size_t i = 0; len && i < ARRAY_SIZE(words); i++)
		if (!strncmp(words[i].name, typed, len))
			return &words[i];
	return NULL;
}

struct error *calltree_spec_parse(const char *text, struct calltree_spec *spec)
{
	unsigned numbers = 0;

	for (size_t at = 0; text[at];) {
		size_t len = strcspn(text + at, ", ");
		autofree char *word = xstrndup(text + at, len);
		const struct word *known = find(word);
		double percent;
		if (known)
			apply(spec, known);
		else if (numbers == 0 && number_double(word, &percent) && percent >= 0 && percent <= 100)
			spec->min_percent = percent, numbers++;
		else if (numbers == 1 && number_u64(word, &spec->max_lines))
			numbers++;
		else
			return unknown(text, at, len, word);
		at += len;
		if (text[at])
			at++;
	}
	return NULL;
}
