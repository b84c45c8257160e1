/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From samples to counts.
 *
 * A file has millions of samples and thousands of different ones, so a
 * sample must be recognised before it is understood. Steps, each a look-up
 * that nearly always hits:
 *
 *  1. Where it comes from. A task keeps the origin of its last sample; only
 *     a new name, event or CPU makes it look again. Filters on tasks and CPUs
 *     are decided there, once an origin.
 *  2. The callers. The raw words above the sampled address, as the kernel
 *     wrote them, are hashed and compared with the chains of that address
 *     space (profile/chains.h). The sampled address is left out of the key:
 *     it differs at every tick of a loop, its callers do not. Only callers
 *     not seen before are named frame by frame.
 *  3. The leaf: what the sampled address is of, by its place in an image, so
 *     that tasks which run the same code share it, or by (address space, address).
 *  4. The place: (origin, callers, leaf) gives the counter.
 *
 * The tables of steps 2 to 4 are larger than a CPU's caches where a file is
 * varied. So samples come by the batch, and each step is done for all of
 * them before the next one: it asks the memory for what the next one reads.
 *
 * What misses goes through session_locate() and the tables of the profile,
 * in the order of the samples. Their frames are symbols unless addresses
 * were asked for, so that equal stacks of different addresses, address
 * spaces and processes meet there.
 */
#include "profile/builder.h"

#include "profile/chains.h"
#include "profile/frames.h"
#include "profile/recent.h"

enum {
	CHAINS_LIMIT = 48 << 20,	/* bytes of raw chains that are remembered */
	FIRST_EXACT = 0x80,		/* in chain_key.cpumode: the first word is no return address */
};

/* PERF_CONTEXT_USER_DEFERRED of newer kernels: a cookie follows instead of addresses. */
#define CONTEXT_USER_DEFERRED ((uint64_t)-640)

struct event_state {
	bool known;
	bool period_sampled;
	uint64_t period;	/* of a sample that does not say */
};

/* The origin that a task's last sample had, and what it was made of. */
struct last_origin {
	bool set, drop;
	uint32_t event, comm, cpu, fields;
	uint64_t time, weight;
	uint32_t origin;
};

/* A sample on its way through the steps. */
struct work {
	const struct session_sample *from;
	uint64_t period;
	uint32_t origin;
	uint32_t callers;	/* NO_ID: not known yet */
	uint32_t leaf;		/* the same */
	uint32_t location;	/* of the sampled address; likewise */
	uint8_t mode;		/* of the leaf; for session_locate */
	uint64_t ip;		/* likewise */
	struct leaf_key at;
	struct chain_key key;
	uint64_t hash;		/* of the key */
};

/* A caller to be named. */
struct caller {
	uint64_t address;
	uint8_t cpumode;
	enum stack_end missing;	/* or what stands for those that the chain does not have */
};

struct profile_builder {
	struct profile *profile;
	struct session *session;
	struct profile_dims dims;
	const struct profile_filter *filter;
	struct profile_event_source source;
	struct chains chains;
	struct leaves leaves;
	struct counters counters;
	VEC(struct event_state) events;
	VEC(struct last_origin) last;		/* by the session's task */
	VEC(struct caller) callers;		/* scratch */
	struct work work[SESSION_BATCH];	/* the same */
	struct frames frames;
};

void profile_filter_deinit(struct profile_filter *filter)
{
	vec_deinit(&filter->comms);
	vec_deinit(&filter->pids);
	vec_deinit(&filter->tids);
	vec_deinit(&filter->cpus);
	vec_deinit(&filter->times.all);
}

bool profile_filter_has(const uint32_t *numbers, size_t n, uint32_t number)
{
	for (size_t i = 0; i < n; i++)
		if (numbers[i] == number)
			return true;
	return n == 0;
}

struct profile_builder *profile_builder_create(struct profile *profile, const struct profile_dims *dims,
					       const struct profile_filter *filter,
					       const struct profile_event_source *events)
{
	struct profile_builder *b = xcalloc(1, sizeof(*b));

	b->profile = profile;
	b->frames.profile = profile;
	b->frames.wanted = (struct frames_wanted){
		.addresses = dims->addresses, .inlines = dims->inlines, .lines = dims->lines };
	b->dims = *dims;
	b->filter = filter;
	b->source = *events;
	chains_init(&b->chains, CHAINS_LIMIT);
	leaves_init(&b->leaves);
	counters_init(&b->counters);
	return b;
}

void profile_builder_session(struct profile_builder *b, struct session *session)
{
	b->session = b->frames.session = session;
}

