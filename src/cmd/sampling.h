/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events that sample, open and writing into rings: what `ptk record` and
 * `ptk top` begin with. In this order: options, target_parse into `target`,
 * sampling_choose_sizes, sampling_open, counters_enable of `side`,
 * sampling_synthesize, counters_enable of `counters`.
 */
#ifndef PTK_CMD_SAMPLING_H
#define PTK_CMD_SAMPLING_H

#include "base/strbuf.h"
#include "cmd/record.h"
#include "cmd/recorder.h"

/* Zero but for os; sampling_close() gives back all that it holds. */
struct sampling {
	struct os os;
	struct record_options o;
	struct notes notes;
	struct pmus *pmus;
	struct target target;
	struct event_list list, side_list;
	struct counters *counters, *side;
	struct recorder_sizes sizes;
	struct recorder recorder;	/* rings and layout; the writer is the mode's */
};

/* Options that exclude each other. */
struct error *sampling_check(const struct sampling *s) MUST_CHECK;
/* Of a user's tasks (-u), ptk happens to be one. */
void sampling_leave_out_self(struct sampling *s);
void sampling_choose_sizes(struct sampling *s);
/* Parses the events of the options, opens them and the side-band event on the target, and maps the rings. */
struct error *sampling_open(struct sampling *s) MUST_CHECK;
/* Records of what is there already, to flush (see struct synthesize). */
struct error *sampling_synthesize(struct sampling *s, struct error *(*flush)(void *ctx, struct strbuf *out), void *ctx) MUST_CHECK;
void sampling_close(struct sampling *s);

#endif
