/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grouping in three passes, none of which looks at a sample twice:
 *
 *  1. Counters of the profile are sorted into parties: equal in every key
 *     but dso and symbol.
 *  2. A party's stacks become a small trie of their own, with sums from the
 *     leaves to the root: what a frame used with its callees is then one
 *     number, however many stacks lead through it.
 *  3. Each branch of the trie is given to the row of its party and frame. A
 *     row's children are the sums of its outermost branches: a function that
 *     calls itself is counted once.
 */
#include "profile/grouping.h"

#include "base/cleanup.h"
#include "profile/places.h"

/* What makes a party, as far as the columns ask for it. */
struct party {
	uint32_t comm, pid, tid, cpu, parent, fields;
	int32_t socket;
	uint64_t time, weight;
};

/* A counter that passed the filters. */
struct counted {
	uint32_t party, stack, origin;
	uint64_t count, period;
};

struct row_key {
	uint32_t tree;
	uint64_t place;		/* dso and symbol, as far as asked for */
};

struct grouper {
	struct grouping *g;
	const struct profile *p;
	const struct grouping_options *options;
	VEC(struct party) parties;
	struct idtable party_ids;
	VEC(struct counted) counted;
	VEC(struct row_key) row_keys;
	struct idtable row_ids;
	uint32_t *party_of_origin;	/* NO_ID: not asked yet; where there is no parent regex */
	VEC(uint32_t) touched;		/* scratch: stacks of one party */
	uint32_t *branch_of;		/* scratch by stack: its branch in the party at work, or NO_ID */
	uint64_t *place;		/* by frame */
	uint32_t *parent_of;		/* by stack, when there is a parent regex */
};

static uint32_t *unknown_ids(size_t n)
{
	uint32_t *ids = xreallocarray(NULL, n + 1, sizeof(*ids));

	_Static_assert(NO_ID == UINT32_MAX, "all bits");
	return memset(ids, 0xff, (n + 1) * sizeof(*ids));
}

/* What rows are told apart by of a frame: the dso or the symbol (which has a dso), and the line or the file. */
static void place_frames(struct grouper *w)
{
	const bool *mask = w->g->columns->mask;
	autofree uint32_t *same_symbol = places_of(w->p, false);

	w->place = xcalloc(w->p->frames.len + 1, sizeof(*w->place));
	for (uint32_t frame = 0; frame < w->p->frames.len; frame++) {
		uint64_t place = 0, line = 0;
		if (mask[COLUMN_SYMBOL])
			place = (uint64_t)same_symbol[frame] + 1;
		else if (mask[COLUMN_DSO])
			place = (uint64_t)profile_frame_image(w->p, frame)->name + 1;
		if (mask[COLUMN_SRCLINE])
			line = w->p->frames.data[frame].line;
		else if (mask[COLUMN_SRCFILE])
			line = w->p->frames.data[frame].file;
		w->place[frame] = place << 32 | line;
	}
}

static void find_parents(struct grouper *w)
{
	if (!w->options->parent)
		return;
	w->parent_of = places_parents(w->p, w->options->parent);
	for (uint32_t stack = 0; stack < w->p->stacks.len; stack++)
		if (w->parent_of[stack] != NO_ID)
			w->parent_of[stack] = w->g->same_frame[w->parent_of[stack]];
}

static struct place_filter place_filter(const struct grouping_options *o)
{
	return (struct place_filter){ .dsos = o->dsos.data, .n_dsos = o->dsos.len, .symbols = o->symbols.data,
				      .n_symbols = o->symbols.len, .named = o->hide_unresolved };
}

static int32_t socket_of(const struct grouping *g, uint32_t cpu)
{
	return cpu < g->n_cpus ? g->socket[cpu] : -1;
}

static struct party party_of(const struct grouper *w, const struct profile_sample *sample)
{
	const struct profile_origin *origin = &w->p->origins.data[sample->origin];
	const struct profile_task *task = &w->p->tasks.data[origin->task];
	const bool *mask = w->g->columns->mask;

	return (struct party){
		.comm = mask[COLUMN_COMM] ? task->comm : 0,
		.pid = mask[COLUMN_PID] ? task->pid : 0,
		.tid = mask[COLUMN_TID] ? task->tid : 0,
		.cpu = mask[COLUMN_CPU] ? origin->cpu : 0,
		.socket = mask[COLUMN_SOCKET] ? socket_of(w->g, origin->cpu) : 0,
		.parent = w->parent_of && mask[COLUMN_PARENT] ? w->parent_of[sample->stack] : NO_ID,
		.time = mask[COLUMN_TIME] ? origin->time : 0,
		.weight = mask[COLUMN_WEIGHT] ? origin->weight : 0,
		.fields = w->g->columns->n_fields ? origin->fields : 0,
	};
}

