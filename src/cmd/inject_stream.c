/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/inject.h"

#include <string.h>
#include <time.h>

#include "base/cleanup.h"

enum { ROUND_BYTES = 1 << 20 };		/* of records between two FINISHED_ROUNDs: what a reader has to put in order at once */

/* ---- writing */

/* Whole MiBs, each a round, as the records come out in order. */
static void flush(struct inject *in)
{
	static const struct perf_event_header round = { .type = RECORD_FINISHED_ROUND, .size = sizeof(round) };
	struct iovec iov;

	if (!in->out.len || in->failed)
		return;
	strbuf_add(&in->out, &round, sizeof(round));
	iov = (struct iovec){ in->out.data, in->out.len };
	in->failed = data_writer_put(in->writer, &iov, 1);
	strbuf_truncate(&in->out, 0);
}

static struct error *begin(struct inject *in)
{
	size_t n = data_n_events(in->reader);
	const struct data_features *f = data_features(in->reader);
	autofree struct data_event *events = xcalloc(n + 1, sizeof(*events));

	if (!n)
		return error_create("the recording does not say which events it is of");
	for (size_t i = 0; i < n; i++)
		events[i] = *data_event(in->reader, i);
	in->features = *f;
	in->features.compressed_version = 0;
	memset(&in->features.build_ids, 0, sizeof(in->features.build_ids));
	vec_append(&in->features.build_ids, f->build_ids.data, f->build_ids.len);
	for (size_t i = 0; i < f->build_ids.len; i++)
		build_ids_know(&in->build_ids, &f->build_ids.data[i]);
	in->same_machine = session_same_machine(f, in->os);
	if (in->o->sleeps)
		TRY(sleeps_begin(&in->sleeps, in->reader));
	TRY(data_writer_create(in->fd, in->path, in->pipe, events, n, &in->writer));
	data_writer_replaces(in->writer);
	return in->pipe ? data_writer_pipe_features(in->writer, &in->features) : NULL;
}

/* What a pipe tells of its events comes before its first other record, and is known by then. */
static bool ready(struct inject *in)
{
	if (!in->failed && !in->writer)
		in->failed = begin(in);
	if (in->out.len >= ROUND_BYTES)
		flush(in);
	return !in->failed;
}

/* ---- records on their way */

static void take_sample(void *ctx, const struct session_sample *sample)
{
	struct inject *in = ctx;

	if (!ready(in))
		return;
	jit_images_due(&in->jits, sample->s->time, &in->out);
	bool known = sample->event < in->sleeps.events.len;
	if (!known || !sleeps_take(&in->sleeps, in->reader, sample, &in->out))
		strbuf_add(&in->out, sample->record, sample->record->size);
}

/* Records that describe the file; the writer makes its own. */
static bool describes(uint32_t type)
{
	switch (type) {
	case RECORD_HEADER_ATTR:
	case RECORD_HEADER_EVENT_TYPE:
	case RECORD_HEADER_TRACING_DATA:
	case RECORD_HEADER_BUILD_ID:
	case RECORD_HEADER_FEATURE:
	case RECORD_EVENT_UPDATE:
	case RECORD_FINISHED_ROUND:
		return true;
	default:
		return false;
	}
}

/* Build-ids that became known, for readers of a pipe, who have no list at the end. */
static void put_build_ids(struct inject *in, const struct perf_event_header *record, size_t trailer)
{
	size_t known = in->features.build_ids.len;
	uint32_t names = in->build_ids.rows.len;

	build_ids_see(&in->build_ids, record, trailer);
	if (!in->pipe || in->build_ids.rows.len == names)
		return;
	build_ids_list(&in->build_ids, in->same_machine ? in->os : NULL, &in->features);
	for (size_t i = known; i < in->features.build_ids.len; i++)
		data_build_id_encode(&in->features.build_ids.data[i], &in->out);
}

static void list_jit_images(struct inject *in, size_t from)
{
	for (size_t i = from; i < in->jits.all.len; i++) {
		const struct jit_image *image = &in->jits.all.data[i];
		struct data_build_id *id = vec_add(&in->features.build_ids);
		*id = (struct data_build_id){ .pid = -1, .misc = PERF_RECORD_MISC_USER, .size = BUILD_ID_SIZE, .filename = image->path };
		memcpy(id->id, image->build_id, BUILD_ID_SIZE);
		if (in->pipe)
			data_build_id_encode(id, &in->out);
	}
}

