/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/decay.h"

static uint64_t part(uint64_t value, unsigned eighths, unsigned phase)
{
	return value / 8 * eighths + (value % 8 * eighths + phase) / 8;
}

static void fade_hits(struct profile_hits *hits, unsigned eighths, uint32_t round)
{
	size_t kept = 0;

	for (size_t i = 0; i < hits->all.len; i++) {
		struct profile_hit hit = hits->all.data[i];
		unsigned phase = hash_mix(hit.address ^ i, round) & 7;
		hit.count = (uint32_t)part(hit.count, eighths, phase);
		hit.period = part(hit.period, eighths, phase);
		if (hit.count)
			hits->all.data[kept++] = hit;
	}
	hits->all.len = kept;
}

void profile_decay(struct profile *p, unsigned eighths, uint32_t round)
{
	for (uint32_t i = 0; i < p->events.len; i++) {
		struct profile_event *e = &p->events.data[i];
		e->dropped = part(e->dropped, eighths, 0);
		e->dropped_period = part(e->dropped_period, eighths, 0);
		e->count = e->period = 0;
	}
	for (uint32_t i = 0; i < p->samples.len; i++) {
		struct profile_sample *s = &p->samples.data[i];
		unsigned phase = hash_mix(i, round) & 7;
		if (!s->period && !s->count)
			continue;
		s->count = part(s->count, eighths, phase);
		/* counts and periods end together: a row without samples would stand there */
		s->period = s->count ? part(s->period, eighths, phase) : 0;
		struct profile_event *e = &p->events.data[p->origins.data[s->origin].event];
		e->count += s->count;
		e->period += s->period;
	}
	fade_hits(&p->hits, eighths, round);
}

size_t profile_living(const struct profile *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->samples.len; i++)
		n += p->samples.data[i].count > 0;
	return n;
}

/* Ids of the old profile to those of the new one; NO_ID: not copied yet. */
struct moved {
	const struct profile *from;
	struct profile *to;
	uint32_t *frames, *stacks, *origins, *samples;
};

static uint32_t string(const struct moved *m, uint32_t id)
{
	return strtab_id(&m->to->strings, strtab_text(&m->from->strings, id));
}

static uint32_t frame(const struct moved *m, uint32_t id)
{
	if (id == NO_ID)
		return NO_ID;
	if (m->frames[id] != NO_ID)
		return m->frames[id];
	struct profile_frame copy = m->from->frames.data[id];
	struct profile_symbol symbol = m->from->symbols.data[copy.symbol];
	struct profile_image image = m->from->images.data[symbol.image];

	image.name = string(m, image.name);
	image.path = string(m, image.path);
	image.source = NO_ID;	/* of the session before */
	symbol.image = profile_image_id(m->to, &image);
	symbol.name = string(m, symbol.name);
	copy.symbol = profile_symbol_id(m->to, &symbol);
	copy.file = string(m, copy.file);
	copy.line = string(m, copy.line);
	return m->frames[id] = profile_frame_of(m->to, &copy);
}

/* Outwards to one that is copied, then back in: stacks are deep, and calls would be, too. */
static uint32_t stack(const struct moved *m, uint32_t id)
{
	VEC(uint32_t) way = { 0 };

	for (; m->stacks[id] == NO_ID; id = m->from->stacks.data[id].parent)
		vec_push(&way, id);
	uint32_t copy = m->stacks[id];
	while (way.len) {
		id = way.data[--way.len];
		copy = m->stacks[id] = profile_stack_id(m->to, copy, frame(m, m->from->stacks.data[id].frame));
	}
	vec_deinit(&way);
	return copy;
}

static uint32_t origin(const struct moved *m, uint32_t id)
{
	if (m->origins[id] != NO_ID)
		return m->origins[id];
	struct profile_origin copy = m->from->origins.data[id];
	struct profile_task task = m->from->tasks.data[copy.task];

	task.comm = string(m, task.comm);
	for (int i = 0; i < 2; i++) {
		uint32_t ids[] = { task.pid, task.tid };
		const uint64_t *comm = map64_get(&m->from->pid_comms, ids[i]);
		if (comm)
			*map64_put(&m->to->pid_comms, ids[i], NULL) = string(m, (uint32_t)*comm);
	}
	copy.task = profile_task_id(m->to, &task);
	copy.fields = string(m, copy.fields);
	return m->origins[id] = profile_origin_id(m->to, &copy);
}

void profile_copy_living(const struct profile *from, struct profile *to)
{
	struct moved m = {
		.from = from, .to = to, .frames = unknown_ids(from->frames.len), .stacks = unknown_ids(from->stacks.len),
		.origins = unknown_ids(from->origins.len), .samples = unknown_ids(from->samples.len),
	};

	m.stacks[STACK_EMPTY] = STACK_EMPTY;
	for (uint32_t i = 0; i < from->events.len; i++) {
		struct profile_event *event = profile_event(to, i);
		*event = from->events.data[i];
		event->name = string(&m, event->name);
	}
	for (size_t i = 0; i < from->samples.len; i++) {
		const struct profile_sample *s = &from->samples.data[i];
		if (!s->count)
			continue;
		uint32_t id = profile_sample_id(to, origin(&m, s->origin), stack(&m, s->stack));
		to->samples.data[id].count += s->count;
		to->samples.data[id].period += s->period;
		m.samples[i] = id;
	}
	for (size_t i = 0; i < from->hits.all.len; i++) {
		struct profile_hit hit = from->hits.all.data[i];
		hit.sample = m.samples[hit.sample];
		if (hit.sample != NO_ID)
			vec_push(&to->hits.all, hit);
	}
	free(m.frames);
	free(m.stacks);
	free(m.origins);
	free(m.samples);
}
