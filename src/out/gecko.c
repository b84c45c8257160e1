/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Firefox Profiler's gecko format
 * (github.com/firefox-devtools/profiler, docs-developer/gecko-profile-format.md),
 * which it upgrades when it loads it: a thread has samples with times, tables of
 * its stacks, frames and strings. Threads of each event stand by themselves.
 */
#include "base/cleanup.h"
#include "out/exporters.h"
#include "out/members.h"
#include "out/timed.h"

enum { VERSION = 24 };
enum { CATEGORY_USER, CATEGORY_KERNEL, CATEGORY_JIT };

static void member_null(struct json *j, const char *key)
{
	json_key(j, key);
	json_string(j, NULL);
}

static void empty_array(struct json *j, const char *key)
{
	json_key(j, key);
	json_array_begin(j);
	json_array_end(j);
}

static void write_schema(struct json *j, const char *const *names)
{
	json_key(j, "schema");
	json_object_begin(j);
	for (unsigned i = 0; names[i]; i++)
		member_number(j, names[i], i);
	json_object_end(j);
}

static void write_categories(struct json *j)
{
	static const struct { const char *name, *colour; } categories[] = {
		[CATEGORY_USER] = { "User", "yellow" }, [CATEGORY_KERNEL] = { "Kernel", "orange" }, [CATEGORY_JIT] = { "JIT", "green" },
	};

	json_key(j, "categories");
	json_array_begin(j);
	for (size_t i = 0; i < ARRAY_SIZE(categories); i++) {
		json_object_begin(j);
		member_text(j, "name", categories[i].name);
		member_text(j, "color", categories[i].colour);
		json_key(j, "subcategories");
		json_array_begin(j);
		json_string(j, "Other");
		json_array_end(j);
		json_object_end(j);
	}
	json_array_end(j);
}

static void write_meta(struct json *j, const struct export *e)
{
	const struct export_about *about = e->about;

	json_key(j, "meta");
	json_object_begin(j);
	member_number(j, "version", VERSION);
	member_number(j, "interval", 1);
	member_number(j, "processType", 0);
	member_text(j, "product", about->command ? about->command : about->file);
	member_number(j, "stackwalk", 1);
	member_number(j, "debug", 0);
	member_number(j, "gcpoison", 0);
	member_number(j, "asyncstack", 1);
	member_number(j, "startTime", about->recorded_s * 1000);
	member_null(j, "shutdownTime");
	json_key(j, "presymbolicated");
	json_bool(j, true);
	member_text(j, "oscpu", about->kernel ? about->kernel : "Linux");
	member_text(j, "abi", about->arch ? about->arch : "");
	write_categories(j);
	empty_array(j, "markerSchema");
	json_object_end(j);
}

enum { MOST_SAMPLES = 20000000 };

/* A thread's own tables: ids of the profile to its, in the order they came. */
struct gecko {
	struct json j;
	const struct export *e;
	uint32_t *stack_of, *frame_of;	/* by the profile's; NO_ID: not in this thread */
	VEC(uint32_t) stacks, frames;	/* of the profile */
	VEC(uint32_t) path;
	uint64_t first_ns;
	uint64_t share;			/* so many samples are one in the file */
};

static uint32_t frame_of(struct gecko *g, uint32_t frame)
{
	if (g->frame_of[frame] == NO_ID) {
		g->frame_of[frame] = (uint32_t)g->frames.len;
		vec_push(&g->frames, frame);
	}
	return g->frame_of[frame];
}

static uint32_t stack_of(struct gecko *g, uint32_t stack)
{
	const struct profile *p = g->e->profile;
	uint32_t at = stack;

	for (; at != STACK_EMPTY && g->stack_of[at] == NO_ID; at = p->stacks.data[at].parent)
		vec_push(&g->path, at);
	while (g->path.len) {
		at = g->path.data[--g->path.len];
		g->stack_of[at] = (uint32_t)g->stacks.len;
		vec_push(&g->stacks, at);
		frame_of(g, p->stacks.data[at].frame);
	}
	return g->stack_of[stack];
}

static void write_samples(struct gecko *g, const struct timed_sample *samples, size_t n)
{
	static const char *const names[] = { "stack", "time", "responsiveness", NULL };
	struct json *j = &g->j;

	json_key(j, "samples");
	json_object_begin(j);
	write_schema(j, names);
	json_key(j, "data");
	json_array_begin(j);
	for (size_t i = 0; i < n; i++)
		for (uint64_t times = (samples[i].count + g->share - 1) / g->share; times > 0; times--) {
			json_array_begin(j);
			json_u64(j, stack_of(g, samples[i].stack));
			json_double(j, (double)(samples[i].time - g->first_ns) / 1e6);
			json_u64(j, 0);
			json_array_end(j);
		}
	json_array_end(j);
	json_object_end(j);
}

static unsigned category(const struct profile *p, uint32_t frame)
{
	return profile_frame_kernel(p, frame) ? CATEGORY_KERNEL : profile_frame_image(p, frame)->jit ? CATEGORY_JIT : CATEGORY_USER;
}

