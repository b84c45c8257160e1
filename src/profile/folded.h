/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folded stacks, read; the format is told in folded.c. Request and errors: profile/foreign.h. */
#ifndef PTK_PROFILE_FOLDED_H
#define PTK_PROFILE_FOLDED_H

#include "base/notes.h"
#include "profile/foreign_sample.h"

/* Is the first line a stack and a number? */
bool folded_looks(const char *text, size_t len);
struct error *folded_read(const char *text, size_t len, const struct foreign_request *request,
			  struct profile *profile, struct notes *notes) MUST_CHECK;

#endif
