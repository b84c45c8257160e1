/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events of sysfs PMUs: PMU/term=value,…/ and names of events/ by themselves.
 *
 * A term sets the bits that format/NAME says. A word of events/ stands for
 * the terms in its file; what is typed beside it wins, bit by bit. (perf ors
 * the two: its cpu/mem-loads,ldlat=30/ asks for 31.)
 */
#include <ctype.h>
#include <fnmatch.h>
#include <strings.h>

#include "base/cleanup.h"
#include "pmu/grammar.h"
#include "pmu/names.h"

static const struct pmu_format *find_format(const struct pmu *pmu, struct word name)
{
	for (size_t i = 0; i < pmu->formats.len; i++)
		if (word_is(name, pmu->formats.data[i].name))
			return &pmu->formats.data[i];
	return NULL;
}

static const struct pmu_alias *find_alias(const struct pmu *pmu, struct word name)
{
	const struct pmu_alias *other_case = NULL;

	for (size_t i = 0; i < pmu->aliases.len; i++) {
		const struct pmu_alias *alias = &pmu->aliases.data[i];
		if (word_is(name, alias->name))
			return alias;
		if (strlen(alias->name) == name.len && !strncasecmp(alias->name, name.at, name.len))
			other_case = alias;
	}
	return other_case;
}

/* ---- a value into its bits */

static unsigned format_bits(const struct pmu_format *format)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < format->n_ranges; i++)
		bits += format->ranges[i].high - format->ranges[i].low + 1u;
	return bits;
}

static char *format_text(const struct pmu_format *format)
{
	struct strbuf out = { 0 };

	strbuf_adds(&out, "config");
	if (format->config)
		strbuf_printf(&out, "%u", format->config);
	for (unsigned i = 0; i < format->n_ranges; i++) {
		strbuf_printf(&out, "%c%u", i ? ',' : ':', format->ranges[i].low);
		if (format->ranges[i].high != format->ranges[i].low)
			strbuf_printf(&out, "-%u", format->ranges[i].high);
	}
	return strbuf_take(&out);
}

static void set_bits(const struct pmu_format *format, uint64_t value, uint64_t *config)
{
	for (unsigned i = 0; i < format->n_ranges; i++) {
		unsigned low = format->ranges[i].low, width = format->ranges[i].high - low + 1u;
		uint64_t mask = width == 64 ? UINT64_MAX : (1ull << width) - 1;
		*config = (*config & ~(mask << low)) | (value & mask) << low;
		value = width == 64 ? 0 : value >> width;
	}
}

static struct error *apply_format(struct grammar *g, const struct pmu *pmu, const struct pmu_format *format,
				  uint64_t value, struct word blame, struct event *event)
{
	unsigned bits = format_bits(format);
	autofree char *text = format_text(format);

	if (bits < 64 && value >> bits)
		return error_hint(grammar_error(g, blame, "0x%llx is too large for %s of %s", (unsigned long long)value, format->name, pmu->name),
				  "it has %u bit%s (%s), so at most 0x%llx", bits, bits == 1 ? "" : "s", text, (1ull << bits) - 1);
	if (format->config == 0) {
		uint64_t config = event->attr.config;
		set_bits(format, value, &config);
		event->attr.config = config;
	} else if (format->config == 1) {
		uint64_t config = event->attr.config1;
		set_bits(format, value, &config);
		event->attr.config1 = config;
	} else if (format->config == 2) {
		uint64_t config = event->attr.config2;
		set_bits(format, value, &config);
		event->attr.config2 = config;
	} else {
#ifdef PERF_ATTR_SIZE_VER8
		uint64_t config = event->attr.config3;
		set_bits(format, value, &config);
		event->attr.config3 = config;
#else
		return error_hint(grammar_error(g, blame, "%s of %s is in config3", format->name, pmu->name),
				  "this ptk was built with the headers of a kernel older than 6.3, which know none");
#endif
	}
	return NULL;
}

