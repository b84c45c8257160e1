/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Samples into a profile. The session is one made up here: a function for
 * every 0x1000 of addresses, "u1" at 0x1000 in user space, "k1" at the same
 * distance from KERNEL; so what is looked up shows in the name. In "uc",
 * "inner" was inlined into "outer", and that into "uc", but for its first bytes.
 */
#include "profile/builder.h"
#include "profile/chains.h"
#include "profile/functions.h"
#include "tests/lib/tap.h"

#define KERNEL 0xffffffff80000000ull

static struct strtab session_text;
static VEC(struct location) locations;
static VEC(struct session_symbol) symbols;
static struct session_image images[2];
static unsigned located;

struct strtab *session_strings(struct session *session) { (void)session; return &session_text; }
struct images *session_images(struct session *session) { (void)session; return NULL; }
const struct session_image *images_get(const struct images *im, uint32_t id) { (void)im; return &images[id]; }
const struct session_symbol *images_symbol_get(const struct images *im, uint32_t id) { (void)im; return &symbols.data[id]; }
const struct location *session_location(const struct session *session, uint32_t id)
{
	(void)session;
	return &locations.data[id];
}

uint32_t session_locate(struct session *session, struct task *task, uint8_t cpumode, uint64_t address)
{
	bool kernel = cpumode == PERF_RECORD_MISC_KERNEL;
	char name[32];

	(void)session;
	(void)task;
	located++;
	for (uint32_t i = 0; i < locations.len; i++)
		if (locations.data[i].address == address)
			return i;
	snprintf(name, sizeof(name), "%c%x", kernel ? 'k' : 'u', (unsigned)((kernel ? address - KERNEL : address) >> 12));
	vec_push(&symbols, (struct session_symbol){ .image = kernel, .name = strtab_id(&session_text, name), .start = address & ~0xfffull });
	vec_push(&locations, (struct location){ .image = kernel, .symbol = (uint32_t)symbols.len - 1, .address = address });
	return (uint32_t)locations.len - 1;
}

/* The kernel's addresses are the same for every task. */
struct session_anchor session_anchor(struct session *session, struct task *of, uint8_t cpumode, uint64_t address)
{
	(void)session;
	if (cpumode == PERF_RECORD_MISC_KERNEL)
		return (struct session_anchor){ .address = address };
	return (struct session_anchor){ address, of->space->id, of->space->generation };
}

void session_expect(const struct session *session, const struct task *of, uint8_t cpumode, uint64_t address)
{
	(void)session;
	(void)of;
	(void)cpumode;
	(void)address;
}

/* By an address that nothing else has, in whose name is what is missing. */
uint32_t session_locate_missing(struct session *session, enum stack_end what)
{
	return session_locate(session, NULL, PERF_RECORD_MISC_USER, (0xc00 + what) << 12);
}

const struct image_place *session_places(struct session *session, uint32_t location, uint32_t *n)
{
	static struct image_place places[3];
	static const char *const functions[] = { "inner", "outer", "" };

	(void)session;
	for (uint32_t i = 0; i < 3; i++)
		places[i] = (struct image_place){ .function = *functions[i] ? strtab_id(&session_text, functions[i]) : 0,
						  .file = strtab_id(&session_text, i ? "/src/shop.h" : "/src/core.c"), .line = i + 7 };
	*n = locations.data[location].address >> 12 == 0xc && locations.data[location].address & 0xff0 ? 3 : 0;
	return places;
}

static struct profile p;
static struct profile_builder *b;
static struct space space = { .id = 1, .generation = 1, .pid = 10 };
static struct task task = { .id = 0, .pid = 10, .tid = 11, .space = &space };
static struct perf_event_attr attr = { .sample_type = PERF_SAMPLE_PERIOD };

static bool event(void *ctx, uint32_t index, const char **name, const struct perf_event_attr **out)
{
	(void)ctx;
	*name = "made-up";
	*out = &attr;
	return index == 0;
}

static void begin(struct profile_dims dims, const struct profile_filter *filter)
{
	static const struct profile_filter none;
	struct profile_event_source source = { .event = event };

	profile_init(&p);
	b = profile_builder_create(&p, &dims, filter ? filter : &none, &source);
	located = 0;
}

static void end(void)
{
	profile_builder_destroy(b);
	profile_deinit(&p);
}

static void add(uint64_t ip, uint8_t cpumode, const uint64_t *chain, size_t n)
{
	struct sample s = { .ip = ip, .period = 10, .cpumode = cpumode, .chain = chain, .chain_len = n, .time = 5, .cpu = 3 };

	profile_builder_add(b, &(struct session_sample){ .s = &s, .task = &task });
}

