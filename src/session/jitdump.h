/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jit-PID.dump: what a JIT compiler says of its code and when it made it
 * (tools/perf/Documentation/jitdump-specification.txt). The process maps the
 * file as code once, so that its place stands in every recording. The same
 * addresses may hold other code later; so a look-up has a time.
 */
#ifndef PTK_SESSION_JITDUMP_H
#define PTK_SESSION_JITDUMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/vec.h"
#include "elf/header.h"
#include "elf/ranges.h"
#include "os/root.h"

struct jit_code {
	uint64_t start, end;	/* addresses of the task */
	uint64_t time;		/* when it came there: ns of CLOCK_MONOTONIC, or 0 where the dump counts otherwise */
	const char *name;
	uint64_t offset;	/* of its bytes in the dump; 0: they are not in it */
};

struct jitdump {
	VEC(struct jit_code) codes;	/* as in the file */
	struct ranges ranges;		/* of them */
	VEC(uint64_t) reused;		/* rising: when code came to where other code was */
	struct arena names;
	uint64_t file_size;		/* when it was read */
	uint16_t machine;		/* EM_* */
	bool timed;			/* codes have times */
};

/* Is this the path of a dump: "…/jit-123.dump"? */
bool jitdump_is(const char *path);
/* Opens the dump that process `pid` has mapped as `path`, as jitdump_read does; its size. -1 when there is none. */
int jitdump_open(const struct os *os, const char *path, uint32_t pid, uint64_t *size);
/*
 * Reads the dump that process `pid` has mapped as `path`, here or below
 * /proc/PID/root; only a regular file of the task's own user, root or us.
 * False when there is none, or nothing new in it.
 */
bool jitdump_read(struct jitdump *dump, const struct os *os, const char *path, uint32_t pid);
/* From an open file or memory. Damage ends it: what was before is kept. False when it is no dump. */
bool jitdump_parse(struct jitdump *dump, const struct elf_source *source);
void jitdump_deinit(struct jitdump *dump);

/* Its bytes, end - start of them, from the dump as jitdump_read finds it. False when they are not to be had. */
bool jitdump_read_code(const struct jit_code *code, const struct os *os, const char *path, uint32_t pid, void *into);

/* The code that was at an address at that time; its index, or NO_ID. time 0: the last that came there. */
uint32_t jitdump_find(const struct jitdump *dump, uint64_t address, uint64_t time);

#endif