/* ---- aliases */

static const struct term *typed_value(const term_list *typed, struct word name)
{
	for (size_t i = 0; i < typed->len; i++)
		if (typed->data[i].has_value && typed->data[i].name.len == name.len && !memcmp(typed->data[i].name.at, name.at, name.len))
			return &typed->data[i];
	return NULL;
}

/* One term of an alias's file; the caret of an error is under the alias as typed. */
static struct error *apply_alias_term(struct grammar *g, const struct pmu *pmu, const struct pmu_alias *alias, struct word one,
				      const term_list *typed, struct word blame, struct event *event)
{
	struct word name = word_up_to(one, '='), value_text = word_behind(one, name);
	const struct pmu_format *format = find_format(pmu, name);
	uint64_t value = 1;

	if (name.len < one.len && word_is(value_text, "?")) {
		const struct term *term = typed_value(typed, name);
		if (!term)
			return error_hint(grammar_error(g, blame, "%s wants a value for %.*s", alias->name, (int)name.len, name.at),
					  "write %s/%s,%.*s=NUMBER/", pmu->name, alias->name, (int)name.len, name.at);
		value_text = term->value;
		blame = term->value;
	}
	if (name.len < one.len && !word_number(value_text, &value))
		return error_hint(grammar_error(g, blame, "%.*s wants a number", (int)name.len, name.at), "decimal, or hexadecimal with 0x in front");
	if (format)
		return apply_format(g, pmu, format, value, blame, event);
	if (word_is(name, "config"))
		event->attr.config = value;
	else if (word_is(name, "config1"))
		event->attr.config1 = value;
	else if (word_is(name, "config2"))
		event->attr.config2 = value;
	else
		return grammar_error(g, blame, "the kernel's own text for %s (%s) has the term %.*s, which %s does not",
				     alias->name, alias->terms, (int)name.len, name.at, pmu->name);
	return NULL;
}

static struct error *apply_alias(struct grammar *g, const struct pmu *pmu, const struct pmu_alias *alias,
				 const term_list *typed, struct word blame, struct event *event)
{
	struct word text = { alias->terms, strlen(alias->terms) };

	while (text.len) {
		struct word one = word_up_to(text, ',');
		if (one.len)
			TRY(apply_alias_term(g, pmu, alias, one, typed, blame, event));
		text = word_behind(text, one);
	}
	if (alias->unit) {
		free(event->unit);
		event->unit = xstrdup(alias->unit);
	}
	event->scale = alias->scale;
	event->snapshot = alias->snapshot;
	return NULL;
}

/* ---- terms as typed */

/* cpu_core/cycles/: an event of the kernel's own names, of this kind of core. */
static bool apply_kernel_name(const struct pmu *pmu, struct word name, struct event *event)
{
	const struct event_name *named = event_name_find(name.at, name.len);
	const char *refused;
	uint64_t config;

	if (!pmu->core)
		return false;
	if (named && named->kind == EVENT_HARDWARE) {
		event->kind = EVENT_HARDWARE;
		event->attr.type = PERF_TYPE_HARDWARE;
		config = named->config;
	} else if (cache_name_parse(name.at, name.len, &config, &refused)) {
		event->kind = EVENT_CACHE;
		event->attr.type = PERF_TYPE_HW_CACHE;
	} else {
		return false;
	}
	/* A lone PMU of a CPU is where the kernel looks by itself, also before it knew of types in config. */
	event->attr.config = config | (strcmp(pmu->name, "cpu") ? (uint64_t)pmu->type << 32 : 0);
	return true;
}

static struct error *unknown_term(struct grammar *g, const struct pmu *pmu, const struct term *term)
{
	struct nearest best = { .word = term->name.at, .word_len = term->name.len };
	struct error *err = grammar_error(g, term->name, "%s has no %s called %.*s", pmu->name, term->has_value ? "term" : "event or term",
					  (int)term->name.len, term->name.at);
	autostrbuf struct strbuf list = { 0 };