/* The stack of the last new counter, outermost first: "u1;u2". */
static const char *last_stack(void)
{
	static char text[256];
	uint32_t ids[32], n = 0;

	for (uint32_t s = vec_last(&p.samples).stack; s; s = p.stacks.data[s].parent)
		ids[n++] = p.stacks.data[s].frame;
	*text = '\0';
	while (n--) {
		strcat(text, *text ? ";" : "");
		strcat(text, strtab_text(&p.strings, profile_frame_symbol(&p, ids[n])->name));
	}
	return text;
}

#define CHAIN(...) (const uint64_t[]){ __VA_ARGS__ }, sizeof((const uint64_t[]){ __VA_ARGS__ }) / 8
#define USER ((uint64_t)PERF_CONTEXT_USER)
#define KERNEL_CONTEXT ((uint64_t)PERF_CONTEXT_KERNEL)

static void chains_named(void)
{
	begin((struct profile_dims){ .stacks = true }, NULL);
	add(0x3010, PERF_RECORD_MISC_USER, CHAIN(USER, 0x3010, 0x2000, 0x1010));
	CHECK_STR(last_stack(), "u1;u1;u3", "a caller is looked up before its return address");
	add(0x3000, PERF_RECORD_MISC_USER, CHAIN(USER, 0x3000, 0x2010));
	CHECK_STR(last_stack(), "u2;u3", "the place itself is looked up as it is");
	add(KERNEL + 0x5010, PERF_RECORD_MISC_KERNEL, CHAIN(KERNEL_CONTEXT, KERNEL + 0x5010, KERNEL + 0x4010, USER, 0x2000, 0x1010));
	CHECK_STR(last_stack(), "u1;u2;k4;k5", "where user space was left, there is no call to look for");
	add(KERNEL + 0x5010, PERF_RECORD_MISC_KERNEL, CHAIN(USER, 0x2000, 0x1010));
	CHECK_STR(last_stack(), "u1;u2;k5", "a chain without the kernel's part stands below the place");
	add(0xa020, PERF_RECORD_MISC_USER, CHAIN(USER, 0xb028, 0x2010));
	CHECK_STR(last_stack(), "u2;ua", "a precise address replaces the one that the interrupt saw");
	add(KERNEL + 0x6010, PERF_RECORD_MISC_KERNEL, CHAIN(KERNEL_CONTEXT, KERNEL + 0x6010, (uint64_t)PERF_CONTEXT_GUEST_USER, 0x9000, USER, 0x7010));
	CHECK_STR(last_stack(), "u7;k6", "frames of guests are left out");
	add(KERNEL + 0x7010, PERF_RECORD_MISC_KERNEL, CHAIN(KERNEL_CONTEXT));
	CHECK_STR(last_stack(), "k7", "a chain of a marker alone");
	add(0x8010, PERF_RECORD_MISC_USER, NULL, 0);
	CHECK_STR(last_stack(), "u8", "no chain at all");
	end();
}

/* "uc01" stands for callers that were cut off, "uc02" for those that could not be found. */
static void stacks_not_whole(void)
{
	begin((struct profile_dims){ .stacks = true }, NULL);
	add(0x3010, PERF_RECORD_MISC_USER, CHAIN(USER, 0x3010, 0x2010, 0x1010));
	add(0x3010, PERF_RECORD_MISC_USER, CHAIN(USER, 0x3010, 0x2010, 0x1010, USER));
	CHECK_STR(last_stack(), "uc01;u1;u2;u3", "a marker at the end: the stack was cut, and the last address is no root");
	add(0x3010, PERF_RECORD_MISC_USER, CHAIN(USER, 0x3010, 0x2010, 0x1010, USER, USER));
	CHECK_STR(last_stack(), "uc02;u1;u2;u3", "two of them: it is broken");
	add(0x3010, PERF_RECORD_MISC_USER, CHAIN(USER, 0x3010, USER));
	CHECK_STR(last_stack(), "uc01;u3", "also where no caller was found at all");
	end();
	begin((struct profile_dims){ .stacks = true, .max_stack = 3 }, NULL);
	add(KERNEL + 0x5010, PERF_RECORD_MISC_KERNEL, CHAIN(KERNEL_CONTEXT, KERNEL + 0x5010, KERNEL + 0x4010, USER, 0x2000, 0x1010));
	CHECK_STR(last_stack(), "k4;k5", "not where no more frames are wanted");
	end();
}

