/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cmd/record.h"
#include "cmd/stat_file.h"
#include "cmd/stat_records.h"
#include "data/writer.h"
#include "os/procfs.h"
#include "pmu/derived.h"

/* A counter of the run: what it has counted so far. */
struct counter_sum {
	uint64_t id, value, enabled, running;
	bool open;
};

struct stat_recorder {
	const char *path;
	const struct os *os;
	const struct target *target;
	enum stat_by by;
	uint64_t interval;
	char *const *argv;
	int fd;
	enum file_created created;	/* FILE_OPENED: written as a pipe */
	struct data_writer *writer;
	struct machine machine;
	struct data_features features;
	VEC(struct counter_sum) sums;	/* one a row of the results */
	struct error *failed;		/* the first error */
};

struct error *stat_recorder_create(const char *path, const struct os *os, const struct target *target, enum stat_by by,
				   uint64_t interval_ms, char *const *argv, struct stat_recorder **recorder)
{
	struct stat_recorder *r = xcalloc(1, sizeof(*r));

	*r = (struct stat_recorder){ .path = path, .os = os, .target = target, .by = by, .interval = interval_ms, .argv = argv, .fd = -1 };
	struct error *err = NULL;
	if (strcmp(path, "-"))
		err = file_create(r->path, true, &r->created, &r->fd);
	else if ((r->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)) < 0)
		err = error_os(errno, "standard output");
	if (err)
		stat_recorder_destroy(r);
	else
		*recorder = r;
	return err;
}

static void put(struct stat_recorder *r, void *record, size_t size, uint32_t type)
{
	struct perf_event_header header = { .type = type, .size = (uint16_t)size };
	struct iovec iov = { .iov_base = record, .iov_len = size };

	memcpy(record, &header, sizeof(header));
	if (!r->failed)
		r->failed = data_writer_put(r->writer, &iov, 1);
}

/* ---- what stands in front of the counts */

/* A record holds 64 KiB: of more threads than that the rest have no name. */
static void put_threads(struct stat_recorder *r)
{
	enum { MOST = (UINT16_MAX - sizeof(struct record_thread_map)) / sizeof(struct record_thread) };
	const struct target *target = r->target;
	size_t n = target->per_task ? target->tasks.len : 1, size;

	n = n > MOST ? MOST : n;
	size = sizeof(struct record_thread_map) + n * sizeof(struct record_thread);
	autofree struct record_thread_map *map = xcalloc(1, size);
	map->nr = n;
	for (size_t i = 0; i < n; i++) {
		map->threads[i].tid = target->per_task ? (uint64_t)target->tasks.data[i] : UINT64_MAX;
		if (target->per_task)
			procfs_comm(r->os, target->tasks.data[i], target->tasks.data[i], map->threads[i].comm);
	}
	put(r, map, size, RECORD_THREAD_MAP);
}

static void put_cpus(struct stat_recorder *r, const struct counters *counters)
{
	struct cpuset all = { 0 };

	for (size_t e = 0; e < counters->list->events.len; e++)
		for (size_t c = 0; c < counters->opened[e].n_cpus; c++) {
			int cpu = counters->opened[e].cpus[c];
			if (cpu >= 0 && !cpuset_has(&all, cpu))
				cpuset_add(&all, cpu);
		}
	size_t n = all.cpus.len ? all.cpus.len : 1, size = (sizeof(struct record_cpu_map) + n * sizeof(uint16_t) + 7) & ~(size_t)7;
	if (size <= UINT16_MAX) {
		autofree struct record_cpu_map *map = xcalloc(1, size);
		map->nr = (uint16_t)n;
		for (size_t i = 0; i < n; i++)
			map->cpus[i] = all.cpus.len ? (uint16_t)all.cpus.data[i] : UINT16_MAX;
		put(r, map, size, RECORD_CPU_MAP);
	}
	cpuset_deinit(&all);
}

static void put_config(struct stat_recorder *r)
{
	struct record_stat_config *config;
	size_t size = sizeof(*config) + 3 * sizeof(config->terms[0]);
	autofree void *bytes = xcalloc(1, size);

	config = bytes;
	config->nr = 3;
	config->terms[0] = (struct record_stat_term){ STAT_TERM_AGGREGATION, stat_aggregation_of(r->by) };
	config->terms[1] = (struct record_stat_term){ STAT_TERM_INTERVAL, r->interval };
	config->terms[2] = (struct record_stat_term){ STAT_TERM_SCALE, 1 };
	put(r, config, size, RECORD_STAT_CONFIG);
}

