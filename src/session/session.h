/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session: records in, in any order that rings and files give them; tasks,
 * mappings and samples out, in time order. The same code live and from a
 * file.
 *
 * Feed it stretches of records (session_feed). Records wait until a
 * FINISHED_ROUND record (or the end) says that nothing older can come; then
 * they are applied in time order: task and mapping records change the state,
 * samples go to the sink with the task as it was at that time.
 */
#ifndef PTK_SESSION_SESSION_H
#define PTK_SESSION_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/record.h"
#include "base/error.h"
#include "base/notes.h"
#include "base/strtab.h"
#include "data/reader.h"
#include "session/images.h"

/*
 * The address space of a process: what execve(2) makes anew. Space 0 is the
 * kernel's. `generation` grows whenever an address may have got another
 * meaning, so (id, generation, address) always means the same thing.
 */
struct space {
	uint32_t id;
	uint32_t generation;
	uint32_t pid;		/* of the process it belongs to */
};

/* A thread. It stays good until the session goes; pids that are used again get a new one. */
struct task {
	uint32_t id;		/* dense, from 0 */
	uint32_t pid, tid;
	uint32_t comm;		/* string: the name at this moment; ":TID" when nobody said */
	struct space *space;
};

/* A place: where a frame or an address is. Ids are dense; equal (image, address) have one id. */
struct location {
	uint32_t image, symbol;	/* ids of session_images() */
	uint64_t address;	/* the image's own address (a kernel address for the kernel) */
	uint64_t offset;	/* into the image's file, or into the vdso; elsewhere the address */
	uint64_t raw;		/* the address as it first came, for showing what has no name */
};

struct session_sample {
	struct sample *s;
	uint32_t event;			/* index of session_add_event */
	struct task *task;
	const struct perf_event_header *record;
	uint64_t offset;		/* of the record in its file */
};

enum { SESSION_BATCH = 32 };

struct session_sink {
	void *ctx;
	/* A sample, in time order. s and record live until it returns. */
	void (*sample)(void *ctx, const struct session_sample *sample);
	/*
	 * Or, where it is not NULL, n samples together (SESSION_BATCH at most), in time order: nothing that they are
	 * looked at with, tasks and mappings, changed from the first to the last. All live until it returns.
	 */
	void (*samples)(void *ctx, const struct session_sample *samples, size_t n);
	/* Any other record, in time order, after it was applied; event NO_ID where it has none. May be NULL. */
	void (*record)(void *ctx, const struct perf_event_header *record, uint32_t event,
		       const struct sample_id *id, uint64_t offset);
};

/* What went wrong or was lost, counted. */
struct session_counts {
	uint64_t records[RECORD_TYPES];		/* by type; [0]: of types that this program does not know */
	uint64_t samples;
	/* Records the ring had no room for, as the kernel told now and then; and samples, as the recorder summed up at its end. */
	uint64_t lost, lost_samples;
	uint64_t unknown_event;			/* samples whose id no event has */
	uint64_t malformed;			/* records whose contents did not fit their size */
	uint64_t out_of_order;			/* older than what was applied before */
	/*
	 * User stacks unwound from stack bytes: to the outermost frame; of those, completed by frame pointers beyond
	 * the bytes, or from an earlier stack of the thread.
	 */
	uint64_t stacks_whole, stacks_completed;
	uint64_t stacks_cut, stacks_broken;	/* by stack_end_of(): unwound here or by the recorder */
};

static inline uint64_t session_lost(const struct session_counts *c)
{
	return c->lost > c->lost_samples ? c->lost : c->lost_samples;
}

struct session_options {
	struct images_options images;
	size_t buffer_max;	/* bytes of records that may wait for their round; 0: 256 MiB */
	bool keep_reads;	/* of leader sampling ("{…}:S") one sample stays one; else each event of the group has its own */
	bool living;		/* the tasks run now: outer frames of stacks may be read from their memory */
	bool keep_stacks;	/* stack bytes stay as they are: samples are passed on, not looked at */
};

/*
 * Are the samples of this machine, as it runs now? Its name, release and the
 * kernel's build-id as the file has them; what the file does not say (a pipe,
 * a recorder that was killed) is taken to agree. For images_options.
 */
bool session_same_machine(const struct data_features *features, const struct os *os);

struct session;

struct session *session_create(const struct session_options *options, const struct session_sink *sink,
			       struct notes *notes);
void session_destroy(struct session *session);

/* Events are added in order 0, 1, …; ids may be empty when there is one event. */
void session_add_event(struct session *session, const struct perf_event_attr *attr, const uint64_t *ids, size_t n);

/* Takes over the records, and frees them when they are done with. */
void session_feed(struct session *session, struct records records);
/* Live: everything up to now has been fed, as a FINISHED_ROUND record says in a file. */
void session_round(struct session *session);
/* Applies everything that waits. */
void session_finish(struct session *session);

/*
 * A whole file or pipe: events, records, end. `progress` (may be NULL) is
 * called now and then; when it gives false, nothing more is read or applied.
 */
struct error *session_read(struct session *session, struct data_reader *reader,
			   bool (*progress)(void *ctx, uint64_t done, uint64_t size), void *ctx) MUST_CHECK;

/*
 * Where an address of a task is, at this moment of the session. cpumode:
 * PERF_RECORD_MISC_USER, _KERNEL …, or _CPUMODE_UNKNOWN to tell by the
 * address. A caller's frame is looked up with its return address less one:
 * pass that address (`raw` then has it as well).
 */
uint32_t session_locate(struct session *session, struct task *task, uint8_t cpumode, uint64_t address);
/*
 * What an address means, for tables of what was located: those that have the
 * same anchor have the same location, whichever task, and wherever in its
 * address space, they are of. Cheaper than the location. Equality is all
 * that the members are for.
 */
struct session_anchor {
	uint64_t address;
	uint32_t space, generation;
};
struct session_anchor session_anchor(struct session *session, struct task *task, uint8_t cpumode, uint64_t address);
/* Asks the memory for what session_locate will read first. */
void session_expect(const struct session *session, const struct task *task, uint8_t cpumode, uint64_t address);
/* What stands for the missing callers of a stack that is not whole: "[cut]" or "[broken]", of no image. */
uint32_t session_locate_missing(struct session *session, enum stack_end end);
/* By id; they stand in one array. Good until a new one is located. NULL beyond the last. */
const struct location *session_location(const struct session *session, uint32_t location);
/*
 * Where a location is in the source text, inlined calls and all, as
 * images_places() has it; *n of them, 0 where no debug information tells.
 * Looked up once a location. Good until the next call.
 */
const struct image_place *session_places(struct session *session, uint32_t location, uint32_t *n);
uint32_t session_location_count(const struct session *session);

struct images *session_images(struct session *session);
struct strtab *session_strings(struct session *session);
const struct session_counts *session_counts(const struct session *session);
/* The one that has these ids now; made when there is none. */
struct task *session_task_now(struct session *session, uint32_t pid, uint32_t tid);

#endif