void profile_builder_destroy(struct profile_builder *b)
{
	if (!b)
		return;
	chains_deinit(&b->chains);
	leaves_deinit(&b->leaves);
	counters_deinit(&b->counters);
	vec_deinit(&b->events);
	vec_deinit(&b->last);
	vec_deinit(&b->callers);
	frames_deinit(&b->frames);
	free(b);
}

static bool is_context(uint64_t word)
{
	return word >= (uint64_t)PERF_CONTEXT_MAX;
}

/* The mode that a context marker switches to; HYPERVISOR stands for all that is not named. */
static uint8_t context_mode(uint64_t word)
{
	switch (word) {
	case (uint64_t)PERF_CONTEXT_KERNEL:
		return PERF_RECORD_MISC_KERNEL;
	case (uint64_t)PERF_CONTEXT_USER:
		return PERF_RECORD_MISC_USER;
	case (uint64_t)PERF_CONTEXT_GUEST:
	case (uint64_t)PERF_CONTEXT_GUEST_KERNEL:
	case (uint64_t)PERF_CONTEXT_GUEST_USER:
		return PERF_RECORD_MISC_GUEST_USER;
	case (uint64_t)PERF_CONTEXT_HV:
	case CONTEXT_USER_DEFERRED:
		return PERF_RECORD_MISC_HYPERVISOR;
	default:
		return PERF_RECORD_MISC_CPUMODE_UNKNOWN;
	}
}

static bool nameable(uint8_t cpumode)
{
	return cpumode == PERF_RECORD_MISC_KERNEL || cpumode == PERF_RECORD_MISC_USER ||
	       cpumode == PERF_RECORD_MISC_CPUMODE_UNKNOWN;
}

/*
 * The words of a chain as callers, from the sample outwards. A word is a
 * return address, whose call is right before it, but for the first of a
 * context: there the CPU itself was when it left that context.
 */
static void list_callers(struct profile_builder *b, const struct chain_key *key)
{
	uint8_t mode = key->cpumode & ~FIRST_EXACT;
	bool exact = key->cpumode & FIRST_EXACT;

	vec_clear(&b->callers);
	for (size_t i = 0; i < key->n; i++) {
		uint64_t word = key->words[i];
		if (is_context(word)) {
			mode = context_mode(word);
			exact = true;
			continue;
		}
		if (word && nameable(mode))
			vec_push(&b->callers, (struct caller){ .address = exact ? word : word - 1, .cpumode = mode });
		exact = false;
	}
	if (stack_end_of(key->words, key->n) != STACK_WHOLE)
		vec_push(&b->callers, (struct caller){ .missing = stack_end_of(key->words, key->n) });
}

static uint32_t name_callers(struct profile_builder *b, struct task *task, const struct chain_key *key)
{
	uint32_t stack = STACK_EMPTY;

	list_callers(b, key);
	for (size_t i = 0; i < b->callers.len; i++)
		session_expect(b->session, task, b->callers.data[i].cpumode, b->callers.data[i].address);
	for (size_t i = b->callers.len; i-- > 0;) {
		const struct caller *c = &b->callers.data[i];
		uint32_t at = c->missing ? session_locate_missing(b->session, c->missing) :
					   session_locate(b->session, task, c->cpumode, c->address);
		stack = frames_push(&b->frames, stack, at);
	}
	return stack;
}

/*
 * Parts the chain into the place of the sample (*ip, *mode: changed only
 * where the sample itself does not say) and the words of its callers.
 */
static struct chain_key callers_of(const struct profile_builder *b, const struct session_sample *ss,
				   uint64_t *ip, uint8_t *mode)
{
	const struct sample *s = ss->s;
	uint64_t i = 0, n = s->chain_len;
	uint8_t context = s->cpumode;

	while (i < n && is_context(s->chain[i]))
		context = context_mode(s->chain[i++]);
	struct chain_key key = { .cpumode = context, .space = ss->task->space->id, .generation = ss->task->space->generation };
	if (i < n && !*ip) {
		*ip = s->chain[i];
		*mode = context;
	}
	/*
	 * The first word is the sampled place. It may differ from it where
	 * the hardware reports a precise address; where it is of another
	 * mode (only user stacks were taken, in the kernel), it is a caller.
	 */
	if (i < n && (s->chain[i] == *ip || context == *mode))
		i++;
	else
		key.cpumode |= FIRST_EXACT;
	key.words = s->chain + i;
	key.n = n - i;
	if (b->dims.max_stack && key.n > b->dims.max_stack - 1) {
		key.n = b->dims.max_stack - 1;
		while (key.n && is_context(key.words[key.n - 1]))	/* now it would say that the stack ends so */
			key.n--;
	}
	return key;
}

