/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fades: smoothly, together, to nothing, and out of memory. And parts of a profile by name, which outlive that. */
#include "profile/decay.h"
#include "profile/zoom.h"
#include "tests/lib/tap.h"

static struct profile p;

static uint32_t stack(struct profile *to, uint32_t parent, const char *image, const char *name)
{
	uint32_t path = strtab_id(&to->strings, image);
	uint32_t id = profile_image_id(to, &(struct profile_image){ .name = path, .path = path, .source = 3 });
	struct profile_symbol s = { .image = id, .name = strtab_id(&to->strings, name), .start = 64 };

	return profile_stack_id(to, parent, profile_frame_id(to, profile_symbol_id(to, &s), 0));
}

static uint32_t sample(uint32_t tid, const char *comm, uint32_t at, uint64_t count, uint64_t period)
{
	struct profile_task task = { .pid = 7, .tid = tid, .comm = strtab_id(&p.strings, comm) };
	struct profile_origin origin = { .task = profile_task_id(&p, &task), .cpu = NO_ID };
	uint32_t id = profile_sample_id(&p, profile_origin_id(&p, &origin), at);
	struct profile_event *event = profile_event(&p, 0);

	p.samples.data[id].count += count;
	p.samples.data[id].period += period;
	event->count += count;
	event->period += period;
	*map64_put(&p.pid_comms, tid, NULL) = task.comm;
	return id;
}

static uint64_t sum(bool periods)
{
	uint64_t all = 0;

	for (size_t i = 0; i < p.samples.len; i++)
		all += periods ? p.samples.data[i].period : p.samples.data[i].count;
	return all;
}

static uint64_t hit_sum(const struct profile *of)
{
	uint64_t all = 0;

	for (size_t i = 0; i < of->hits.all.len; i++)
		all += of->hits.all.data[i].count;
	return all;
}

/* Hits of one sample each, and what is copied of them. */
static void hits_fade(void)
{
	uint32_t first = sample(1, "hit", stack(&p, STACK_EMPTY, "prog", "first"), 0, 0);
	uint32_t second = sample(1, "hit", stack(&p, STACK_EMPTY, "prog", "second"), 4000, 4000);
	struct profile copy;

	for (uint32_t i = 0; i < 4000; i++) {
		profile_hits_add(&p.hits, first, 64 + i % 8, 1);
		profile_hits_add(&p.hits, second, 64 + i % 8, 1);
	}
	profile_decay(&p, 7, 0);
	uint64_t left = hit_sum(&p);
	CHECK(left > 6850 && left < 7150, "an eighth of the hits is gone");
	profile_init(&copy);
	profile_copy_living(&p, &copy);
	bool all_second = true;
	for (size_t i = 0; i < copy.hits.all.len; i++) {
		const struct profile_sample *of = &copy.samples.data[copy.hits.all.data[i].sample];
		uint32_t symbol = copy.frames.data[copy.stacks.data[of->stack].frame].symbol;
		all_second &= !strcmp(strtab_text(&copy.strings, copy.symbols.data[symbol].name), "second");
	}
	CHECK(all_second && copy.hits.all.len, "those of living samples are copied, and theirs still");
	profile_deinit(&copy);
	for (uint32_t round = 1; p.hits.all.len && round < 200; round++)
		profile_decay(&p, 7, round);
	CHECK_EQ(p.hits.all.len, 0, "and in the end all are gone");
	profile_deinit(&p);
	profile_init(&p);
}

/* One large counter and a thousand of one sample each: the same share before and after. */
static void fades_together(void)
{
	uint32_t large = sample(1, "large", stack(&p, STACK_EMPTY, "prog", "large"), 1000, 1000000);
	uint64_t small;

	for (uint32_t i = 0; i < 1000; i++)
		sample(2, "small", stack(&p, STACK_EMPTY, "prog", (char[]){ (char)('a' + i % 26), (char)('a' + i / 26 % 26), 's', (char)('a' + i / 676), 0 }), 1, 1000);
	CHECK_EQ(sum(false), 2000, "samples before");
	bool even = true;
	for (uint32_t round = 0; round < 8; round++) {
		profile_decay(&p, 7, round);
		small = sum(false) - p.samples.data[large].count;
		double ratio = (double)small / (double)p.samples.data[large].count;
		even &= ratio > 0.8 && ratio < 1.25;
	}
	CHECK(even, "many small ones fade as a large one does");
	uint64_t left = p.samples.data[large].count;
	CHECK(left > 338 && left < 350, "seven eighths to the eighth power are left");
	CHECK_EQ(p.events.data[0].count, sum(false), "the event has the sum of the samples");
	CHECK_EQ(p.events.data[0].period, sum(true), "and of the periods");
}

