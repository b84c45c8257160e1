/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/foreign_sample.h"

#include <string.h>

static bool wanted(const struct profile *p, const struct profile_filter *f, const struct foreign_sample *s)
{
	bool named = !f->comms.len;

	for (size_t i = 0; !named && i < f->comms.len; i++)
		named = !strcmp(strtab_text(&p->strings, s->comm), f->comms.data[i]);
	return named && profile_filter_has(f->pids.data, f->pids.len, s->pid) && profile_filter_has(f->tids.data, f->tids.len, s->tid) &&
	       !f->cpus.len && !f->times.all.len;
}

static uint32_t stack_of(struct profile *p, const struct profile_dims *dims, const struct foreign_sample *s)
{
	size_t most = !dims->stacks ? 1 : dims->max_stack ? dims->max_stack : s->n;
	uint32_t stack = STACK_EMPTY;

	for (size_t i = s->n > most ? s->n - most : 0; i < s->n; i++)
		stack = profile_stack_id(p, stack, s->frames[i]);
	return stack;
}

void foreign_add(struct profile *p, const struct foreign_request *request, const struct foreign_sample *s)
{
	const struct profile_dims *dims = request->dims;

	if (!wanted(p, request->filter, s)) {
		p->events.data[s->event].dropped += s->count;
		p->events.data[s->event].dropped_period += s->period;
		return;
	}
	struct profile_task task = { .pid = dims->pid ? s->pid : NO_ID, .tid = dims->tid ? s->tid : NO_ID, .comm = dims->comm ? s->comm : 0 };
	struct profile_origin origin = { .event = s->event, .task = profile_task_id(p, &task), .cpu = NO_ID };
	uint32_t id = profile_sample_id(p, profile_origin_id(p, &origin), stack_of(p, dims, s));
	struct profile_event *event = &p->events.data[s->event];

	p->samples.data[id].count += s->count;
	p->samples.data[id].period += s->period;
	event->count += s->count;
	event->period += s->period;
	event->chains |= s->n > 1;
}

uint32_t foreign_event(struct profile *p, const char *name, const char *unit)
{
	uint32_t index = (uint32_t)p->events.len;
	struct profile_event *event = profile_event(p, index);

	event->name = strtab_id(&p->strings, name);
	event->unit = unit ? strtab_id(&p->strings, unit) : 0;
	return index;
}

uint32_t foreign_frame(struct profile *p, const struct profile_image *image, uint32_t name, uint64_t address, bool inlined)
{
	struct profile_symbol symbol = { .image = profile_image_id(p, image), .name = name, .start = address, .inlined = inlined };

	return profile_frame_id(p, profile_symbol_id(p, &symbol), 0);
}