static uint32_t callers_stack(struct profile_builder *b, struct task *task, const struct work *w)
{
	/* A sample of the same batch may have brought them. */
	uint32_t stack = chains_find(&b->chains, &w->key, w->hash);

	if (stack == NO_ID) {
		stack = name_callers(b, task, &w->key);
		chains_add(&b->chains, &w->key, w->hash, stack);
	}
	return stack;
}

static struct event_state *event_state(struct profile_builder *b, uint32_t index)
{
	while (b->events.len <= index)
		vec_add(&b->events);
	struct event_state *state = &b->events.data[index];
	if (state->known)
		return state;
	const char *name = NULL;
	const struct perf_event_attr *attr = NULL;
	struct profile_event *event = profile_event(b->profile, index);
	if (b->source.event && b->source.event(b->source.ctx, index, &name, &attr)) {
		event->name = name ? strtab_id(&b->profile->strings, name) : 0;
		state->period_sampled = attr->sample_type & PERF_SAMPLE_PERIOD;
		state->period = attr->sample_period;
	}
	state->known = true;
	return state;
}

static bool task_wanted(const struct profile_builder *b, const struct task *task, uint32_t cpu)
{
	const struct profile_filter *f = b->filter;
	bool named = f->comms.len == 0;

	if (!profile_filter_has(f->pids.data, f->pids.len, task->pid) || !profile_filter_has(f->tids.data, f->tids.len, task->tid) ||
	    !profile_filter_has(f->cpus.data, f->cpus.len, cpu))
		return false;
	const char *comm = strtab_text(session_strings(b->session), task->comm);
	for (size_t i = 0; !named && i < f->comms.len; i++)
		named = !strcmp(comm, f->comms.data[i]);
	return named;
}

static void remember_comm(struct profile_builder *b, const struct task *task)
{
	uint32_t comm = frames_string(&b->frames, task->comm);

	*map64_put(&b->profile->pid_comms, task->tid, NULL) = comm;
	bool added;
	uint64_t *of_process = map64_put(&b->profile->pid_comms, task->pid, &added);
	if (added)
		*of_process = comm;
}

static void new_origin(struct profile_builder *b, const struct session_sample *ss, struct last_origin *o)
{
	const struct task *task = ss->task;
	struct profile_task who = {
		.pid = b->dims.pid ? task->pid : NO_ID,
		.tid = b->dims.tid ? task->tid : NO_ID,
		.comm = b->dims.comm ? frames_string(&b->frames, task->comm) : 0,
	};

	o->drop = !task_wanted(b, task, ss->s->cpu);
	if (o->drop)
		return;
	if (b->dims.pid || b->dims.tid)
		remember_comm(b, task);
	struct profile_origin origin = {
		.event = o->event,
		.task = profile_task_id(b->profile, &who),
		.cpu = b->dims.cpu ? o->cpu : NO_ID,
		.time = o->time,
		.weight = o->weight,
		.fields = o->fields,
	};
	o->origin = profile_origin_id(b->profile, &origin);
}

/* NO_ID: the filter does not want it. */
static uint32_t origin_of(struct profile_builder *b, const struct session_sample *ss)
{
	const struct sample *s = ss->s;
	const struct task *task = ss->task;
	uint32_t cpu = b->dims.cpu || b->filter->cpus.len ? s->cpu : NO_ID;
	uint64_t time = b->dims.time_quantum ? s->time - s->time % b->dims.time_quantum : 0;
	uint64_t weight = b->dims.weight ? s->weight : 0;
	uint32_t fields = b->dims.fields ? profile_fields_of(b->dims.fields, b->profile, ss->event, s) : 0;

	while (b->last.len <= task->id)
		vec_add(&b->last);
	struct last_origin *o = &b->last.data[task->id];
	if (!o->set || o->event != ss->event || o->comm != task->comm || o->cpu != cpu || o->time != time ||
	    o->weight != weight || o->fields != fields) {
		*o = (struct last_origin){ .set = true, .event = ss->event, .comm = task->comm, .cpu = cpu,
					   .fields = fields, .time = time, .weight = weight };
		new_origin(b, ss, o);
	}
	return o->drop ? NO_ID : o->origin;
}

/* ---- the steps */

/* Counts the sample for its event; false: no more is wanted of it. */
static bool take(struct profile_builder *b, const struct session_sample *ss, struct work *w)
{
	const struct sample *s = ss->s;
	const struct event_state *state = event_state(b, ss->event);
	struct profile_event *event = &b->profile->events.data[ss->event];

	w->from = ss;
	w->period = state->period_sampled ? s->period : state->period;
	w->origin = time_ranges_hold(&b->filter->times, s->time) ? origin_of(b, ss) : NO_ID;
	event->chains |= s->chain != NULL;
	if (w->origin == NO_ID) {
		event->dropped++;
		event->dropped_period += w->period;
		return false;
	}
	event->count++;
	event->period += w->period;
	return true;
}

