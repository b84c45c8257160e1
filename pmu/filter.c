/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tracepoint filters, looked over before the kernel sees them
 * (Documentation/trace/events.rst, "Event filtering"): the kernel answers a
 * wrong one with EINVAL and nothing else.
 *
 *	filter    := all { "||" all }
 *	all       := one { "&&" one }
 *	one       := "!" one | "(" filter ")" | FIELD operator value
 *	operator  := == != < <= > >= & ~
 *	value     := number | "text" | 'text' | CPUS{…} | the name of a function
 *
 * The kernel is the judge: what newer ones may know (FIELD.function,
 * FIELD.ustring, CPUS{…}) is let through.
 */
#include <ctype.h>

#include "base/cleanup.h"
#include "os/tracefs.h"
#include "pmu/grammar.h"
#include "pmu/parse.h"

enum { NESTING_MAX = 64 };

enum field_kind { FIELD_NUMBER, FIELD_TEXT, FIELD_ANY };

struct field {
	char *name;
	enum field_kind kind;
};

struct filter {
	const char *text, *at;
	const char *event;	/* SYSTEM:NAME */
	VEC(struct field) fields;
	unsigned depth;
};

/* ---- the fields of a format file */

static enum field_kind kind_of(const char *declaration, size_t len)
{
	autofree char *text = xstrndup(declaration, len);

	if (strstr(text, "cpumask_t"))
		return FIELD_ANY;
	if (strstr(text, "char") && strchr(text, '['))
		return FIELD_TEXT;
	if (!strncmp(text, "char *", 6) || !strncmp(text, "const char *", 12))
		return FIELD_TEXT;
	return FIELD_NUMBER;
}

/* "\tfield:TYPE NAME[N];\toffset:…": the name is the last word in front of the first semicolon. */
static void add_field(struct filter *f, const char *line)
{
	const char *declaration = line + strlen("\tfield:");
	size_t len = strcspn(declaration, ";\n"), end = len;

	if (declaration[len] != ';')
		return;
	if (end && declaration[end - 1] == ']')
		while (end && declaration[end] != '[')
			end--;
	size_t from = end;
	while (from && (isalnum((unsigned char)declaration[from - 1]) || declaration[from - 1] == '_'))
		from--;
	if (from == end)
		return;
	struct field field = { xstrndup(declaration + from, end - from), kind_of(declaration, len) };
	vec_push(&f->fields, field);
}

static void read_fields(struct filter *f, const char *format)
{
	static const struct { const char *name; enum field_kind kind; } always[] = {
		{ "CPU", FIELD_NUMBER }, { "cpu", FIELD_NUMBER }, { "COMM", FIELD_TEXT }, { "comm", FIELD_TEXT },
		{ "stacktrace", FIELD_ANY }, { "STACKTRACE", FIELD_ANY },
	};

	for (const char *line = format; *line; ) {
		if (!strncmp(line, "\tfield:", 7))
			add_field(f, line);
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	for (size_t i = 0; i < ARRAY_SIZE(always); i++) {
		struct field field = { xstrdup(always[i].name), always[i].kind };
		vec_push(&f->fields, field);
	}
}

static void filter_deinit(struct filter *f)
{
	for (size_t i = 0; i < f->fields.len; i++)
		free(f->fields.data[i].name);
	vec_deinit(&f->fields);
}

/* ---- the text */

static struct error *wrong(const struct filter *f, const char *at, size_t len, const char *message) MUST_CHECK;
static struct error *wrong(const struct filter *f, const char *at, size_t len, const char *message)
{
	return error_at(error_usage("%s", message), f->text, (size_t)(at - f->text), len);
}

static void blanks(struct filter *f)
{
	while (isspace((unsigned char)*f->at))
		f->at++;
}

static size_t word_len(const char *at)
{
	size_t len = 0;

	while (isalnum((unsigned char)at[len]) || at[len] == '_' || at[len] == '.')
		len++;
	return len;
}

static const struct field *find_field(const struct filter *f, const char *at, size_t len)
{
	size_t bare = strcspn(at, ".");

	len = bare < len ? bare : len;
	for (size_t i = 0; i < f->fields.len; i++)
		if (word_is((struct word){ at, len }, f->fields.data[i].name))
			return &f->fields.data[i];
	return NULL;
}

static struct error *unknown_field(const struct filter *f, const char *at, size_t len)
{
	struct nearest best = { .word = at, .word_len = len };
	autostrbuf struct strbuf list = { 0 };
	autofree char *message = xasprintf("%s has no field called %.*s", f->event, (int)len, at);

	for (size_t i = 0; i < f->fields.len; i++) {
		nearest_offer(&best, f->fields.data[i].name);
		if (strncmp(f->fields.data[i].name, "common_", 7))
			strbuf_printf(&list, "%s%s", list.len ? ", " : "", f->fields.data[i].name);
	}
	return error_hint(grammar_nearest(wrong(f, at, len, message), &best), "its fields: %s", strbuf_str(&list));
}

/* One of the operators, its length; 0 when there is none. */
static size_t operator_len(const char *at)
{
	static const char *const operators[] = { "==", "!=", "<=", ">=", "<", ">", "~", "&" };

	if (!strncmp(at, "&&", 2))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++)
		if (!strncmp(at, operators[i], strlen(operators[i])))
			return strlen(operators[i]);
	return 0;
}

static struct error *quoted(struct filter *f, const struct field *field, const char *operator, size_t operator_length)
{
	const char *open = f->at, *close = open + 1;

