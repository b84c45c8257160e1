/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records as bytes, decoded.
 *
 * Every function here is pure and trusts nothing: a length, a count or a
 * string that does not fit into the record's own size makes it return false.
 * Records start at 8-byte boundaries, in host byte order. What is decoded
 * points into the record and lives as long as it does.
 *
 * Layouts: perf_event_open(2), "MMAP layout"; linux/perf_event.h.
 */
#ifndef PTK_ABI_RECORD_H
#define PTK_ABI_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/perf_abi.h"

/* What of an attr decides where things stand in its records. */
struct sample_layout {
	uint64_t sample_type;		/* PERF_SAMPLE_* */
	uint64_t read_format;		/* PERF_FORMAT_* */
	uint64_t branch_type;		/* PERF_SAMPLE_BRANCH_* */
	uint8_t regs_user, regs_intr;	/* how many registers are dumped */
	bool sample_id_all;		/* other records carry the id trailer */
	int8_t id_at;			/* 8-byte word of a sample (behind the header) that holds the id, or -1 */
	int8_t id_from_end;		/* 8-byte word counted from the end of other records (1 is the last), or -1 */
	int8_t time_at, time_from_end;	/* the same for the time */
	uint8_t id_words;		/* words of the trailer of other records */
	uint8_t fixed_words;		/* words of a sample up to its period: those that have one size */
};

void sample_layout_init(struct sample_layout *layout, const struct perf_event_attr *attr);

/* A decoded PERF_RECORD_SAMPLE. What the layout lacks is zero or NULL; ids and cpus are then as said. */
struct sample {
	uint64_t ip, time, addr, id, stream_id, period;
	uint32_t pid, tid;		/* -1 when not sampled */
	uint32_t cpu;			/* -1 when not sampled */
	uint8_t cpumode;		/* PERF_RECORD_MISC_CPUMODE bits of the header */
	const uint64_t *read;		/* PERF_SAMPLE_READ, as read(2) gives it */
	uint32_t read_words;
	uint64_t chain_len;		/* entries, context markers (PERF_CONTEXT_*) counted */
	const uint64_t *chain;
	uint32_t raw_size;
	const void *raw;
	uint64_t branches_len, branch_hw_idx;
	const struct perf_branch_entry *branches;
	uint64_t regs_user_abi;		/* PERF_SAMPLE_REGS_ABI_* */
	const uint64_t *regs_user;	/* layout->regs_user of them, in bit order; NULL when abi is none */
	uint64_t stack_size;		/* bytes at stack */
	uint64_t stack_used;		/* of them copied by the kernel (its dyn_size) */
	const uint8_t *stack;
	uint64_t weight, data_src, transaction;
	uint64_t regs_intr_abi;
	const uint64_t *regs_intr;
	uint64_t phys_addr, cgroup, data_page_size, code_page_size;
	uint64_t aux_size;
	const void *aux;
};

/* record->size is checked by the caller to be all there. */
bool sample_decode(const struct sample_layout *layout, const struct perf_event_header *record,
		   struct sample *sample);
/*
 * The same for one after the other: `sample` was cleared, and has since been
 * used with this layout alone, so that only what the layout has is written.
 */
bool sample_decode_next(const struct sample_layout *layout, const struct perf_event_header *record,
			struct sample *sample);
/* Like sample_decode; *end: how many bytes of the record were taken. */
bool sample_decode_to(const struct sample_layout *layout, const struct perf_event_header *record,
		      struct sample *sample, size_t *end);

/*
 * How a user stack ends. A recorder that unwinds says what is missing by
 * context markers behind the last address, which readers that do not know
 * this pass over: PERF_CONTEXT_USER once where the stack went on behind the
 * bytes that were taken of it (the kernel does so, too, when a stack is deeper
 * than it takes), twice where nothing told how to go on.
 */
enum stack_end { STACK_WHOLE, STACK_CUT, STACK_BROKEN };

static inline enum stack_end stack_end_of(const uint64_t *chain, uint64_t n)
{
	if (!n || chain[n - 1] != PERF_CONTEXT_USER)
		return STACK_WHOLE;
	return n > 1 && chain[n - 2] == PERF_CONTEXT_USER ? STACK_BROKEN : STACK_CUT;
}

