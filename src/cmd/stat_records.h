/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perf's records of counts, as they stand in a file (tools/lib/perf/include/perf/event.h). */
#ifndef PTK_CMD_STAT_RECORDS_H
#define PTK_CMD_STAT_RECORDS_H

#include <stdint.h>

#include "abi/perf_abi.h"
#include "cmd/stat_aggr.h"

struct record_thread { uint64_t tid; char comm[16]; };
struct record_thread_map {
	struct perf_event_header header;
	uint64_t nr;
	struct record_thread threads[];
};

enum { CPU_MAP_LIST = 0 };		/* the only type that is written; ranges and masks are not needed to read counts */
struct record_cpu_map {
	struct perf_event_header header;
	uint16_t type, nr, cpus[];	/* 0xffff: any */
};

enum { STAT_TERM_AGGREGATION, STAT_TERM_INTERVAL, STAT_TERM_SCALE };
struct record_stat_term { uint64_t tag, value; };
struct record_stat_config {
	struct perf_event_header header;
	uint64_t nr;
	struct record_stat_term terms[];
};

struct record_stat {
	struct perf_event_header header;
	uint64_t id;
	uint32_t cpu, thread;		/* number of the CPU; index into the thread map */
	uint64_t value, enabled, running;	/* so far */
};

enum { STAT_ROUND_INTERVAL, STAT_ROUND_FINAL };
struct record_stat_round {
	struct perf_event_header header;
	uint64_t type, time;		/* nanoseconds since the start */
};

/* enum aggr_mode of tools/perf/util/stat.h, in its order. */
static const enum stat_by stat_aggregations[] = {
	STAT_BY_CPU, STAT_BY_ALL, STAT_BY_SOCKET, STAT_BY_DIE, STAT_BY_CORE, STAT_BY_THREAD, STAT_BY_ALL, STAT_BY_NODE,
};

static inline uint64_t stat_aggregation_of(enum stat_by by)
{
	uint64_t i = 0;

	while (stat_aggregations[i] != by)
		i++;
	return i;
}

#endif
