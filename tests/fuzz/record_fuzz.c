/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records: the first 40 bytes are what of an attr makes the layout, records
 * follow. Every byte that a decoded record points to is read, so that the
 * address sanitizer sees one that is not the record's.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "abi/damage.h"
#include "abi/record.h"
#include "base/alloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile uint64_t sink;

static void touch(const void *at, uint64_t size)
{
	for (uint64_t i = 0; at && i < size; i++)
		sink += ((const uint8_t *)at)[i];
}

/* Where the parts of a stack stand is where decoding finds them. */
static void place_stack(const struct sample_layout *layout, const struct perf_event_header *record, const struct sample *s)
{
	const char *start = (const char *)record;
	struct sample_stack_place p;

	if (!sample_stack_place(layout, record, &p))
		return;
	if (p.chain_end > p.regs || p.regs >= p.stack || p.stack >= p.stack_end || p.stack_end > record->size)
		abort();
	if (!s)
		return;
	if ((const char *)s->chain != start + p.chain + 8 || p.chain_end != p.chain + 8 + s->chain_len * 8 ||
	    (s->stack && (const char *)s->stack != start + p.stack + 8) || p.used != s->stack_used)
		abort();
}

static void touch_sample(const struct sample_layout *layout, const struct perf_event_header *record)
{
	struct record_damage damage;
	struct sample s;

	if (!sample_decode(layout, record, &s)) {
		if (record->type == PERF_RECORD_SAMPLE && (!record_damage(layout, record, &damage) || damage.at > record->size))
			abort();
		place_stack(layout, record, NULL);
		return;
	}
	place_stack(layout, record, &s);
	touch(s.read, s.read_words * 8ull);
	touch(s.chain, s.chain_len * 8);
	touch(s.raw, s.raw_size);
	touch(s.branches, s.branches_len * sizeof(*s.branches));
	touch(s.regs_user, layout->regs_user * 8ull);
	touch(s.regs_intr, layout->regs_intr * 8ull);
	touch(s.stack, s.stack_size);
	touch(s.aux, s.aux_size);
	if (s.stack_used > s.stack_size)
		abort();
}

static void touch_others(const struct sample_layout *layout, const struct perf_event_header *record)
{
	size_t trailer = layout->id_words * 8ull;
	union {
		struct record_mmap mmap;
		struct record_comm comm;
		struct record_fork fork;
		struct record_lost lost;
		struct record_switch switched;
		struct record_namespaces namespaces;
		struct record_ksymbol ksymbol;
		struct record_bpf_event bpf;
		struct record_cgroup cgroup;
		struct record_damage damage;
		struct sample_id id;
		uint64_t word;
	} u;

	if (record_mmap(record, trailer, &u.mmap)) {
		touch(u.mmap.filename, strlen(u.mmap.filename));
		if (u.mmap.build_id_size > BUILD_ID_SIZE)
			abort();
	}
	if (record_comm(record, trailer, &u.comm))
		touch(u.comm.comm, strlen(u.comm.comm));
	if (record_namespaces(record, trailer, &u.namespaces))
		touch(u.namespaces.links, u.namespaces.n * sizeof(*u.namespaces.links));
	if (record_ksymbol(record, trailer, &u.ksymbol))
		touch(u.ksymbol.name, strlen(u.ksymbol.name));
	if (record_bpf_event(record, trailer, &u.bpf))
		touch(u.bpf.tag, 8);
	if (record_cgroup(record, trailer, &u.cgroup))
		touch(u.cgroup.path, strlen(u.cgroup.path));
	sink += record_fork(record, trailer, &u.fork) + record_lost(record, trailer, &u.lost) +
		record_switch(record, trailer, &u.switched);
	sink += record_damage(layout, record, &u.damage);
	sink += sample_id_decode(layout, record, &u.id) + record_event_id(layout, record, &u.word) +
		record_time(layout, record, &u.word);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t front[5];
	struct perf_event_attr attr = { 0 };
	struct sample_layout layout;

	if (size < sizeof(front))
		return 0;
	memcpy(front, data, sizeof(front));
	attr.sample_type = front[0];
	attr.read_format = front[1];
	attr.branch_sample_type = front[2];
	attr.sample_regs_user = front[3];
	attr.sample_regs_intr = front[4];
	attr.sample_id_all = front[0] >> 63;
	sample_layout_init(&layout, &attr);
	for (size_t at = sizeof(front); size - at >= sizeof(struct perf_event_header);) {
		struct perf_event_header h;
		memcpy(&h, data + at, sizeof(h));
		if (h.size < sizeof(h) || h.size > size - at)
			break;
		/* Aligned, and nothing behind it. */
		struct perf_event_header *record = xmemdup(data + at, h.size);
		touch_sample(&layout, record);
		touch_others(&layout, record);
		free(record);
		at += h.size;
	}
	return 0;
}
