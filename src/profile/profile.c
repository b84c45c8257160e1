/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/profile.h"

void profile_init(struct profile *p)
{
	memset(p, 0, sizeof(*p));
	strtab_id(&p->strings, "");
	vec_push(&p->stacks, (struct profile_stack){ .parent = STACK_EMPTY, .frame = NO_ID, .first_child = NO_ID });
}

void profile_deinit(struct profile *p)
{
	strtab_deinit(&p->strings);
	profile_hits_deinit(&p->hits);
	vec_deinit(&p->images);
	vec_deinit(&p->symbols);
	vec_deinit(&p->frames);
	vec_deinit(&p->stacks);
	vec_deinit(&p->tasks);
	vec_deinit(&p->origins);
	vec_deinit(&p->samples);
	vec_deinit(&p->events);
	map64_deinit(&p->pid_comms);
	idtable_deinit(&p->image_ids);
	idtable_deinit(&p->symbol_ids);
	idtable_deinit(&p->frame_ids);
	idtable_deinit(&p->stack_ids);
	idtable_deinit(&p->task_ids);
	idtable_deinit(&p->origin_ids);
	idtable_deinit(&p->sample_ids);
}

/*
 * Each table: a hash of the members that make the thing what it is, and
 * whether the one with an id has the same.
 */

static bool image_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct profile *p = ctx;
	const struct profile_image *a = &p->images.data[id], *b = key;

	return a->path == b->path && a->name == b->name && a->kernel == b->kernel && a->source == b->source;
}

uint32_t profile_image_id(struct profile *p, const struct profile_image *image)
{
	uint64_t hash = hash_mix(hash_mix(image->path, image->source), (uint64_t)image->name << 1 | image->kernel);
	uint32_t id = idtable_find(&p->image_ids, hash, image_equal, p, image);

	if (id == NO_ID) {
		id = (uint32_t)p->images.len;
		vec_push(&p->images, *image);
		idtable_add(&p->image_ids, hash, id);
	}
	return id;
}

static bool symbol_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct profile *p = ctx;
	const struct profile_symbol *a = &p->symbols.data[id], *b = key;

	return a->image == b->image && a->name == b->name && a->start == b->start && a->inlined == b->inlined;
}

uint32_t profile_symbol_id(struct profile *p, const struct profile_symbol *symbol)
{
	uint64_t hash = hash_mix(hash_mix(symbol->image, symbol->name), symbol->start);
	uint32_t id = idtable_find(&p->symbol_ids, hash, symbol_equal, p, symbol);

	if (id == NO_ID) {
		id = (uint32_t)p->symbols.len;
		vec_push(&p->symbols, *symbol);
		idtable_add(&p->symbol_ids, hash, id);
	}
	return id;
}

static bool frame_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct profile *p = ctx;
	const struct profile_frame *a = &p->frames.data[id], *b = key;

	return a->symbol == b->symbol && a->address == b->address && a->file == b->file && a->line == b->line;
}

uint32_t profile_frame_id(struct profile *p, uint32_t symbol, uint64_t address)
{
	struct profile_frame frame = { .symbol = symbol, .address = address };

	return profile_frame_of(p, &frame);
}

uint32_t profile_frame_of(struct profile *p, const struct profile_frame *frame)
{
	uint64_t hash = hash_mix(hash_mix(frame->symbol, frame->address), (uint64_t)frame->file << 32 | frame->line);
	uint32_t id = idtable_find(&p->frame_ids, hash, frame_equal, p, frame);

	if (id == NO_ID) {
		id = (uint32_t)p->frames.len;
		vec_push(&p->frames, *frame);
		idtable_add(&p->frame_ids, hash, id);
	}
	return id;
}

static bool stack_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct profile *p = ctx;
	const struct profile_stack *a = &p->stacks.data[id], *b = key;

	return a->parent == b->parent && a->frame == b->frame;
}

