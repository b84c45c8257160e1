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
#include "profile/row_order.h"

/* What makes a party, as far as the columns ask for it. */
struct party {
	uint32_t comm, pid, tid, cpu, parent, fields;
	int32_t socket;
	uint64_t time, weight;
};

struct grouper {
	struct grouping *g;
	const struct profile *p;
	const struct grouping_options *options;
	VEC(struct party) parties;
	struct idtable party_ids;
	VEC(size_t) counts;		/* by party: samples that passed the filters */
	uint32_t *party_of;		/* by sample; NO_ID: it did not pass them */
	uint32_t *party_of_origin;	/* NO_ID: not asked yet; where there is no parent regex */
	struct grower grower;
	struct site *sites;		/* by stack */
	struct place_row { uint32_t tree, row, last; } *row_of;	/* by place: its row in the last tree that had one, and its last branch. Trees from 1 */
	uint32_t *parent_of;		/* by stack, when there is a parent regex */
};

/* What rows are told apart by of a frame: the dso or the symbol (which has a dso), and the line or the file. */
static uint64_t place_key(const struct grouper *w, const uint32_t *same_symbol, uint32_t frame)
{
	const bool *mask = w->g->columns->mask;
	uint64_t place = 0, line = 0;

	if (mask[COLUMN_SYMBOL])
		place = (uint64_t)same_symbol[frame] + 1;
	else if (mask[COLUMN_DSO])
		place = (uint64_t)profile_frame_image(w->p, frame)->name + 1;
	if (mask[COLUMN_SRCLINE])
		line = w->p->frames.data[frame].line;
	else if (mask[COLUMN_SRCFILE])
		line = w->p->frames.data[frame].file;
	return place << 32 | line;
}

/* Places get numbers from 0, so that a table finds their rows. */
static void number_places(struct grouper *w)
{
	autofree uint32_t *same_symbol = places_of(w->p, false);
	autofree uint32_t *place = xcalloc(w->p->frames.len + 1, sizeof(*place));
	struct map64 numbers = { 0 };

	for (uint32_t frame = 0; frame < w->p->frames.len; frame++) {
		bool added;
		uint64_t *number = map64_put(&numbers, place_key(w, same_symbol, frame), &added);
		if (added)
			*number = numbers.used - 1;
		place[frame] = (uint32_t)*number;
	}
	w->row_of = xcalloc(numbers.used + 1, sizeof(*w->row_of));
	w->sites = sites_of(w->p, place, w->g->children);
	map64_deinit(&numbers);
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
		.socket = mask[COLUMN_SOCKET] ? grouping_socket(w->g, origin->cpu) : 0,
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
		vec_push(&w->counts, 0);
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
	return place_wanted(w->p, w->p->stacks.data[w->sites[s->stack].code].frame, filter);
}

static void count_samples(struct grouper *w)
{
	const struct place_filter filter = place_filter(w->options);
	struct grouping *g = w->g;
	struct zoom_filter zoom;

	zoom_filter_init(&zoom, w->p, w->options->zoom);
	w->party_of_origin = unknown_ids(w->p->origins.len);
	w->party_of = unknown_ids(w->p->samples.len);
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
		w->party_of[i] = party_of_sample(w, s);
		w->counts.data[w->party_of[i]]++;
	}
	zoom_filter_deinit(&zoom);
}

/*
 * The samples that passed, by party and in their order; in one pass: there may
 * be hundreds of thousands, and a person waits for them.
 */
static uint32_t *by_party(const struct grouper *w)
{
	uint32_t *sorted = xreallocarray(NULL, w->p->samples.len + 1, sizeof(*sorted));
	autofree size_t *at = xcalloc(w->parties.len + 1, sizeof(*at));

	for (size_t i = 1; i < w->parties.len; i++)
		at[i] = at[i - 1] + w->counts.data[i - 1];
	for (uint32_t i = 0; i < w->p->samples.len; i++)
		if (w->party_of[i] != NO_ID)
			sorted[at[w->party_of[i]]++] = i;
	return sorted;
}

/* The row of a stack in the tree, a new one if it has none. any: a sample of the party. */
static struct place_row *row_of_stack(struct grouper *w, uint32_t tree, uint32_t stack, uint32_t any)
{
	const struct site *site = &w->sites[stack];
	struct place_row *known = &w->row_of[site->place];
	uint32_t frame = w->p->stacks.data[stack].frame;

	if (known->tree == tree + 1)
		return known;
	*known = (struct place_row){ tree + 1, (uint32_t)w->g->unsorted.len, NO_ID };
	vec_push(&w->g->unsorted, (struct row){ .branches = tree, .first = NO_ID, .frame = w->g->same_frame[frame], .line_frame = frame,
					    .origin = w->p->samples.data[any].origin, .depth = site->depth,
					    .parent_frame = w->parties.data[w->party_of[any]].parent });
	return known;
}

/* What a branch used itself is the function's that has the code: inlined calls have none of their own. */
static void add_self(struct row *row, uint64_t count, uint64_t period, bool kernel)
{
	row->self_count += count;
	row->self_period += period;
	if (kernel)
		row->self_kernel_period += period;
}

