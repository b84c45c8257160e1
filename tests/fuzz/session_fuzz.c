/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as records of a session with two events. The first byte chooses
 * what the events sample; the rest is fed in stretches.
 */
#include "session/session.h"

#include <string.h>

#include "abi/perf_abi.h"
#include "base/alloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct os nowhere = { .root = "/nonexistent" };

static void take_sample(void *ctx, const struct session_sample *x)
{
	struct session *s = *(struct session **)ctx;
	uint64_t n = x->s->chain_len < 8 ? x->s->chain_len : 8;

	session_locate(s, x->task, x->s->cpumode, x->s->ip);
	for (uint64_t i = 0; x->s->chain && i < n; i++)
		session_location(s, session_locate(s, x->task, PERF_RECORD_MISC_CPUMODE_UNKNOWN, x->s->chain[i]));
}

static void take_record(void *ctx, const struct perf_event_header *record, uint32_t event,
			const struct sample_id *id, uint64_t offset)
{
}

/* The length of the next stretch: whole records, a few of them. */
static size_t stretch(const uint8_t *data, size_t size)
{
	size_t n = 0;

	while (n < 512 && size - n >= sizeof(struct perf_event_header)) {
		struct perf_event_header header;
		memcpy(&header, data + n, sizeof(header));
		if (header.size < sizeof(header) || header.size > size - n)
			return size;
		n += header.size;
	}
	return n ? n : size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t types[] = {
		PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
		PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CALLCHAIN,
		PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID | PERF_SAMPLE_CPU |
			PERF_SAMPLE_PERIOD | PERF_SAMPLE_RAW,
		PERF_SAMPLE_TID,
	};
	struct perf_event_attr attr = { .size = sizeof(attr), .sample_id_all = 1 };
	struct session_options options = { .images = { .os = &nowhere, .debug_root = "" }, .buffer_max = 1024 };
	struct session *session = NULL;
	struct session_sink sink = { .ctx = &session, .sample = take_sample, .record = take_record };

	if (size < 1)
		return 0;
	attr.sample_type = types[*data++ % 4];
	size--;
	session = session_create(&options, &sink, NULL);
	session_add_event(session, &attr, (uint64_t[]){ 1 }, 1);
	attr.sample_type |= PERF_SAMPLE_ADDR;
	session_add_event(session, &attr, (uint64_t[]){ 2 }, 1);
	while (size) {
		size_t n = stretch(data, size);
		session_feed(session, (struct records){ .bytes = xmemdup(data, n), .len = n });
		data += n;
		size -= n;
	}
	session_finish(session);
	session_destroy(session);
	return 0;
}
