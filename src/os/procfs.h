/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tasks as /proc shows them (proc(5)). A task may go away between any two
 * calls: that is a false or an empty list, never an error. What a task says
 * of itself (its name, the names of the files it maps) can hold any byte.
 */
#ifndef PTK_OS_PROCFS_H
#define PTK_OS_PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/strbuf.h"
#include "base/vec.h"
#include "os/root.h"

struct procfs_ids {
	VEC(pid_t) ids;
};
void procfs_ids_deinit(struct procfs_ids *ids);

/* Every process, appended in ascending order; false with errno when there is no /proc. */
bool procfs_processes(const struct os *os, struct procfs_ids *out);
/* The threads of a process, itself included, appended in ascending order; false when it is gone. */
bool procfs_threads(const struct os *os, pid_t pid, struct procfs_ids *out);

struct procfs_status {
	pid_t pid;		/* its process (Tgid) */
	pid_t ppid;		/* the process's parent */
	uid_t uid;		/* effective */
};
/* Of a thread, by any of its names. */
bool procfs_status(const struct os *os, pid_t tid, struct procfs_status *out);
/* The thread's name, cut to 15 bytes, without the newline. */
bool procfs_comm(const struct os *os, pid_t pid, pid_t tid, char comm[16]);

/* A line of /proc/PID/maps. */
struct procfs_map {
	uint64_t start, end, offset, inode;
	uint32_t prot, flags;	/* PROT_*, MAP_SHARED or MAP_PRIVATE */
	uint32_t major, minor;
	const char *name;	/* not NUL-terminated, as it stands in the line; see procfs_map_name */
	size_t name_len;	/* 0: anonymous */
};

/*
 * Takes the next line off *text (bytes up to `end`): true with *map filled, false
 * at the end. Lines that are none are skipped. Nothing is allocated.
 */
bool procfs_next_map(const char **text, const char *end, struct procfs_map *map);
/* The file's name with the kernel's \ooo escapes undone; size counts the NUL. False when it does not fit. */
bool procfs_map_name(const struct procfs_map *map, char *name, size_t size);
/* The whole text of /proc/PID/maps, appended. */
bool procfs_maps(const struct os *os, pid_t pid, struct strbuf *out);

/* A line of /proc/modules: "name size uses users state address". Not NUL-terminated. */
struct procfs_module {
	const char *name;
	size_t name_len;
	uint64_t address, size;	/* address 0: hidden from this user */
};
bool procfs_next_module(const char **text, const char *end, struct procfs_module *module);

/* A line of /proc/kallsyms: "ffffffff81000000 T _text", of a module with "\t[module]" behind it. Not NUL-terminated. */
struct procfs_symbol {
	uint64_t address;	/* 0: hidden from this user */
	char type;		/* as nm(1) has it */
	const char *name, *module;	/* module_len 0: the kernel itself */
	size_t name_len, module_len;
};
/* Takes the next line off *text, which ends with a NUL; false at the end. */
bool procfs_next_symbol(const char **text, struct procfs_symbol *symbol);
/* Calls for each symbol of /proc/kallsyms as it is read, which needs none of the 5 to 15 MB that all of it takes. False with errno. */
bool procfs_each_symbol(const struct os *os, void (*call)(void *ctx, const struct procfs_symbol *symbol), void *ctx);

#endif
