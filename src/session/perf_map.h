/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /tmp/perf-PID.map: what a JIT compiler says of its code, a line a function,
 * "START SIZE name" in hexadecimal (tools/perf/Documentation/jit-interface.txt).
 * Anyone may write to /tmp, so a map counts only when it is the task's own
 * user's or root's, and no symbolic link.
 */
#ifndef PTK_SESSION_PERF_MAP_H
#define PTK_SESSION_PERF_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "elf/symtab.h"
#include "os/root.h"

struct perf_map {
	struct strbuf bytes;		/* the names lie in it */
	struct symtab symbols;		/* addresses of the task */
	uint64_t size, inode;		/* of the file when it was read */
};

/* Reads the map of a process, or again when it has grown since; false when there is nothing new. */
bool perf_map_read(struct perf_map *map, const struct os *os, uint32_t pid);
/* Takes over the bytes. Lines that are none are skipped. */
void perf_map_parse(struct perf_map *map, struct strbuf bytes);
void perf_map_deinit(struct perf_map *map);

#endif
