/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What this machine is, for the header of a recording: names, CPUs and how
 * they hang together, memory, PMUs. Read from /proc and /sys below the root;
 * what is not there stays NULL, 0 or empty.
 */
#ifndef PTK_OS_MACHINE_H
#define PTK_OS_MACHINE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/vec.h"
#include "os/root.h"

struct machine_cpu { int32_t core, socket, die; };	/* -1: not known */
struct machine_node { uint32_t node; uint64_t mem_total_kib, mem_free_kib; const char *cpus; };
struct machine_pmu { uint32_t type; const char *name; };
struct machine_cache { uint32_t level, line, sets, ways; const char *type, *size, *cpus; };

/* Strings live in the arena; lists of CPUs are as sysfs writes them ("0-3,8"). */
struct machine {
	struct arena arena;
	const char *hostname, *osrelease, *arch;
	const char *cpudesc;		/* the model as a person knows it */
	const char *cpuid;		/* perf's form: "GenuineIntel,6,85,7", or MIDR on Arm */
	uint32_t cpus_available, cpus_online;
	uint64_t total_mem_kib;
	VEC(const char *) core_siblings, die_siblings, thread_siblings;	/* each set once, in order of its first CPU */
	VEC(struct machine_cpu) cpus;	/* by CPU number, up to the last that is present */
	VEC(struct machine_node) nodes;
	VEC(struct machine_pmu) pmus;	/* by name */
	VEC(struct machine_cache) caches;	/* each once */
};

void machine_read(const struct os *os, struct machine *m);
/* CPUs and nodes alone. */
void machine_read_topology(const struct os *os, struct machine *m);
void machine_deinit(struct machine *m);

/* The GNU build-id in a file of ELF notes (/sys/kernel/notes, …/notes/.note.gnu.build-id): its length, 0 for none. */
size_t machine_notes_build_id(const struct os *os, const char *path, uint8_t id[20]);

#endif
