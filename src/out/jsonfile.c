/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profile's own tables as JSON: recording, images, frames, stacks as
 * (parent, frame), and for each event its samples, a row for each different
 * stack of a thread. doc/ptk-export.1 has the members.
 */
#include "out/exporters.h"
#include "out/members.h"

static void write_images(struct json *j, const struct profile *p)
{
	json_key(j, "images");
	json_array_begin(j);
	for (size_t i = 0; i < p->images.len; i++) {
		json_object_begin(j);
		member_text(j, "name", strtab_text(&p->strings, p->images.data[i].name));
		member_text(j, "path", strtab_text(&p->strings, p->images.data[i].path));
		json_key(j, "kernel");
		json_bool(j, p->images.data[i].kernel);
		json_object_end(j);
	}
	json_array_end(j);
}

static void write_frames(struct json *j, const struct profile *p)
{
	json_key(j, "frames");
	json_array_begin(j);
	for (uint32_t i = 0; i < p->frames.len; i++) {
		const struct profile_symbol *symbol = profile_frame_symbol(p, i);
		json_object_begin(j);
		member_text(j, "symbol", symbol->name ? strtab_text(&p->strings, symbol->name) : NULL);
		member_number(j, "image", symbol->image);
		member_number(j, "address", symbol->start);
		json_object_end(j);
	}
	json_array_end(j);
}

/* [parent, frame] each; 0 is the empty one, parents stand before their children. */
static void write_stacks(struct json *j, const struct profile *p)
{
	json_key(j, "stacks");
	json_array_begin(j);
	json_string(j, NULL);
	for (size_t i = 1; i < p->stacks.len; i++) {
		json_array_begin(j);
		json_u64(j, p->stacks.data[i].parent);
		json_u64(j, p->stacks.data[i].frame);
		json_array_end(j);
	}
	json_array_end(j);
}

static void write_sample(struct json *j, const struct profile *p, const struct profile_sample *s)
{
	const struct profile_task *task = &p->tasks.data[p->origins.data[s->origin].task];

	json_object_begin(j);
	member_text(j, "comm", strtab_text(&p->strings, task->comm));
	json_key(j, "pid");
	json_i64(j, (int32_t)task->pid);
	json_key(j, "tid");
	json_i64(j, (int32_t)task->tid);
	member_number(j, "stack", s->stack);
	member_number(j, "count", s->count);
	member_number(j, "period", s->period);
	json_object_end(j);
}

static void write_event(struct json *j, const struct export *e, const struct export_event *event)
{
	json_object_begin(j);
	member_text(j, "name", export_event_name(e, event));
	member_text(j, "unit", export_event_unit(e, event));
	member_number(j, "count", event->count);
	member_number(j, "period", event->period);
	json_key(j, "samples");
	json_array_begin(j);
	for (size_t n = 0; n < event->n; n++)
		write_sample(j, e->profile, export_sample(e, event, n));
	json_array_end(j);
	json_object_end(j);
}

void export_json(const struct export *e, FILE *out)
{
	struct json j = { .out = out };

	json_object_begin(&j);
	member_about(&j, "recording", e->about);
	write_images(&j, e->profile);
	write_frames(&j, e->profile);
	write_stacks(&j, e->profile);
	json_key(&j, "events");
	json_array_begin(&j);
	for (size_t i = 0; i < e->events.len; i++)
		write_event(&j, e, &e->events.data[i]);
	json_array_end(&j);
	json_object_end(&j);
	json_newline(&j);
}
