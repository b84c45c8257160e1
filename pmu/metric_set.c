/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Metrics that were asked for: their events on this machine, and what their counts give. */
#include <fnmatch.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/nearest.h"
#include "pmu/metric.h"

struct chosen {
	size_t metric;		/* in the table */
	struct metric_operand *operands;
};

/* The first row of this name from `from` on; SIZE_MAX: none. */
static size_t row_named(const struct metric_table *table, const char *name, size_t from)
{
	for (size_t i = from; i < table->metrics.len; i++)
		if (!strcasecmp(table->metrics.data[i].name, name))
			return i;
	return SIZE_MAX;
}

/* ---- is it there? */

/*
 * What is known of each row: several metrics may be made of the same ones,
 * and a wrong file of themselves. A good row's state is ROW_GOOD and how
 * deep below it the deepest metric is.
 */
enum row_state { ROW_UNKNOWN, ROW_LOOKED_AT, ROW_BAD, ROW_GOOD };

struct checker {
	const struct metric_table *table;
	struct pmus *pmus;
	uint8_t *states;
	unsigned depth;
};

static struct error *check_row(struct checker *c, size_t row);

/* The first good row of a name that is another metric's; SIZE_MAX and the reason of the first where none is. */
static size_t good_row(struct checker *c, const char *name, struct error **reason)
{
	for (size_t row = row_named(c->table, name, 0); row != SIZE_MAX; row = row_named(c->table, name, row + 1)) {
		struct error *err = check_row(c, row);
		if (!err) {
			error_destroy(*reason);
			*reason = NULL;
			return row;
		}
		if (*reason)
			error_destroy(err);
		else
			*reason = err;
	}
	return SIZE_MAX;
}

/* A name in an expression is a metric's if there is one, but in that metric itself: there it is the event. */
static bool names_metric(const struct metric_table *table, size_t row, const char *name)
{
	return row_named(table, name, 0) != SIZE_MAX && strcasecmp(table->metrics.data[row].name, name);
}

static struct error *check_name(struct checker *c, size_t row, const char *name, unsigned *height)
{
	struct event_list scratch = { 0 };
	struct error *err = NULL;

	if (!names_metric(c->table, row, name)) {
		err = events_parse(c->pmus, name, NULL, &scratch);
		event_list_deinit(&scratch);
		return err;
	}
	size_t other = good_row(c, name, &err);
	if (!err && c->states[other] - ROW_GOOD + 1u > *height)
		*height = c->states[other] - ROW_GOOD + 1u;
	return err;
}

static struct error *check_row(struct checker *c, size_t row)
{
	const struct metric *m = &c->table->metrics.data[row];
	struct error *err = NULL;
	unsigned height = 0;

	if (c->states[row] >= ROW_GOOD)
		return NULL;
	if (c->states[row] != ROW_UNKNOWN)
		return error_usage(c->states[row] == ROW_BAD ? "metric %s is not to be had here" : "metric %s is made of itself", m->name);
	c->states[row] = ROW_LOOKED_AT;
	c->depth++;
	for (size_t i = 0; !err && i < m->expr.names.len && c->depth < METRIC_DEPTH; i++)
		err = check_name(c, row, m->expr.names.data[i], &height);
	if (!err && (c->depth >= METRIC_DEPTH || height >= METRIC_DEPTH))
		err = error_usage("metric %s is made of too many others", m->name);
	c->depth--;
	c->states[row] = (uint8_t)(err ? ROW_BAD : ROW_GOOD + height);
	return err;
}

struct error *metric_check(const struct metric_table *table, struct pmus *pmus, size_t metric)
{
	autofree uint8_t *states = xcalloc(table->metrics.len + 1, 1);
	struct checker c = { table, pmus, states, 0 };

	return check_row(&c, metric);
}

/* ---- events */

struct chooser {
	const struct metric_table *table;
	struct pmus *pmus;
	struct notes *notes;
	struct event_list *list;
	VEC(struct chosen) chosen;
	VEC(size_t) shown;	/* of the chosen, in the order they were named */
	struct checker check;
};

/* One PMU counts both: they can be a group. */
static bool together(const struct event *a, const struct event *b)
{
	bool a_core = a->kind == EVENT_HARDWARE || a->kind == EVENT_CACHE || a->kind == EVENT_RAW;
	bool b_core = b->kind == EVENT_HARDWARE || b->kind == EVENT_CACHE || b->kind == EVENT_RAW;

	if (a_core && b_core)
		return a->attr.config >> 32 == b->attr.config >> 32;
	return a->kind == EVENT_PMU && b->kind == EVENT_PMU && a->attr.type == b->attr.type;
}

static void group_events(struct event_list *list, size_t first)
{
	struct event *events = list->events.data;

	for (size_t e = first; e < list->events.len; e++)
		if (list->events.len - first < 2 || events[e].leader != e || !together(&events[first], &events[e]))
			return;
	for (size_t e = first; e < list->events.len; e++) {
		events[e].leader = first;
		events[e].weak_group = true;
	}
}

