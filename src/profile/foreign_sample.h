/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Samples of other tools' profiles, added to the model: what the readers of such profiles share. */
#ifndef PTK_PROFILE_FOREIGN_SAMPLE_H
#define PTK_PROFILE_FOREIGN_SAMPLE_H

#include "profile/builder.h"

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

#endif
