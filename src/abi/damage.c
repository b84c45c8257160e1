/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "abi/damage.h"

#include <string.h>

#include "base/cleanup.h"

/* ---- samples */

/* The parts of a sample in the order that they stand in. */
static const struct { uint64_t bits; const char *name; } sample_parts[] = {
	{ PERF_SAMPLE_IDENTIFIER, "sample_id" }, { PERF_SAMPLE_IP, "ip" }, { PERF_SAMPLE_TID, "pid, tid" },
	{ PERF_SAMPLE_TIME, "time" }, { PERF_SAMPLE_ADDR, "addr" }, { PERF_SAMPLE_ID, "id" },
	{ PERF_SAMPLE_STREAM_ID, "stream_id" }, { PERF_SAMPLE_CPU, "cpu" }, { PERF_SAMPLE_PERIOD, "period" },
	{ PERF_SAMPLE_READ, "read" }, { PERF_SAMPLE_CALLCHAIN, "callchain" }, { PERF_SAMPLE_RAW, "raw" },
	{ PERF_SAMPLE_BRANCH_STACK, "branch stack" }, { PERF_SAMPLE_REGS_USER, "user regs" },
	{ PERF_SAMPLE_STACK_USER, "user stack" }, { PERF_SAMPLE_WEIGHT | PERF_SAMPLE_WEIGHT_STRUCT, "weight" },
	{ PERF_SAMPLE_DATA_SRC, "data_src" }, { PERF_SAMPLE_TRANSACTION, "transaction" }, { PERF_SAMPLE_REGS_INTR, "intr regs" },
	{ PERF_SAMPLE_PHYS_ADDR, "phys_addr" }, { PERF_SAMPLE_CGROUP, "cgroup" },
	{ PERF_SAMPLE_DATA_PAGE_SIZE, "data_page_size" }, { PERF_SAMPLE_CODE_PAGE_SIZE, "code_page_size" },
	{ PERF_SAMPLE_AUX, "aux" },
};

/* A part at a time is added until the decoder says that it does not fit. */
static bool sample_damage(const struct sample_layout *layout, const struct perf_event_header *record, struct record_damage *d)
{
	struct sample_layout part = *layout;
	struct sample s;
	size_t end = sizeof(*record);

	part.sample_type = 0;
	part.fixed_words = 0;
	for (size_t i = 0; i < ARRAY_SIZE(sample_parts); i++) {
		if (!(layout->sample_type & sample_parts[i].bits))
			continue;
		part.sample_type |= layout->sample_type & sample_parts[i].bits;
		part.fixed_words += part.fixed_words < layout->fixed_words;	/* these are the first, a word each */
		*d = (struct record_damage){ .field = sample_parts[i].name, .at = end, .left = record->size - end };
		if (!sample_decode_to(&part, record, &s, &end))
			return true;
	}
	return false;
}

/* ---- the others */

enum { TEXT = 0 };	/* the size of what ends with its NUL */

