/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chrome's trace event format ("Trace Event Format", the JSON object form),
 * for Perfetto and chrome://tracing: a track a thread, a slice for each frame
 * from the first sample that has it to the next that has not. A sample lasts
 * until the thread's next one, but no longer than GAPS times its period (or,
 * of events that do not count time, than the thread's mean distance): beyond
 * that, the thread did something else.
 */
#include "base/cleanup.h"
#include "base/json.h"
#include "out/timed.h"

enum { GAPS = 2 };
#define LONGEST 10000000000ull	/* ns that a sample lasts at most, whatever its period says */

struct chrome {
	struct json j;
	const struct export *e;
	uint64_t first_ns;
	uint32_t pid, tid;
	VEC(uint32_t) open;		/* frames, outermost first */
	VEC(uint32_t) path;		/* scratch: frames of a stack, innermost first */
};

static void member_text(struct json *j, const char *key, const char *value)
{
	autostrbuf struct strbuf clean = { 0 };

	export_clean(value, &clean);
	json_key(j, key);
	json_string(j, strbuf_str(&clean));
}

static void member_ids(struct chrome *c)
{
	json_key(&c->j, "pid");
	json_u64(&c->j, c->pid);
	json_key(&c->j, "tid");
	json_u64(&c->j, c->tid);
}

static void write_edge(struct chrome *c, const char *phase, uint32_t frame, uint64_t time)
{
	const struct profile *p = c->e->profile;
	struct json *j = &c->j;

	json_object_begin(j);
	member_text(j, "ph", phase);
	if (*phase == 'B') {
		autostrbuf struct strbuf name = { 0 };
		export_frame_name(p, frame, &name);
		member_text(j, "name", strbuf_str(&name));
		member_text(j, "cat", profile_frame_kernel(p, frame) ? "kernel" : "user");
	}
	member_ids(c);
	json_key(j, "ts");
	json_double(j, (double)(time - c->first_ns) / 1e3);	/* µs */
	json_object_end(j);
	json_newline(j);
}

/* Closes what is open below the outermost `keep`. */
static void close_slices(struct chrome *c, size_t keep, uint64_t end)
{
	while (c->open.len > keep)
		write_edge(c, "E", c->open.data[--c->open.len], end);
}

static void enter_stack(struct chrome *c, uint32_t stack, uint64_t time)
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

static void write_name(struct chrome *c, const char *what, const char *name)
{
	struct json *j = &c->j;

	json_object_begin(j);
	member_text(j, "ph", "M");
	member_text(j, "name", what);
	member_ids(c);
	json_key(j, "args");
	json_object_begin(j);
	member_text(j, "name", name);
	json_object_end(j);
	json_object_end(j);
	json_newline(j);
}

static void write_thread(struct chrome *c, const struct export_event *event, const struct timed_sample *samples, size_t n)
{
	bool time = export_event_unit(c->e, event)[0] == 'n';
	uint64_t mean = n > 1 ? (samples[n - 1].time - samples[0].time) / (n - 1) : 1000000;

	c->pid = samples->pid;
	c->tid = samples->tid;
	write_name(c, "thread_name", strtab_text(&c->e->profile->strings, samples->comm));
	for (size_t i = 0; i < n; i++) {
		uint64_t most = time ? samples[i].period / samples[i].count : mean;
		uint64_t end = samples[i].time + (most > LONGEST ? LONGEST : GAPS * most + 1);
		enter_stack(c, samples[i].stack, samples[i].time);
		if (i + 1 == n || samples[i + 1].time > end)
			close_slices(c, 0, end);
	}
}

static void write_about(struct json *j, const struct export *e)
{
	const struct export_about *about = e->about;

	json_key(j, "otherData");
	json_object_begin(j);
	member_text(j, "command", about->command ? about->command : "");
	member_text(j, "host", about->host ? about->host : "");
	member_text(j, "kernel", about->kernel ? about->kernel : "");
	member_text(j, "recorded", about->recorded ? about->recorded : "");
	member_text(j, "event", export_event_name(e, &e->events.data[0]));
	json_key(j, "samples");
	json_u64(j, e->events.data[0].count);
	json_key(j, "lost");
	json_u64(j, about->lost);
	json_object_end(j);
}

/* One event: two on the same tracks would overlap. */
void export_chrome(const struct export *e, FILE *out)
{
	const struct export_event *event = &e->events.data[0];
	struct chrome c = { .j.out = out, .e = e, .first_ns = UINT64_MAX };
	autofree struct timed_sample *samples = timed_samples(e, event);

	for (size_t i = 0; i < event->n; i++)
		c.first_ns = samples[i].time < c.first_ns ? samples[i].time : c.first_ns;
	json_object_begin(&c.j);
	member_text(&c.j, "displayTimeUnit", "ns");
	write_about(&c.j, e);
	json_key(&c.j, "traceEvents");
	json_array_begin(&c.j);
	for (size_t at = 0, n; at < event->n; at += n) {
		n = timed_thread(samples, event->n, at);
		write_thread(&c, event, samples + at, n);
	}
	json_array_end(&c.j);
	json_object_end(&c.j);
	json_newline(&c.j);
	vec_deinit(&c.open);
	vec_deinit(&c.path);
}