/* With callees, an inlined call has a row as any; what it used itself is its function's all the same. */
static void give_to_row(struct grouper *w, struct branches *tree, uint32_t tree_id, uint32_t id, uint32_t any)
{
	struct grouping *g = w->g;
	struct branch *b = &tree->all.data[id];
	const struct site *site = &w->sites[b->stack];
	struct place_row *known = row_of_stack(w, tree_id, g->children ? b->stack : site->code, any);
	struct row *row = &g->unsorted.data[known->row];

	b->row = known->row;
	*(known->last == NO_ID ? &row->first : &tree->all.data[known->last].next_in_row) = id;
	known->last = id;
	if (g->children && site->outer != STACK_EMPTY)
		b->outer = w->grower.branch_of[site->outer];
	if (b->self_count)
		add_self(g->children ? &g->unsorted.data[tree->all.data[w->grower.branch_of[site->code]].row] : row,
			 b->self_count, b->self_period, site->kernel);
	if (b->outer == NO_ID) {
		row->count += b->count;
		row->period += b->period;
	}
}

/* Gives branches to rows, whose lists begin with the outermost. */
static void give_to_rows(struct grouper *w, uint32_t tree_id, uint32_t any)
{
	struct branches *tree = &w->g->trees.data[tree_id];

	for (uint32_t i = 1; i < tree->all.len; i++)
		if (w->g->children || tree->all.data[i].self_count)
			give_to_row(w, tree, tree_id, i, any);
}

static struct branches *new_tree(struct grouping *g)
{
	struct branches *tree = vec_add(&g->trees);

	if (g->spare.len)
		*tree = g->spare.data[--g->spare.len];
	vec_clear(&tree->all);
	return tree;
}

static void make_rows(struct grouper *w)
{
	autofree uint32_t *samples = by_party(w);
	const uint32_t *first = samples;

	for (uint32_t party = 0; party < w->parties.len; party++) {
		size_t n = w->counts.data[party];
		struct branches *tree = new_tree(w->g);
		grower_grow(&w->grower, first, n, tree);
		give_to_rows(w, party, *first);
		grower_done(&w->grower);
		first += n;
	}
}

/* Without a look at the callers. */
static void make_flat_rows(struct grouper *w)
{
	autofree uint32_t *samples = by_party(w);
	const uint32_t *next = samples;

	for (uint32_t party = 0; party < w->parties.len; party++) {
		const uint32_t *first = next;
		vec_add(&w->g->trees);
		for (next += w->counts.data[party]; first < next; first++) {
			const struct profile_sample *s = &w->p->samples.data[*first];
			const struct site *site = &w->sites[s->stack];
			if (!s->count || s->stack == STACK_EMPTY)	/* faded, or from nowhere */
				continue;
			uint32_t id = row_of_stack(w, party, site->code, *first)->row;
			struct row *row = &w->g->unsorted.data[id];	/* now: a new row may have moved them */
			add_self(row, s->count, s->period, site->kernel);
			row->count += s->count;
			row->period += s->period;
		}
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
	for (size_t i = 0; i < g->unsorted.len; i++) {
		struct row row = g->unsorted.data[i];
		const struct profile_symbol *symbol = profile_frame_symbol(w->p, row.frame);
		const char *name = strtab_text(&w->p->strings, symbol->name);
		if ((o->hide_unresolved && !symbol->name) || (o->symbol_part && !strstr(name, o->symbol_part))) {
			if (!g->children)
				drop_from_whole(g, &row);
			continue;
		}
		g->unsorted.data[kept++] = row;
	}
	g->unsorted.len = kept;
}

static void grouper_deinit(struct grouper *w)
{
	vec_deinit(&w->parties);
	idtable_deinit(&w->party_ids);
	vec_deinit(&w->counts);
	grower_deinit(&w->grower);
	free(w->party_of);
	free(w->party_of_origin);
	free(w->sites);
	free(w->row_of);
	free(w->parent_of);
}

void grouping_again(struct grouping *g, const struct profile *profile, uint32_t event, const struct grouping_options *options)
{
	struct grouper w = { .g = g, .p = profile, .options = options };

	for (; g->trees.len; g->trees.len--)
		vec_push(&g->spare, vec_last(&g->trees));
	vec_clear(&g->unsorted);
	free(g->same_frame);
	free(g->socket);
	*g = (struct grouping){
		.profile = profile, .columns = options->columns, .event = event, .children = options->children,
		.rows = g->rows, .unsorted = g->unsorted, .trees = g->trees, .spare = g->spare,
		.same_frame = places_of(profile, !options->by_symbol), .n_cpus = options->n_cpus,
		.socket = options->n_cpus ? xmemdup(options->socket_of_cpu, options->n_cpus * sizeof(*g->socket)) : NULL,
	};
	number_places(&w);
	find_parents(&w);
	grower_init(&w.grower, profile);
	count_samples(&w);
	if (options->flat)
		make_flat_rows(&w);
	else
		make_rows(&w);
	drop_rows(&w);
	g->whole = g->period;
	if (options->absolute)
		g->whole += g->dropped_period + profile->events.data[event].dropped_period;
	rows_sort(g);
	grouper_deinit(&w);
}

void grouping_init(struct grouping *g, const struct profile *profile, uint32_t event,
		   const struct grouping_options *options)
{
	*g = (struct grouping){ 0 };
	grouping_again(g, profile, event, options);
	vec_deinit(&g->unsorted);
}

void grouping_deinit(struct grouping *g)
{
	for (size_t i = 0; i < g->trees.len; i++)
		vec_deinit(&g->trees.data[i].all);
	for (size_t i = 0; i < g->spare.len; i++)
		vec_deinit(&g->spare.data[i].all);
	vec_deinit(&g->trees);
	vec_deinit(&g->spare);
	vec_deinit(&g->rows);
	vec_deinit(&g->unsorted);
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