	for (size_t i = 0; i < pmu->formats.len; i++) {
		nearest_offer(&best, pmu->formats.data[i].name);
		strbuf_printf(&list, "%s%s", i ? ", " : "", pmu->formats.data[i].name);
	}
	for (size_t i = 0; i < pmu->aliases.len && !term->has_value; i++)
		nearest_offer(&best, pmu->aliases.data[i].name);
	terms_offer(&best);
	err = grammar_nearest(err, &best);
	if (list.len)
		err = error_hint(err, "the terms of %s: %s", pmu->name, list.data);
	return error_hint(err, "and those of all events: config=, config1=, config2=, name=, period=, freq= …");
}

static struct error *apply_term(struct grammar *g, const struct pmu *pmu, const struct term *term, const term_list *typed,
				struct event *event)
{
	const struct pmu_alias *alias = term->has_value ? NULL : find_alias(pmu, term->name);
	const struct pmu_format *format = find_format(pmu, term->name);
	uint64_t value = 1;
	bool known;

	if (alias)
		return apply_alias(g, pmu, alias, typed, term->name, event);
	if (format) {
		if (term->has_value && !word_number(term->value, &value))
			return error_hint(grammar_error(g, term->value, "%s wants a number", format->name), "decimal, or hexadecimal with 0x in front");
		return apply_format(g, pmu, format, value, term->has_value ? term->value : term->name, event);
	}
	TRY(term_apply_common(g, term, event, &known));
	if (known)
		return NULL;
	if (!term->has_value && word_raw(term->name, &value)) {
		event->attr.config = value;
		return NULL;
	}
	/* A parameter of an alias (core=?) was used there. */
	if (term->has_value) {
		for (size_t i = 0; i < pmu->aliases.len; i++) {
			autofree char *parameter = xasprintf("%.*s=?", (int)term->name.len, term->name.at);
			if (strstr(pmu->aliases.data[i].terms, parameter))
				return NULL;
		}
	} else if (apply_kernel_name(pmu, term->name, event)) {
		return NULL;
	}
	return unknown_term(g, pmu, term);
}

/* Aliases first, so that what is typed beside them wins wherever it stands. */
static struct error *add_for(struct grammar *g, struct pmu *pmu, const term_list *terms, const struct word *alias, struct word shown)
{
	struct event *event = grammar_add(g, EVENT_PMU, shown, pmu->type, 0);

	event->pmu = xstrdup(pmu->name);
	/* a PMU of tasks that does not know guests says so when it is opened; what counts a package cannot tell them apart */
	event->attr.exclude_guest = !pmu->per_package;
	event->per_package = pmu->per_package;
	cpuset_copy(&event->cpus, &pmu->cpus);
	pmu_read_formats(g->pmus, pmu);
	pmu_read_aliases(g->pmus, pmu);
	if (alias)
		TRY(apply_term(g, pmu, &(struct term){ .name = *alias }, terms, event));
	for (int typed = 0; typed < 2; typed++)
		for (size_t i = 0; i < terms->len; i++) {
			const struct term *term = &terms->data[i];
			bool is_alias = !term->has_value && !find_format(pmu, term->name);
			if (is_alias != typed)
				TRY(apply_term(g, pmu, term, terms, event));
		}
	return NULL;
}

/* ---- which PMUs a word stands for */

enum match { BY_NAME, BY_GLOB, BY_NUMBER, BY_PREFIX, MATCHES };

static bool matches_name(enum match how, const char *name, const char *word)
{
	size_t len = strlen(word);

	switch (how) {
	case BY_NAME:
		return !strcmp(name, word);
	case BY_GLOB:
		return strpbrk(word, "*?[") && !fnmatch(word, name, 0);
	case BY_NUMBER:	/* uncore_imc: uncore_imc_0, uncore_imc_1 …, not uncore_imc_free_running_0 */
		if (strncmp(name, word, len))
			return false;
		name += len + (name[len] == '_');
		return isdigit((unsigned char)*name) && !name[strspn(name, "0123456789")];
	default:
		return len >= 2 && !strncmp(name, word, len);
	}
}

