/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of `ptk script` share. */
#ifndef PTK_CMD_SCRIPT_H
#define PTK_CMD_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "arch/arch.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "cmd/names.h"
#include "cmd/report_options.h"
#include "cmd/time_ranges.h"
#include "data/reader.h"
#include "session/session.h"
#include "session/tracepoints.h"

/* ---- script_fields.c: which fields are shown */

enum script_field {
	FIELD_COMM = 1 << 0,
	FIELD_TID = 1 << 1,
	FIELD_PID = 1 << 2,
	FIELD_TIME = 1 << 3,
	FIELD_CPU = 1 << 4,
	FIELD_EVENT = 1 << 5,
	FIELD_TRACE = 1 << 6,
	FIELD_IP = 1 << 7,
	FIELD_SYM = 1 << 8,
	FIELD_DSO = 1 << 9,
	FIELD_ADDR = 1 << 10,
	FIELD_SYMOFF = 1 << 11,
	FIELD_PERIOD = 1 << 12,
	FIELD_IREGS = 1 << 13,
	FIELD_UREGS = 1 << 14,
	FIELD_BRSTACK = 1 << 15,
	FIELD_BRSTACKSYM = 1 << 16,
	FIELD_DATA_SRC = 1 << 17,
	FIELD_WEIGHT = 1 << 18,
	FIELD_BPF_OUTPUT = 1 << 19,
	FIELD_PHYS_ADDR = 1 << 20,
	FIELD_MISC = 1 << 21,
	FIELD_TOD = 1 << 22,
	FIELD_DATA_PAGE_SIZE = 1 << 23,
	FIELD_CODE_PAGE_SIZE = 1 << 24,
	FIELD_INS_LAT = 1 << 25,
	FIELD_CGROUP = 1 << 26,
	FIELD_SRCLINE = 1 << 27,
	FIELD_FLAGS = 1 << 28,
	FIELD_RAW = 1 << 29,
};

/* Events have fields by their attr's type: PERF_TYPE_HARDWARE … PERF_TYPE_BREAKPOINT, and all others. */
enum { SCRIPT_OTHER = PERF_TYPE_MAX, SCRIPT_TYPES };

struct script_fields {
	uint32_t shown[SCRIPT_TYPES];
	uint32_t asked[SCRIPT_TYPES];	/* of them, those that were named: an event without them is an error */
	bool chosen[SCRIPT_TYPES];	/* -F said something about this type */
	bool all;			/* of the others all that the samples have is shown */
};

extern const char *const script_field_words[];	/* NULL-ended */
/* A line for each. */
void script_fields_list(FILE *out);

void script_fields_init(struct script_fields *fields);
/* -F [TYPE:][+|-]FIELD,… changes what is shown. */
struct error *script_fields_parse(struct script_fields *fields, const char *text) MUST_CHECK;
/*
 * What is shown of each event that is known: without what its samples do not
 * have. chains: stacks are shown. shown: data_n_events() of them.
 */
struct error *script_fields_of(const struct script_fields *fields, const struct data_reader *reader, bool chains,
			       uint32_t *shown) MUST_CHECK;

/* Samples of these have stacks, as the kernel walked them or from stack bytes. */
enum { SCRIPT_STACKS = PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_STACK_USER };

/* ---- the run */


struct script_options {
	struct report_options report;	/* which samples */
	const char *input, *symfs, *kallsyms, *vmlinux;
	struct script_fields fields;
	uint64_t max_stack;
	bool hide_chains, dump, nanoseconds, relative_time, delta_time, no_demangle;
	bool show_task, show_mmap, show_switch, show_namespaces, show_lost, show_round, show_bpf, show_cgroup;
	bool show_text_poke, show_kernel_path, force, header, header_only, full_header, no_cache, no_inline, json, list;
	const char *program;
};

/* Lines of frames that were written before, by location: names and formatting are done once. */
struct script_text { uint32_t at, len; };
struct script_texts {
	VEC(struct script_text) lines;	/* 2 a location: as it is, and as a caller; len 0: not made yet */
	VEC(char) bytes;
};

/* Of a line's beginning the part that tells who it is about. */
struct script_who {
	const char *comm;
	uint32_t pid, tid, shown;	/* shown: of FIELD_COMM, _PID and _TID */
	bool aligned;
};
/* And its text, kept by task. */
struct script_who_text {
	uint32_t name, pid, tid, shown;
	bool aligned;
	uint8_t len;			/* 0: nothing is kept */
	char text[46];
};

enum { SCRIPT_TEXTS = 32 };		/* one set for each choice of ip, sym, symoff, dso, srcline */

