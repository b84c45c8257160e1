/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/options.h"

#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/nearest.h"
#include "base/number.h"
#include "base/strbuf.h"

struct parser {
	const struct option_def *defs;
	size_t n_defs;
	void *into;
	int argc;
	char **argv;
	int at;			/* the word being looked at */
};

/* The words as typed, the caret below one of them. */
static struct error *point(struct parser *p, struct error *err, int word)
{
	autostrbuf struct strbuf line = { 0 };
	size_t column = 0;

	for (int i = 0; i < p->argc; i++) {
		if (i)
			strbuf_addc(&line, ' ');
		if (i == word)
			column = line.len;
		strbuf_adds(&line, p->argv[i]);
	}
	return error_at(err, strbuf_str(&line), column, strlen(p->argv[word]));
}

static bool negatable(const struct option_def *def)
{
	return def->kind == OPTION_FLAG || def->kind == OPTION_COUNT || (def->flags & OPTION_NEGATABLE);
}

static struct error *store(const struct option_def *def, void *into, const char *value, bool negated)
{
	char *at = (char *)into + def->offset;

	switch (def->kind) {
	case OPTION_HEADING:
		return NULL;
	case OPTION_FLAG:
		*(bool *)at = !negated;
		return NULL;
	case OPTION_COUNT:
		*(unsigned *)at = negated ? 0 : *(unsigned *)at + 1;
		return NULL;
	case OPTION_STRING:
		if (!*value && def->arg && !strcmp(def->arg, "FILE"))
			return error_hint(error_usage("the file's name is empty"), "a variable of the shell that is not set?");
		*(const char **)at = value;
		return NULL;
	case OPTION_U64:
		if (!number_u64(value, (uint64_t *)at))
			return error_usage("%s is not a number", *value ? value : "an empty value");
		return NULL;
	case OPTION_DOUBLE:
		if (!number_double(value, (double *)at))
			return error_usage("%s is not a number", *value ? value : "an empty value");
		return NULL;
	case OPTION_CALL:
		return def->call(into, negated ? "" : value);
	}
	return NULL;
}

/* Is this word the value of an optional one, in its old form: -g dwarf? */
static bool is_word(const struct option_def *def, const char *word)
{
	if (!def->words || !word)
		return false;
	for (const char *const *w = def->words; *w; w++) {
		size_t len = strlen(*w);
		if (!strncmp(word, *w, len) && (!word[len] || word[len] == ','))
			return true;
	}
	return false;
}

/*
 * Gives the option its value: `attached` (may be NULL) or the next word, as
 * the row says. `shown` is the option as typed, for errors.
 */
static struct error *take(struct parser *p, const struct option_def *def, const char *shown,
			  const char *attached, bool negated)
{
	int word = p->at;
	const char *next = p->at + 1 < p->argc ? p->argv[p->at + 1] : NULL;
	const char *value = attached;

	if (negated || !def->arg) {
		if (attached)
			return point(p, error_usage("%s takes no value", shown), word);
	} else if (!value && (!(def->flags & OPTION_OPTIONAL) || is_word(def, next))) {
		if (!next)
			return point(p, error_usage("%s needs a value: %s", shown, def->arg), word);
		value = next;
		word = ++p->at;
	}
	struct error *err = store(def, p->into, value, negated);
	if (!err)
		return NULL;
	err->kind = ERROR_USAGE;
	err = error_context(err, "%s", shown);
	return err->source ? err : point(p, err, word);
}

static struct error *unknown_long(struct parser *p, const char *typed)
{
	struct nearest best = { .word = typed };
	struct error *err = error_usage("unknown option --%s", typed);

	for (size_t i = 0; i < p->n_defs; i++)
		if (p->defs[i].name && !(p->defs[i].flags & OPTION_HIDDEN))
			nearest_offer(&best, p->defs[i].name);
	if (best.n) {
		autostrbuf struct strbuf names = { 0 };
		for (size_t i = 0; i < best.n; i++)
			strbuf_printf(&names, "%s--%s", !i ? "" : i + 1 == best.n ? " or " : ", ", best.names[i]);
		err = error_hint(err, "did you mean %s?", strbuf_str(&names));
	}
	return point(p, error_hint(err, "-h lists the options"), p->at);
}

/* Does the typed text (len bytes, without --) stand for this row, and negated? 2: to the letter, 1: cut short, 0: no. */
static int match(const struct option_def *def, const char *typed, size_t len, bool *negated)
{
	const char *name = def->name;

	*negated = false;
	if (!name)
		return 0;
	if (!strncmp(name, typed, len))
		return name[len] ? 1 : 2;
	if (!negatable(def))
		return 0;
	*negated = true;
	if (len > 3 && !strncmp(typed, "no-", 3) && !strncmp(name, typed + 3, len - 3))
		return name[len - 3] ? 1 : 2;
	if (!strncmp(name, "no-", 3) && !strncmp(name + 3, typed, len))
		return name[3 + len] ? 1 : 2;
	return 0;
}

static struct error *parse_long(struct parser *p)
{
	const char *typed = p->argv[p->at] + 2, *equals = strchr(typed, '=');
	size_t len = equals ? (size_t)(equals - typed) : strlen(typed);
	autofree char *name = xstrndup(typed, len), *shown = xasprintf("--%s", name);
	const struct option_def *found = NULL;
	bool negated = false, ambiguous = false;
	int best = 0;

