/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of `ptk inject` share. A recording goes through a session
 * and comes out in the order of time; on its way records are added, changed
 * or left out by those parts that were asked for.
 */
#ifndef PTK_CMD_INJECT_H
#define PTK_CMD_INJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "cmd/build_ids.h"
#include "data/reader.h"
#include "data/writer.h"
#include "session/jitdump.h"
#include "session/session.h"

/* ---- inject_sleep.c: sched_stat samples merged into the sched_switch in front of them */

enum sleep_role { SLEEP_NONE, SLEEP_SWITCH, SLEEP_STAT, SLEEP_EXIT };

/* Where in an event's raw bytes its fields stand. */
struct sleep_event {
	enum sleep_role role;
	uint32_t pid_at;	/* SLEEP_STAT: the thread that slept; SLEEP_SWITCH: the one that runs now */
	uint32_t state_at;	/* SLEEP_SWITCH: why the other one does not run any more, 64 bits */
};

/* A thread's last one. */
struct held_switch {
	struct strbuf record;
	uint8_t time_at, period_at;	/* 64-bit words behind its header */
	bool told;			/* how long it slept then went out, or is nobody's question */
};

struct sleeps {
	VEC(struct sleep_event) events;		/* by event */
	uint64_t states;			/* of threads whose sleeps the file's sched_stat events tell of */
	struct map64 by_tid;			/* to an index of held, and 1; 0: none */
	VEC(struct held_switch) held;
	VEC(uint32_t) unused;			/* of them */
	uint64_t merged, by_return, without_switch;
};

/* The file's events; an error when there are none to merge. */
struct error *sleeps_begin(struct sleeps *s, const struct data_reader *reader) MUST_CHECK;
/* True: the sample is one of those; what stands in its place, if anything, was appended to out. */
bool sleeps_take(struct sleeps *s, const struct data_reader *reader, const struct session_sample *sample,
		 struct strbuf *out);
/* The thread runs now: a sleep of it that no sample told of goes out. */
void sleeps_run(struct sleeps *s, uint32_t tid, uint64_t now, struct strbuf *out);
/* The thread is gone. */
void sleeps_exit(struct sleeps *s, uint32_t tid);
void sleeps_deinit(struct sleeps *s);

/* ---- inject_jit.c: code of JIT compilers as mappings of images that are written beside their dumps */

struct jit_image {
	uint32_t pid, tid;
	char *path;
	struct sample_layout layout;	/* of the record that mapped the dump, and of those made for it */
	struct sample_id id;
	uint32_t maj, min;
	uint64_t ino;
	uint8_t build_id[BUILD_ID_SIZE];
};

struct jit_mapping {
	uint64_t time;			/* when the code came there */
	uint32_t image, order;		/* order: of those of one time */
	uint64_t start, len, offset;
};

struct jit_images {
	VEC(struct jit_image) all;
	VEC(struct jit_mapping) mappings;	/* those not due yet, the last one first */
	uint64_t codes;
};

/*
 * A mapping record of event `event`. *taken: it is to be left out, being a
 * dump's, whose image was written, or one of memory that holds such code.
 * monotonic: the records' times are those of dumps.
 */
struct error *jit_images_map(struct jit_images *j, const struct os *os, const struct perf_event_header *record,
			     const struct sample_layout *layout, const struct sample_id *id, bool monotonic, bool *taken) MUST_CHECK;
/* Appends the records of mappings that are due at that time. */
void jit_images_due(struct jit_images *j, uint64_t time, struct strbuf *out);
void jit_images_deinit(struct jit_images *j);

/* ---- inject_stream.c: from a reader to a writer */

struct inject_options {
	const char *input, *output;
	bool build_ids, sleeps, jit, force;
	unsigned verbose;
};

struct inject {
	const struct inject_options *o;
	const struct os *os;
	struct notes *notes;
	struct data_reader *reader;
	int fd;				/* where to, and its name for messages */
	const char *path;
	bool pipe;			/* in perf's pipe form */
	struct session *session;
	struct data_writer *writer;	/* NULL until the first record that does not describe the file */
	struct data_features features;	/* the reader's, with a list of build-ids of our own */
	bool same_machine;
	struct strbuf out;		/* records that are not written yet */
	struct build_ids build_ids;
	struct sleeps sleeps;
	struct jit_images jits;
	uint64_t aux;			/* records left out: of data that stands beside them */
	struct error *failed;		/* why nothing more is written */
};

/*
 * Reads it all and writes it; o, os, notes, reader, fd, path and pipe are
 * the caller's and set. Deinit also after an error.
 */
struct error *inject_stream(struct inject *in) MUST_CHECK;
void inject_deinit(struct inject *in);

#endif