	while (*close && *close != *open)
		close++;
	if (!*close)
		return wrong(f, open, 1, "this quote is not closed");
	f->at = close + 1;
	if (field->kind == FIELD_NUMBER)
		return error_hint(wrong(f, open, (size_t)(f->at - open), "a number belongs here"), "%s is a number: leave the quotes out", field->name);
	if (field->kind == FIELD_TEXT && *operator != '~' && strncmp(operator, "==", 2) && strncmp(operator, "!=", 2))
		return error_hint(wrong(f, operator, operator_length, "text is not compared so"), "text takes == and !=, and ~ with a glob such as \"*x*\"");
	return NULL;
}

static struct error *value(struct filter *f, const struct field *field, bool function, const char *operator, size_t operator_length)
{
	const char *from = f->at;
	size_t len = strcspn(from, " \t\n)&|");
	char *end;

	if (*from == '"' || *from == '\'')
		return quoted(f, field, operator, operator_length);
	if (!len)
		return wrong(f, from, 1, "a value is missing");
	if (!strncmp(from, "CPUS{", 5)) {
		const char *brace = strchr(from, '}');
		f->at = brace ? brace + 1 : from + len;
		return brace ? NULL : wrong(f, from, len, "this } is missing: CPUS{0-3,5}");
	}
	f->at = from + len;
	if (function)
		return NULL;
	if (field->kind == FIELD_TEXT || *operator == '~')
		return error_hint(wrong(f, from, len, "text belongs in quotes"), "write \"%.*s\"", (int)len, from);
	(void)strtoull(from, &end, 0);
	if (end != from + len)
		return error_hint(wrong(f, from, len, "this is no number"),
				  "the kernel takes decimal and 0x numbers here, no names; text fields take \"…\"");
	return NULL;
}

static struct error *predicate(struct filter *f)
{
	const char *name = f->at;
	size_t len = word_len(name);

	if (!len)
		return error_hint(wrong(f, name, *name ? 1 : 0, "a field belongs here"), "a condition is FIELD OPERATOR VALUE, as in prev_pid == 0");
	const struct field *field = find_field(f, name, len);
	if (!field)
		return unknown_field(f, name, len);
	bool function = len > 9 && !memcmp(name + len - 9, ".function", 9);
	f->at += len;
	blanks(f);
	const char *operator = f->at;
	size_t operator_length = operator_len(operator);
	if (!operator_length)
		return error_hint(wrong(f, operator, *operator ? 1 : 0, "an operator belongs here"), "== != < <= > >= & ~ compare; && || ! join");
	f->at += operator_length;
	blanks(f);
	return value(f, field, function, operator, operator_length);
}

static struct error *alternatives(struct filter *f);

static struct error *one(struct filter *f)
{
	blanks(f);
	while (*f->at == '!') {
		f->at++;
		blanks(f);
	}
	if (*f->at != '(')
		return predicate(f);
	const char *open = f->at++;
	if (++f->depth > NESTING_MAX)
		return wrong(f, open, 1, "too many parentheses");
	TRY(alternatives(f));
	blanks(f);
	if (*f->at != ')')
		return *f->at ? wrong(f, f->at, 1, "&&, || or ) belongs here") : wrong(f, open, 1, "this parenthesis is not closed");
	f->at++;
	f->depth--;
	return NULL;
}

/* The two ways to join need no tree here: any order of them is good, and the kernel knows which binds first. */
static struct error *alternatives(struct filter *f)
{
	for (;;) {
		TRY(one(f));
		blanks(f);
		if (strncmp(f->at, "&&", 2) && strncmp(f->at, "||", 2))
			return NULL;
		f->at += 2;
	}
}

static struct error *check(struct filter *f)
{
	TRY(alternatives(f));
	blanks(f);
	return *f->at ? wrong(f, f->at, 1, "&& or || belongs here") : NULL;
}

static struct error *check_for(struct pmus *pmus, const char *tracepoint, const char *text)
{
	struct filter f guard(filter_deinit) = { .text = text, .at = text, .event = tracepoint };
	autostrbuf struct strbuf format = { 0 };
	const char *tracefs;
	size_t system = strcspn(tracepoint, ":");
	autofree char *system_text = xstrndup(tracepoint, system);

	TRY(pmus_tracefs(pmus, &tracefs));
	/* Where the format cannot be read the kernel's own check remains. */
	if (!tracefs_event_format(pmus->os, tracefs, system_text, tracepoint + system + (tracepoint[system] == ':'), &format))
		return NULL;
	read_fields(&f, strbuf_str(&format));
	return check(&f);
}

struct error *events_filter(struct pmus *pmus, struct event_list *list, size_t first, const char *filter)
{
	size_t tracepoints = 0;

	for (size_t i = first; i < list->events.len; i++) {
		if (!list->events.data[i].tracepoint)
			continue;
		tracepoints++;
		TRY(check_for(pmus, list->events.data[i].tracepoint, filter));
	}
	if (!tracepoints)
		return error_hint(error_usage("--filter belongs behind the tracepoint that it is for"),
				  "as in -e sched:sched_switch --filter 'prev_pid == 0'");
	for (size_t i = first; i < list->events.len; i++) {
		struct event *event = &list->events.data[i];
		if (!event->tracepoint)
			continue;
		char *both = event->filter ? xasprintf("(%s) && (%s)", event->filter, filter) : xstrdup(filter);
		free(event->filter);
		event->filter = both;
	}
	return NULL;
}