static bool party_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct grouper *w = ctx;
	const struct party *a = &w->parties.data[id], *b = key;

	return a->comm == b->comm && a->pid == b->pid && a->tid == b->tid && a->cpu == b->cpu &&
	       a->parent == b->parent && a->socket == b->socket && a->time == b->time && a->weight == b->weight &&
	       a->fields == b->fields;
}

static uint32_t party_id(struct grouper *w, const struct party *party)
{
	uint64_t hash = hash_mix((uint64_t)party->comm << 32 | party->pid, (uint64_t)party->tid << 32 | party->cpu);

	hash = hash_mix(hash, (uint64_t)party->parent << 32 | (uint32_t)party->socket);
	hash = hash_mix(hash_mix(hash_mix(hash, party->time), party->weight), party->fields);
	uint32_t id = idtable_find(&w->party_ids, hash, party_equal, w, party);
	if (id == NO_ID) {
		id = (uint32_t)w->parties.len;
		vec_push(&w->parties, *party);
		idtable_add(&w->party_ids, hash, id);
	}
	return id;
}

/* Where the parent does not count, samples of one origin are of one party. */
static uint32_t party_of_sample(struct grouper *w, const struct profile_sample *sample)
{
	uint32_t *known = &w->party_of_origin[sample->origin];

	if (w->parent_of || *known == NO_ID) {
		struct party party = party_of(w, sample);
		*known = party_id(w, &party);
	}
	return *known;
}

static bool is_wanted(const struct grouper *w, const struct place_filter *filter, const struct profile_sample *s)
{
	if (w->options->parent_only && w->parent_of && w->parent_of[s->stack] == NO_ID)
		return false;
	if (!filter->n_dsos && !filter->n_symbols && !filter->named)
		return true;
	return place_wanted(w->p, w->p->stacks.data[profile_stack_code(w->p, s->stack)].frame, filter);
}

static void count_samples(struct grouper *w)
{
	const struct place_filter filter = place_filter(w->options);
	struct grouping *g = w->g;
	struct zoom_filter zoom;

	zoom_filter_init(&zoom, w->p, w->options->zoom);
	w->party_of_origin = unknown_ids(w->p->origins.len);
	for (size_t i = 0; i < w->p->samples.len; i++) {
		const struct profile_sample *s = &w->p->samples.data[i];
		if (w->p->origins.data[s->origin].event != g->event)
			continue;
		if (!zoom_passes(&zoom, s) || !is_wanted(w, &filter, s)) {
			g->dropped_count += s->count;
			g->dropped_period += s->period;
			continue;
		}
		g->count += s->count;
		g->period += s->period;
		vec_push(&w->counted, (struct counted){ .party = party_of_sample(w, s), .stack = s->stack,
							.origin = s->origin, .count = s->count, .period = s->period });
	}
	zoom_filter_deinit(&zoom);
}

/* By party, in one pass: there may be hundreds of thousands, and a person waits for them. */
static struct counted *by_party(const struct grouper *w)
{
	struct counted *sorted = xreallocarray(NULL, w->counted.len + 1, sizeof(*sorted));
	autofree size_t *at = xcalloc(w->parties.len + 1, sizeof(*at));

	for (size_t i = 0; i < w->counted.len; i++)
		at[w->counted.data[i].party + 1]++;
	for (size_t i = 1; i < w->parties.len; i++)
		at[i] += at[i - 1];
	for (size_t i = 0; i < w->counted.len; i++)
		sorted[at[w->counted.data[i].party]++] = w->counted.data[i];
	return sorted;
}