/* perf finds the counter of a record by an id in the sample type, and counts by read_format. */
static struct data_event *file_events(const struct counters *counters, size_t *n)
{
	struct event_list none = { 0 };
	const struct counters side = { .list = &none };
	struct data_event *events = record_data_events(counters, &side, n);

	for (size_t e = 0; e < *n; e++) {
		events[e].attr.sample_type |= PERF_SAMPLE_IDENTIFIER;
		if (event_is_clock(&counters->list->events.data[e]) && !events[e].unit) {
			events[e].unit = xstrdup("msec");
			events[e].scale = 1e-6;
		}
	}
	return events;
}

static void add_features(struct stat_recorder *r, struct event_list *list)
{
	const struct record_options none = { .delay_ms = 0 };
	char *no_words[] = { NULL };

	machine_read(r->os, &r->machine);
	record_features(&none, &r->machine, list, no_words, &r->features);
	vec_clear(&r->features.cmdline);
	vec_push(&r->features.cmdline, "ptk");
	vec_push(&r->features.cmdline, "stat");
	for (char *const *word = r->argv; *word; word++)
		vec_push(&r->features.cmdline, (const char *)*word);
}

static void begin(struct stat_recorder *r, const struct stat_result *result)
{
	const struct counters *counters = result->counters;
	size_t n;
	struct data_event *events = file_events(counters, &n);

	add_features(r, counters->list);
	r->failed = data_writer_create(r->fd, r->path, r->created == FILE_OPENED, events, n, &r->writer);
	record_data_events_free(events, n);
	if (r->failed)
		return;
	if (r->created == FILE_OPENED)
		r->failed = data_writer_pipe_features(r->writer, &r->features);
	put_threads(r);
	put_cpus(r, counters);
	put_config(r);
}

/* ---- counts */

static void find_ids(struct stat_recorder *r, const struct stat_result *result)
{
	for (size_t i = 0; i < result->counts.len; i++) {
		const struct stat_count *row = &result->counts.data[i];
		const struct opened *o = &result->counters->opened[row->event];
		struct counter_sum *sum = vec_add(&r->sums);
		for (size_t c = 0; c < o->n_cpus && o->state == EVENT_OPEN; c++) {
			size_t task = row->task < 0 ? 0 : (size_t)row->task;
			if (o->cpus[c] != row->cpu)
				continue;
			int fd = counters_fd(result->counters, row->event, c, task);
			sum->open = fd >= 0 && counter_id(fd, &sum->id);
		}
	}
}

void stat_recorder_put(struct stat_recorder *r, const struct stat_result *result)
{
	/* a second run has other counters, and perf knows one run a file */
	if (result->summary || (r->sums.len && r->sums.len != result->counts.len))
		return;
	if (!r->writer && !r->failed) {
		begin(r, result);
		find_ids(r, result);
	}
	for (size_t i = 0; i < result->counts.len && !r->failed; i++) {
		const struct stat_count *row = &result->counts.data[i];
		struct counter_sum *sum = &r->sums.data[i];
		sum->value += row->count.value;
		sum->enabled += row->count.enabled;
		sum->running += row->count.running;
		struct record_stat record = { .id = sum->id, .cpu = (uint32_t)row->cpu, .thread = row->task < 0 ? 0 : (uint32_t)row->task,
					      .value = sum->value, .enabled = sum->enabled, .running = sum->running };
		if (sum->open)
			put(r, &record, sizeof(record), RECORD_STAT);
	}
	struct record_stat_round round = { .type = r->interval && !result->last ? STAT_ROUND_INTERVAL : STAT_ROUND_FINAL,
					   .time = (uint64_t)(result->at * 1e9) };
	put(r, &round, sizeof(round), RECORD_STAT_ROUND);
}

struct error *stat_recorder_finish(struct stat_recorder *r)
{
	struct error *err = no_free(r->failed);

	if (err || !r->writer)
		return err;
	return data_writer_finish(r->writer, &r->features);
}

void stat_recorder_destroy(struct stat_recorder *r)
{
	if (!r)
		return;
	if (!r->writer)		/* nothing was counted */
		file_uncreate(r->path, r->created);
	data_writer_destroy(r->writer);
	data_features_deinit(&r->features);
	machine_deinit(&r->machine);
	error_destroy(r->failed);
	vec_deinit(&r->sums);
	if (r->fd >= 0)
		close(r->fd);
	free(r);
}
