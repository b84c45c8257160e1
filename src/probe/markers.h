/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Static markers (SDT, "USDT"; sys/sdt.h of SystemTap): places that a program's author named, in notes of the
 * section .note.stapsdt (sourceware.org/systemtap/wiki/UserSpaceProbeImplementation).
 */
#ifndef PTK_PROBE_MARKERS_H
#define PTK_PROBE_MARKERS_H

#include "arch/arch.h"
#include "base/arena.h"
#include "base/vec.h"
#include "elf/image.h"

struct marker {
	const char *name;	/* "sdt_PROVIDER:NAME" */
	const char *args;	/* as the note has them: "-4@%edi 8@16(%rsp)" */
	uint64_t address;
	uint64_t semaphore;	/* address of a counter that says whether somebody looks; 0: none */
};
typedef VEC(struct marker) marker_list;

/* Appends those of the image; strings are in the arena. False when it has none. */
bool markers_read(struct image *image, struct arena *arena, marker_list *markers);

/* The n-th argument (from 0) in the kernel's words, with its type: "%di:s32"; NULL when there is none, *why then says what is wrong, or NULL. */
const char *marker_argument(const struct marker *marker, unsigned n, const struct arch *arch, struct arena *arena, const char **why);

#endif