/* Where in a sample the parts stand that a user stack is unwound from, and goes to: in bytes from the record's start. */
struct sample_stack_place {
	size_t chain, chain_end;	/* its length, and the addresses */
	size_t regs;			/* PERF_SAMPLE_REGS_USER */
	size_t stack, stack_end;	/* PERF_SAMPLE_STACK_USER; right behind the registers */
	uint64_t used;			/* bytes of stack that the kernel copied */
};
/* False when the layout lacks one of these parts, and where sample_decode gives false for any of them. */
bool sample_stack_place(const struct sample_layout *layout, const struct perf_event_header *record,
			struct sample_stack_place *place);

/* The trailer of other records (sample_id_all). */
struct sample_id {
	uint64_t time, id, stream_id;
	uint32_t pid, tid, cpu;		/* -1 when not there */
};

bool sample_id_decode(const struct sample_layout *layout, const struct perf_event_header *record,
		      struct sample_id *id);

/* The event's id, or the time, without decoding the rest; false when the layout has none or the record is too short. */
static inline bool record_word(const struct perf_event_header *record, int at, int from_end, uint64_t *value)
{
	const uint64_t *body = (const uint64_t *)(record + 1);
	int n = (record->size - 8) / 8;

	if (record->type != PERF_RECORD_SAMPLE)
		at = from_end < 0 ? -1 : n - from_end;
	if (at < 0 || at >= n)
		return false;
	*value = body[at];
	return true;
}

static inline bool record_event_id(const struct sample_layout *layout, const struct perf_event_header *record,
				   uint64_t *id)
{
	return record_word(record, layout->id_at, layout->id_from_end, id);
}

static inline bool record_time(const struct sample_layout *layout, const struct perf_event_header *record,
			       uint64_t *time)
{
	return record_word(record, layout->time_at, layout->time_from_end, time);
}

/*
 * The records that tell of tasks and code. `trailer` is the number of bytes
 * behind the fixed part that belong to the sample_id (layout->id_words * 8).
 * Strings are checked to end within the record.
 */
struct record_mmap {		/* MMAP and MMAP2 */
	uint32_t pid, tid;
	uint64_t start, len, pgoff;
	uint32_t maj, min;
	uint64_t ino, ino_generation;
	uint32_t prot, flags;		/* MMAP: PROT_EXEC or, with MISC_MMAP_DATA, PROT_READ */
	const char *filename;
	uint8_t build_id_size;		/* PERF_RECORD_MISC_MMAP_BUILD_ID: 1 to 20; else 0 */
	uint8_t build_id[BUILD_ID_SIZE];
};
bool record_mmap(const struct perf_event_header *record, size_t trailer, struct record_mmap *out);

struct record_comm {
	uint32_t pid, tid;
	const char *comm;
	bool exec;		/* PERF_RECORD_MISC_COMM_EXEC */
};
bool record_comm(const struct perf_event_header *record, size_t trailer, struct record_comm *out);

struct record_fork {		/* FORK and EXIT */
	uint32_t pid, ppid, tid, ptid;
	uint64_t time;
};
bool record_fork(const struct perf_event_header *record, size_t trailer, struct record_fork *out);

struct record_lost {		/* LOST; LOST_SAMPLES with id 0 */
	uint64_t id, lost;
};
bool record_lost(const struct perf_event_header *record, size_t trailer, struct record_lost *out);

struct record_switch {		/* SWITCH and SWITCH_CPU_WIDE; next_prev_* -1 for the former */
	uint32_t next_prev_pid, next_prev_tid;
	bool out, preempt;
};
bool record_switch(const struct perf_event_header *record, size_t trailer, struct record_switch *out);

struct record_namespaces {
	uint32_t pid, tid;
	uint64_t n;
	const struct perf_ns_link_info *links;
};
bool record_namespaces(const struct perf_event_header *record, size_t trailer, struct record_namespaces *out);

struct record_ksymbol {
	uint64_t addr;
	uint32_t len;
	uint16_t type, flags;
	const char *name;
};
bool record_ksymbol(const struct perf_event_header *record, size_t trailer, struct record_ksymbol *out);

struct record_bpf_event {
	uint16_t type, flags;
	uint32_t id;
	const uint8_t *tag;	/* 8 bytes */
};
bool record_bpf_event(const struct perf_event_header *record, size_t trailer, struct record_bpf_event *out);

struct record_cgroup {
	uint64_t id;
	const char *path;
};
bool record_cgroup(const struct perf_event_header *record, size_t trailer, struct record_cgroup *out);

#endif
