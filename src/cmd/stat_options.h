/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk stat: its command line. */
#ifndef PTK_CMD_STAT_OPTIONS_H
#define PTK_CMD_STAT_OPTIONS_H

#include "base/options.h"
#include "base/vec.h"
#include "cmd/stat_aggr.h"
#include "pmu/metric.h"
#include "pmu/parse.h"

/* One of -e, --filter and -G, in the order they were given; the others are NULL. */
struct events_text {
	const char *events, *filter, *cgroups;
};

struct stat_options {
	bool all, no_inherit, append, big_num, big_num_said, null, per_cpu, per_core, per_die, per_socket, per_node, per_thread, percore_show_thread;
	bool no_merge, json, table, summary, no_csv_summary, all_user, all_kernel, metric_only, topdown, no_bpf, quiet, sync, clear, unused;
	bool recording;			/* stat record: `output` is the file of counts */
	unsigned detailed, verbose;
	uint64_t repeat, interval, interval_count, timeout, log_fd;
	bool repeat_said, log_fd_said;
	const char *pids, *tids, *cpus, *user, *separator, *output, *format, *delay, *control, *pre, *post, *each_cgroup;
	const char *metrics, *metric_file, *input;
	VEC(struct events_text) texts;
};

enum { N_STAT_OPTIONS = 58 };
extern const struct option_def stat_options_table[N_STAT_OPTIONS];

/* What rows are counted by; several of -A, --per-… is an error. */
struct error *stat_options_by(const struct stat_options *o, enum stat_by *by) MUST_CHECK;

/* ---- stat_events.c */

/* All the events of the options, with the default ones where none were named, and the metrics of -M. */
struct error *stat_events(struct pmus *pmus, const struct os *os, const struct stat_options *o, bool system_wide,
			  struct notes *notes, struct event_list *list, struct metric_set *metrics) MUST_CHECK;

#endif