static void inlined_calls(void)
{
	begin((struct profile_dims){ .stacks = true, .inlines = true }, NULL);
	add(0xc010, PERF_RECORD_MISC_USER, CHAIN(USER, 0xc010, 0x1010));
	CHECK_STR(last_stack(), "u1;uc;outer;inner", "inlined calls are frames, innermost last");
	const struct profile_stack *top = &p.stacks.data[vec_last(&p.samples).stack];
	CHECK_EQ(profile_frame_symbol(&p, top->frame)->inlined, 1, "and known as such");
	uint32_t code = profile_stack_code(&p, vec_last(&p.samples).stack);
	CHECK_STR(strtab_text(&p.strings, profile_frame_symbol(&p, p.stacks.data[code].frame)->name), "uc", "the code is the function's");
	add(0x2010, PERF_RECORD_MISC_USER, CHAIN(USER, 0x2010, 0xc021, 0x1010));
	CHECK_STR(last_stack(), "u1;uc;outer;inner;u2", "of callers, too");
	add(0xc000, PERF_RECORD_MISC_USER, CHAIN(USER, 0xc000, 0x1010));
	CHECK_STR(last_stack(), "u1;uc", "not where nothing was inlined");
	add(0xc010, PERF_RECORD_MISC_USER, NULL, 0);
	CHECK_STR(last_stack(), "uc", "and not without a call chain");
	end();
	begin((struct profile_dims){ .stacks = true }, NULL);
	add(0xc010, PERF_RECORD_MISC_USER, CHAIN(USER, 0xc010, 0x1010));
	CHECK_STR(last_stack(), "u1;uc", "nor when they are not asked for");
	end();
}

static const char *last_line(void)
{
	return strtab_text(&p.strings, p.frames.data[p.stacks.data[vec_last(&p.samples).stack].frame].line);
}

static void source_lines(void)
{
	begin((struct profile_dims){ .lines = true, .inlines = true }, NULL);
	add(0xc010, PERF_RECORD_MISC_USER, NULL, 0);
	CHECK_STR(last_stack(), "uc", "by line there is one frame");
	CHECK_STR(last_line(), "core.c:7", "with the innermost line");
	CHECK_STR(strtab_text(&p.strings, p.frames.data[0].file), "core.c", "and its file");
	add(0xc00c, PERF_RECORD_MISC_USER, NULL, 0);
	CHECK_STR(last_line(), "uc+12", "what has no line is told apart by its place");
	end();
}

static void chains_joined(void)
{
	begin((struct profile_dims){ .stacks = true }, NULL);
	add(0x3010, PERF_RECORD_MISC_USER, CHAIN(USER, 0x3010, 0x2010, 0x1010));
	unsigned first = located;
	add(0x3010, PERF_RECORD_MISC_USER, CHAIN(USER, 0x3010, 0x2010, 0x1010));
	CHECK_EQ(located, first, "an equal sample is not looked up again");
	add(0x3020, PERF_RECORD_MISC_USER, CHAIN(USER, 0x3020, 0x2010, 0x1010));
	CHECK_EQ(located, first + 1, "of equal callers only the place is");
	CHECK_EQ(p.samples.len, 1, "and a place of the same function is the same counter");
	CHECK_EQ(p.samples.data[0].count * 100 + p.samples.data[0].period, 330, "which has counted all of them");
	space.generation++;
	add(0x3010, PERF_RECORD_MISC_USER, CHAIN(USER, 0x3010, 0x2010, 0x1010));
	CHECK_EQ(located, first * 2 + 1, "after a change of mappings everything is looked up again");
	CHECK_EQ(p.samples.len, 1, "and may be the same");
	add(0x3010, PERF_RECORD_MISC_USER, CHAIN(USER, 0x3010, 0x2030, 0x1010));
	CHECK_EQ(p.samples.len, 1, "other call sites of the same functions are the same stack");
	end();
	begin((struct profile_dims){ .stacks = true, .addresses = true }, NULL);
	add(0x3010, PERF_RECORD_MISC_USER, CHAIN(USER, 0x3010, 0x2010, 0x1010));
	add(0x3010, PERF_RECORD_MISC_USER, CHAIN(USER, 0x3010, 0x2030, 0x1010));
	CHECK_EQ(p.samples.len, 2, "unless addresses are to be told apart");
	end();
	begin((struct profile_dims){ .stacks = true, .max_stack = 2 }, NULL);
	add(0x3010, PERF_RECORD_MISC_USER, CHAIN(USER, 0x3010, 0x2010, 0x1010));
	CHECK_STR(last_stack(), "u2;u3", "--max-stack keeps the innermost");
	end();
}

