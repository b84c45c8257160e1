/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/zoom.h"

#include <inttypes.h>

static const char *image_name(const struct profile *p, uint32_t frame)
{
	return strtab_text(&p->strings, profile_frame_image(p, frame)->name);
}

struct zoom zoom_task(const struct profile *p, enum zoom_kind kind, const struct profile_task *task, const struct zoom *outer)
{
	uint32_t id = kind == ZOOM_THREAD ? task->tid : task->pid;
	const uint64_t *comm = kind == ZOOM_COMM ? NULL : map64_get(&p->pid_comms, id);

	return (struct zoom){ .kind = kind, .id = id, .outer = outer,
			      .name = xstrdup(strtab_text(&p->strings, comm ? (uint32_t)*comm : task->comm)) };
}

struct zoom zoom_image(const struct profile *p, uint32_t frame, const struct zoom *outer)
{
	return (struct zoom){ .kind = ZOOM_IMAGE, .name = xstrdup(image_name(p, frame)), .outer = outer };
}

struct zoom zoom_symbol(const struct profile *p, uint32_t frame, const struct zoom *outer)
{
	const struct profile_symbol *symbol = profile_frame_symbol(p, frame);

	return (struct zoom){ .kind = ZOOM_SYMBOL, .name = xstrdup(strtab_text(&p->strings, symbol->name)),
			      .image = xstrdup(image_name(p, frame)), .start = symbol->start, .outer = outer };
}

void zoom_deinit(struct zoom *zoom)
{
	free(zoom->name);
	free(zoom->image);
}

void zoom_text(const struct zoom *zoom, struct strbuf *out)
{
	if (zoom->outer) {
		zoom_text(zoom->outer, out);
		strbuf_adds(out, ", ");
	}
	switch (zoom->kind) {
	case ZOOM_PROCESS:
	case ZOOM_THREAD:
		strbuf_printf(out, "%s %" PRIu32 " (%s)", zoom->kind == ZOOM_THREAD ? "thread" : "process", zoom->id, zoom->name);
		break;
	case ZOOM_COMM:
		strbuf_printf(out, "program %s", zoom->name);
		break;
	case ZOOM_IMAGE:
		strbuf_printf(out, "code of %s", zoom->name);
		break;
	case ZOOM_SYMBOL:
		if (*zoom->name)
			strbuf_printf(out, "through %s", zoom->name);
		else
			strbuf_printf(out, "through %s+0x%" PRIx64, zoom->image, zoom->start);
		break;
	}
}

/* ---- which samples ---- */

static bool is_symbol(const struct profile *p, uint32_t frame, const struct zoom *zoom)
{
	const struct profile_symbol *symbol = profile_frame_symbol(p, frame);

	return !strcmp(strtab_text(&p->strings, symbol->name), zoom->name) && !strcmp(image_name(p, frame), zoom->image) &&
	       (symbol->name || symbol->start == zoom->start);
}

/* By stack: a stack has what its parent has, and parents have smaller ids. */
static uint8_t *stacks_through(const struct profile *p, const struct zoom *zoom)
{
	uint8_t *pass = xcalloc(p->stacks.len + 1, 1), *frames = xcalloc(p->frames.len + 1, 1);

	for (uint32_t i = 0; i < p->frames.len; i++)
		frames[i] = is_symbol(p, i, zoom);
	for (uint32_t i = STACK_EMPTY + 1; i < p->stacks.len; i++)
		pass[i] = frames[p->stacks.data[i].frame] || pass[p->stacks.data[i].parent];
	free(frames);
	return pass;
}

static uint8_t *stacks_in(const struct profile *p, const struct zoom *zoom)
{
	uint8_t *pass = xcalloc(p->stacks.len + 1, 1), *images = xcalloc(p->images.len + 1, 1);

	for (uint32_t i = 0; i < p->images.len; i++)
		images[i] = !strcmp(strtab_text(&p->strings, p->images.data[i].name), zoom->name);
	for (uint32_t i = STACK_EMPTY + 1; i < p->stacks.len; i++) {
		uint32_t frame = p->stacks.data[profile_stack_code(p, i)].frame;
		pass[i] = images[profile_frame_symbol(p, frame)->image];
	}
	free(images);
	return pass;
}

static uint8_t *tasks_of(const struct profile *p, const struct zoom *zoom)
{
	uint8_t *pass = xcalloc(p->tasks.len + 1, 1);

	for (uint32_t i = 0; i < p->tasks.len; i++) {
		const struct profile_task *task = &p->tasks.data[i];
		pass[i] = zoom->kind == ZOOM_PROCESS ? task->pid == zoom->id : zoom->kind == ZOOM_THREAD ? task->tid == zoom->id :
			  !strcmp(strtab_text(&p->strings, task->comm), zoom->name);
	}
	return pass;
}

void zoom_filter_init(struct zoom_filter *filter, const struct profile *p, const struct zoom *zoom)
{
	*filter = (struct zoom_filter){ .profile = p };
	for (; zoom; zoom = zoom->outer) {
		bool by_stack = zoom->kind == ZOOM_SYMBOL || zoom->kind == ZOOM_IMAGE;
		uint8_t *pass = zoom->kind == ZOOM_SYMBOL ? stacks_through(p, zoom) :
				zoom->kind == ZOOM_IMAGE ? stacks_in(p, zoom) : tasks_of(p, zoom);
		vec_push(&filter->levels, (struct zoom_level){ by_stack, pass });
	}
}

bool zoom_passes(const struct zoom_filter *filter, const struct profile_sample *sample)
{
	for (size_t i = 0; i < filter->levels.len; i++) {
		const struct zoom_level *level = &filter->levels.data[i];
		if (!level->pass[level->by_stack ? sample->stack : filter->profile->origins.data[sample->origin].task])
			return false;
	}
	return true;
}

void zoom_filter_deinit(struct zoom_filter *filter)
{
	for (size_t i = 0; i < filter->levels.len; i++)
		free(filter->levels.data[i].pass);
	vec_deinit(&filter->levels);
}