static int compare_ids(const void *x, const void *y)
{
	const uint32_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

/* In ascending order. Of many it is quicker to look which they are than to sort them. */
static void sort_touched(struct grouper *w)
{
	if (w->touched.len < w->p->stacks.len / 16) {
		vec_sort(&w->touched, compare_ids);
		return;
	}
	vec_clear(&w->touched);
	for (uint32_t stack = STACK_EMPTY + 1; stack < w->p->stacks.len; stack++)
		if (w->branch_of[stack] != NO_ID)
			vec_push(&w->touched, stack);
}

/* The trie of one party's counters, with sums. */
static void grow_branches(struct grouper *w, const struct counted *counted, size_t n, struct branches *tree)
{
	vec_clear(&w->touched);
	for (size_t i = 0; i < n; i++)
		for (uint32_t s = counted[i].stack; s != STACK_EMPTY && w->branch_of[s] == NO_ID;
		     s = w->p->stacks.data[s].parent) {
			w->branch_of[s] = 0;
			vec_push(&w->touched, s);
		}
	sort_touched(w);
	vec_reserve(&tree->all, w->touched.len + 1);
	struct branch empty = { .stack = STACK_EMPTY, .parent = NO_ID, .first_child = NO_ID, .next_sibling = NO_ID,
				.row = NO_ID, .next_in_row = NO_ID, .outer = NO_ID };
	vec_push(&tree->all, empty);
	w->branch_of[STACK_EMPTY] = 0;
	for (size_t i = 0; i < w->touched.len; i++) {
		uint32_t stack = w->touched.data[i];
		struct branch branch = empty;
		branch.stack = stack;
		branch.parent = w->branch_of[w->p->stacks.data[stack].parent];
		w->branch_of[stack] = (uint32_t)tree->all.len;
		branch.next_sibling = tree->all.data[branch.parent].first_child;
		tree->all.data[branch.parent].first_child = w->branch_of[stack];
		vec_push(&tree->all, branch);
	}
	for (size_t i = 0; i < n; i++) {
		struct branch *b = &tree->all.data[w->branch_of[counted[i].stack]];
		b->self_count += counted[i].count;
		b->self_period += counted[i].period;
	}
	for (size_t i = tree->all.len; i-- > 0;) {
		struct branch *b = &tree->all.data[i];
		b->count += b->self_count;
		b->period += b->self_period;
		if (i) {
			tree->all.data[b->parent].count += b->count;
			tree->all.data[b->parent].period += b->period;
		}
	}
	for (size_t i = 0; i < w->touched.len; i++)
		w->branch_of[w->touched.data[i]] = NO_ID;
}

static bool row_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct grouper *w = ctx;
	const struct row_key *a = &w->row_keys.data[id], *b = key;

	return a->tree == b->tree && a->place == b->place;
}

static uint32_t depth_of(const struct branches *tree, uint32_t branch)
{
	uint32_t depth = 0;

	for (; branch; branch = tree->all.data[branch].parent)
		depth++;
	return depth;
}

static uint32_t row_id(struct grouper *w, const struct row_key *key, const struct counted *any, uint32_t branch)
{
	const struct branches *tree = &w->g->trees.data[key->tree];
	uint32_t frame = w->p->stacks.data[tree->all.data[branch].stack].frame;
	uint64_t hash = hash_mix(key->tree, key->place);
	uint32_t id = idtable_find(&w->row_ids, hash, row_equal, w, key);

	if (id != NO_ID)
		return id;
	id = (uint32_t)w->g->rows.len;
	vec_push(&w->g->rows, (struct row){ .branches = key->tree, .first = NO_ID, .frame = w->g->same_frame[frame],
					    .line_frame = frame, .origin = any->origin, .depth = depth_of(tree, branch),
					    .parent_frame = w->parties.data[any->party].parent });
	vec_push(&w->row_keys, *key);
	idtable_add(&w->row_ids, hash, id);
	return id;
}

static uint32_t outer_branch(const struct branches *tree, const struct branch *b)
{
	for (uint32_t i = b->parent; i != 0; i = tree->all.data[i].parent)
		if (tree->all.data[i].row == b->row)
			return i;
	return NO_ID;
}

/* The branch whose frame has the code that ran: inlined calls have none of their own. */
static uint32_t code_branch(const struct grouper *w, const struct branches *tree, uint32_t branch)
{
	const struct profile *p = w->p;
	uint32_t at = branch;

	while (at && profile_frame_symbol(p, p->stacks.data[tree->all.data[at].stack].frame)->inlined)
		at = tree->all.data[at].parent;
	return at ? at : branch;
}

/* What the branch itself used is the function's that has the code. */
static void add_self(struct grouper *w, const struct branches *tree, uint32_t branch, struct row *row)
{
	const struct branch *b = &tree->all.data[branch];

	row->self_count += b->self_count;
	row->self_period += b->self_period;
	if (profile_frame_kernel(w->p, w->p->stacks.data[b->stack].frame))
		row->self_kernel_period += b->self_period;
}