/* To add a type: its fields in order; one that is a list of `count` of the field before has their size. */
static const struct field {
	uint32_t type;
	uint8_t size;
	bool list;
	const char *name;
} fields[] = {
	{ PERF_RECORD_MMAP, 4, false, "pid" }, { PERF_RECORD_MMAP, 4, false, "tid" }, { PERF_RECORD_MMAP, 8, false, "addr" },
	{ PERF_RECORD_MMAP, 8, false, "len" }, { PERF_RECORD_MMAP, 8, false, "pgoff" }, { PERF_RECORD_MMAP, TEXT, false, "filename" },
	{ PERF_RECORD_LOST, 8, false, "id" }, { PERF_RECORD_LOST, 8, false, "lost" },
	{ PERF_RECORD_COMM, 4, false, "pid" }, { PERF_RECORD_COMM, 4, false, "tid" }, { PERF_RECORD_COMM, TEXT, false, "comm" },
	{ PERF_RECORD_EXIT, 4, false, "pid" }, { PERF_RECORD_EXIT, 4, false, "ppid" }, { PERF_RECORD_EXIT, 4, false, "tid" },
	{ PERF_RECORD_EXIT, 4, false, "ptid" }, { PERF_RECORD_EXIT, 8, false, "time" },
	{ PERF_RECORD_THROTTLE, 8, false, "time" }, { PERF_RECORD_THROTTLE, 8, false, "id" }, { PERF_RECORD_THROTTLE, 8, false, "stream_id" },
	{ PERF_RECORD_UNTHROTTLE, 8, false, "time" }, { PERF_RECORD_UNTHROTTLE, 8, false, "id" },
	{ PERF_RECORD_UNTHROTTLE, 8, false, "stream_id" },
	{ PERF_RECORD_FORK, 4, false, "pid" }, { PERF_RECORD_FORK, 4, false, "ppid" }, { PERF_RECORD_FORK, 4, false, "tid" },
	{ PERF_RECORD_FORK, 4, false, "ptid" }, { PERF_RECORD_FORK, 8, false, "time" },
	{ PERF_RECORD_MMAP2, 4, false, "pid" }, { PERF_RECORD_MMAP2, 4, false, "tid" }, { PERF_RECORD_MMAP2, 8, false, "addr" },
	{ PERF_RECORD_MMAP2, 8, false, "len" }, { PERF_RECORD_MMAP2, 8, false, "pgoff" },
	{ PERF_RECORD_MMAP2, 24, false, "build_id, or maj, min and ino" }, { PERF_RECORD_MMAP2, 4, false, "prot" },
	{ PERF_RECORD_MMAP2, 4, false, "flags" }, { PERF_RECORD_MMAP2, TEXT, false, "filename" },
	{ PERF_RECORD_AUX, 8, false, "aux_offset" }, { PERF_RECORD_AUX, 8, false, "aux_size" }, { PERF_RECORD_AUX, 8, false, "flags" },
	{ PERF_RECORD_ITRACE_START, 4, false, "pid" }, { PERF_RECORD_ITRACE_START, 4, false, "tid" },
	{ PERF_RECORD_LOST_SAMPLES, 8, false, "lost" },
	{ PERF_RECORD_SWITCH_CPU_WIDE, 4, false, "next_prev_pid" }, { PERF_RECORD_SWITCH_CPU_WIDE, 4, false, "next_prev_tid" },
	{ PERF_RECORD_NAMESPACES, 4, false, "pid" }, { PERF_RECORD_NAMESPACES, 4, false, "tid" },
	{ PERF_RECORD_NAMESPACES, 8, false, "nr_namespaces" }, { PERF_RECORD_NAMESPACES, 16, true, "link_info" },
	{ PERF_RECORD_KSYMBOL, 8, false, "addr" }, { PERF_RECORD_KSYMBOL, 4, false, "len" }, { PERF_RECORD_KSYMBOL, 2, false, "ksym_type" },
	{ PERF_RECORD_KSYMBOL, 2, false, "flags" }, { PERF_RECORD_KSYMBOL, TEXT, false, "name" },
	{ PERF_RECORD_BPF_EVENT, 2, false, "type" }, { PERF_RECORD_BPF_EVENT, 2, false, "flags" }, { PERF_RECORD_BPF_EVENT, 4, false, "id" },
	{ PERF_RECORD_BPF_EVENT, 8, false, "tag" },
	{ PERF_RECORD_CGROUP, 8, false, "id" }, { PERF_RECORD_CGROUP, TEXT, false, "path" },
	{ RECORD_HEADER_BUILD_ID, 4, false, "pid" }, { RECORD_HEADER_BUILD_ID, 24, false, "build_id" },
	{ RECORD_HEADER_BUILD_ID, TEXT, false, "filename" },
	{ RECORD_ID_INDEX, 8, false, "nr" }, { RECORD_ID_INDEX, 32, true, "entries" },
	{ RECORD_THREAD_MAP, 8, false, "nr" }, { RECORD_THREAD_MAP, 24, true, "entries" },
	{ RECORD_STAT, 8, false, "id" }, { RECORD_STAT, 4, false, "cpu" }, { RECORD_STAT, 4, false, "thread" },
	{ RECORD_STAT, 8, false, "val" }, { RECORD_STAT, 8, false, "ena" }, { RECORD_STAT, 8, false, "run" },
	{ RECORD_STAT_ROUND, 8, false, "type" }, { RECORD_STAT_ROUND, 8, false, "time" },
	{ RECORD_EVENT_UPDATE, 8, false, "type" }, { RECORD_EVENT_UPDATE, 8, false, "id" },
};

/* Does the field at d->at fit? *size: what it takes. */
static bool fits(const struct field *f, const struct perf_event_header *record, struct record_damage *d, uint64_t *size)
{
	const char *at = (const char *)record + d->at;
	uint64_t count;

	*size = f->size;
	if (f->list) {
		memcpy(&count, at - sizeof(count), sizeof(count));
		*size = count > UINT16_MAX ? UINT64_MAX : count * f->size;	/* more than any record holds */
	} else if (f->size == TEXT) {
		const char *end = memchr(at, '\0', d->left);
		d->endless = !end;
		*size = end ? (uint64_t)(end - at) + 1 : 0;
	}
	return !d->endless && *size <= d->left;
}

bool record_damage(const struct sample_layout *layout, const struct perf_event_header *record, struct record_damage *d)
{
	size_t trailer = layout && record->type < RECORD_USER_FIRST ? layout->id_words * 8u : 0;
	size_t end = record->size;
	uint64_t size;

	if (record->type == PERF_RECORD_SAMPLE)
		return layout && sample_damage(layout, record, d);
	*d = (struct record_damage){ .field = "sample_id", .at = sizeof(*record), .left = end - sizeof(*record) };
	if (d->left < trailer)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (fields[i].type != record->type)
			continue;
		d->field = fields[i].name;
		d->left = end - trailer - d->at;
		if (!fits(&fields[i], record, d, &size))
			return true;
		d->at += size;
	}
	return false;
}