static void add_some(void)
{
	add(0x3010, PERF_RECORD_MISC_USER, CHAIN(USER, 0x3010, 0x2010, 0x1010));
	add(0x3020, PERF_RECORD_MISC_USER, CHAIN(USER, 0x3020, 0x2010, 0x1010));
	add(0x3020, PERF_RECORD_MISC_USER, CHAIN(USER, 0x3020, 0x2010, 0x1010));
	add(0x2018, PERF_RECORD_MISC_USER, NULL, 0);
	add(0xc010, PERF_RECORD_MISC_USER, CHAIN(USER, 0xc010, 0x1010));
}

/* "u3+0x10 1; " of what hit the function there */
static void add_place(char *text, const char *name, uint64_t address, uint64_t count)
{
	sprintf(text + strlen(text), "%s+0x%x %d; ", name, (unsigned)(address & 0xfff), (int)count);
}

/* What listings are made from, beside the counters of a profile that tells addresses apart. */
static void hits_noted(void)
{
	char wanted[256] = "", got[256] = "";
	struct functions f;

	begin((struct profile_dims){ .addresses = true }, NULL);
	add_some();
	for (size_t i = 0; i < p.samples.len; i++) {
		uint32_t frame = p.stacks.data[p.samples.data[i].stack].frame;
		add_place(wanted, strtab_text(&p.strings, profile_frame_symbol(&p, frame)->name), p.frames.data[frame].address, p.samples.data[i].count);
	}
	end();

	begin((struct profile_dims){ .stacks = true, .inlines = true, .hits = true }, NULL);
	add_some();
	CHECK_EQ(p.samples.len, 3, "counters are not told apart by address");
	functions_init(&f, &p, &(struct functions_filter){ 0 });
	for (size_t i = 0; i < f.all.len; i++) {
		const struct function *of = &f.all.data[i];
		const struct function_hit *hit = &f.hits.data[of->first];
		for (uint32_t n = 0; n < of->n; n++) {	/* equal ones follow one another here */
			uint64_t count = hit[n].count;
			for (; n + 1 < of->n && hit[n + 1].address == hit[n].address; n++)
				count += hit[n + 1].count;
			add_place(got, strtab_text(&p.strings, p.symbols.data[of->symbol].name), hit[n].address, count);
		}
	}
	CHECK_STR(got, wanted, "addresses have their samples, those of inlined calls with the function that has the code");
	CHECK(f.all.data[0].count == 3 && f.all.data[0].period == 30, "and functions the sum");
	functions_deinit(&f);
	functions_init(&f, &p, &(struct functions_filter){ .name = "u3" });
	CHECK(f.all.len == 1 && f.all.data[0].count == 3 && f.wholes[0].count == 5, "of one name, with the whole of all");
	functions_deinit(&f);
	end();
}

/* More than are kept before equal ones are put together, so that it happens. */
static void hits_put_together(void)
{
	enum { SAMPLES = 70000, ADDRESSES = 3, ROUNDS = 16 };
	struct profile_hits hits = { 0 };
	uint64_t count = 0, period = 0, wrong = 0;

	for (uint32_t i = 0; i < SAMPLES * ADDRESSES * ROUNDS; i++)
		profile_hits_add(&hits, i / ADDRESSES % SAMPLES, KERNEL + i % ADDRESSES, 1 + i % ADDRESSES);
	CHECK(hits.all.len < SAMPLES * ADDRESSES * (ROUNDS - 1), "equal ones were put together");
	for (size_t i = 0; i < hits.all.len; i++) {
		const struct profile_hit *hit = &hits.all.data[i];
		count += hit->count;
		period += hit->period;
		wrong += hit->sample >= SAMPLES || hit->period != hit->count * (1 + hit->address - KERNEL);
	}
	CHECK_EQ(count, (uint64_t)SAMPLES * ADDRESSES * ROUNDS, "no sample is gone");
	CHECK_EQ(period, (uint64_t)SAMPLES * ROUNDS * 6, "nor what it stands for");
	CHECK_EQ(wrong, 0, "and none is with another address");
	profile_hits_deinit(&hits);
}