/* Gives branches to rows. Backwards, so that the lists of the rows begin with the outermost. */
static void give_to_rows(struct grouper *w, uint32_t tree_id, const struct counted *any)
{
	struct grouping *g = w->g;
	struct branches *tree = &g->trees.data[tree_id];

	for (size_t i = 1; i < tree->all.len; i++) {
		struct branch *b = &tree->all.data[i];
		if (!g->children && !b->self_count)
			continue;
		/* With callees, an inlined call has a row as any; what it used itself is its function's all the same. */
		uint32_t code = code_branch(w, tree, (uint32_t)i), shown = g->children ? (uint32_t)i : code;
		uint32_t frame = w->p->stacks.data[tree->all.data[shown].stack].frame;
		struct row_key key = { .tree = tree_id, .place = w->place[frame] };
		b->row = row_id(w, &key, any, shown);
		struct row *row = &g->rows.data[b->row];
		if (b->self_count)
			add_self(w, tree, (uint32_t)i, g->children ? &g->rows.data[tree->all.data[code].row] : row);
		b->outer = g->children ? outer_branch(tree, b) : NO_ID;
		if (b->outer == NO_ID) {
			row->count += b->count;
			row->period += b->period;
		}
	}
	for (size_t i = tree->all.len; i-- > 1;) {
		struct branch *b = &tree->all.data[i];
		if (b->row == NO_ID)
			continue;
		b->next_in_row = g->rows.data[b->row].first;
		g->rows.data[b->row].first = (uint32_t)i;
	}
}

static void make_rows(struct grouper *w)
{
	autofree struct counted *counted = by_party(w);

	for (size_t i = 0, end; i < w->counted.len; i = end) {
		const struct counted *first = &counted[i];
		for (end = i + 1; end < w->counted.len && counted[end].party == first->party;)
			end++;
		struct branches *tree = vec_add(&w->g->trees);
		grow_branches(w, first, end - i, tree);
		give_to_rows(w, (uint32_t)w->g->trees.len - 1, first);
	}
}

static void drop_from_whole(struct grouping *g, const struct row *row)
{
	g->dropped_count += row->self_count;
	g->dropped_period += row->self_period;
	g->count -= row->self_count;
	g->period -= row->self_period;
}

/*
 * Drops the rows that are not to be shown at all. Where rows are exclusive,
 * the whole is what is left; with callees in them it stays what was sampled.
 */
