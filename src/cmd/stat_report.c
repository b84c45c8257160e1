/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts of a file as results, as if they were counted now. All that the file says is checked before it is used. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "cmd/stat_file.h"
#include "cmd/stat_records.h"
#include "data/reader.h"
#include "os/machine.h"

/* A counter of the file: a row of each result. */
struct replayed {
	struct stat_count row;		/* with what came on top in this round */
	struct count so_far, before;
};

struct replay {
	const struct data_reader *reader;
	enum stat_by by;
	stat_replay_begin *begin;
	stat_report *report;
	void *ctx;
	bool begun;
	uint64_t interval, last_time, n_rounds;
	struct event_list list;
	struct counters counters;
	struct map64 events;		/* an id to the event's index + 1 */
	struct map64 rows;		/* event, CPU and thread to a row's index + 1 */
	VEC(struct replayed) replayed;
	VEC(char *) names;		/* of threads */
	struct stat_groups groups;
	char *command;
};

static enum event_kind kind_of(uint32_t type)
{
	static const enum event_kind kinds[] = {
		[PERF_TYPE_HARDWARE] = EVENT_HARDWARE, [PERF_TYPE_SOFTWARE] = EVENT_SOFTWARE, [PERF_TYPE_TRACEPOINT] = EVENT_TRACEPOINT,
		[PERF_TYPE_HW_CACHE] = EVENT_CACHE, [PERF_TYPE_RAW] = EVENT_RAW, [PERF_TYPE_BREAKPOINT] = EVENT_BREAKPOINT,
	};

	return type < ARRAY_SIZE(kinds) ? kinds[type] : EVENT_PMU;
}

static char *printable(const char *text)
{
	char *copy = xstrdup(text);

	utf8_tame(copy, strlen(copy));
	return copy;
}

static void add_events(struct replay *r)
{
	for (size_t e = r->list.events.len; e < data_n_events(r->reader); e++) {
		const struct data_event *from = data_event(r->reader, e);
		struct event *event = vec_add(&r->list.events);
		event->kind = kind_of(from->attr.type);
		event->name = printable(from->name);
		event->attr = from->attr;
		event->leader = e;
		/* a clock's unit and scale are its kind's */
		event->unit = from->unit && *from->unit && event->kind != EVENT_SOFTWARE ? printable(from->unit) : NULL;
		event->scale = event->kind != EVENT_SOFTWARE && from->scale > 0 ? from->scale : 1;
		for (size_t i = 0; i < from->ids.len; i++)
			*map64_put(&r->events, from->ids.data[i], NULL) = e + 1;
	}
}

/* ---- groups: the machine that was counted, as the file tells of it */

static void read_groups(struct replay *r)
{
	const struct data_features *f = data_features(r->reader);
	struct machine m = { 0 };

	r->groups.by = r->by;
	if (r->by == STAT_BY_THREAD) {
		for (size_t i = 0; i < r->names.len; i++) {
			vec_push(&r->groups.of, (int)i);
			vec_push(&r->groups.labels, xstrdup(r->names.data[i]));
		}
		return;
	}
	for (size_t i = 0; i < f->cpus.len; i++)
		vec_push(&m.cpus, (struct machine_cpu){ f->cpus.data[i].core, f->cpus.data[i].socket, f->cpus.data[i].die });
	for (size_t i = 0; i < f->nodes.len; i++)
		vec_push(&m.nodes, (struct machine_node){ .node = f->nodes.data[i].node, .cpus = f->nodes.data[i].cpus });
	stat_groups_of_machine(&m, r->by, &r->groups);
	machine_deinit(&m);
}

static char *command_of(const struct data_features *f)
{
	struct strbuf text = { 0 };

	for (size_t i = 0; i < f->cmdline.len; i++)
		strbuf_printf(&text, "%s%s", i ? " " : "'", f->cmdline.data[i]);
	if (text.len)
		strbuf_addc(&text, '\'');
	return strbuf_take(&text);
}

/* An event that the machine did not have has no counts in the file: a row all the same. */
static void add_missing(struct replay *r, struct opened *opened)
{
	for (size_t e = 0; e < r->list.events.len; e++) {
		bool there = false;
		for (size_t i = 0; i < r->replayed.len && !there; i++)
			there = r->replayed.data[i].row.event == e;
		if (there)
			continue;
		struct replayed *none = vec_add(&r->replayed);
		none->row = (struct stat_count){ .event = e, .cpu = -1, .task = -1, .group = -1, .counters = 1 };
		opened[e].state = EVENT_NOT_SUPPORTED;
		opened[e].reason = error_create("the file has no counts of it");
	}
}

static void begin(struct replay *r)
{
	struct opened *opened = xcalloc(r->list.events.len + 1, sizeof(*opened));

	r->begun = true;
	add_missing(r, opened);
	read_groups(r);
	r->counters = (struct counters){ .list = &r->list, .opened = opened };
	r->command = command_of(data_features(r->reader));
	const struct stat_replay replay = { .groups = &r->groups, .interval_ms = r->interval, .command = r->command };
	r->begin(r->ctx, &replay);
}

/* ---- records */

static void apply_threads(struct replay *r, const struct record_thread_map *map, size_t size)
{
	size_t most = size < sizeof(*map) ? 0 : (size - sizeof(*map)) / sizeof(map->threads[0]);

	for (size_t i = 0; i < most && i < map->nr; i++)
		vec_push(&r->names, stat_thread_label(map->threads[i].comm, (long long)map->threads[i].tid));
}