struct script {
	const struct script_options *o;
	const struct data_reader *reader;
	const struct os *os;
	struct names names;
	struct session *session;
	struct tracepoints *tracepoints;	/* NULL until one is to be shown */
	struct notes *notes;
	const struct arch *arch;
	VEC(uint32_t) shown;		/* fields, by event */
	size_t name_width;
	bool chains;			/* call chains are shown, where samples have them */
	struct strbuf out;		/* text that is not written yet */
	FILE *json;			/* where JSON lines go; NULL: text */
	struct script_texts chain_texts[SCRIPT_TEXTS], flat_texts[SCRIPT_TEXTS];
	VEC(struct script_who_text) whos;	/* by task */
	uint64_t first_time, previous_time;
	size_t data_src_width;		/* of the widest so far */
	const char *path;
	uint64_t n_seen, n_shown;	/* samples of the file, and those that no filter left out */
	bool begun, done;		/* the header was shown; nothing more is to be */
	struct error *failed;		/* why nothing more is shown */
	struct report_filters filters;
	struct time_ranges times;
};

/* ---- script_print.c: one sample */

/* location: where the sample's address is; NO_ID: that is to be looked up when needed. */
void script_print_sample(struct script *s, const struct session_sample *sample, uint32_t location);
/* Is the place of this event's samples shown, of the sample alone and not of a stack? */
bool script_shows_place(const struct script *s, uint32_t event);
/* Asks the memory for the places of a stack's frames. */
void script_expect_chain(const struct script *s, const struct session_sample *sample);
/* Asks the memory for the text of a place, in two steps, some time apart. */
void script_expect_line(const struct script *s, uint32_t event, uint32_t location);
void script_expect_text(const struct script *s, uint32_t event, uint32_t location);
/* ---- script_start.c: "comm pid [cpu] time: ", as it stands in front of samples and of other records alike */

struct script_start {
	const struct task *task;	/* whose name is shown; or NULL, and comm is */
	const char *comm;
	uint32_t pid, tid, cpu;
	uint64_t time;
	uint16_t misc;
	uint32_t type;		/* of the record */
};
void script_print_start(struct script *s, uint32_t event, const struct script_start *start);
void script_texts_deinit(struct script_texts *texts);

uint64_t script_period(const struct perf_event_attr *attr, const struct sample *sample);

/*
 * A walk through a stack, innermost frame first. The first address behind a
 * context marker is where the processor was; the others are return
 * addresses, whose call lies in front of them.
 */
struct script_walk {
	const uint64_t *chain;
	uint64_t left;		/* entries */
	uint64_t frames;	/* that may still come */
	uint8_t mode;		/* PERF_RECORD_MISC_USER … of this frame; 0, _CPUMODE_UNKNOWN, to begin with */
	bool caller;		/* look this frame up with its address less one */
	bool inside;		/* behind the first of its mode */
};
/* The next frame's address; false: there are no more. */
bool script_walk_next(struct script_walk *walk, uint64_t *ip);

/* Made when the first tracepoint is to be shown. */
struct tracepoints *script_tracepoints(struct script *s);
/* What stands in an image's place: its path, of the kernel and its modules the name. */
const char *script_dso_name(struct script *s, const struct session_image *image);
const char *script_branch_type(unsigned type);		/* PERF_BR_*: "CALL"; "" when not known */

/* ---- script_data.c: PERF_SAMPLE_DATA_SRC as "|OP LOAD|LVL L1 hit|…" */

void script_data_src(struct strbuf *out, uint64_t value);

/* ---- script_json.c: the same as a JSON object a line */

void script_json_sample(struct script *s, const struct session_sample *sample);
/* Other records: what they say as text. */
void script_json_record(struct script *s, uint32_t type, const char *comm, const struct sample_id *id, const char *text);

/* ---- script_program.c: a program that reads the lines */

struct script_program {
	FILE *to;	/* its standard input */
	pid_t pid;
};
struct error *script_program_start(struct script_program *p, const char *program, char **args) MUST_CHECK;
/* Ends its input, waits for it; *status is its exit status. */
struct error *script_program_end(struct script_program *p, const char *program, int *status) MUST_CHECK;

/* ---- script_records.c: other records */

/* " 12/12: [0x…(0x1000) @ 0 …]: r-xp /usr/bin/x\n": what stands behind the type's name. */
void script_print_record(struct strbuf *out, const struct perf_event_header *record, size_t trailer);
/* A record of those that the options ask for; to be called after it was applied. */
void script_show_record(struct script *s, const struct perf_event_header *record, uint32_t event,
			const struct sample_id *id);

/* ---- script_dump.c: -D */

/* What is damaged is said in its place, and summed up in a note. */
struct error *script_dump(struct data_reader *reader, struct notes *notes) MUST_CHECK;

/* ---- script_filter.c */

struct error *script_filter_init(struct script *s) MUST_CHECK;
bool script_filter(struct script *s, const struct session_sample *sample);
bool script_filter_cpu(const struct script *s, uint32_t cpu);
void script_filter_deinit(struct script *s);

#endif