static void drop_rows(struct grouper *w)
{
	struct grouping *g = w->g;
	const struct grouping_options *o = w->options;
	size_t kept = 0;

	if (!o->symbol_part && !o->hide_unresolved)
		return;
	for (size_t i = 0; i < g->rows.len; i++) {
		struct row row = g->rows.data[i];
		const struct profile_symbol *symbol = profile_frame_symbol(w->p, row.frame);
		const char *name = strtab_text(&w->p->strings, symbol->name);
		if ((o->hide_unresolved && !symbol->name) || (o->symbol_part && !strstr(name, o->symbol_part))) {
			if (!g->children)
				drop_from_whole(g, &row);
			continue;
		}
		g->rows.data[kept++] = row;
	}
	g->rows.len = kept;
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_strings(const struct profile *p, uint32_t a, uint32_t b)
{
	return a == b ? 0 : strcmp(strtab_text(&p->strings, a), strtab_text(&p->strings, b));
}

static int compare_symbols(const struct profile *p, uint32_t a, uint32_t b)
{
	if (a == b || a == NO_ID || b == NO_ID)
		return a == b ? 0 : a == NO_ID ? 1 : -1;
	const struct profile_symbol *x = profile_frame_symbol(p, a), *y = profile_frame_symbol(p, b);
	if (!x->name != !y->name)
		return x->name ? -1 : 1;
	return x->name ? compare_strings(p, x->name, y->name) : compare_u64(x->start, y->start);
}

/* Numbers of a row descend, keys ascend. */
static int compare_column(const struct grouping *g, enum column c, const struct row *a, const struct row *b)
{
	const struct profile *p = g->profile;
	const struct profile_origin *x = &p->origins.data[a->origin], *y = &p->origins.data[b->origin];
	const struct profile_task *s = &p->tasks.data[x->task], *t = &p->tasks.data[y->task];

	switch (c) {
	case COLUMN_CHILDREN:
		return b->period == a->period ? compare_u64(a->depth, b->depth) : compare_u64(b->period, a->period);
	case COLUMN_OVERHEAD:
	case COLUMN_PERIOD:
		return compare_u64(b->self_period, a->self_period);
	case COLUMN_OVERHEAD_SYS:
		return compare_u64(b->self_kernel_period, a->self_kernel_period);
	case COLUMN_OVERHEAD_US:
		return compare_u64(b->self_period - b->self_kernel_period, a->self_period - a->self_kernel_period);
	case COLUMN_SAMPLES:
		return compare_u64(b->self_count, a->self_count);
	case COLUMN_COMM:
		return compare_strings(p, s->comm, t->comm);
	case COLUMN_PID:
		return compare_u64(s->pid, t->pid);
	case COLUMN_TID:
		return compare_u64(s->tid, t->tid);
	case COLUMN_DSO:
		return compare_strings(p, profile_frame_image(p, a->frame)->name, profile_frame_image(p, b->frame)->name);
	case COLUMN_SYMBOL:
		return compare_symbols(p, a->frame, b->frame);
	case COLUMN_SRCFILE:
		return compare_strings(p, p->frames.data[a->line_frame].file, p->frames.data[b->line_frame].file);
	case COLUMN_SRCLINE:
		return compare_strings(p, p->frames.data[a->line_frame].line, p->frames.data[b->line_frame].line);
	case COLUMN_CPU:
		return compare_u64(x->cpu, y->cpu);
	case COLUMN_SOCKET:
		return compare_u64((uint64_t)socket_of(g, x->cpu), (uint64_t)socket_of(g, y->cpu));
	case COLUMN_PARENT:
		return compare_symbols(p, a->parent_frame, b->parent_frame);
	case COLUMN_TIME:
		return compare_u64(x->time, y->time);
	case COLUMN_WEIGHT:
		return compare_u64(y->weight, x->weight);
	default:
		return profile_field_compare(strtab_text(&p->strings, x->fields), strtab_text(&p->strings, y->fields), c - COLUMN_FIELD);
	}
}

static int compare_rows(const void *x, const void *y, void *ctx)
{
	const struct grouping *g = ctx;

	for (unsigned i = 0; i < g->columns->n_order; i++) {
		int diff = compare_column(g, g->columns->order[i], x, y);
		if (diff)
			return diff;
	}
	return 0;
}

void grouping_init(struct grouping *g, const struct profile *profile, uint32_t event,
		   const struct grouping_options *options)
{
	struct grouper w = { .g = g, .p = profile, .options = options };

	*g = (struct grouping){ .profile = profile, .columns = options->columns, .event = event,
				.children = options->children, .n_cpus = options->n_cpus };
	if (options->n_cpus)
		g->socket = xmemdup(options->socket_of_cpu, options->n_cpus * sizeof(*g->socket));
	g->same_frame = places_of(profile, !options->by_symbol);
	place_frames(&w);
	find_parents(&w);
	w.branch_of = unknown_ids(profile->stacks.len);
	count_samples(&w);
	make_rows(&w);
	drop_rows(&w);
	g->whole = g->period;
	if (options->absolute)
		g->whole += g->dropped_period + profile->events.data[event].dropped_period;
	if (g->rows.len > 1)
		qsort_r(g->rows.data, g->rows.len, sizeof(*g->rows.data), compare_rows, g);
	vec_deinit(&w.parties);
	idtable_deinit(&w.party_ids);
	vec_deinit(&w.counted);
	vec_deinit(&w.row_keys);
	idtable_deinit(&w.row_ids);
	vec_deinit(&w.touched);
	free(w.party_of_origin);
	free(w.branch_of);
	free(w.place);
	free(w.parent_of);
}

void grouping_deinit(struct grouping *g)
{
	for (size_t i = 0; i < g->trees.len; i++)
		vec_deinit(&g->trees.data[i].all);
	vec_deinit(&g->trees);
	vec_deinit(&g->rows);
	free(g->same_frame);
	free(g->socket);
}

double grouping_percent(const struct grouping *g, uint64_t period)
{
	return g->whole ? 100.0 * (double)period / (double)g->whole : 0;
}

uint64_t row_weight(const struct grouping *g, const struct row *row)
{
	return g->children ? row->period : row->self_period;
}

int32_t row_socket(const struct grouping *g, const struct row *row)
{
	return socket_of(g, g->profile->origins.data[row->origin].cpu);
}