static void told_apart(void)
{
	task.comm = strtab_id(&session_text, "before");
	begin((struct profile_dims){ .comm = true }, NULL);
	add(0x1010, PERF_RECORD_MISC_USER, NULL, 0);
	task.comm = strtab_id(&session_text, "after");
	add(0x1010, PERF_RECORD_MISC_USER, NULL, 0);
	add(0x1010, PERF_RECORD_MISC_USER, NULL, 0);
	CHECK_EQ(p.samples.len, 2, "a thread's samples are told apart by its name at the time");
	CHECK_EQ(p.samples.data[1].count, 2, "and joined under the new one");
	end();
	begin((struct profile_dims){ .pid = true }, NULL);
	add(0x1010, PERF_RECORD_MISC_USER, NULL, 0);
	task.comm = strtab_id(&session_text, "before");
	add(0x1010, PERF_RECORD_MISC_USER, NULL, 0);
	CHECK_EQ(p.samples.len, 1, "but only where names were asked for");
	end();
	attr.sample_type = 0;
	attr.sample_period = 7;
	begin((struct profile_dims){ .comm = true }, NULL);
	add(0x1010, PERF_RECORD_MISC_USER, NULL, 0);
	CHECK_EQ(p.samples.data[0].period, 7, "without a period in the sample it is the event's");
	attr.sample_type = PERF_SAMPLE_PERIOD;
	end();
}

static size_t kept_with(const struct profile_filter *filter)
{
	begin((struct profile_dims){ 0 }, filter);
	add(0x1010, PERF_RECORD_MISC_USER, NULL, 0);
	size_t n = p.samples.len;
	if (!n)
		CHECK_EQ(p.events.data[0].dropped_period, 10, "what is dropped is counted");
	end();
	return n;
}

static void filtered(void)
{
	struct profile_filter f = { 0 };

	vec_push(&f.pids, 99);
	CHECK_EQ(kept_with(&f), 0, "another process");
	f.pids.data[0] = 10;
	CHECK_EQ(kept_with(&f), 1, "this process");
	vec_push(&f.cpus, 2);
	CHECK_EQ(kept_with(&f), 0, "another CPU");
	f.cpus.data[0] = 3;
	vec_push(&f.comms, "other");
	CHECK_EQ(kept_with(&f), 0, "another name");
	f.comms.data[0] = "before";
	CHECK_EQ(kept_with(&f), 1, "its CPU and name");
	vec_push(&f.times.all, (struct time_range){ 6, UINT64_MAX });
	vec_push(&f.times.all, (struct time_range){ 1, 4 });
	CHECK_EQ(kept_with(&f), 0, "before the time");
	vec_push(&f.times.all, (struct time_range){ 5, 5 });
	CHECK_EQ(kept_with(&f), 1, "in time");
	profile_filter_deinit(&f);
}

static void forgotten(void)
{
	struct chains c;
	uint64_t words[4] = { 1, 2, 3, 4 };
	struct chain_key key = { .words = words, .n = 4, .space = 1, .cpumode = 2 };
	size_t most = 0;

	chains_init(&c, 4096);
	for (uint32_t i = 0; i < 1000; i++) {
		words[0] = i;
		chains_add(&c, &key, chains_hash(&key), i);
		most = c.pieces.len > most ? c.pieces.len : most;
	}
	CHECK(most * 8 <= 4096, "chains take no more memory than they may");
	CHECK_EQ(chains_find(&c, &key, chains_hash(&key)), 999, "and those of late are known");
	key.generation = 1;
	CHECK_EQ(chains_find(&c, &key, chains_hash(&key)), NO_ID, "in their own generation");
	key.generation = 0;
	key.cpumode = 1;
	CHECK_EQ(chains_find(&c, &key, chains_hash(&key)), NO_ID, "and mode");
	key.cpumode = 2;
	words[0] = 0;
	CHECK_EQ(chains_find(&c, &key, chains_hash(&key)), NO_ID, "older ones are forgotten");
	chains_deinit(&c);
}

int main(void)
{
	strtab_id(&session_text, "");
	images[0].path = images[0].name = strtab_id(&session_text, "prog");
	images[1].path = images[1].name = strtab_id(&session_text, "[kernel.kallsyms]");
	images[1].kind = IMAGE_KERNEL;
	chains_named();
	stacks_not_whole();
	inlined_calls();
	source_lines();
	chains_joined();
	hits_noted();
	hits_put_together();
	told_apart();
	filtered();
	forgotten();
	strtab_deinit(&session_text);
	vec_deinit(&locations);
	vec_deinit(&symbols);
	return tap_done();
}
