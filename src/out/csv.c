/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Comma-separated values (RFC 4180), a line for each different stack of a
 * thread: event, command, process, thread, samples, period, image and
 * function of the sample, and the whole stack, outermost first.
 */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "out/exporters.h"

static void write_field(FILE *out, const char *text)
{
	if (!text[strcspn(text, ",\"; ")]) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void write_text(FILE *out, const char *text)
{
	autostrbuf struct strbuf clean = { 0 };

	export_clean(text, &clean);
	write_field(out, strbuf_str(&clean));
}

struct csv {
	const struct export *e;
	FILE *out;
	VEC(uint32_t) path;
	struct strbuf text;
};

/* Frames parted by semicolons; a name with one gets a colon there. */
static void write_stack(struct csv *w, uint32_t stack)
{
	const struct profile *p = w->e->profile;

	vec_clear(&w->path);
	for (; stack != STACK_EMPTY; stack = p->stacks.data[stack].parent)
		vec_push(&w->path, p->stacks.data[stack].frame);
	strbuf_truncate(&w->text, 0);
	while (w->path.len) {
		size_t from = w->text.len;
		export_exact_name(p, w->path.data[--w->path.len], &w->text);
		for (size_t i = from; i < w->text.len; i++)
			if (w->text.data[i] == ';')
				w->text.data[i] = ':';
		if (w->path.len)
			strbuf_addc(&w->text, ';');
	}
	write_field(w->out, strbuf_str(&w->text));
}

static void write_line(struct csv *w, const struct export_event *event, const struct profile_sample *s)
{
	const struct profile *p = w->e->profile;
	const struct profile_task *task = &p->tasks.data[p->origins.data[s->origin].task];
	uint32_t frame = p->stacks.data[s->stack].frame;

	write_text(w->out, export_event_name(w->e, event));
	fputc(',', w->out);
	write_text(w->out, strtab_text(&p->strings, task->comm));
	fprintf(w->out, ",%" PRId32 ",%" PRId32 ",%" PRIu64 ",%" PRIu64 ",", (int32_t)task->pid, (int32_t)task->tid, s->count, s->period);
	write_text(w->out, strtab_text(&p->strings, profile_frame_image(p, frame)->name));
	fputc(',', w->out);
	strbuf_truncate(&w->text, 0);
	export_exact_name(p, frame, &w->text);
	write_field(w->out, strbuf_str(&w->text));
	fputc(',', w->out);
	write_stack(w, s->stack);
	fputs("\r\n", w->out);
}

void export_csv(const struct export *e, FILE *out)
{
	struct csv w = { .e = e, .out = out };

	fputs("event,comm,pid,tid,samples,period,dso,symbol,stack\r\n", out);
	for (size_t i = 0; i < e->events.len; i++)
		for (size_t n = 0; n < e->events.data[i].n; n++)
			write_line(&w, &e->events.data[i], export_sample(e, &e->events.data[i], n));
	vec_deinit(&w.path);
	strbuf_deinit(&w.text);
}