/*
 * Most stacks have one child, whose id follows theirs: a walk outwards in,
 * known or new, then goes through neighbours in memory, and the table has to
 * hold forks only.
 */
uint32_t profile_stack_id(struct profile *p, uint32_t parent, uint32_t frame)
{
	struct profile_stack stack = { .parent = parent, .frame = frame, .first_child = NO_ID };
	uint32_t first = p->stacks.data[parent].first_child, id = (uint32_t)p->stacks.len;

	if (first == NO_ID) {
		p->stacks.data[parent].first_child = id;
	} else if (p->stacks.data[first].frame == frame) {
		return first;
	} else {
		uint64_t hash = hash_u64((uint64_t)parent << 32 | frame);
		uint32_t known = idtable_find(&p->stack_ids, hash, stack_equal, p, &stack);
		if (known != NO_ID)
			return known;
		idtable_add(&p->stack_ids, hash, id);
	}
	vec_push(&p->stacks, stack);
	return id;
}

static bool task_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct profile *p = ctx;
	const struct profile_task *a = &p->tasks.data[id], *b = key;

	return a->pid == b->pid && a->tid == b->tid && a->comm == b->comm;
}

uint32_t profile_task_id(struct profile *p, const struct profile_task *task)
{
	uint64_t hash = hash_mix(hash_mix(task->pid, task->tid), task->comm);
	uint32_t id = idtable_find(&p->task_ids, hash, task_equal, p, task);

	if (id == NO_ID) {
		id = (uint32_t)p->tasks.len;
		vec_push(&p->tasks, *task);
		idtable_add(&p->task_ids, hash, id);
	}
	return id;
}

static bool origin_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct profile *p = ctx;
	const struct profile_origin *a = &p->origins.data[id], *b = key;

	return a->event == b->event && a->task == b->task && a->cpu == b->cpu && a->time == b->time &&
	       a->weight == b->weight && a->fields == b->fields;
}

uint32_t profile_origin_id(struct profile *p, const struct profile_origin *origin)
{
	uint64_t hash = hash_mix(hash_mix(origin->event, origin->task), origin->cpu);

	hash = hash_mix(hash_mix(hash_mix(hash, origin->time), origin->weight), origin->fields);
	uint32_t id = idtable_find(&p->origin_ids, hash, origin_equal, p, origin);
	if (id == NO_ID) {
		id = (uint32_t)p->origins.len;
		vec_push(&p->origins, *origin);
		idtable_add(&p->origin_ids, hash, id);
	}
	return id;
}

static bool sample_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct profile *p = ctx;
	const struct profile_sample *a = &p->samples.data[id], *b = key;

	return a->origin == b->origin && a->stack == b->stack;
}

uint32_t profile_sample_id(struct profile *p, uint32_t origin, uint32_t stack)
{
	struct profile_sample sample = { .origin = origin, .stack = stack };
	uint64_t hash = hash_u64((uint64_t)origin << 32 | stack);
	uint32_t id = idtable_find(&p->sample_ids, hash, sample_equal, p, &sample);

	if (id == NO_ID) {
		id = (uint32_t)p->samples.len;
		vec_push(&p->samples, sample);
		idtable_add(&p->sample_ids, hash, id);
	}
	return id;
}

struct profile_event *profile_event(struct profile *p, uint32_t index)
{
	while (p->events.len <= index)
		vec_add(&p->events);
	return &p->events.data[index];
}

bool profile_frame_kernel(const struct profile *p, uint32_t frame)
{
	const struct profile_symbol *symbol = profile_frame_symbol(p, frame);

	return p->images.data[symbol->image].kernel || (!symbol->name && symbol->start >> 63);
}

uint32_t profile_stack_code(const struct profile *p, uint32_t stack)
{
	uint32_t at = stack;

	while (at != STACK_EMPTY && profile_frame_symbol(p, p->stacks.data[at].frame)->inlined)
		at = p->stacks.data[at].parent;
	return at != STACK_EMPTY ? at : stack;
}
