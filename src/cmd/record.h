/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `ptk record` was asked for, and the steps that make events and a header of it. */
#ifndef PTK_CMD_RECORD_H
#define PTK_CMD_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/notes.h"
#include "base/vec.h"
#include "cmd/mode.h"
#include "data/features.h"
#include "data/reader.h"
#include "os/machine.h"
#include "pmu/open.h"
#include "pmu/parse.h"

/* -e, --filter: in the order they were typed. */
struct record_word {
	bool filter;
	const char *text;
};

enum record_compress { COMPRESS_CHAINS, COMPRESS, COMPRESS_NOT };	/* the first: only chains that were unwound */

/* CHAINS_BEST: unwound where that can be, else by frame pointers. */
enum record_chains { CHAINS_NONE, CHAINS_BEST, CHAINS_FP, CHAINS_DWARF, CHAINS_LBR };

struct record_options {
	const char *pids, *tids, *cpus, *user;
	bool all;
	VEC(struct record_word) words;

	uint64_t frequency;		/* samples a second; 0: not given */
	bool frequency_max;
	bool strict_frequency;
	uint64_t period;		/* 0: not given */

	enum record_chains chains;
	uint32_t stack_bytes;		/* CHAINS_BEST, CHAINS_DWARF */
	bool raw_stacks;		/* they stay in the file as they are */
	bool user_chains, kernel_chains;
	uint64_t branches;		/* PERF_SAMPLE_BRANCH_*; 0: none */
	bool all_user, all_kernel;
	bool addresses, physical, data_pages, code_pages, weight, transaction;
	bool raw, no_samples, counts, cpu;
	int period_wanted;		/* -P: 1, --no-period: -1 */
	bool timestamps;
	bool no_inherit, switches;
	bool clock_given;
	int32_t clock;			/* CLOCK_* of -k */

	uint64_t ring_bytes;		/* -m: of a ring for samples; 0: chosen */
	bool no_buffering;
	int64_t delay_ms;		/* -1: never enabled */
	uint64_t max_size;
	enum record_compress compress;
	int compress_level;		/* 0: zstd's choice */
	uint64_t realtime;		/* SCHED_FIFO priority, 0: none */
	const char *output;
	bool no_buildid, no_buildid_cache, buildid_all, buildid_mmap;
	bool no_cache;			/* unwind rows are not kept for the next recording */
	bool include_self;
	bool quiet;
	unsigned verbose;
};

/* ---- record.c: the mode's run; see struct mode */
struct error *record_run(const struct mode *mode, int argc, char **argv, int *status) MUST_CHECK;

/* ---- record_options.c: values of options that ptk top has, too. `into`: a struct record_options, or what begins with one */

struct error *record_take_event(void *into, const char *value) MUST_CHECK;
struct error *record_take_filter(void *into, const char *value) MUST_CHECK;
struct error *record_take_frequency(void *into, const char *value) MUST_CHECK;
struct error *record_take_period(void *into, const char *value) MUST_CHECK;
struct error *record_take_chains(void *into, const char *value) MUST_CHECK;
struct error *record_take_chains_flag(void *into, const char *value) MUST_CHECK;
struct error *record_take_pages(void *into, const char *value) MUST_CHECK;
extern const char *const record_chain_words[];

/* ---- record_events.c: from options to attrs */

/* Parses -e and --filter; the default event when there was none (*defaulted). */
struct error *record_events_parse(struct pmus *pmus, const struct record_options *o, struct notes *notes,
				  struct event_list *list, bool *defaulted) MUST_CHECK;
/* cpu-clock in place of the default event that this machine cannot count. */
struct error *record_events_fall_back(struct pmus *pmus, struct event_list *list) MUST_CHECK;
/* What is sampled, how often, and how many bytes of it wake the recorder (0: half a ring). */
struct error *record_events_configure(const struct os *os, const struct record_options *o, const struct target *target,
				      uint32_t watermark, struct notes *notes, struct event_list *list) MUST_CHECK;
/* Are mappings of data wanted? For data addresses, and by unwinders that read .eh_frame through them (perf's does). */
bool record_wants_data_maps(const struct record_options *o, const struct event_list *list);
/* Are stack bytes sampled, to be unwound while recording? */
bool record_unwinds(const struct record_options *o, const struct event_list *list);
/* The event that carries mmap, comm, fork and exit records, with the trailer that configured events have. */
void record_side_event(const struct record_options *o, const struct event_list *list, struct event_list *side);
/* Keeps the tracepoints of a system-wide recording from seeing this process: adds to their filters. */
void record_leave_out(struct event_list *list, pid_t pid);
/* "fp", "dwarf,8192", "dwarf,raw", "lbr"; NULL or "": the best there is, "no": none. */
struct error *record_chains_parse(struct record_options *o, const char *text) MUST_CHECK;
/* "any_call,u" of -j. */
struct error *record_branches_parse(const char *text, uint64_t *branches) MUST_CHECK;
/* "monotonic", "CLOCK_REALTIME", a number. */
struct error *record_clock_parse(const char *text, int32_t *clock) MUST_CHECK;

/* ---- record_header.c: what the file says beside its records */

/* The events as the file lists them; free with record_data_events_free. */
struct data_event *record_data_events(const struct counters *samples, const struct counters *side, size_t *n);
void record_data_events_free(struct data_event *events, size_t n);
/* Facts of the machine and of this run; strings are the machine's, argv's or the features' own. */
void record_features(const struct record_options *o, const struct machine *machine, const struct event_list *list,
		     char **argv, struct data_features *features);

#endif
