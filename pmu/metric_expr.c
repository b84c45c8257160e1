/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expressions of metrics: recursive descent, one function a level, with a bound on the depth. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "pmu/metric.h"

enum { NODES_MAX = 4096 };

struct parser {
	const char *text, *at;
	struct metric_expr *expr;
	struct error *err;	/* the first one; nothing is read behind it */
	unsigned depth;
};

static size_t fail(struct parser *p, const char *at, size_t len, const char *what)
{
	if (!p->err)
		p->err = error_at(error_usage("%s", what), p->text, (size_t)(at - p->text), len);
	return 0;
}

static size_t node(struct parser *p, struct metric_node value)
{
	if (p->expr->nodes.len >= NODES_MAX)
		return fail(p, p->at, 1, "the expression is too long");
	vec_push(&p->expr->nodes, value);
	return p->expr->nodes.len - 1;
}

static void skip_spaces(struct parser *p)
{
	while (isspace((unsigned char)*p->at))
		p->at++;
}

static bool take(struct parser *p, char c)
{
	skip_spaces(p);
	if (p->err || *p->at != c)
		return false;
	p->at++;
	return true;
}

/* A word of the language: not the beginning of a longer name. */
static bool take_word(struct parser *p, const char *word)
{
	size_t len = strlen(word);

	skip_spaces(p);
	if (p->err || strncmp(p->at, word, len) || isalnum((unsigned char)p->at[len]) || (p->at[len] && strchr("_.-:/", p->at[len])))
		return false;
	p->at += len;
	return true;
}

static size_t name_index(struct parser *p, const char *name, size_t len)
{
	for (size_t i = 0; i < p->expr->names.len; i++)
		if (strlen(p->expr->names.data[i]) == len && !memcmp(p->expr->names.data[i], name, len))
			return i;
	vec_push(&p->expr->names, xstrndup(name, len));
	return p->expr->names.len - 1;
}

/* Bytes of an event's name: cycles:u, L1-dcache-loads, cpu/event=0x3c,umask=1/k. */
static size_t name_length(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]) || (s[n] && strchr("_.:", s[n])) || (s[n] == '-' && isalnum((unsigned char)s[n + 1])))
		n++;
	if (s[n] != '/' || isspace((unsigned char)s[n + 1]) || !s[n + 1])
		return n;
	const char *end = strchr(s + n + 1, '/');
	if (!end)
		return n;
	n = (size_t)(end - s) + 1;
	while (isalpha((unsigned char)s[n]) || s[n] == ':')
		n++;
	return n;
}

static size_t parse_choice(struct parser *p);

static size_t parse_call(struct parser *p, enum metric_op op)
{
	size_t a = 0, b = 0;

	if (!take(p, '('))
		return fail(p, p->at, 1, "min and max are followed by (a, b)");
	a = parse_choice(p);
	if (!take(p, ','))
		return fail(p, p->at, 1, "a comma and a second value are missing");
	b = parse_choice(p);
	if (!take(p, ')'))
		return fail(p, p->at, 1, "a ) is missing");
	return node(p, (struct metric_node){ .op = op, .a = a, .b = b });
}

static size_t parse_name(struct parser *p)
{
	const char *start = p->at;
	size_t len;

	if (*start == '"') {
		const char *end = strchr(start + 1, '"');
		if (!end || end == start + 1)
			return fail(p, start, 1, end ? "there is no name between the quotes" : "the name has no closing quote");
		p->at = end + 1;
		return node(p, (struct metric_node){ .op = METRIC_NAME, .name = name_index(p, start + 1, (size_t)(end - start) - 1) });
	}
	len = name_length(start);
	p->at += len;
	return node(p, (struct metric_node){ .op = METRIC_NAME, .name = name_index(p, start, len) });
}

static size_t parse_value(struct parser *p)
{
	size_t inner;

	skip_spaces(p);
	if (p->err)
		return 0;
	if (p->depth >= METRIC_DEPTH)
		return fail(p, p->at, 1, "that is too deep");
	p->depth++;
	if (take(p, '(')) {
		const char *open = p->at - 1;
		inner = parse_choice(p);
		if (!take(p, ')'))
			fail(p, open, 1, "this ( is not closed");
	} else if (take(p, '-')) {
		inner = parse_value(p);
		inner = node(p, (struct metric_node){ .op = METRIC_NEGATE, .a = inner });
	} else if (take_word(p, "min")) {
		inner = parse_call(p, METRIC_MIN);
	} else if (take_word(p, "max")) {
		inner = parse_call(p, METRIC_MAX);
	} else if (take_word(p, "seconds")) {
		inner = node(p, (struct metric_node){ .op = METRIC_SECONDS });
	} else if (isdigit((unsigned char)*p->at) || (*p->at == '.' && isdigit((unsigned char)p->at[1]))) {
		char *end;
		double number = strtod(p->at, &end);
		p->at = end;
		inner = node(p, (struct metric_node){ .op = METRIC_NUMBER, .number = number });
	} else if (isalpha((unsigned char)*p->at) || *p->at == '_' || *p->at == '"') {
		inner = parse_name(p);
	} else {
		inner = fail(p, p->at, 1, *p->at ? "a number, an event or a metric is expected here" : "the expression ends too early");
	}
	p->depth--;
	return inner;
}