/* An operand of a metric that is there already has all the events of this one: no need to count them twice. */
static const struct metric_operand *operand_named(const struct chooser *c, const struct chosen *in, const char *name)
{
	const struct metric_expr *expr = &c->table->metrics.data[in->metric].expr;

	for (size_t i = 0; i < expr->names.len; i++)
		if (!strcmp(expr->names.data[i], name) && in->operands[i].metric == SIZE_MAX)
			return &in->operands[i];
	return NULL;
}

static bool share_events(const struct chooser *c, const struct chosen *from, const struct metric_expr *expr, struct metric_operand *operands)
{
	for (size_t i = 0; i < expr->names.len; i++)
		if (operands[i].metric == SIZE_MAX && !operand_named(c, from, expr->names.data[i]))
			return false;
	for (size_t i = 0; i < expr->names.len; i++) {
		const struct metric_operand *known = operands[i].metric == SIZE_MAX ? operand_named(c, from, expr->names.data[i]) : NULL;
		if (known)
			vec_append(&operands[i].events, known->events.data, known->events.len);
	}
	return true;
}

/* What takes no hardware counter of a core has nothing from being in each group. */
static bool share_one(const struct chooser *c, const char *name, struct metric_operand *operand)
{
	for (size_t i = 0; i < c->chosen.len; i++) {
		const struct chosen *from = &c->chosen.data[i];
		const struct metric_operand *known = from->operands ? operand_named(c, from, name) : NULL;
		if (!known || !known->events.len)
			continue;
		const struct event *event = &c->list->events.data[known->events.data[0]];
		if (event->kind != EVENT_SOFTWARE && event->kind != EVENT_TOOL && !event->per_package)
			return false;
		vec_append(&operand->events, known->events.data, known->events.len);
		return true;
	}
	return false;
}

static struct error *add_events(struct chooser *c, const struct metric_expr *expr, struct metric_operand *operands)
{
	size_t start = c->list->events.len;

	for (size_t i = 0; i < c->chosen.len; i++)
		if (c->chosen.data[i].operands && share_events(c, &c->chosen.data[i], expr, operands))
			return NULL;
	for (size_t i = 0; i < expr->names.len; i++) {
		size_t first = c->list->events.len;
		if (operands[i].metric != SIZE_MAX || share_one(c, expr->names.data[i], &operands[i]))
			continue;
		TRY(events_parse(c->pmus, expr->names.data[i], c->notes, c->list));
		for (size_t e = first; e < c->list->events.len; e++)
			vec_push(&operands[i].events, e);
	}
	group_events(c->list, start);
	return NULL;
}

/* Adds a row of the table, which is good, and what it is made of; *index is its place among the chosen. */
static struct error *choose_row(struct chooser *c, size_t row, size_t *index)
{
	const struct metric_expr *expr = &c->table->metrics.data[row].expr;
	struct error *err = NULL;

	for (*index = 0; *index < c->chosen.len; ++*index)
		if (c->chosen.data[*index].metric == row)
			return NULL;
	struct metric_operand *operands = xcalloc(expr->names.len + 1, sizeof(*operands));
	vec_push(&c->chosen, (struct chosen){ .metric = row });
	for (size_t i = 0; !err && i < expr->names.len; i++) {
		operands[i].metric = SIZE_MAX;
		if (!names_metric(c->table, row, expr->names.data[i]))
			continue;
		size_t other = good_row(&c->check, expr->names.data[i], &err);
		if (!err)
			err = choose_row(c, other, &operands[i].metric);
	}
	if (!err)
		err = add_events(c, expr, operands);
	c->chosen.data[*index].operands = operands;
	return err;
}

static bool group_has(const char *groups, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = groups; *p; p += strspn(p, " ,")) {
		size_t n = strcspn(p, " ,");
		if (n == len && !strncasecmp(p, word, n))
			return true;
		p += n;
	}
	return false;
}

static struct error *no_metric(const struct metric_table *table, const char *text, size_t at, const char *word)
{
	struct nearest best = { .word = word };

	for (size_t i = 0; i < table->metrics.len; i++) {
		nearest_offer(&best, table->metrics.data[i].name);
		nearest_offer(&best, table->metrics.data[i].group);
	}
	struct error *err = error_at(error_usage("there is no metric %s", *word ? word : "without a name"), text, at, strlen(word));
	autofree char *hint = nearest_hint(&best);
	if (hint)
		err = error_hint(err, "%s", hint);
	return error_hint(err, "ptk list metrics shows them all");
}

/* An earlier row of that name is shown already. */
static bool is_shown(const struct chooser *c, const char *name)
{
	for (size_t i = 0; i < c->shown.len; i++)
		if (!strcasecmp(c->table->metrics.data[c->chosen.data[c->shown.data[i]].metric].name, name))
			return true;
	return false;
}

/* One word: a name, a group or a glob. A name's events must be there; of groups, what is there is taken. */
static struct error *choose_word(struct chooser *c, const char *text, size_t at, const char *word)
{
	bool one = row_named(c->table, word, 0) != SIZE_MAX, any = false;
	struct error *missing = NULL;

