/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Things a person should know that are no errors: "no cycles counter here,
 * using cpu-clock". Rooms below cmd/ add them, the command prints them; an
 * equal note is kept once. All-zero is empty.
 */
#ifndef PTK_BASE_NOTES_H
#define PTK_BASE_NOTES_H

#include "base/vec.h"

struct notes {
	VEC(char *) lines;
};

/* notes may be NULL: nobody wants to know. Control characters become question marks. */
void notes_add(struct notes *notes, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void notes_deinit(struct notes *notes);

#endif
