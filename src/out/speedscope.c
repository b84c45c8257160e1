/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * speedscope's file format (https://www.speedscope.app/file-format-schema.json):
 * shared frames, and for each event and command a profile of weighted stacks.
 */
#include "base/cleanup.h"
#include "out/exporters.h"
#include "out/members.h"
#include "out/stacktree.h"

struct speedscope {
	struct json j;
	const struct export *e;
	struct labels labels;
};

static void write_frames(struct speedscope *s)
{
	struct json *j = &s->j;

	json_key(j, "shared");
	json_object_begin(j);
	json_key(j, "frames");
	json_array_begin(j);
	for (size_t i = 0; i < s->labels.all.len; i++) {
		const struct label *label = &s->labels.all.data[i];
		json_object_begin(j);
		member_text(j, "name", strtab_text(&s->labels.strings, label->name));
		if (label->image)
			member_text(j, "file", strtab_text(&s->labels.strings, label->image));
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

/* The labels of a node's frames, outermost first. */
static void write_stack(struct speedscope *s, const struct stacktree *tree, uint32_t node)
{
	VEC(uint32_t) path = { 0 };

	for (; node; node = tree->nodes.data[node].parent)
		vec_push(&path, tree->nodes.data[node].label);
	json_array_begin(&s->j);
	while (path.len)
		json_u64(&s->j, path.data[--path.len]);
	json_array_end(&s->j);
	vec_deinit(&path);
}

static uint64_t value_of(const struct speedscope *s, const struct stacknode *node)
{
	return export_value(s->e, node->count, node->period);
}

static void write_profile(struct speedscope *s, const struct export_event *event, const struct stacktree *tree)
{
	struct json *j = &s->j;
	const char *unit = s->e->options.by_period ? export_event_unit(s->e, event) : "count";
	unsigned depth = 0;

	json_object_begin(j);
	member_text(j, "type", "sampled");
	member_text(j, "name", export_event_name(s->e, event));
	member_text(j, "unit", unit[0] == 'n' ? "nanoseconds" : "none");
	json_key(j, "startValue");
	json_u64(j, 0);
	json_key(j, "endValue");
	json_u64(j, export_value(s->e, event->count, event->period));
	json_key(j, "samples");
	json_array_begin(j);
	for (uint32_t id = 0; (id = stacktree_next(tree, id, &depth)) != NO_ID;)
		if (value_of(s, &tree->nodes.data[id]))
			write_stack(s, tree, id);
	json_array_end(j);
	json_key(j, "weights");
	json_array_begin(j);
	for (uint32_t id = 0; (id = stacktree_next(tree, id, &depth)) != NO_ID;)
		if (value_of(s, &tree->nodes.data[id]))
			json_u64(j, value_of(s, &tree->nodes.data[id]));
	json_array_end(j);
	json_object_end(j);
}

void export_speedscope(const struct export *e, FILE *out)
{
	struct speedscope s = { .j.out = out, .e = e };
	struct stacktree tree;

	json_object_begin(&s.j);
	member_text(&s.j, "$schema", "https://www.speedscope.app/file-format-schema.json");
	member_text(&s.j, "exporter", "ptk");
	member_text(&s.j, "name", e->about->command ? e->about->command : e->about->file);
	json_key(&s.j, "activeProfileIndex");
	json_u64(&s.j, 0);
	json_key(&s.j, "profiles");
	json_array_begin(&s.j);
	for (size_t i = 0; i < e->events.len; i++) {
		stacktree_init(&tree);
		stacktree_add(&tree, &s.labels, e, &e->events.data[i], false, NULL);
		stacktree_finish(&tree, &s.labels);
		write_profile(&s, &e->events.data[i], &tree);
		stacktree_deinit(&tree);
	}
	json_array_end(&s.j);
	write_frames(&s);
	json_object_end(&s.j);
	json_newline(&s.j);
	labels_deinit(&s.labels);
}
