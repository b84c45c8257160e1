/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/session.h"

#include <sys/mman.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "os/machine.h"
#include "session/locations.h"
#include "session/order.h"
#include "session/reads.h"
#include "session/stacks.h"
#include "session/tasks.h"

enum { BUFFER_MAX = 256 << 20, EVENTS_RECENT = 64 };

struct event_kept {
	struct sample_layout layout;
	size_t trailer;		/* bytes behind other records */
	uint64_t regs_user;	/* which registers its samples carry beside stack bytes; 0: nothing to unwind */
	bool reads;		/* a sample is one of each event whose count it brings */
	uint64_t read_format;
	bool monotonic;		/* its times are of CLOCK_MONOTONIC, as those of JIT dumps */
};

/* Samples that were applied, and that the sink gets together. */
struct batch {
	size_t n, max;
	struct session_sample out[SESSION_BATCH];
	struct sample samples[SESSION_BATCH];	/* what the last one's layout lacks stays as it is */
	uint32_t events[SESSION_BATCH];		/* whose that layout is; NO_ID: nobody's */
};

struct session {
	struct session_sink sink;
	struct batch batch;
	struct strtab strings;
	struct images *images;
	struct stacks *stacks;
	struct order order;
	struct tasks tasks;
	struct locations locations;
	struct session_counts counts;
	struct reads reads;
	struct space kernel;
	uint32_t unknown_image;		/* NO_ID: not made yet */
	VEC(struct event_kept) events;
	struct map64 event_by_id;
	struct { uint64_t id; uint32_t event; } recent[EVENTS_RECENT];	/* by the id's lower bits */
	bool keep_stacks, keep_reads;
	bool one_time_layout;		/* events[0].layout says where the time stands in any record */
};

static bool same_line(const struct os *os, const char *path, const char *want)
{
	autofree char *line = want ? os_read_line(os, path) : NULL;

	return !line || !strcmp(line, want);
}

bool session_same_machine(const struct data_features *f, const struct os *os)
{
	uint8_t id[BUILD_ID_SIZE];
	size_t size;

	if (!same_line(os, "/proc/sys/kernel/hostname", f->hostname) ||
	    !same_line(os, "/proc/sys/kernel/osrelease", f->osrelease))
		return false;
	size = machine_notes_build_id(os, "/sys/kernel/notes", id);
	for (size_t i = 0; size && i < f->build_ids.len; i++) {
		const struct data_build_id *b = &f->build_ids.data[i];
		if (!strcmp(b->filename, "[kernel.kallsyms]") && b->size)
			return b->size == size && !memcmp(b->id, id, size);
	}
	return true;
}

static void apply(void *ctx, const struct perf_event_header *record, uint64_t offset);
static void give_samples(void *ctx);

struct session *session_create(const struct session_options *options, const struct session_sink *sink,
			       struct notes *notes)
{
	struct session *s = xcalloc(1, sizeof(*s));

	s->sink = *sink;
	s->images = images_create(&options->images, &s->strings, notes);
	s->stacks = stacks_create(s->images, options->living);
	s->unknown_image = NO_ID;
	s->one_time_layout = true;
	s->keep_stacks = options->keep_stacks;
	s->keep_reads = options->keep_reads;
	s->batch.max = sink->samples ? SESSION_BATCH : 1;
	memset(s->batch.events, 0xff, sizeof(s->batch.events));
	order_init(&s->order, options->buffer_max ? options->buffer_max : BUFFER_MAX, s, apply);
	s->order.settle = give_samples;
	tasks_init(&s->tasks, &s->strings);
	locations_init(&s->locations);
	return s;
}

void session_destroy(struct session *s)
{
	if (!s)
		return;
	order_deinit(&s->order);
	tasks_deinit(&s->tasks);
	reads_deinit(&s->reads);
	locations_deinit(&s->locations);
	stacks_destroy(s->stacks);
	images_destroy(s->images);
	strtab_deinit(&s->strings);
	vec_deinit(&s->events);
	map64_deinit(&s->event_by_id);
	free(s);
}

