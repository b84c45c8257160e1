/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a recording must say of its tracepoints, so that their fields can be read elsewhere. */
#ifndef PTK_PMU_TRACING_DATA_H
#define PTK_PMU_TRACING_DATA_H

#include "base/error.h"
#include "base/strbuf.h"
#include "os/root.h"
#include "pmu/event.h"

/*
 * Appends perf's "tracing" blob for the tracepoints of the list: the front
 * part of a trace.dat file of version 6 (trace-cmd.dat(5)), with the formats
 * of just these events. Nothing is appended when the list has none.
 */
struct error *tracing_data_build(const struct os *os, const struct event_list *list, struct strbuf *out) MUST_CHECK;

#endif