/* False: it is left out. */
static bool take_mapping(struct inject *in, const struct perf_event_header *record, uint32_t event, const struct sample_id *id)
{
	const struct data_event *e = data_event(in->reader, event == NO_ID ? 0 : event);
	bool monotonic = e->attr.use_clockid && e->attr.clockid == CLOCK_MONOTONIC, taken = false;
	size_t images = in->jits.all.len;

	if (in->o->jit)
		in->failed = jit_images_map(&in->jits, in->os, record, &e->layout, id, monotonic, &taken);
	list_jit_images(in, images);
	if (in->o->build_ids && !taken)
		put_build_ids(in, record, (size_t)e->layout.id_words * 8);
	return !taken;
}

static void take_record(void *ctx, const struct perf_event_header *record, uint32_t event, const struct sample_id *id,
			uint64_t offset)
{
	struct inject *in = ctx;
	bool mapping = record->type == PERF_RECORD_MMAP || record->type == PERF_RECORD_MMAP2;

	if (describes(record->type) || !ready(in))
		return;
	if (record->type == RECORD_AUXTRACE_INFO || record->type == RECORD_AUXTRACE) {
		in->aux++;
		return;
	}
	jit_images_due(&in->jits, id->time, &in->out);
	if (mapping && data_n_events(in->reader) && !take_mapping(in, record, event, id))
		return;
	if (event != NO_ID)
		sleeps_run(&in->sleeps, id->tid, id->time, &in->out);
	if (record->type == PERF_RECORD_EXIT)
		sleeps_exit(&in->sleeps, ((const uint32_t *)(record + 1))[2]);
	strbuf_add(&in->out, record, record->size);
}

static bool go_on(void *ctx, uint64_t done, uint64_t size)
{
	const struct inject *in = ctx;

	return !in->failed;
}

/* ---- the whole */

/* What the input lacks, and with -v what was done. */
static void tell(const struct inject *in)
{
	const struct session_counts *c = session_counts(in->session);

	if (c->malformed)
		notes_add(in->notes, "%llu records are damaged and were left out", (unsigned long long)c->malformed);
	if (c->unknown_event)
		notes_add(in->notes, "%llu samples belong to no event of the file and were left out", (unsigned long long)c->unknown_event);
	if (in->aux)
		notes_add(in->notes, "%llu records of AUX data were left out", (unsigned long long)in->aux);
	if (in->o->build_ids && !in->same_machine)
		notes_add(in->notes, "the recording is of another machine or kernel: no build-ids of files here were looked up");
	if (in->o->jit && !in->jits.all.len)
		notes_add(in->notes, "no JIT dump that is still here was mapped during the recording");
	if (!in->o->verbose)
		return;
	if (in->o->build_ids)
		notes_add(in->notes, "build-ids: %zu files", in->features.build_ids.len);
	if (in->o->jit)
		notes_add(in->notes, "JIT: %zu dumps, %llu pieces of code", in->jits.all.len, (unsigned long long)in->jits.codes);
	if (in->o->sleeps)
		notes_add(in->notes, "sleeps: %llu merged with their switch, %llu until the thread ran again; %llu whose switch was not recorded",
			  (unsigned long long)in->sleeps.merged, (unsigned long long)in->sleeps.by_return,
			  (unsigned long long)in->sleeps.without_switch);
}

static struct error *finish(struct inject *in)
{
	if (!ready(in))
		return no_free(in->failed);
	if (in->o->build_ids)
		build_ids_list(&in->build_ids, in->same_machine ? in->os : NULL, &in->features);
	flush(in);
	return in->failed ? no_free(in->failed) : data_writer_finish(in->writer, &in->features);
}

struct error *inject_stream(struct inject *in)
{
	struct session_options options = { .images = { .os = in->os, .debug_root = "" }, .keep_stacks = true, .keep_reads = true };
	struct session_sink sink = { .ctx = in, .sample = take_sample, .record = take_record };

	in->session = session_create(&options, &sink, in->notes);
	TRY(session_read(in->session, in->reader, go_on, in));
	TRY(finish(in));
	tell(in);
	return NULL;
}

void inject_deinit(struct inject *in)
{
	data_writer_destroy(in->writer);
	session_destroy(in->session);
	vec_deinit(&in->features.build_ids);
	build_ids_deinit(&in->build_ids);
	sleeps_deinit(&in->sleeps);
	jit_images_deinit(&in->jits);
	strbuf_deinit(&in->out);
	error_destroy(in->failed);
}
