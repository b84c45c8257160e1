/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fields of tracepoints and probes as keys of a report: "size" of
 * probe:tcp_sendmsg, "next_comm" of sched:sched_switch. What a sample has in
 * the fields that were asked for becomes one text, each value ended by
 * FIELD_END, and that a string of the profile (profile_origin.fields).
 */
#ifndef PTK_PROFILE_FIELDS_H
#define PTK_PROFILE_FIELDS_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/record.h"
#include "base/nearest.h"
#include "profile/profile.h"

enum { PROFILE_FIELDS_MAX = 8, FIELD_NAME_MAX = 128, FIELD_END = '\x1f' };

/* Name and attr of the session's event. False where it is not known. */
struct profile_event_source {
	void *ctx;
	bool (*event)(void *ctx, uint32_t index, const char **name, const struct perf_event_attr **attr);
};

struct os;
struct profile_fields;

/* tracing_data and os as tracepoint_formats_init() has them, borrowed like the source's ctx. */
struct profile_fields *profile_fields_create(const void *tracing_data, uint64_t size, const struct os *os,
					     const struct profile_event_source *events);
void profile_fields_destroy(struct profile_fields *fields);

/* Does some event have the field? "FIELD", or "EVENT.FIELD" of one event, with its group or without. */
bool profile_fields_known(struct profile_fields *fields, const char *name);
/* Each field that some event has, but those that all events have. The names live as long as `fields`. */
void profile_fields_offer(struct profile_fields *fields, struct nearest *nearest);

/* From now on these are read of each sample, at most PROFILE_FIELDS_MAX; the names are copied. */
void profile_fields_choose(struct profile_fields *fields, const char (*names)[FIELD_NAME_MAX], unsigned n);
/* The string of the values; 0 when the event has none of the fields. */
uint32_t profile_fields_of(struct profile_fields *fields, struct profile *profile, uint32_t event, const struct sample *sample);

/* The n-th value of such a text; "" where the event has no such field. */
const char *profile_field_value(const char *text, unsigned n, size_t *len);
/* Numbers by their value, in front of everything else. */
int profile_field_compare(const char *a, const char *b, unsigned n);

#endif
