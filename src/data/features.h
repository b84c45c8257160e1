/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a perf.data file says of the machine and the run, as plain values.
 * The reader fills it, the writer writes it; how each stands in the file is
 * data/features.c's business. NULL and 0 are "not known" and are not written.
 * Strings belong to the arena.
 */
#ifndef PTK_DATA_FEATURES_H
#define PTK_DATA_FEATURES_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/perf_abi.h"
#include "base/arena.h"
#include "base/strbuf.h"
#include "base/vec.h"

struct data_build_id {
	int32_t pid;		/* -1 for host user images and the host kernel as perf writes them */
	uint16_t misc;		/* PERF_RECORD_MISC_USER or _KERNEL */
	uint8_t size;		/* 1 to 20 */
	uint8_t id[BUILD_ID_SIZE];
	const char *filename;	/* path; "[kernel.kallsyms]"; "[module]" */
};

struct data_group { const char *name; uint32_t leader, members; };
struct data_pmu { uint32_t type; const char *name; };
struct data_cpu { int32_t core, socket, die; };	/* by CPU number */
struct data_node { uint32_t node; uint64_t mem_total_kib, mem_free_kib; const char *cpus; };
struct data_cache { uint32_t level, line, sets, ways; const char *type, *size, *cpus; };

typedef VEC(const char *) data_strings;	/* named, so that lists can be handed to a function */

struct data_features {
	struct arena arena;
	uint64_t present[FEATURE_BITS / 64];	/* bits of the file; the writer sets those that it wrote */
	const char *hostname, *osrelease, *version, *arch, *cpudesc, *cpuid;
	uint32_t cpus_available, cpus_online;
	uint64_t total_mem_kib;
	data_strings cmdline;
	data_strings core_siblings, die_siblings, thread_siblings;	/* CPU lists */
	VEC(struct data_cpu) cpus;
	VEC(struct data_node) nodes;
	VEC(struct data_pmu) pmus;
	VEC(struct data_group) groups;
	VEC(struct data_cache) caches;
	VEC(struct data_build_id) build_ids;
	bool branch_stack;
	uint64_t first_sample, last_sample;	/* perf clock, ns; 0 and 0: not known */
	bool clock_known;
	uint32_t clockid;
	uint64_t clock_resolution_ns;		/* CLOCKID */
	uint64_t clock_wall_ns, clock_perf_ns;	/* CLOCK_DATA: the same moment on both clocks; 0: not known */
	uint32_t compressed_version, compressed_type, compressed_level, compressed_ratio, compressed_mmap;
	const void *tracing_data;		/* the "tracing" blob, or NULL */
	uint64_t tracing_size;
};

void data_features_deinit(struct data_features *f);

static inline bool data_features_has(const struct data_features *f, unsigned bit)
{
	return bit < FEATURE_BITS && (f->present[bit / 64] >> bit % 64 & 1);
}

/* "HOSTNAME" for FEATURE_HOSTNAME, or NULL. */
const char *data_feature_name(unsigned bit);

/*
 * One feature's bytes as values; false when they are damaged (a length that
 * does not fit): what could be read of a list stays. Bits that have no value
 * here (EVENT_DESC, PMU_CAPS, …) are not looked at and give true.
 */
bool data_feature_decode(struct data_features *f, unsigned bit, const void *bytes, size_t size);
/* Appends what the values give as a file holds it; false when there is nothing to write. */
bool data_feature_encode(const struct data_features *f, unsigned bit, struct strbuf *out);

/* A PERF_RECORD_HEADER_BUILD_ID, of a pipe or from the BUILD_ID section; its size is checked to be all there. */
bool data_build_id_decode(struct data_features *f, const struct perf_event_header *record);
void data_build_id_encode(const struct data_build_id *build_id, struct strbuf *out);

/* A string as features hold it. */
void data_string_encode(struct strbuf *out, const char *s);

#endif
