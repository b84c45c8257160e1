/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profile: what was sampled, as tables of 32-bit ids. Written once while
 * samples come in (profile/builder.h), then read-only. Reports, call trees,
 * flame graphs and comparisons are walks over these tables; nothing here
 * prints.
 *
 * A stack is (parent stack, frame): equal prefixes are stored once, a stack
 * is one integer, and a parent's id is always smaller than its children's.
 * Samples are counted, not kept: one `profile_sample` stands for all that
 * came from the same origin with the same stack, so that the profile grows
 * with what can be told apart and not with the time that was recorded.
 */
#ifndef PTK_PROFILE_PROFILE_H
#define PTK_PROFILE_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/strtab.h"
#include "base/vec.h"
#include "profile/hits.h"

/* Strings are ids of profile->strings; 0 is "". */

struct profile_image {
	uint32_t name;		/* as a `dso` column shows it */
	uint32_t path;
	bool kernel;		/* the kernel, a module, BPF */
	bool jit;		/* code in memory that no file holds */
	uint32_t source;	/* the session's image: of one path there may be several builds. NO_ID: of an earlier session */
};

struct profile_symbol {
	uint32_t image;
	uint32_t name;		/* 0: none, shown as the address `start` */
	uint64_t start, end;	/* in the image's addresses; 0 of an inlined one */
	bool inlined;		/* a function that the compiler put into another: no code of its own */
};

struct profile_frame {
	uint32_t symbol;
	uint32_t file, line;	/* strings: "parse.c", "parse.c:12"; 0 where lines are not told apart */
	uint64_t address;	/* in the image; 0 where frames are told apart by symbol alone */
};

/* Stack 0 is the empty one: the parent of outermost frames. */
enum { STACK_EMPTY = 0 };

struct profile_stack {
	uint32_t parent, frame;
	uint32_t first_child;	/* NO_ID: none calls further. Those that came later are found by stack_ids alone */
};

/* Members that nothing asked for are NO_ID (pid, tid) or 0 (comm). */
struct profile_task {
	uint32_t pid, tid;
	uint32_t comm;		/* string: the name when the samples were taken */
};

/* Where samples come from, as far as it is told apart. */
struct profile_origin {
	uint32_t event;		/* index of profile->events */
	uint32_t task;
	uint32_t cpu;		/* NO_ID when not told apart or not known */
	uint32_t fields;	/* string: values of a tracepoint's fields (profile/fields.h); 0 when not told apart */
	uint64_t time;		/* ns, rounded down to the quantum; 0 when not told apart */
	uint64_t weight;	/* PERF_SAMPLE_WEIGHT; 0 when not told apart */
};

struct profile_sample {
	uint32_t origin, stack;	/* the stack's frame is where the CPU was */
	uint64_t count, period;
};

struct profile_event {
	uint32_t name;		/* string */
	uint32_t unit;		/* string: of the period, "nanoseconds"; 0: what the name says */
	bool chains;		/* some sample had a call chain */
	uint64_t count, period;	/* of the samples that passed the filter */
	uint64_t dropped;	/* samples that the filter did not let through */
	uint64_t dropped_period;
};

struct profile {
	struct strtab strings;
	VEC(struct profile_image) images;
	VEC(struct profile_symbol) symbols;
	VEC(struct profile_frame) frames;
	VEC(struct profile_stack) stacks;
	VEC(struct profile_task) tasks;
	VEC(struct profile_origin) origins;
	VEC(struct profile_sample) samples;
	VEC(struct profile_event) events;
	struct profile_hits hits;	/* none unless they were asked for (profile_dims.hits) */
	struct map64 pid_comms;	/* pid or tid -> string: the last name that a process or thread was seen with */
	/* From content to id. */
	struct idtable image_ids, symbol_ids, frame_ids, stack_ids, task_ids, origin_ids, sample_ids;
};

void profile_init(struct profile *p);
void profile_deinit(struct profile *p);

/* The id of the thing given: known or, if not, new. */
uint32_t profile_image_id(struct profile *p, const struct profile_image *image);
uint32_t profile_symbol_id(struct profile *p, const struct profile_symbol *symbol);
uint32_t profile_frame_id(struct profile *p, uint32_t symbol, uint64_t address);
uint32_t profile_frame_of(struct profile *p, const struct profile_frame *frame);
uint32_t profile_stack_id(struct profile *p, uint32_t parent, uint32_t frame);
uint32_t profile_task_id(struct profile *p, const struct profile_task *task);
uint32_t profile_origin_id(struct profile *p, const struct profile_origin *origin);
/* The counter of that origin and stack, new ones at zero. */
uint32_t profile_sample_id(struct profile *p, uint32_t origin, uint32_t stack);
/* Adds events up to and with this index; the new ones are nameless. */
struct profile_event *profile_event(struct profile *p, uint32_t index);

/* Symbol and image of a frame. */
static inline const struct profile_symbol *profile_frame_symbol(const struct profile *p, uint32_t frame)
{
	return &p->symbols.data[p->frames.data[frame].symbol];
}

static inline const struct profile_image *profile_frame_image(const struct profile *p, uint32_t frame)
{
	return &p->images.data[profile_frame_symbol(p, frame)->image];
}

/*
 * The stack whose frame has the code that runs at this one's: the stack
 * itself, or outwards of it the function that its inlined calls are in.
 */
uint32_t profile_stack_code(const struct profile *p, uint32_t stack);

/* Is the frame the kernel's? By its image, or by the address where no image is known. */
bool profile_frame_kernel(const struct profile *p, uint32_t frame);

#endif