struct binary {
	char sign;
	enum metric_op op;
};

/* One level of operators, left to right; `above` reads what binds closer. */
static size_t parse_level(struct parser *p, const struct binary *signs, size_t (*above)(struct parser *p))
{
	size_t left = above(p);

	for (;;) {
		const struct binary *found = NULL;
		for (size_t i = 0; i < 2 && !found; i++)
			if (take(p, signs[i].sign))
				found = &signs[i];
		if (!found || p->err)
			return left;
		size_t right = above(p);
		left = node(p, (struct metric_node){ .op = found->op, .a = left, .b = right });
	}
}

static size_t parse_product(struct parser *p)
{
	static const struct binary signs[] = { { '*', METRIC_MUL }, { '/', METRIC_DIV } };

	return parse_level(p, signs, parse_value);
}

static size_t parse_sum(struct parser *p)
{
	static const struct binary signs[] = { { '+', METRIC_ADD }, { '-', METRIC_SUB } };

	return parse_level(p, signs, parse_product);
}

static size_t parse_comparison(struct parser *p)
{
	static const struct binary signs[] = { { '<', METRIC_LESS }, { '>', METRIC_GREATER } };

	return parse_level(p, signs, parse_sum);
}

static size_t parse_choice(struct parser *p)
{
	size_t a, b, c;

	if (p->depth >= METRIC_DEPTH)
		return fail(p, p->at, 1, "that is too deep");
	p->depth++;
	a = parse_comparison(p);
	if (take_word(p, "if")) {
		b = parse_comparison(p);
		if (!take_word(p, "else"))
			fail(p, p->at, 1, "`else` and another value are missing");
		c = parse_choice(p);
		a = node(p, (struct metric_node){ .op = METRIC_IF, .a = a, .b = b, .c = c });
	}
	p->depth--;
	return a;
}

struct error *metric_expr_parse(const char *text, struct metric_expr *expr)
{
	struct parser p = { .text = text, .at = text, .expr = expr };

	*expr = (struct metric_expr){ 0 };
	expr->root = parse_choice(&p);
	skip_spaces(&p);
	if (!p.err && *p.at)
		fail(&p, p.at, 1, "an operator is expected here (a - or / that divides or subtracts has a space before it)");
	if (p.err)
		metric_expr_deinit(expr);
	return p.err;
}

void metric_expr_deinit(struct metric_expr *expr)
{
	for (size_t i = 0; i < expr->names.len; i++)
		free(expr->names.data[i]);
	vec_deinit(&expr->names);
	vec_deinit(&expr->nodes);
}

/* Operands stand before what is made of them: one pass, no recursion. */
double metric_expr_evaluate(const struct metric_expr *expr, const double *values, double seconds)
{
	autofree double *results = xcalloc(expr->nodes.len + 1, sizeof(*results));

	for (size_t i = 0; i < expr->nodes.len; i++) {
		const struct metric_node *n = &expr->nodes.data[i];
		double a = results[n->a], b = results[n->b], c = results[n->c], r = NAN;
		switch (n->op) {
		case METRIC_NUMBER: r = n->number; break;
		case METRIC_NAME: r = values[n->name]; break;
		case METRIC_SECONDS: r = seconds; break;
		case METRIC_ADD: r = a + b; break;
		case METRIC_SUB: r = a - b; break;
		case METRIC_MUL: r = a * b; break;
		case METRIC_DIV: r = b != 0 ? a / b : NAN; break;
		case METRIC_NEGATE: r = -a; break;
		case METRIC_LESS: r = a < b; break;
		case METRIC_GREATER: r = a > b; break;
		case METRIC_MIN: r = isnan(a) || isnan(b) ? NAN : a < b ? a : b; break;
		case METRIC_MAX: r = isnan(a) || isnan(b) ? NAN : a > b ? a : b; break;
		case METRIC_IF: r = isnan(b) ? NAN : b != 0 ? a : c; break;
		}
		results[i] = r;
	}
	return expr->nodes.len ? results[expr->root] : NAN;
}