static void apply_config(struct replay *r, const struct record_stat_config *config, size_t size)
{
	size_t most = size < sizeof(*config) ? 0 : (size - sizeof(*config)) / sizeof(config->terms[0]);

	for (size_t i = 0; i < most && i < config->nr; i++) {
		uint64_t value = config->terms[i].value;
		if (config->terms[i].tag == STAT_TERM_INTERVAL)
			r->interval = value;
		else if (config->terms[i].tag == STAT_TERM_AGGREGATION && value < ARRAY_SIZE(stat_aggregations) && r->by == STAT_BY_ALL)
			r->by = stat_aggregations[value];
	}
}

static void apply_stat(struct replay *r, const struct record_stat *stat, size_t size)
{
	enum { CPUS = 1 << 20, THREADS = 1 << 24 };
	const uint64_t *event = size < sizeof(*stat) ? NULL : map64_get(&r->events, stat->id);
	int cpu = event ? (int)stat->cpu : 0;

	if (!event || cpu < -1 || cpu >= CPUS || stat->thread >= THREADS)
		return;
	uint64_t *row = map64_put(&r->rows, *event << 44 | (uint64_t)(cpu + 1) << 24 | stat->thread, NULL);
	if (!*row) {
		struct replayed *added = vec_add(&r->replayed);
		added->row = (struct stat_count){ .event = *event - 1, .cpu = cpu, .task = (int)stat->thread, .group = -1, .counters = 1 };
		*row = r->replayed.len;
	}
	struct count *count = &r->replayed.data[*row - 1].so_far;
	*count = (struct count){ .value = stat->value, .enabled = stat->enabled, .running = stat->running };
}

static void settle(struct replayed *p, bool interval)
{
	const struct count none = { 0 }, *old = interval ? &p->before : &none;
	struct count *c = &p->row.count;

	*c = (struct count){ .value = p->so_far.value - old->value, .enabled = p->so_far.enabled - old->enabled,
			     .running = p->so_far.running - old->running };
	p->row.counted = c->running;
	if (c->running)
		c->scaled = c->running < c->enabled ? (double)c->value * (double)c->enabled / (double)c->running : (double)c->value;
	p->before = p->so_far;
}

static void apply_round(struct replay *r, const struct record_stat_round *round, size_t size)
{
	struct stat_result result = { .counters = &r->counters };

	if (size < sizeof(*round))
		return;
	if (!r->begun)
		begin(r);
	/* perf ends a file of intervals with a round in which nothing came on top */
	if (r->interval && round->type == STAT_ROUND_FINAL && r->n_rounds && round->time == r->last_time)
		return;
	for (size_t i = 0; i < r->replayed.len; i++) {
		settle(&r->replayed.data[i], r->interval);
		vec_push(&result.counts, r->replayed.data[i].row);
	}
	result.at = (double)round->time / 1e9;
	result.seconds = (double)(round->time - (r->interval ? r->last_time : 0)) / 1e9;
	result.last = round->type == STAT_ROUND_FINAL;
	r->last_time = round->time;
	r->n_rounds++;
	r->report(r->ctx, &result);
	vec_deinit(&result.counts);
}

static void apply(struct replay *r, const struct perf_event_header *header)
{
	const void *record = header;

	switch (header->type) {
	case RECORD_THREAD_MAP: apply_threads(r, record, header->size); break;
	case RECORD_STAT_CONFIG: apply_config(r, record, header->size); break;
	case RECORD_STAT:
		if (!r->begun && !r->list.events.len)
			add_events(r);
		apply_stat(r, record, header->size);
		break;
	case RECORD_STAT_ROUND: apply_round(r, record, header->size); break;
	default: break;
	}
}

static struct error *read_all(struct replay *r, struct data_reader *reader)
{
	bool end = false;
	struct error *err = NULL;

	while (!err && !end) {
		struct records records = { 0 };
		err = data_next(reader, &records, &end);
		for (size_t at = 0; !err && at + sizeof(struct perf_event_header) <= records.len;) {
			const struct perf_event_header *header = (const void *)(records.bytes + at);
			apply(r, header);
			at += header->size;
		}
		records_free(&records);
	}
	return err;
}

struct error *stat_file_replay(const char *path, enum stat_by by, struct notes *notes, stat_replay_begin *begin_, stat_report *report, void *ctx)
{
	struct data_reader *reader = NULL;
	struct replay r = { .by = by, .begin = begin_, .report = report, .ctx = ctx };

	TRY(data_open(path, notes, &reader));
	r.reader = reader;
	struct error *err = read_all(&r, reader);
	if (!err && !r.n_rounds)
		err = error_hint(error_create("%s has no counts in it", path), "ptk stat record makes such a file; ptk report shows samples");
	for (size_t e = 0; r.counters.opened && e < r.list.events.len; e++)
		error_destroy(r.counters.opened[e].reason);
	free(r.counters.opened);
	event_list_deinit(&r.list);
	map64_deinit(&r.events);
	map64_deinit(&r.rows);
	vec_deinit(&r.replayed);
	for (size_t i = 0; i < r.names.len; i++)
		free(r.names.data[i]);
	vec_deinit(&r.names);
	stat_groups_deinit(&r.groups);
	free(r.command);
	data_close(reader);
	return err;
}