void session_add_event(struct session *s, const struct perf_event_attr *attr, const uint64_t *ids, size_t n)
{
	struct event_kept *event = vec_add(&s->events);
	const struct sample_layout *first = &s->events.data[0].layout;

	sample_layout_init(&event->layout, attr);
	event->trailer = (size_t)event->layout.id_words * 8;
	event->regs_user = attr->sample_type & PERF_SAMPLE_STACK_USER && !s->keep_stacks ? attr->sample_regs_user : 0;
	event->reads = reads_has(attr) && !s->keep_reads;
	event->read_format = attr->read_format;
	event->monotonic = attr->use_clockid && attr->clockid == CLOCK_MONOTONIC && attr->sample_type & PERF_SAMPLE_TIME;
	for (size_t i = 0; i < n; i++)
		*map64_put(&s->event_by_id, ids[i], NULL) = s->events.len - 1;
	s->one_time_layout &= first->time_at == event->layout.time_at &&
			      first->time_from_end == event->layout.time_from_end;
	memset(s->recent, 0, sizeof(s->recent));	/* an id may have come to another event */
}

/* NO_ID when the id is nobody's; in a file that has no ids all is the first event's. */
static uint32_t event_of_id(struct session *s, uint64_t id)
{
	uint64_t *event;

	if (s->recent[id % EVENTS_RECENT].id == id)
		return s->recent[id % EVENTS_RECENT].event;
	event = map64_get(&s->event_by_id, id);
	if (!event)
		return s->event_by_id.used ? NO_ID : 0;
	s->recent[id % EVENTS_RECENT].id = id;
	return s->recent[id % EVENTS_RECENT].event = (uint32_t)*event;
}

/*
 * Which event a record belongs to: by the id it carries, which stands at the
 * same place for all events of a file that has more than one. A record without an id is the first event's.
 */
static uint32_t event_of(struct session *s, const struct perf_event_header *record)
{
	uint64_t id;

	if (s->events.len < 2)
		return s->events.len ? 0 : NO_ID;
	if (!record_event_id(&s->events.data[0].layout, record, &id) || !id)
		return 0;
	return event_of_id(s, id);
}

/* ---- applying: in the order of time */

static void give_samples(void *ctx)
{
	struct session *s = ctx;
	size_t n = s->batch.n;

	s->batch.n = 0;
	if (s->sink.samples && n)
		s->sink.samples(s->sink.ctx, s->batch.out, n);
	else if (n)
		s->sink.sample(s->sink.ctx, s->batch.out);
}

/* A free place of the batch, with the sample in it; NULL: damaged. */
static struct session_sample *decode(struct session *s, uint32_t index, const struct perf_event_header *record)
{
	struct batch *batch = &s->batch;
	const struct event_kept *event = &s->events.data[index];
	struct sample *sample = &batch->samples[batch->n];
	bool sound;

	if (batch->events[batch->n] == index) {
		sound = sample_decode_next(&event->layout, record, sample);
	} else {
		sound = sample_decode(&event->layout, record, sample);
		/* What the unwinder adds to a sample must not stay for the next. */
		batch->events[batch->n] = event->regs_user ? NO_ID : index;
	}
	batch->out[batch->n].s = sample;
	return sound ? &batch->out[batch->n] : NULL;
}

static void count_end(struct session *s, const struct sample *sample)
{
	switch (stack_end_of(sample->chain, sample->chain_len)) {
	case STACK_CUT:
		s->counts.stacks_cut++;
		break;
	case STACK_BROKEN:
		s->counts.stacks_broken++;
		break;
	case STACK_WHOLE:
		break;
	}
}

/* Leader sampling: the sample once for each event of the group that counted something since the last one. */
static void give_each_read(struct session *s, struct session_sample *out, const struct event_kept *event)
{
	struct reads_value value;

	for (size_t i = 0; reads_next(&s->reads, event->read_format, out->s, &i, &value); ) {
		out->event = event_of_id(s, value.id);
		if (out->event == NO_ID) {
			s->counts.unknown_event++;
			continue;
		}
		out->s->id = value.id;
		out->s->period = value.period;
		s->counts.samples++;
		s->batch.n = 1;
		give_samples(s);
	}
	/* what was put into the sample must not stay for the next */
	s->batch.events[0] = NO_ID;
}

