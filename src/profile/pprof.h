/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pprof's profile.proto, read; the format is told in pprof.c. Request and errors: profile/foreign.h. */
#ifndef PTK_PROFILE_PPROF_H
#define PTK_PROFILE_PPROF_H

#include "base/notes.h"
#include "profile/foreign_sample.h"

/* Do the first bytes of a file, not compressed, look like one? */
bool pprof_looks(const uint8_t *bytes, size_t len);
struct error *pprof_read(const uint8_t *bytes, size_t len, const struct foreign_request *request,
			 struct profile *profile, struct foreign_facts *facts, struct notes *notes) MUST_CHECK;

#endif