static bool matches(enum match how, const struct pmu *pmu, const char *word)
{
	if (matches_name(how, pmu->name, word) || (pmu->alias && matches_name(how, pmu->alias, word)))
		return true;
	/* imc for uncore_imc_0 … */
	return !strncmp(pmu->name, "uncore_", 7) && matches_name(how, pmu->name + 7, word);
}

/* Takes an event that does not fit one of several PMUs out again. */
static void drop_from(struct grammar *g, size_t first)
{
	while (g->list->events.len > first)
		event_deinit(&g->list->events.data[--g->list->events.len]);
}

struct error *source_add(struct grammar *g, struct word word, const term_list *terms, struct word shown, bool *known)
{
	autofree char *text = xstrndup(word.at, word.len);
	struct error *wrong = NULL;
	size_t added = 0;

	pmus_list(g->pmus);
	*known = false;
	for (enum match how = BY_NAME; how < MATCHES && !*known; how++)
		for (size_t i = 0; i < g->pmus->pmus.len; i++) {
			struct pmu *pmu = &g->pmus->pmus.data[i];
			size_t first = g->list->events.len;
			if (!pmu_read(g->pmus, pmu) || !matches(how, pmu, text))
				continue;
			*known = true;
			struct error *err = add_for(g, pmu, terms, NULL, shown);
			if (err)
				drop_from(g, first);
			else
				added++;
			if (err && !wrong)
				wrong = err;
			else
				error_destroy(err);
		}
	if (!added)
		return wrong;
	error_destroy(wrong);
	return NULL;
}

/* The PMUs that have it, spelled so; else those that have it in other letters' case. */
static size_t pmus_with_alias(struct grammar *g, struct word alias, bool any_case, struct pmu **found, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < g->pmus->pmus.len && n < max; i++) {
		struct pmu *pmu = &g->pmus->pmus.data[i];
		if (any_case)
			pmu_read_aliases(g->pmus, pmu);
		if ((any_case ? find_alias(pmu, alias) != NULL : pmu_has_alias(g->pmus, pmu, alias.at, alias.len)) && pmu_read(g->pmus, pmu))
			found[n++] = pmu;
	}
	return n;
}

struct error *source_add_alias(struct grammar *g, struct word alias, const term_list *terms, struct word shown, bool *known)
{
	enum { MOST = 1024 };
	struct pmu *found[MOST];

	pmus_list(g->pmus);
	size_t n = pmus_with_alias(g, alias, false, found, MOST);
	if (!n)
		n = pmus_with_alias(g, alias, true, found, MOST);
	*known = n;
	for (size_t i = 0; i < n; i++) {
		autofree char *of_core = found[i]->core && n > 1 ? grammar_core_name(found[i], shown) : NULL;
		TRY(add_for(g, found[i], terms, &alias, of_core ? (struct word){ of_core, strlen(of_core) } : shown));
	}
	return NULL;
}

void source_offer_pmus(struct grammar *g, struct nearest *best)
{
	pmus_list(g->pmus);
	for (size_t i = 0; i < g->pmus->pmus.len; i++)
		nearest_offer(best, g->pmus->pmus.data[i].name);
}

void source_offer_aliases(struct grammar *g, struct nearest *best)
{
	pmus_list(g->pmus);
	for (size_t i = 0; i < g->pmus->pmus.len; i++) {
		struct pmu *pmu = &g->pmus->pmus.data[i];
		pmu_read_aliases(g->pmus, pmu);
		for (size_t j = 0; j < pmu->aliases.len; j++)
			nearest_offer(best, pmu->aliases.data[j].name);
	}
}
