/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tens of thousands of rows, most of them of one or two samples and so equal
 * in all numbers, are sorted while a person waits. Comparing their names each
 * time would be most of that. So each different name gets its place among the
 * names first; what a column compares is then a number for every row, and
 * rows are sorted by the digits of these numbers, those of several columns
 * in one where they fit.
 */
#include "profile/row_order.h"

#include "base/cleanup.h"

/* ---- ranks of names */

/* What a row is called in a column, as an id of a table of the profile, and how two of them compare. field: of those a tracepoint has. */
struct kind {
	uint32_t (*id)(const struct grouping *g, const struct row *row);
	int (*compare)(const struct profile *p, uint32_t a, uint32_t b, unsigned field);
};

static const struct profile_origin *origin_of(const struct grouping *g, const struct row *row)
{
	return &g->profile->origins.data[row->origin];
}

static const struct profile_task *task_of(const struct grouping *g, const struct row *row)
{
	return &g->profile->tasks.data[origin_of(g, row)->task];
}

static uint32_t comm_id(const struct grouping *g, const struct row *row)
{
	return task_of(g, row)->comm;
}

static uint32_t dso_id(const struct grouping *g, const struct row *row)
{
	return profile_frame_image(g->profile, row->frame)->name;
}

static uint32_t symbol_id(const struct grouping *g, const struct row *row)
{
	return g->profile->frames.data[row->frame].symbol;
}

static uint32_t file_id(const struct grouping *g, const struct row *row)
{
	return g->profile->frames.data[row->line_frame].file;
}

static uint32_t line_id(const struct grouping *g, const struct row *row)
{
	return g->profile->frames.data[row->line_frame].line;
}

static uint32_t parent_id(const struct grouping *g, const struct row *row)
{
	return row->parent_frame == NO_ID ? NO_ID : g->profile->frames.data[row->parent_frame].symbol;
}

