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
#include "profile/builder.h"

enum foreign_format { FOREIGN_NONE, FOREIGN_FOLDED, FOREIGN_PPROF };

/* By the first bytes of a file (or all of it), not compressed; FOREIGN_NONE: neither. */
enum foreign_format foreign_format_of(const void *bytes, size_t len);
const char *foreign_format_name(enum foreign_format format);

/* What a file says besides its samples; 0 and NULL: nothing. */
struct foreign_facts {
	char *command;		/* the caller frees it */
	uint64_t recorded_s;	/* since 1970 */
	uint64_t duration_ns;
};

struct foreign_request {
	const struct profile_dims *dims;	/* pid, tid, comm, stacks and max_stack count */
	const struct profile_filter *filter;	/* times and CPUs are not known: a filter on them takes nothing */
	const char *name;			/* of the file, for messages */
};

/*
 * Adds the samples to the profile. What is damaged is left out and noted; an
 * error says that nothing of it can be read.
 */
struct error *foreign_read(enum foreign_format format, const void *bytes, size_t len, const struct foreign_request *request,
			   struct profile *profile, struct foreign_facts *facts, struct notes *notes) MUST_CHECK;

/* ---- what the readers share */

struct foreign_sample {
	uint32_t event;		/* of the profile */
	uint32_t comm;		/* string */
	uint32_t pid, tid;	/* NO_ID: not known */
	const uint32_t *frames;	/* of the profile, outermost first */
	size_t n;		/* at least 1 */
	uint64_t count, period;
};
void foreign_add(struct profile *p, const struct foreign_request *request, const struct foreign_sample *sample);

/* An event of that name, with `unit` of its period ("nanoseconds", "bytes"; NULL: by its name). */
uint32_t foreign_event(struct profile *p, const char *name, const char *unit);
/* A frame; name 0: only the address is known. */
uint32_t foreign_frame(struct profile *p, const struct profile_image *image, uint32_t name, uint64_t address, bool inlined);

bool foreign_looks_pprof(const uint8_t *bytes, size_t len);
struct error *foreign_read_folded(const char *text, size_t len, const struct foreign_request *request,
				  struct profile *profile, struct notes *notes) MUST_CHECK;
struct error *foreign_read_pprof(const uint8_t *bytes, size_t len, const struct foreign_request *request,
				 struct profile *profile, struct foreign_facts *facts, struct notes *notes) MUST_CHECK;

#endif