static void apply_sample(struct session *s, const struct perf_event_header *record, uint64_t offset)
{
	uint32_t index = event_of(s, record);
	struct session_sample *out;

	if (index == NO_ID) {
		s->counts.unknown_event++;
		return;
	}
	/* What changes something for the samples before it, or cannot be kept, goes by itself. */
	const struct event_kept *event = &s->events.data[index];
	bool timed = event->monotonic && images_timed(s->images), alone = timed || event->regs_user || event->reads;
	if (alone)
		give_samples(s);
	out = decode(s, index, record);
	if (!out) {
		s->counts.malformed++;
		return;
	}
	struct task *task = tasks_known(&s->tasks, out->s->pid, out->s->tid);
	if (!task) {
		/* A thread id that goes to another task changes what the samples before look at. */
		give_samples(s);
		out = decode(s, index, record);
		task = tasks_find_or_add(&s->tasks, out->s->pid, out->s->tid);
	}
	out->event = index;
	out->task = task;
	out->record = record;
	out->offset = offset;
	if (timed && images_advance(s->images, out->s->pid, out->s->time))
		task->space->generation++;
	if (event->regs_user)
		stacks_unwind(s->stacks, task, event->regs_user, out->s);
	count_end(s, out->s);
	if (event->reads && out->s->read) {
		give_each_read(s, out, event);
		return;
	}
	s->counts.samples++;
	if (++s->batch.n == s->batch.max || alone)
		give_samples(s);
}

static bool apply_mmap(struct session *s, const struct perf_event_header *record, size_t trailer)
{
	unsigned mode = record->misc & PERF_RECORD_MISC_CPUMODE_MASK;
	struct record_mmap m;
	struct mapping mapping;

	if (!record_mmap(record, trailer, &m) || m.start + m.len < m.start)
		return false;
	if (mode == PERF_RECORD_MISC_KERNEL || (m.pid == UINT32_MAX && mode != PERF_RECORD_MISC_GUEST_KERNEL)) {
		images_kernel_map(s->images, m.start, m.len, m.pgoff, m.filename);
		s->kernel.generation++;
		return true;
	}
	if (mode == PERF_RECORD_MISC_GUEST_KERNEL || mode == PERF_RECORD_MISC_GUEST_USER)
		return true;
	enum image_kind kind = maps_image_kind(m.filename);
	mapping = (struct mapping){
		.start = m.start, .end = m.start + m.len,
		.bias = kind == IMAGE_ANON ? 0 : m.pgoff - m.start,
		.image = images_id(s->images, kind, m.filename, m.build_id, m.build_id_size, m.pid),
		.executable = m.prot & PROT_EXEC,
	};
	images_jitdump(s->images, m.filename, m.pid, s->events.len && s->events.data[0].monotonic);
	tasks_map(&s->tasks, m.pid, m.tid, mapping);
	return true;
}

static bool apply_ksymbol(struct session *s, const struct perf_event_header *record, size_t trailer)
{
	struct record_ksymbol k;

	if (!record_ksymbol(record, trailer, &k))
		return false;
	images_ksymbol(s->images, k.addr, k.len, k.name, k.flags & PERF_RECORD_KSYMBOL_FLAGS_UNREGISTER);
	s->kernel.generation++;
	return true;
}

/* FORK that a recorder made up for a task that ran already (PERF_RECORD_MISC_FORK_EXEC of tools/perf). */
enum { MISC_FORK_EXEC = 1 << 13 };

static bool apply_task(struct session *s, const struct perf_event_header *record, size_t trailer)
{
	struct record_comm comm;
	struct record_fork fork;

	if (record->type == PERF_RECORD_COMM) {
		if (!record_comm(record, trailer, &comm))
			return false;
		tasks_comm(&s->tasks, &comm);
		return true;
	}
	if (!record_fork(record, trailer, &fork))
		return false;
	if (record->type == PERF_RECORD_FORK)
		tasks_fork(&s->tasks, &fork, record->misc & MISC_FORK_EXEC);
	else
		tasks_exit(&s->tasks, &fork);
	return true;
}

static bool apply_lost(struct session *s, const struct perf_event_header *record, size_t trailer)
{
	struct record_lost lost;

	if (!record_lost(record, trailer, &lost))
		return false;
	if (record->type == PERF_RECORD_LOST)
		s->counts.lost += lost.lost;
	else
		s->counts.lost_samples += lost.lost;
	return true;
}

static bool apply_state(struct session *s, const struct perf_event_header *record, size_t trailer)
{
	switch (record->type) {
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2:
		return apply_mmap(s, record, trailer);
	case PERF_RECORD_COMM:
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
		return apply_task(s, record, trailer);
	case PERF_RECORD_KSYMBOL:
		return apply_ksymbol(s, record, trailer);
	case PERF_RECORD_LOST:
	case PERF_RECORD_LOST_SAMPLES:
		return apply_lost(s, record, trailer);
	default:
		return true;
	}
}