static void write_tables(struct gecko *g)
{
	static const char *const stacks[] = { "prefix", "frame", NULL };
	static const char *const frames[] = { "location", "relevantForJS", "innerWindowID", "implementation", "optimizations", "line",
					      "column", "category", "subcategory", NULL };
	const struct profile *p = g->e->profile;
	struct json *j = &g->j;

	json_key(j, "stackTable");
	json_object_begin(j);
	write_schema(j, stacks);
	json_key(j, "data");
	json_array_begin(j);
	for (size_t i = 0; i < g->stacks.len; i++) {
		const struct profile_stack *s = &p->stacks.data[g->stacks.data[i]];
		json_array_begin(j);
		if (s->parent == STACK_EMPTY)
			json_string(j, NULL);
		else
			json_u64(j, g->stack_of[s->parent]);
		json_u64(j, g->frame_of[s->frame]);
		json_array_end(j);
	}
	json_array_end(j);
	json_object_end(j);
	json_key(j, "frameTable");
	json_object_begin(j);
	write_schema(j, frames);
	json_key(j, "data");
	json_array_begin(j);
	for (size_t i = 0; i < g->frames.len; i++) {
		json_array_begin(j);
		json_u64(j, i);	/* its string */
		json_bool(j, false);
		json_u64(j, 0);
		for (unsigned none = 0; none < 4; none++)
			json_string(j, NULL);
		json_u64(j, category(p, g->frames.data[i]));
		json_u64(j, 0);
		json_array_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

/* A frame a string: "name (in image)", as the profiler takes native frames apart. */
static void write_strings(struct gecko *g)
{
	const struct profile *p = g->e->profile;
	struct json *j = &g->j;

	json_key(j, "stringTable");
	json_array_begin(j);
	for (size_t i = 0; i < g->frames.len; i++) {
		autostrbuf struct strbuf name = { 0 };
		export_exact_name(p, g->frames.data[i], &name);
		strbuf_adds(&name, " (in ");
		export_clean(strtab_text(&p->strings, profile_frame_image(p, g->frames.data[i])->name), &name);
		strbuf_adds(&name, ")");
		json_string(j, strbuf_str(&name));
	}
	json_array_end(j);
}

static void write_thread(struct gecko *g, const struct export_event *event, const struct timed_sample *samples, size_t n)
{
	static const char *const markers[] = { "name", "startTime", "endTime", "phase", "category", "data", NULL };
	const struct strtab *strings = &g->e->profile->strings;
	autofree char *name = g->e->events.len > 1
		? xasprintf("%s (%s)", strtab_text(strings, samples->comm), export_event_name(g->e, event))
		: xstrdup(strtab_text(strings, samples->comm));
	struct json *j = &g->j;

	json_object_begin(j);
	member_text(j, "name", name);
	member_number(j, "tid", samples->tid);
	member_number(j, "pid", samples->pid);
	member_text(j, "processType", "default");
	member_number(j, "registerTime", 0);
	member_null(j, "unregisterTime");
	json_key(j, "markers");
	json_object_begin(j);
	write_schema(j, markers);
	empty_array(j, "data");
	json_object_end(j);
	write_samples(g, samples, n);
	write_tables(g);
	write_strings(g);
	json_object_end(j);
	while (g->stacks.len)
		g->stack_of[g->stacks.data[--g->stacks.len]] = NO_ID;
	while (g->frames.len)
		g->frame_of[g->frames.data[--g->frames.len]] = NO_ID;
}

static void write_threads(struct gecko *g)
{
	json_key(&g->j, "threads");
	json_array_begin(&g->j);
	for (size_t i = 0; i < g->e->events.len; i++) {
		const struct export_event *event = &g->e->events.data[i];
		autofree struct timed_sample *samples = timed_samples(g->e, event);
		for (size_t at = 0, n; at < event->n; at += n) {
			n = timed_thread(samples, event->n, at);
			write_thread(g, event, samples + at, n);
		}
	}
	json_array_end(&g->j);
}

void export_gecko(const struct export *e, FILE *out)
{
	struct gecko g = { .j.out = out, .e = e, .first_ns = UINT64_MAX, .stack_of = unknown_ids(e->profile->stacks.len),
			   .frame_of = unknown_ids(e->profile->frames.len) };
	uint64_t total = 0;

	/* the format has no numbers of samples: a profile of another tool may claim any */
	for (size_t i = 0; i < e->events.len; i++)
		total += e->events.data[i].count;
	g.share = total / MOST_SAMPLES + 1;

	for (size_t i = 0; i < e->samples.len; i++) {
		uint64_t time = e->profile->origins.data[e->profile->samples.data[e->samples.data[i]].origin].time;
		g.first_ns = time < g.first_ns ? time : g.first_ns;
	}
	json_object_begin(&g.j);
	write_meta(&g.j, e);
	empty_array(&g.j, "libs");
	write_threads(&g);
	empty_array(&g.j, "processes");
	empty_array(&g.j, "pausedRanges");
	json_object_end(&g.j);
	json_newline(&g.j);
	free(g.stack_of);
	free(g.frame_of);
	vec_deinit(&g.stacks);
	vec_deinit(&g.frames);
	vec_deinit(&g.path);
}
