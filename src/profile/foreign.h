/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Profiles of other tools, read into the model: folded stacks ("a;b;c 12" a
 * line, as stackcollapse-*.pl and many others print) and pprof's
 * profile.proto. Their bytes are hostile until checked.
 */
#ifndef PTK_PROFILE_FOREIGN_H
#define PTK_PROFILE_FOREIGN_H

#include "base/error.h"
#include "base/notes.h"
#include "profile/foreign_sample.h"

enum foreign_format { FOREIGN_NONE, FOREIGN_FOLDED, FOREIGN_PPROF };

/* By the first bytes of a file (or all of it), not compressed; FOREIGN_NONE: neither. */
enum foreign_format foreign_format_of(const void *bytes, size_t len);
const char *foreign_format_name(enum foreign_format format);

/*
 * Adds the samples to the profile. What is damaged is left out and noted; an
 * error says that nothing of it can be read.
 */
struct error *foreign_read(enum foreign_format format, const void *bytes, size_t len, const struct foreign_request *request,
			   struct profile *profile, struct foreign_facts *facts, struct notes *notes) MUST_CHECK;

#endif