static void ends(void)
{
	for (uint32_t round = 0; round < 200; round++)
		profile_decay(&p, 7, round);
	CHECK_EQ(sum(false), 0, "all fades to nothing");
	CHECK_EQ(sum(true), 0, "periods, too");
	CHECK_EQ(profile_living(&p), 0, "nothing lives");
	sample(1, "large", stack(&p, STACK_EMPTY, "prog", "large"), 5, 50);
	profile_decay(&p, 0, 0);
	CHECK_EQ(sum(true), 0, "nothing is left where nothing is to be left");
}

static void is_copied(void)
{
	uint32_t outer = stack(&p, STACK_EMPTY, "prog", "main");
	struct profile copy;

	sample(9, "lives", stack(&p, outer, "lib", "leaf"), 3, 30);
	profile_init(&copy);
	profile_copy_living(&p, &copy);
	CHECK_EQ(copy.samples.len, 1, "only what lives is copied");
	CHECK_EQ(copy.samples.data[0].count, 3, "with its samples");
	CHECK_EQ(copy.samples.data[0].period, 30, "and periods");
	CHECK_EQ(copy.stacks.len, 3, "the stack and its callers, nothing else");
	uint32_t at = copy.samples.data[0].stack;
	CHECK_STR(strtab_text(&copy.strings, profile_frame_symbol(&copy, copy.stacks.data[at].frame)->name), "leaf", "the place");
	at = copy.stacks.data[at].parent;
	CHECK_STR(strtab_text(&copy.strings, profile_frame_symbol(&copy, copy.stacks.data[at].frame)->name), "main", "its caller");
	CHECK_STR(strtab_text(&copy.strings, (uint32_t)*map64_get(&copy.pid_comms, 9)), "lives", "the names of tasks");
	CHECK_EQ(profile_frame_image(&copy, copy.stacks.data[at].frame)->source, NO_ID, "images are of no session");
	CHECK_EQ(copy.events.data[0].count, p.events.data[0].count, "the event");

	/* what was looked at is found again, under other ids */
	struct zoom zoom = zoom_symbol(&p, p.stacks.data[outer].frame, NULL);
	struct zoom_filter filter;
	zoom_filter_init(&filter, &copy, &zoom);
	CHECK(zoom_passes(&filter, &copy.samples.data[0]), "what went through a function, after the profile was made anew");
	zoom_filter_deinit(&filter);
	zoom_deinit(&zoom);
	profile_deinit(&copy);
}

static bool passes(const struct zoom *zoom, uint32_t which)
{
	struct zoom_filter filter;

	zoom_filter_init(&filter, &p, zoom);
	bool good = zoom_passes(&filter, &p.samples.data[which]);
	zoom_filter_deinit(&filter);
	return good;
}

static void parts(void)
{
	uint32_t outer = stack(&p, STACK_EMPTY, "prog", "main"), leaf = stack(&p, outer, "lib", "leaf");
	uint32_t a = sample(21, "a", leaf, 1, 1), b = sample(22, "b", outer, 1, 1);
	const struct profile_task *task = &p.tasks.data[p.origins.data[p.samples.data[a].origin].task];
	struct zoom thread = zoom_task(&p, ZOOM_THREAD, task, NULL), process = zoom_task(&p, ZOOM_PROCESS, task, NULL);
	struct zoom comm = zoom_task(&p, ZOOM_COMM, task, NULL);
	struct zoom image = zoom_image(&p, p.stacks.data[leaf].frame, NULL), symbol = zoom_symbol(&p, p.stacks.data[leaf].frame, &thread);
	struct strbuf text = { 0 };

	CHECK(passes(&thread, a) && !passes(&thread, b), "a thread");
	CHECK(passes(&process, a) && passes(&process, b), "a process");
	CHECK(passes(&comm, a) && !passes(&comm, b), "a name");
	CHECK(passes(&image, a) && !passes(&image, b), "a library: what hit its code");
	CHECK(passes(&symbol, a) && !passes(&symbol, b), "a function within a thread");
	uint32_t c = sample(22, "b", leaf, 1, 1);
	CHECK(!passes(&symbol, c), "and not in others");
	CHECK(passes(NULL, c), "no part is everything");
	zoom_text(&symbol, &text);
	CHECK_STR(strbuf_str(&text), "thread 21 (a), through leaf", "what it is called");
	strbuf_deinit(&text);
	zoom_deinit(&thread);
	zoom_deinit(&process);
	zoom_deinit(&comm);
	zoom_deinit(&image);
	zoom_deinit(&symbol);
}

int main(void)
{
	profile_init(&p);
	hits_fade();
	fades_together();
	ends();
	is_copied();
	parts();
	profile_deinit(&p);
	return tap_done();
}
