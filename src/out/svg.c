/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A flame graph as a picture that does not move: one event, names and shares as tooltips. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "out/flame.h"

enum { WIDTH = 1200, MARGIN = 10, ROW = 17, TOP = 62, LETTER = 7 };

struct svg {
	FILE *out;
	const struct export *e;
	const struct stacktree *tree;
	const struct labels *labels;
	uint64_t whole, whole_old;
	unsigned rows;
	bool comparing;
};

static void write_n(FILE *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text[i] == '<' || text[i] == '>' || text[i] == '&' || text[i] == '"')
			fprintf(out, "&#%d;", text[i]);
		else
			fputc(text[i], out);
}

static void write_text(FILE *out, const char *text)
{
	autostrbuf struct strbuf clean = { 0 };

	export_clean(text ? text : "", &clean);
	write_n(out, strbuf_str(&clean), clean.len);
}

/* As many letters as there is room for. */
static void write_fitting(FILE *out, const char *text, double width)
{
	size_t room = (size_t)(width / LETTER), at = 0, letters = 0, len = strlen(text);

	while (at < len && letters < room) {
		size_t n = utf8_length(text + at, len - at);
		at += n ? n : 1;
		letters++;
	}
	write_n(out, text, at);
	if (at < len)
		fputs("…", out);
}

static double share(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

static void write_colour(const struct svg *s, const struct stacknode *node, const struct label *label)
{
	static const struct { int hue, saturation, light; } kinds[] = {
		[LABEL_COMMAND] = { 0, 0, 78 }, [LABEL_USER] = { 38, 90, 66 }, [LABEL_KERNEL] = { 14, 88, 68 },
		[LABEL_JIT] = { 110, 50, 66 }, [LABEL_INLINED] = { 190, 58, 68 }, [LABEL_SMALL] = { 0, 0, 84 },
	};
	uint64_t value = export_value(s->e, node->whole_count, node->whole_period);
	const char *name = strtab_text(&s->labels->strings, label->name);

	if (s->comparing) {
		double points = 100 * (share(value, s->whole) - share(node->whole_old, s->whole_old));
		double strength = sqrt(fabs(points) / 10), vivid = strength * 3;
		if (strength > 1)
			strength = 1;
		if (vivid > 1)	/* no fmin: it would be all that libm is loaded for */
			vivid = 1;
		fprintf(s->out, "hsl(%d,%.0f%%,%.0f%%)", points > 0 ? 4 : 214, 85 * vivid, 93 - 30 * strength);
		return;
	}
	int spread = (int)(hash_bytes(name, strlen(name), 0) % 9) - 4;
	fprintf(s->out, "hsl(%d,%d%%,%d%%)", kinds[label->kind].hue + spread, kinds[label->kind].saturation,
		kinds[label->kind].light + spread / 2);
}

static void write_frame(const struct svg *s, uint32_t id, unsigned depth, double x, double width)
{
	const struct stacknode *node = &s->tree->nodes.data[id];
	const struct label *label = &s->labels->all.data[node->label];
	const char *name = strtab_text(&s->labels->strings, label->name);
	uint64_t value = export_value(s->e, node->whole_count, node->whole_period);
	unsigned y = TOP + (s->rows - depth) * ROW;

	fputs("<g><title>", s->out);
	write_n(s->out, name, strlen(name));
	fprintf(s->out, ", %.2f %%, %" PRIu64 "</title><rect x=\"%.2f\" y=\"%u\" width=\"%.2f\" height=\"%d\" fill=\"",
		100 * share(value, s->whole), value, x, y, width, ROW - 1);
	write_colour(s, node, label);
	fputs("\"/>", s->out);
	if (width > 3 * LETTER) {
		fprintf(s->out, "<text x=\"%.2f\" y=\"%u\">", x + 2, y + 12);
		write_fitting(s->out, name, width - 4);
		fputs("</text>", s->out);
	}
	fputs("</g>\n", s->out);
}

/* A node is drawn at `x`, its children from there on; nothing narrower than a tenth of a pixel. */
static void write_frames(const struct svg *s, double scale)
{
	VEC(double) next = { 0 };	/* by depth: where the next child begins */
	unsigned depth = 0;

	vec_push(&next, MARGIN);
	for (uint32_t id = 0; (id = stacktree_next(s->tree, id, &depth)) != NO_ID;) {
		const struct stacknode *node = &s->tree->nodes.data[id];
		double width = (double)export_value(s->e, node->whole_count, node->whole_period) * scale;
		next.len = depth;
		double x = next.data[depth - 1];
		next.data[depth - 1] += width;
		vec_push(&next, x);
		if (width >= 0.1)
			write_frame(s, id, depth, x, width);
	}
	vec_deinit(&next);
}

/* Rows that something is drawn in. */
static unsigned rows_of(const struct svg *s, double scale)
{
	unsigned depth = 0, rows = 1;

	for (uint32_t id = 0; (id = stacktree_next(s->tree, id, &depth)) != NO_ID;) {
		const struct stacknode *node = &s->tree->nodes.data[id];
		if ((double)export_value(s->e, node->whole_count, node->whole_period) * scale >= 0.1 && depth > rows)
			rows = depth;
	}
	return rows;
}

static void write_head(const struct svg *s, const struct export_event *event, unsigned height)
{
	const struct export_about *about = s->e->about;

	fprintf(s->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%u\" "
		"viewBox=\"0 0 %d %u\" role=\"img\" font-family=\"sans-serif\" font-size=\"11\">\n<title>", WIDTH, height, WIDTH, height);
	write_text(s->out, about->command ? about->command : about->file);
	fputs("</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"10\" y=\"20\" font-size=\"15\">", s->out);
	write_text(s->out, export_event_name(s->e, event));
	fputs(": ", s->out);
	write_text(s->out, about->command ? about->command : about->file);
	fputs("</text>\n<text x=\"10\" y=\"38\">", s->out);
	write_text(s->out, about->host);
	fputs(" ", s->out);
	write_text(s->out, about->kernel);
	fputs(" ", s->out);
	write_text(s->out, about->cpu);
	fprintf(s->out, "</text>\n<text x=\"10\" y=\"54\">%" PRIu64 " samples, %" PRIu64 " lost; ", event->count, about->lost);
	write_text(s->out, about->recorded);
	fputs("</text>\n", s->out);
}

void flame_svg(const struct export *now, const struct export *old, FILE *out)
{
	const struct export_event *event = &now->events.data[0];
	struct labels labels = { 0 };
	struct stacktree tree;

	flame_tree(&tree, &labels, now, event, old);
	struct svg s = { .out = out, .e = now, .tree = &tree, .labels = &labels, .comparing = flame_old_event(now, event, old),
			 .whole = export_value(now, event->count, event->period), .whole_old = tree.nodes.data[0].whole_old };
	double scale = s.whole ? (double)(WIDTH - 2 * MARGIN) / (double)s.whole : 0;
	s.rows = rows_of(&s, scale);
	write_head(&s, event, TOP + (s.rows + 1) * ROW);
	write_frames(&s, scale);
	fputs("</svg>\n", out);
	stacktree_deinit(&tree);
	labels_deinit(&labels);
}