/* What to look for. */
static void part(struct profile_builder *b, struct work *w)
{
	const struct session_sample *ss = w->from;
	uint64_t ip = ss->s->ip;
	uint8_t mode = ss->s->cpumode;

	w->callers = STACK_EMPTY;
	if (b->dims.stacks && ss->s->chain_len) {
		w->key = callers_of(b, ss, &ip, &mode);
		if (w->key.n) {
			w->callers = NO_ID;
			w->hash = chains_hash(&w->key);
			chains_expect(&b->chains, w->hash);
		}
	}
	/* Inlined calls are told apart where the sample has callers at all. */
	bool alone = !ss->s->chain_len;
	w->mode = nameable(mode) ? mode : PERF_RECORD_MISC_CPUMODE_UNKNOWN;
	w->ip = ip;
	w->at = (struct leaf_key){ session_anchor(b->session, ss->task, w->mode, ip), leaf_kind(w->mode, alone) };
	leaves_expect(&b->leaves, &w->at);
}

static void look_up(struct profile_builder *b, struct work *w)
{
	if (w->callers == NO_ID)
		w->callers = chains_find(&b->chains, &w->key, w->hash);
	const struct leaf_slot *known = leaves_find(&b->leaves, &w->at);
	w->leaf = known ? known->leaf : NO_ID;
	w->location = known ? known->location : NO_ID;
	if (!known)
		session_expect(b->session, w->from->task, w->mode, w->ip);
	counters_expect(&b->counters, &(struct counter_key){ w->origin, w->callers, w->leaf });
}

static void find_leaf(struct profile_builder *b, struct work *w)
{
	const struct leaf_slot *known = leaves_find(&b->leaves, &w->at);
	struct leaf_slot found = { .key = w->at };

	if (!known) {
		found.location = session_locate(b->session, w->from->task, w->mode, w->ip);
		found.leaf = frames_leaf(&b->frames, found.location, !w->from->s->chain_len);
		leaves_remember(&b->leaves, &found);
		known = &found;
	}
	w->leaf = known->leaf;
	w->location = known->location;
}

/* The counter. */
static uint32_t resolve(struct profile_builder *b, struct work *w)
{
	if (w->callers == NO_ID)
		w->callers = callers_stack(b, w->from->task, w);
	if (w->leaf == NO_ID)
		find_leaf(b, w);
	struct counter_key key = { w->origin, w->callers, w->leaf };
	uint32_t sample = counters_find(&b->counters, &key);
	if (sample == NO_ID) {
		sample = profile_sample_id(b->profile, w->origin, frames_push_leaf(&b->frames, w->callers, w->leaf));
		counters_remember(&b->counters, &key, sample);
	}
	return sample;
}

static void add_hits(struct profile_builder *b, const uint32_t *counters, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct work *w = &b->work[i];
		profile_hits_add(&b->profile->hits, counters[i], session_location(b->session, w->location)->address, w->period);
	}
}

static void add_batch(struct profile_builder *b, const struct session_sample *samples, size_t n_samples)
{
	uint32_t counters[SESSION_BATCH];
	struct work *work = b->work;
	size_t n = 0;

	for (size_t i = 0; i < n_samples; i++)
		if (take(b, &samples[i], &work[n]))
			part(b, &work[n++]);
	for (size_t i = 0; i < n; i++)
		if (work[i].callers == NO_ID)
			chains_expect_piece(&b->chains, work[i].hash);
	for (size_t i = 0; i < n; i++)
		look_up(b, &work[i]);
	for (size_t i = 0; i < n; i++) {
		counters[i] = resolve(b, &work[i]);
		__builtin_prefetch(&b->profile->samples.data[counters[i]], 1);
	}
	for (size_t i = 0; i < n; i++) {
		struct profile_sample *counter = &b->profile->samples.data[counters[i]];
		counter->count++;
		counter->period += work[i].period;
	}
	if (b->dims.hits)
		add_hits(b, counters, n);
}

void profile_builder_add(struct profile_builder *b, const struct session_sample *sample)
{
	add_batch(b, sample, 1);
}

static void sink_samples(void *ctx, const struct session_sample *samples, size_t n)
{
	add_batch(ctx, samples, n);
}

struct session_sink profile_builder_sink(struct profile_builder *b)
{
	return (struct session_sink){ .ctx = b, .samples = sink_samples };
}