static uint32_t fields_id(const struct grouping *g, const struct row *row)
{
	return origin_of(g, row)->fields;
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_strings(const struct profile *p, uint32_t a, uint32_t b, unsigned field)
{
	(void)field;
	return a == b ? 0 : strcmp(strtab_text(&p->strings, a), strtab_text(&p->strings, b));
}

/* By name; those without one behind all others, by address; none at all last. */
static int compare_symbols(const struct profile *p, uint32_t a, uint32_t b, unsigned field)
{
	if (a == b || a == NO_ID || b == NO_ID)
		return a == b ? 0 : a == NO_ID ? 1 : -1;
	const struct profile_symbol *x = &p->symbols.data[a], *y = &p->symbols.data[b];
	if (!x->name != !y->name)
		return x->name ? -1 : 1;
	return x->name ? compare_strings(p, x->name, y->name, field) : compare_u64(x->start, y->start);
}

static int compare_fields(const struct profile *p, uint32_t a, uint32_t b, unsigned field)
{
	return profile_field_compare(strtab_text(&p->strings, a), strtab_text(&p->strings, b), field);
}

static const struct kind kinds[COLUMNS] = {
	[COLUMN_COMM] = { comm_id, compare_strings },
	[COLUMN_DSO] = { dso_id, compare_strings },
	[COLUMN_SYMBOL] = { symbol_id, compare_symbols },
	[COLUMN_SRCFILE] = { file_id, compare_strings },
	[COLUMN_SRCLINE] = { line_id, compare_strings },
	[COLUMN_PARENT] = { parent_id, compare_symbols },
	[COLUMN_FIELD ... COLUMNS - 1] = { fields_id, compare_fields },
};

/* The different names among the rows' in a column, and what place each has. */
struct naming {
	const struct profile *profile;
	const struct kind *kind;
	unsigned field;
	VEC(uint32_t) ids;
	uint32_t *rank_of;	/* by id; NO_ID: none has it. Where NO_ID is an id, it is the last one */
	size_t last;
};

static uint32_t *rank_of(const struct naming *n, uint32_t id)
{
	return &n->rank_of[id == NO_ID ? n->last : id];
}

static int compare_ids(const void *x, const void *y, void *ctx)
{
	const struct naming *n = ctx;

	return n->kind->compare(n->profile, *(const uint32_t *)x, *(const uint32_t *)y, n->field);
}

static void naming_init(struct naming *n, const struct grouping *g, enum column c)
{
	const struct profile *p = g->profile;
	size_t ids = p->strings.text.len > p->symbols.len ? p->strings.text.len : p->symbols.len;
	uint32_t rank = 0;

	*n = (struct naming){ .profile = p, .kind = &kinds[c], .field = column_is_field(c) ? c - COLUMN_FIELD : 0,
			      .rank_of = unknown_ids(ids), .last = ids };
	for (size_t i = 0; i < g->unsorted.len; i++) {
		uint32_t id = n->kind->id(g, &g->unsorted.data[i]), *known = rank_of(n, id);
		if (*known == NO_ID)
			vec_push(&n->ids, id);
		*known = 0;
	}
	if (n->ids.len)
		qsort_r(n->ids.data, n->ids.len, sizeof(*n->ids.data), compare_ids, n);
	for (size_t i = 0; i < n->ids.len; i++) {
		rank += i && compare_ids(&n->ids.data[i - 1], &n->ids.data[i], n);
		*rank_of(n, n->ids.data[i]) = rank;
	}
}

static void naming_deinit(struct naming *n)
{
	vec_deinit(&n->ids);
	free(n->rank_of);
}

/* ---- ranks of rows: what a column compares, in ascending order */

/* Values are shown in descending order, hence ~. */
static uint64_t number_rank(const struct grouping *g, enum column c, const struct row *row)
{
	switch (c) {
	case COLUMN_CHILDREN:
		return ~row->period;
	case COLUMN_OVERHEAD:
	case COLUMN_PERIOD:
		return ~row->self_period;
	case COLUMN_OVERHEAD_SYS:
		return ~row->self_kernel_period;
	case COLUMN_OVERHEAD_US:
		return ~(row->self_period - row->self_kernel_period);
	case COLUMN_SAMPLES:
		return ~row->self_count;
	case COLUMN_PID:
		return task_of(g, row)->pid;
	case COLUMN_TID:
		return task_of(g, row)->tid;
	case COLUMN_CPU:
		return origin_of(g, row)->cpu;
	case COLUMN_SOCKET:
		return (uint64_t)row_socket(g, row);
	case COLUMN_TIME:
		return origin_of(g, row)->time;
	case COLUMN_WEIGHT:
		return ~origin_of(g, row)->weight;
	default:
		return 0;
	}
}

static void rank_by_name(const struct grouping *g, enum column c, uint64_t *ranks)
{
	struct naming naming;

	naming_init(&naming, g, c);
	for (size_t i = 0; i < g->unsorted.len; i++)
		ranks[i] = *rank_of(&naming, naming.kind->id(g, &g->unsorted.data[i]));
	naming_deinit(&naming);
}

static void rank_by_number(const struct grouping *g, enum column c, uint64_t *ranks)
{
	for (size_t i = 0; i < g->unsorted.len; i++)
		ranks[i] = number_rank(g, c, &g->unsorted.data[i]);
}

/* Callers stand before callees that have as much. */
static void rank_by_depth(const struct grouping *g, uint64_t *ranks)
{
	for (size_t i = 0; i < g->unsorted.len; i++)
		ranks[i] = g->unsorted.data[i].depth;
}

/* ---- sorting */

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

/* Rows in order, by their number before. Sorts that keep the order of equals follow one another. */
struct sorting {
	size_t n;
	uint32_t *order, *next;
	uint64_t *ranks;	/* of the column at work, by number before */
	uint64_t *keys;		/* the ranks of as many columns as there is room for, the last of them in the lowest bits */
	unsigned bits;		/* of the keys that are used */
};

static void sort_by_digit(struct sorting *s, unsigned shift)
{
	size_t at[DIGITS + 1] = { 0 };

	for (size_t i = 0; i < s->n; i++)
		at[(s->keys[i] >> shift) % DIGITS + 1]++;
	for (unsigned digit = 1; digit < DIGITS; digit++)
		at[digit] += at[digit - 1];
	for (size_t i = 0; i < s->n; i++)
		s->next[at[(s->keys[s->order[i]] >> shift) % DIGITS]++] = s->order[i];
	uint32_t *order = s->order;
	s->order = s->next;
	s->next = order;
}

static void sort_by_keys(struct sorting *s)
{
	for (unsigned shift = 0; shift < s->bits; shift += DIGIT_BITS)
		sort_by_digit(s, shift);
	memset(s->keys, 0, s->n * sizeof(*s->keys));
	s->bits = 0;
}

/* The ranks, as a column that decides before those that are in the keys. They need as many bits as they differ in. */
static void add_ranks(struct sorting *s)
{
	uint64_t min = UINT64_MAX, max = 0;

	for (size_t i = 0; i < s->n; i++) {
		min = s->ranks[i] < min ? s->ranks[i] : min;
		max = s->ranks[i] > max ? s->ranks[i] : max;
	}
	if (min >= max)
		return;
	unsigned bits = 64 - (unsigned)__builtin_clzll(max - min);
	if (s->bits + bits > 64)
		sort_by_keys(s);
	for (size_t i = 0; i < s->n; i++)
		s->keys[i] |= (s->ranks[i] - min) << s->bits;
	s->bits += bits;
}

static void add_column(const struct grouping *g, enum column c, struct sorting *s)
{
	if (c == COLUMN_CHILDREN) {
		rank_by_depth(g, s->ranks);
		add_ranks(s);
	}
	if (kinds[c].id)
		rank_by_name(g, c, s->ranks);
	else
		rank_by_number(g, c, s->ranks);
	add_ranks(s);
}

void rows_sort(struct grouping *g)
{
	size_t n = g->unsorted.len;
	struct sorting s = { .n = n, .order = xreallocarray(NULL, n + 1, sizeof(*s.order)),
			     .next = xreallocarray(NULL, n + 1, sizeof(*s.next)), .ranks = xreallocarray(NULL, n + 1, sizeof(*s.ranks)),
			     .keys = xcalloc(n + 1, sizeof(*s.keys)) };

	for (uint32_t i = 0; i < n; i++)
		s.order[i] = i;
	for (unsigned i = g->columns->n_order; i-- > 0;)
		add_column(g, g->columns->order[i], &s);
	sort_by_keys(&s);
	vec_clear(&g->rows);
	vec_reserve(&g->rows, n);
	for (size_t i = 0; i < n; i++)
		vec_push(&g->rows, g->unsorted.data[s.order[i]]);
	free(s.order);
	free(s.next);
	free(s.ranks);
	free(s.keys);
}
