/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Samples as slices: a track a thread, a slice for each frame from the first
 * sample that has it to the next that has not. A sample lasts until the
 * thread's next one, but no longer than GAPS times its period (or, of events
 * that do not count time, than the thread's mean distance): beyond that, the
 * thread did something else.
 */
#include "base/cleanup.h"
#include "out/chrome.h"
#include "out/exporters.h"
#include "out/timed.h"

enum { GAPS = 2 };
#define LONGEST 10000000000ull	/* ns that a sample lasts at most, whatever its period says */

/* The slices of a thread on their way out. */
struct slices {
	struct chrome_json c;
	const struct export *e;
	VEC(uint32_t) open;		/* frames, outermost first */
	VEC(uint32_t) path;		/* scratch: frames of a stack, innermost first */
};

static void write_edge(struct slices *c, const char *phase, uint32_t frame, uint64_t time)
{
	const struct profile *p = c->e->profile;
	autostrbuf struct strbuf name = { 0 };

	export_frame_name(p, frame, &name);
	if (*phase == 'B')
		chrome_begin(&c->c, phase, strbuf_str(&name), profile_frame_kernel(p, frame) ? "kernel" : "user", time);
	else
		chrome_begin(&c->c, phase, NULL, NULL, time);
	chrome_end(&c->c);
}

/* Closes what is open below the outermost `keep`. */
static void close_slices(struct slices *c, size_t keep, uint64_t end)
{
	while (c->open.len > keep)
		write_edge(c, "E", c->open.data[--c->open.len], end);
}

static void enter_stack(struct slices *c, uint32_t stack, uint64_t time)
{
	const struct profile *p = c->e->profile;
	size_t same = 0;

	vec_clear(&c->path);
	for (; stack != STACK_EMPTY; stack = p->stacks.data[stack].parent)
		vec_push(&c->path, p->stacks.data[stack].frame);
	while (same < c->open.len && same < c->path.len && c->open.data[same] == c->path.data[c->path.len - 1 - same])
		same++;
	close_slices(c, same, time);
	for (; same < c->path.len; same++) {
		vec_push(&c->open, c->path.data[c->path.len - 1 - same]);
		write_edge(c, "B", vec_last(&c->open), time);
	}
}

static void write_thread(struct slices *c, const struct export_event *event, const struct timed_sample *samples, size_t n)
{
	bool time = export_event_unit(c->e, event)[0] == 'n';
	uint64_t mean = n > 1 ? (samples[n - 1].time - samples[0].time) / (n - 1) : 1000000;

	c->c.pid = samples->pid;
	c->c.tid = samples->tid;
	chrome_name(&c->c, "thread_name", strtab_text(&c->e->profile->strings, samples->comm));
	for (size_t i = 0; i < n; i++) {
		uint64_t most = time ? samples[i].period / samples[i].count : mean;
		uint64_t end = samples[i].time + (most > LONGEST ? LONGEST : GAPS * most + 1);
		enter_stack(c, samples[i].stack, samples[i].time);
		if (i + 1 == n || samples[i + 1].time > end)
			close_slices(c, 0, end);
	}
}

/* One event: two on the same tracks would overlap. */
void export_chrome(const struct export *e, FILE *out)
{
	const struct export_event *event = &e->events.data[0];
	struct slices c = { .e = e };
	uint64_t first_ns = UINT64_MAX;
	autofree struct timed_sample *samples = timed_samples(e, event);

	for (size_t i = 0; i < event->n; i++)
		first_ns = samples[i].time < first_ns ? samples[i].time : first_ns;
	chrome_open(&c.c, e, first_ns, out);
	for (size_t at = 0, n; at < event->n; at += n) {
		n = timed_thread(samples, event->n, at);
		write_thread(&c, event, samples + at, n);
	}
	chrome_close(&c.c);
	vec_deinit(&c.open);
	vec_deinit(&c.path);
}
