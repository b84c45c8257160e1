/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JIT dumps of a session's processes, and the time that look-ups in them are of. Used by images.c alone. */
#ifndef PTK_SESSION_JITS_H
#define PTK_SESSION_JITS_H

#include "session/jitdump.h"

struct jit {
	uint32_t pid;
	char *path;
	struct jitdump dump;
	size_t passed;		/* of dump.reused, those before `now` */
	uint64_t now;		/* ns of CLOCK_MONOTONIC; 0: samples have another clock */
};

struct jits {
	VEC(struct jit) all;
};

void jits_deinit(struct jits *jits);
/* The process has mapped its dump; true when it needs times: new code came to where other code had been. */
bool jits_add(struct jits *jits, const struct os *os, const char *path, uint32_t pid);
/* The session has come to that time; true: an address of the process may mean other code than before. */
bool jits_advance(struct jits *jits, uint32_t pid, uint64_t time);
/* The code at an address, or NULL; *id tells it from all other code of all processes. */
const struct jit_code *jits_find(struct jits *jits, const struct os *os, uint32_t pid, uint64_t address, uint64_t *id);
/*
 * The bytes of the code that a process had at [start, end) under that name, the last of several; false when no dump
 * has them.
 */
bool jits_read_code(const struct jits *jits, const struct os *os, uint32_t pid, const char *name,
		    uint64_t start, uint64_t end, void *into);

#endif