	for (size_t i = 0; i < p->n_defs; i++) {
		bool no;
		int how = len ? match(&p->defs[i], typed, len, &no) : 0;
		if (how == best && how == 1)
			ambiguous = true;
		if (how <= best)
			continue;
		best = how;
		ambiguous = false;
		found = &p->defs[i];
		negated = no;
	}
	if (!found)
		return unknown_long(p, name);
	if (ambiguous) {
		struct error *err = error_usage("%s could be more than one option", shown);
		for (size_t i = 0; i < p->n_defs; i++) {
			bool no;
			if (match(&p->defs[i], typed, len, &no))
				err = error_hint(err, "  --%s%s", no ? "no-" : "", p->defs[i].name);
		}
		return point(p, err, p->at);
	}
	return take(p, found, shown, equals ? equals + 1 : NULL, negated);
}

static const struct option_def *by_letter(const struct parser *p, char letter)
{
	for (size_t i = 0; i < p->n_defs; i++)
		if (p->defs[i].letter && p->defs[i].letter == letter)
			return &p->defs[i];
	return NULL;
}

static struct error *parse_cluster(struct parser *p, bool *help)
{
	int word = p->at;

	for (const char *c = p->argv[word] + 1; *c; c++) {
		const struct option_def *def = by_letter(p, *c);
		char shown[] = { '-', *c, '\0' };
		if (!def && *c == 'h') {
			*help = true;
			return NULL;
		}
		if (!def)
			return point(p, error_hint(error_usage("unknown option %s", shown), "-h lists the options"), word);
		if (!def->arg) {
			TRY(take(p, def, shown, NULL, false));
			continue;
		}
		/* -gVALUE of an optional one only when it is one of its words: -gF99 is -g -F99 */
		if (c[1] && (def->flags & OPTION_OPTIONAL) && def->words && !is_word(def, c + 1)) {
			TRY(store(def, p->into, NULL, false));
			continue;
		}
		return take(p, def, shown, c[1] ? c + 1 : NULL, false);
	}
	return NULL;
}

/* Moves the words between the first plain one and p->at behind what was just parsed. */
static void reorder(struct parser *p, int *first_word, int parsed_from)
{
	int n = p->at + 1 - parsed_from;

	for (int i = 0; i < n; i++) {
		char *word = p->argv[parsed_from + i];
		for (int j = parsed_from + i; j > *first_word + i; j--)
			p->argv[j] = p->argv[j - 1];
		p->argv[*first_word + i] = word;
	}
	*first_word += n;
}

struct error *options_parse(const struct option_def *defs, size_t n_defs, void *into,
			    enum options_order order, int argc, char **argv,
			    struct options_rest *rest)
{
	struct parser p = { .defs = defs, .n_defs = n_defs, .into = into, .argc = argc, .argv = argv };
	int first_word = -1;

	*rest = (struct options_rest){ .index = argc };
	for (; p.at < argc; p.at++) {
		const char *word = argv[p.at];
		int from = p.at;
		if (!strcmp(word, "--")) {
			rest->dashes = true;
			if (first_word >= 0)
				reorder(&p, &first_word, from);
			else
				first_word = p.at + 1;
			break;
		}
		if (word[0] != '-' || !word[1]) {
			if (first_word < 0)
				first_word = p.at;
			if (order == OPTIONS_FIRST)
				break;
			continue;
		}
		if (!strcmp(word, "--help"))
			rest->help = true;
		else if (word[1] == '-')
			TRY(parse_long(&p));
		else
			TRY(parse_cluster(&p, &rest->help));
		if (rest->help)
			return NULL;
		if (first_word >= 0)
			reorder(&p, &first_word, from);
	}
	rest->index = first_word < 0 ? argc : first_word;
	return NULL;
}

/* Of UTF-8 text, as "PID,…": bytes that continue a character take no room. */
static unsigned columns(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void print_wrapped(const char *text, unsigned indent, unsigned width, FILE *out)
{
	unsigned column = indent;

	while (*text) {
		unsigned len = (unsigned)strcspn(text, " ");
		if (column > indent && column + 1 + len > width) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', out);
			column++;
		}
		fwrite(text, 1, len, out);
		column += len;
		text += len + (text[len] == ' ');
	}
	fputc('\n', out);
}

void options_print(const struct option_def *defs, size_t n_defs, unsigned width, FILE *out)
{
	enum { INDENT = 32 };

	for (size_t i = 0; i < n_defs; i++) {
		const struct option_def *def = &defs[i];
		autostrbuf struct strbuf left = { 0 };
		if (def->flags & OPTION_HIDDEN)
			continue;
		if (def->kind == OPTION_HEADING) {
			fprintf(out, "%s%s\n", i ? "\n" : "", def->help);
			continue;
		}
		if (def->letter)
			strbuf_printf(&left, "  -%c%s", def->letter, def->name ? ", " : "");
		else
			strbuf_adds(&left, "      ");
		if (def->name)
			strbuf_printf(&left, "--%s", def->name);
		if (def->arg && (def->flags & OPTION_OPTIONAL))
			strbuf_printf(&left, "[%s%s]", def->name ? "=" : "", def->arg);
		else if (def->arg)
			strbuf_printf(&left, " %s", def->arg);
		unsigned taken = columns(strbuf_str(&left));
		if (taken + 2 > INDENT)
			fprintf(out, "%s\n%*s", strbuf_str(&left), INDENT, "");
		else
			fprintf(out, "%s%*s", strbuf_str(&left), (int)(INDENT - taken), "");
		print_wrapped(def->help ? def->help : "", INDENT, width, out);
	}
}
