/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/recorder_unwind.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "cmd/names.h"
#include "cmd/ring_copy.h"

enum {
	WRITE_BYTES = 256 << 10,	/* of finished records: then they are written */
	RECORD_MAX = 0xfff8,		/* a record's size has 16 bits, and is a multiple of 8 */
};

struct recorder_unwind {
	struct names names;
	struct session *session;
	struct ring_copy copy;
	struct strbuf out;			/* finished records */
	struct data_writer *writer;		/* while a round is applied */
	struct error *problem;			/* the first one of writing, for the round to give */
	bool wrote;				/* anything in this round */
	uint64_t cut_by_pressure;
};

/* ---- into the session */

void recorder_unwind_take(struct recorder_unwind *u, const struct iovec *iov, int n, uint8_t *joined, bool pressed)
{
	session_feed(u->session, ring_copy(&u->copy, iov, n, joined, pressed));
}

void recorder_unwind_take_bytes(struct recorder_unwind *u, const void *bytes, size_t len)
{
	struct records records = { .bytes = xmalloc(len), .len = len };

	memcpy(records.bytes, bytes, len);
	session_feed(u->session, records);
}

/* ---- out of it */

static void flush(struct recorder_unwind *u)
{
	struct iovec iov = { u->out.data, u->out.len };

	if (u->out.len && !u->problem) {
		u->problem = data_writer_put(u->writer, &iov, 1);
		u->wrote = true;
	}
	strbuf_truncate(&u->out, 0);
}

static void put_record(void *ctx, const struct perf_event_header *record, uint32_t event, const struct sample_id *id,
		       uint64_t offset)
{
	struct recorder_unwind *u = ctx;

	strbuf_add(&u->out, record, record->size);
	if (u->out.len >= WRITE_BYTES)
		flush(u);
}

/* The sample with its stack as a chain, and without what that was made of. */
static void put_unwound(struct recorder_unwind *u, const struct session_sample *in, const struct sample_stack_place *p)
{
	static const uint64_t cut = PERF_CONTEXT_USER;
	const char *from = (const char *)in->record;
	struct perf_event_header header = *in->record;
	size_t others = header.size - (p->chain_end - p->chain) - (p->stack_end - p->regs);
	size_t room = (RECORD_MAX - others) / 8 - 2;		/* addresses beside the count and a mark */
	size_t frames = in->s->chain_len < room ? in->s->chain_len : room;
	bool too_long = frames < in->s->chain_len;
	uint64_t n = frames + too_long;

	header.misc &= (uint16_t)~MISC_PRESSED;
	header.size = (uint16_t)(others + 8 + n * 8);
	strbuf_add(&u->out, &header, sizeof(header));
	strbuf_add(&u->out, from + sizeof(header), p->chain - sizeof(header));
	strbuf_add(&u->out, &n, sizeof(n));
	strbuf_add(&u->out, in->s->chain, frames * 8);
	if (too_long)
		strbuf_add(&u->out, &cut, sizeof(cut));
	strbuf_add(&u->out, from + p->chain_end, p->regs - p->chain_end);
	strbuf_add(&u->out, from + p->stack_end, in->record->size - p->stack_end);
}

static void put_sample(void *ctx, const struct session_sample *in)
{
	struct recorder_unwind *u = ctx;
	struct sample_stack_place place;

	if (sample_stack_place(&u->copy.layouts.data[in->event], in->record, &place)) {
		put_unwound(u, in, &place);
		u->cut_by_pressure += in->record->misc & MISC_PRESSED && stack_end_of(in->s->chain, in->s->chain_len) == STACK_CUT;
	} else {
		strbuf_add(&u->out, in->record, in->record->size);
	}
	if (u->out.len >= WRITE_BYTES)
		flush(u);
}

/* What is left in `out` goes to the file, and behind it the end of the round. */
static struct error *end_round(struct recorder_unwind *u)
{
	static const struct perf_event_header round = { .type = RECORD_FINISHED_ROUND, .size = sizeof(round) };

	if (u->out.len || u->wrote)
		strbuf_add(&u->out, &round, sizeof(round));
	flush(u);
	u->wrote = false;
	struct error *err = u->problem;
	u->problem = NULL;
	return err;
}

struct error *recorder_unwind_round(struct recorder_unwind *u, struct data_writer *writer)
{
	u->writer = writer;
	session_round(u->session);
	return end_round(u);
}

struct error *recorder_unwind_finish(struct recorder_unwind *u, struct data_writer *writer)
{
	u->writer = writer;
	session_finish(u->session);
	return end_round(u);
}

/* ---- the whole */

struct recorder_unwind *recorder_unwind_create(const struct os *os, bool no_cache, struct data_event *events, size_t n,
					       struct notes *notes)
{
	struct recorder_unwind *u = xcalloc(1, sizeof(*u));
	struct session_options options = { .images = names_begin(&u->names, os, no_cache), .keep_reads = true, .living = true };
	struct session_sink sink = { .ctx = u, .sample = put_sample, .record = put_record };

	options.images.same_machine = options.images.rows_only = true;
	u->session = session_create(&options, &sink, notes);
	ring_copy_init(&u->copy, events, n);
	for (size_t e = 0; e < n; e++) {
		struct data_event *event = &events[e];
		session_add_event(u->session, &event->attr, event->ids.data, event->ids.len);
		if (!(event->attr.sample_type & PERF_SAMPLE_STACK_USER))
			continue;
		event->attr.sample_type &= ~(uint64_t)(PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER);
		event->attr.sample_regs_user = 0;
		event->attr.sample_stack_user = 0;
		event->attr.exclude_callchain_user = 0;
		sample_layout_init(&event->layout, &event->attr);
	}
	return u;
}

void recorder_unwind_destroy(struct recorder_unwind *u)
{
	if (!u)
		return;
	session_destroy(u->session);
	names_end(&u->names);
	ring_copy_deinit(&u->copy);
	strbuf_deinit(&u->out);
	error_destroy(u->problem);
	free(u);
}

struct recorder_unwind_pressed recorder_unwind_pressed(const struct recorder_unwind *u)
{
	return (struct recorder_unwind_pressed){ .stacks = u->copy.pressed, .cut = u->cut_by_pressure };
}

const struct session_counts *recorder_unwind_counts(const struct recorder_unwind *u)
{
	return session_counts(u->session);
}