static void apply(void *ctx, const struct perf_event_header *record, uint64_t offset)
{
	struct session *s = ctx;
	uint32_t event = NO_ID, layout;
	struct sample_id id = { .pid = UINT32_MAX, .tid = UINT32_MAX, .cpu = UINT32_MAX };
	bool kernels = record->type < RECORD_USER_FIRST;

	s->counts.records[record->type < RECORD_TYPES ? record->type : 0]++;
	if (record->type == PERF_RECORD_SAMPLE) {
		apply_sample(s, record, offset);
		return;
	}
	give_samples(s);
	if (kernels && s->events.len)
		event = event_of(s, record);
	layout = event == NO_ID ? 0 : event;
	if (kernels && !apply_state(s, record, s->events.len ? s->events.data[layout].trailer : 0)) {
		s->counts.malformed++;
		return;
	}
	if (!s->sink.record)
		return;
	if (kernels && s->events.len)
		sample_id_decode(&s->events.data[layout].layout, record, &id);
	s->sink.record(s->sink.ctx, record, event, &id, offset);
}

/* ---- feeding */

/* When the record was written; one that does not say has the time of the one in front of it. */
static uint64_t time_of(struct session *s, const struct perf_event_header *record)
{
	uint64_t time;
	uint32_t event = 0;

	if (record->type >= RECORD_USER_FIRST || !s->events.len)
		return s->order.last;
	if (!s->one_time_layout) {
		event = event_of(s, record);
		event = event == NO_ID ? 0 : event;
	}
	if (!record_time(&s->events.data[event].layout, record, &time) || time == UINT64_MAX)
		return s->order.last;
	return time;
}

void session_feed(struct session *s, struct records records)
{
	uint32_t chunk = order_feed(&s->order, records);
	size_t at = 0;

	while (at < records.len) {
		const struct perf_event_header *record = (const struct perf_event_header *)(records.bytes + at);
		size_t left = records.len - at;
		if (left < sizeof(*record) || record->size < sizeof(*record) || record->size > left ||
		    record->size % 8) {
			s->counts.malformed++;
			break;
		}
		order_add(&s->order, chunk, at, time_of(s, record));
		at += record->size;
		if (record->type == RECORD_FINISHED_ROUND)
			order_round(&s->order);
	}
	order_fed(&s->order, chunk, at);
}

void session_round(struct session *s)
{
	order_round(&s->order);
}

void session_finish(struct session *s)
{
	order_finish(&s->order);
}

static void add_events(struct session *s, const struct data_reader *reader)
{
	const char *arch = data_features(reader)->arch;

	if (arch)
		stacks_arch(s->stacks, arch);
	while (s->events.len < data_n_events(reader)) {
		const struct data_event *event = data_event(reader, s->events.len);
		session_add_event(s, &event->attr, event->ids.data, event->ids.len);
	}
}

/* Those behind the first `seen`: a pipe tells them one by one. How many there are now. */
static size_t add_build_ids(struct session *s, const struct data_reader *reader, size_t seen)
{
	const struct data_features *f = data_features(reader);

	for (; seen < f->build_ids.len; seen++) {
		const struct data_build_id *b = &f->build_ids.data[seen];
		images_header_build_id(s->images, b->filename, b->id, b->size);
	}
	return seen;
}

struct error *session_read(struct session *s, struct data_reader *reader,
			   bool (*progress)(void *ctx, uint64_t done, uint64_t size), void *ctx)
{
	uint64_t done, size;
	size_t build_ids = 0;
	bool end = false;

	while (!end) {
		struct records records = { 0 };
		struct error *err = data_next(reader, &records, &end);
		if (err) {
			session_finish(s);
			return err;
		}
		add_events(s, reader);
		build_ids = add_build_ids(s, reader, build_ids);
		if (records.bytes)
			session_feed(s, records);
		data_progress(reader, &done, &size);
		if (progress && !progress(ctx, done, size))
			return NULL;
	}
	add_events(s, reader);
	session_finish(s);
	return NULL;
}

/* ---- naming */

static uint32_t unknown_image(struct session *s)
{
	if (s->unknown_image == NO_ID)
		s->unknown_image = images_id(s->images, IMAGE_UNKNOWN, "[unknown]", NULL, 0, 0);
	return s->unknown_image;
}

/* What was compiled at run time may have another name by now; of the rest one look suffices. */
static bool is_lasting(const struct session *s, uint32_t image)
{
	enum image_kind kind = images_get(s->images, image)->kind;

	return kind != IMAGE_BPF && kind != IMAGE_ANON;
}

