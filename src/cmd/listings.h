/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Annotated listings of the functions of a profile: what annotate, report and top share. */
#ifndef PTK_CMD_LISTINGS_H
#define PTK_CMD_LISTINGS_H

#include "disasm/listing.h"
#include "profile/functions.h"
#include "session/session.h"

struct listing_source {
	const struct profile *profile;		/* with hits */
	struct session *session;		/* that it was made with */
	const struct functions *functions;	/* of the profile */
	struct sources *sources;		/* NULL: without source lines. Outlives the listings */
	bool quick;				/* debug information that was not read yet is left out; listing->partial says so */
	struct disassembler how;
};

/* With its samples counted. */
struct error *listing_of(const struct listing_source *from, const struct function *function, struct listing **listing) MUST_CHECK;
/*
 * By the names of function and image. Where no sample hit it, what the image
 * has at `address` (0: not known) is taken, if it is called so.
 */
struct error *listing_of_name(const struct listing_source *from, const char *name, const char *image, uint64_t address,
			      struct listing **listing) MUST_CHECK;

#endif