	for (size_t i = 0; i < c->table->metrics.len; i++) {
		const struct metric *m = &c->table->metrics.data[i];
		size_t index;
		if (one ? strcasecmp(m->name, word) : fnmatch(word, m->name, FNM_CASEFOLD) && !group_has(m->group, word))
			continue;
		if (is_shown(c, m->name)) {
			any = true;
			continue;
		}
		struct error *err = check_row(&c->check, i);
		if (err && missing)
			error_destroy(err);
		else if (err)
			missing = error_context(err, "metric %s", m->name);
		if (err)
			continue;
		any = true;
		err = choose_row(c, i, &index);
		if (err) {
			error_destroy(missing);
			return err;
		}
		vec_push(&c->shown, index);
	}
	if (!any)
		return missing ? missing : no_metric(c->table, text, at, word);
	error_destroy(missing);
	return NULL;
}

static void copy_metric(struct metric *to, const struct metric *from)
{
	*to = (struct metric){ xstrdup(from->name), xstrdup(from->group), xstrdup(from->unit), xstrdup(from->text), xstrdup(from->help),
			       .expr.root = from->expr.root };
	vec_append(&to->expr.nodes, from->expr.nodes.data, from->expr.nodes.len);
	for (size_t i = 0; i < from->expr.names.len; i++)
		vec_push(&to->expr.names, xstrdup(from->expr.names.data[i]));
}

static void hand_over(struct chooser *c, struct metric_set *set)
{
	set->n = c->chosen.len;
	set->metrics = xcalloc(set->n + 1, sizeof(*set->metrics));
	set->operands = xcalloc(set->n + 1, sizeof(*set->operands));
	for (size_t i = 0; i < set->n; i++) {
		copy_metric(&set->metrics[i], &c->table->metrics.data[c->chosen.data[i].metric]);
		set->operands[i] = c->chosen.data[i].operands;
	}
	vec_append(&set->shown, c->shown.data, c->shown.len);
}

struct error *metric_set_choose(const struct metric_table *table, struct pmus *pmus, const char *names, struct notes *notes,
				struct event_list *list, struct metric_set *set)
{
	autofree uint8_t *states = xcalloc(table->metrics.len + 1, 1);
	struct chooser c = { .table = table, .pmus = pmus, .notes = notes, .list = list, .check = { table, pmus, states, 0 } };
	struct error *err = NULL;
	const char *p = names;

	*set = (struct metric_set){ 0 };
	do {
		size_t len = strcspn(p, ",");
		autofree char *word = xstrndup(p, len);
		err = choose_word(&c, names, (size_t)(p - names), word);
		p += len;
	} while (!err && *p++);
	hand_over(&c, set);
	if (err)
		metric_set_deinit(set);
	vec_deinit(&c.chosen);
	vec_deinit(&c.shown);
	return err;
}

void metric_set_deinit(struct metric_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		for (size_t k = 0; set->operands[i] && k < set->metrics[i].expr.names.len; k++)
			vec_deinit(&set->operands[i][k].events);
		free(set->operands[i]);
		metric_deinit(&set->metrics[i]);
	}
	free(set->metrics);
	free(set->operands);
	vec_deinit(&set->shown);
	*set = (struct metric_set){ 0 };
}

/* ---- values */

struct evaluation {
	const struct metric_set *set;
	const struct metric_value *values;
	size_t n;
	double seconds;
	double *known;		/* of each metric of the set */
	bool *done;
};

/* The sum of those that were counted: boxes of one unit, kinds of core. In units, where the event has one. */
static double operand_value(const struct evaluation *ev, const struct metric_operand *operand)
{
	double sum = 0;
	bool any = false;

	for (size_t i = 0; i < operand->events.len; i++)
		for (size_t k = 0; k < ev->n; k++) {
			if (ev->values[k].event != operand->events.data[i] || !ev->values[k].counted)
				continue;
			sum += ev->values[k].value * (ev->values[k].scale != 0 ? ev->values[k].scale : 1);
			any = true;
		}
	return any ? sum : NAN;
}

/* No metric is made of itself: that was checked. */
static double evaluate(struct evaluation *ev, size_t m)
{
	const struct metric_expr *expr = &ev->set->metrics[m].expr;
	autofree double *operands = xcalloc(expr->names.len + 1, sizeof(*operands));

	if (ev->done[m])
		return ev->known[m];
	for (size_t i = 0; i < expr->names.len; i++) {
		const struct metric_operand *operand = &ev->set->operands[m][i];
		operands[i] = operand->metric != SIZE_MAX ? evaluate(ev, operand->metric) : operand_value(ev, operand);
	}
	ev->done[m] = true;
	return ev->known[m] = metric_expr_evaluate(expr, operands, ev->seconds);
}

double metric_evaluate(const struct metric_set *set, size_t metric, const struct metric_value *values, size_t n, double seconds)
{
	autofree double *known = xcalloc(set->n + 1, sizeof(*known));
	autofree bool *done = xcalloc(set->n + 1, sizeof(*done));
	struct evaluation ev = { set, values, n, seconds, known, done };

	return evaluate(&ev, metric);
}