/* Behind the cache: the image that the address lies in, and its location there. */
static uint32_t locate(struct session *s, struct task *task, bool kernel, uint64_t address)
{
	struct location_key key = { .symbol = NO_ID, .image = NO_ID, .offset = address };
	const struct mapping *mapping;
	struct location location = { .raw = address };

	if (kernel) {
		key.image = images_kernel_at(s->images, address);
	} else if (task && (mapping = tasks_find_mapping(task, address))) {
		key.image = mapping->image;
		key.offset = address + mapping->bias;
	}
	if (key.image == NO_ID)
		key.image = unknown_image(s);
	if (!is_lasting(s, key.image))
		key.symbol = images_symbol(s->images, key.image, key.offset, &location.address);
	uint32_t id = locations_find(&s->locations, &key);
	if (id != NO_ID)
		return id;
	location.image = key.image;
	location.offset = key.offset;
	location.symbol = key.symbol != NO_ID ? key.symbol :
			  images_symbol(s->images, key.image, key.offset, &location.address);
	return locations_add(&s->locations, &key, location);
}

/* Whose addresses these are: the kernel's, the task's, or (a guest's) nobody's. */
static const struct space *space_of(const struct session *s, const struct task *task, uint8_t cpumode, uint64_t address)
{
	static const struct space nowhere = { .id = NO_ID };

	/* The kernel's half of the address space has the top bit set on every architecture that has halves. */
	if (cpumode == PERF_RECORD_MISC_KERNEL || (cpumode == PERF_RECORD_MISC_CPUMODE_UNKNOWN && address >> 63))
		return &s->kernel;
	bool own = cpumode == PERF_RECORD_MISC_USER || cpumode == PERF_RECORD_MISC_CPUMODE_UNKNOWN;
	return own && task ? task->space : &nowhere;
}

uint32_t session_locate(struct session *s, struct task *task, uint8_t cpumode, uint64_t address)
{
	const struct space *space = space_of(s, task, cpumode, address);
	bool hit;
	const struct location_slot *slot = locations_slot(&s->locations, space, address, &hit);

	if (hit)
		return slot->location;
	uint32_t id = locate(s, space->id == NO_ID ? NULL : task, space == &s->kernel, address);
	locations_remember(&s->locations, space, address, id);
	return id;
}

struct session_anchor session_anchor(struct session *s, struct task *task, uint8_t cpumode, uint64_t address)
{
	enum { OF_AN_IMAGE = NO_ID };	/* no space has lived through so many generations */
	const struct space *space = space_of(s, task, cpumode, address);
	const struct mapping *mapping = task && space == task->space ? tasks_find_mapping(task, address) : NULL;

	if (mapping && is_lasting(s, mapping->image))
		return (struct session_anchor){ address + mapping->bias, mapping->image, OF_AN_IMAGE };
	return (struct session_anchor){ address, space->id, space->generation };
}

void session_expect(const struct session *s, const struct task *task, uint8_t cpumode, uint64_t address)
{
	locations_expect(&s->locations, space_of(s, task, cpumode, address), address);
}

uint32_t session_locate_missing(struct session *s, enum stack_end end)
{
	struct location_key key = { .image = unknown_image(s), .offset = (uint64_t)end };
	struct location location = { .image = key.image };

	key.symbol = location.symbol = images_placeholder(s->images, key.image, end == STACK_CUT ? "[cut]" : "[broken]");
	uint32_t id = locations_find(&s->locations, &key);
	return id != NO_ID ? id : locations_add(&s->locations, &key, location);
}

const struct location *session_location(const struct session *s, uint32_t location)
{
	return location < s->locations.all.len ? &s->locations.all.data[location] : NULL;
}

const struct image_place *session_places(struct session *s, uint32_t location, uint32_t *n)
{
	return locations_places(&s->locations, s->images, location, n);
}

uint32_t session_location_count(const struct session *s)
{
	return (uint32_t)s->locations.all.len;
}

struct images *session_images(struct session *s)
{
	return s->images;
}

struct strtab *session_strings(struct session *s)
{
	return &s->strings;
}

const struct session_counts *session_counts(const struct session *s)
{
	struct session_counts *counts = (struct session_counts *)&s->counts;

	/* The merge and the stacks count their own. */
	counts->out_of_order = s->order.out_of_order;
	counts->stacks_whole = stacks_ends(s->stacks)[UNWIND_ROOT];
	counts->stacks_completed = stacks_completed(s->stacks);
	return &s->counts;
}

struct task *session_task_now(struct session *s, uint32_t pid, uint32_t tid)
{
	/* The idle tasks are all one; the kernel's mappings are told as pid -1 of it. */
	return tasks_get(&s->tasks, tid ? pid : 0, tid);
}
