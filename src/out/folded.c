/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Folded stacks, "comm;outermost;…;innermost NUMBER", as stackcollapse-perf.pl
 * prints them and flamegraph.pl and others read them. Where there are several
 * events, each stands in front of its stacks as an outermost frame.
 */
#include <inttypes.h>

#include "base/cleanup.h"
#include "out/exporters.h"
#include "out/stacktree.h"

struct folding {
	const struct export *e;
	struct labels labels;
	struct strbuf line;
	VEC(size_t) ends;	/* of the line, by depth */
};

/* What parts frames must not be in one; commands have no blanks there. */
static void add_name(struct strbuf *line, const char *name, bool command)
{
	for (; *name; name++)
		strbuf_addc(line, *name == ';' ? ':' : command && *name == ' ' ? '_' : *name);
}

static void add_label(struct folding *f, const struct label *label)
{
	if (f->line.len)
		strbuf_addc(&f->line, ';');
	add_name(&f->line, strtab_text(&f->labels.strings, label->name), label->kind == LABEL_COMMAND);
	if (label->kind == LABEL_KERNEL && f->e->options.mark_kernel)
		strbuf_adds(&f->line, "_[k]");
	if (label->kind == LABEL_JIT && f->e->options.mark_jit)
		strbuf_adds(&f->line, "_[j]");
	if (label->kind == LABEL_INLINED && f->e->options.mark_inlined)
		strbuf_adds(&f->line, "_[i]");
}

static void fold_event(struct folding *f, const struct export_event *event, FILE *out)
{
	struct stacktree tree;
	unsigned depth = 0;

	stacktree_init(&tree);
	stacktree_add(&tree, &f->labels, f->e, event, false, NULL);
	stacktree_finish(&tree, &f->labels);
	strbuf_truncate(&f->line, 0);
	if (f->e->events.len > 1) {
		autostrbuf struct strbuf name = { 0 };
		export_clean(export_event_name(f->e, event), &name);
		add_name(&f->line, strbuf_str(&name), true);
	}
	vec_clear(&f->ends);
	vec_push(&f->ends, f->line.len);
	for (uint32_t id = 0; (id = stacktree_next(&tree, id, &depth)) != NO_ID;) {
		const struct stacknode *node = &tree.nodes.data[id];
		uint64_t value = export_value(f->e, node->count, node->period);
		f->ends.len = depth;
		strbuf_truncate(&f->line, f->ends.data[depth - 1]);
		add_label(f, &f->labels.all.data[node->label]);
		vec_push(&f->ends, f->line.len);
		if (value)
			fprintf(out, "%s %" PRIu64 "\n", strbuf_str(&f->line), value);
	}
	stacktree_deinit(&tree);
}

void export_folded(const struct export *e, FILE *out)
{
	struct folding f = { .e = e, .labels.names_alone = true };

	for (size_t i = 0; i < e->events.len; i++)
		fold_event(&f, &e->events.data[i], out);
	labels_deinit(&f.labels);
	strbuf_deinit(&f.line);
	vec_deinit(&f.ends);
}
