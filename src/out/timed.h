/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The samples of an event one by one, by thread and time, for formats that show when. */
#ifndef PTK_OUT_TIMED_H
#define PTK_OUT_TIMED_H

#include "out/export.h"

struct timed_sample {
	uint32_t pid, tid, comm;	/* comm: string of the profile */
	uint32_t stack;
	uint64_t time;			/* ns, perf clock */
	uint64_t count, period;
};

/* event->n of them, sorted; the caller frees. The profile must tell threads and times apart. */
struct timed_sample *timed_samples(const struct export *e, const struct export_event *event);

/* The samples from `i` on that are of the same thread. */
size_t timed_thread(const struct timed_sample *samples, size_t n, size_t i);

#endif
