/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which part of a damaged record is broken, and where: for those who look at files byte by byte. */
#ifndef PTK_ABI_DAMAGE_H
#define PTK_ABI_DAMAGE_H

#include "abi/record.h"

struct record_damage {
	const char *field;	/* as perf_event_open(2) calls it */
	size_t at;		/* bytes from the record's start to the field */
	size_t left;		/* bytes that the record has from there, its trailer not counted */
	bool endless;		/* a string without its NUL; else the field needs more than is left */
};

/*
 * Is a part of the record larger than what is left of it? False for whole ones and for
 * types whose parts nobody described here. `layout` is that of the record's
 * event; NULL where none is known: samples then count as whole. record->size
 * is checked by the caller to be all there.
 */
bool record_damage(const struct sample_layout *layout, const struct perf_event_header *record, struct record_damage *damage);

#endif
