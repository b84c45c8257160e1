/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile/foreign.h"

#include "profile/folded.h"
#include "profile/pprof.h"

enum foreign_format foreign_format_of(const void *bytes, size_t len)
{
	if (folded_looks(bytes, len))
		return FOREIGN_FOLDED;
	return pprof_looks(bytes, len) ? FOREIGN_PPROF : FOREIGN_NONE;
}

const char *foreign_format_name(enum foreign_format format)
{
	return format == FOREIGN_PPROF ? "a profile of pprof" : "a file of folded stacks";
}

struct error *foreign_read(enum foreign_format format, const void *bytes, size_t len, const struct foreign_request *request,
			   struct profile *profile, struct foreign_facts *facts, struct notes *notes)
{
	*facts = (struct foreign_facts){ 0 };
	return format == FOREIGN_PPROF ? pprof_read(bytes, len, request, profile, facts, notes) :
					  folded_read(bytes, len, request, profile, notes);
}
