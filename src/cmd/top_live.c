/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/top_view.h"

#include <string.h>

#include "abi/perf_abi.h"
#include "base/cleanup.h"
#include "pmu/ring.h"
#include "profile/decay.h"

enum {
	PART_LEFT = 7,			/* eighths of everything that a refresh leaves */
	TASK_RECORDS = 50000,		/* of tasks and mappings that came and may be gone */
	LOCATIONS = 500000,
	FADED = 20000,			/* samples that have faded, and more than those that live */
};

/* ---- into the session ---- */

static bool event_of(void *ctx, uint32_t index, const char **name, const struct perf_event_attr **attr)
{
	const struct live *live = ctx;

	if (index >= live->n_events)
		return false;
	*name = live->events[index].name;
	*attr = &live->events[index].attr;
	return true;
}

/* Functions in which the kernel's idle task waits for something to do (perf leaves the same out). */
static const char *const idle_functions[] = {
	"acpi_idle_do_entry", "acpi_processor_ffh_cstate_enter", "acpi_safe_halt", "arch_cpu_idle", "cpu_idle", "cpu_startup_entry",
	"default_idle", "do_idle", "idle_cpu", "intel_idle", "intel_idle_ibrs", "intel_idle_irq", "mwait_idle",
	"mwait_idle_with_hints", "mwait_idle_with_hints.constprop.0", "native_safe_halt", "poll_idle", "psw_idle",
	"pv_native_safe_halt",
};

static bool is_idle(struct live *live, const struct session_sample *sample)
{
	const struct sample *s = sample->s;

	if (s->tid != 0 || s->cpumode != PERF_RECORD_MISC_KERNEL)
		return false;
	uint32_t at = session_locate(live->session, sample->task, s->cpumode, s->ip);
	uint32_t symbol = at == NO_ID ? NO_ID : session_location(live->session, at)->symbol;
	if (symbol == NO_ID)
		return false;
	const char *name = strtab_text(session_strings(live->session),
				       images_symbol_get(session_images(live->session), symbol)->name);
	for (size_t i = 0; i < ARRAY_SIZE(idle_functions); i++)
		if (!strcmp(name, idle_functions[i]))
			return true;
	return false;
}

static void take_sample(void *ctx, const struct session_sample *sample)
{
	struct live *live = ctx;
	uint16_t mode = sample->record->misc & PERF_RECORD_MISC_CPUMODE_MASK;
	bool user = mode == PERF_RECORD_MISC_USER || mode == PERF_RECORD_MISC_GUEST_USER;

	live->samples++;
	if (live->paused || (user ? live->hide_user : live->hide_kernel))
		return;
	if (!live->idle && is_idle(live, sample))
		return;
	profile_builder_add(live->builder, sample);
}

static struct error *feed_synthesized(void *ctx, struct strbuf *out)
{
	struct live *live = ctx;
	struct records records = { .bytes = xmalloc(out->len), .len = out->len };

	memcpy(records.bytes, out->data, out->len);
	session_feed(live->session, records);
	strbuf_truncate(out, 0);
	return NULL;
}

void live_drain(struct live *live)
{
	struct recorder *r = &live->sampling.recorder;

	for (size_t i = 0; i < r->rings.len; i++) {
		struct ring *ring = &r->rings.data[i].ring;
		struct iovec iov[2];
		int n = ring_peek(ring, iov);
		if (!n)
			continue;
		session_feed(live->session, ring_copy(&live->copy, iov, n, r->joined, false));
		ring_release(ring, ring_bytes(iov, n));
	}
	session_round(live->session);
}

/* ---- made, and made anew ---- */

static void make_builder(struct live *live)
{
	struct profile_event_source source = { .ctx = live, .event = event_of };

	live->builder = profile_builder_create(&live->profile, &live->dims, &live->filter, &source);
	if (live->session)
		profile_builder_session(live->builder, live->session);
}

static uint64_t task_records(const struct live *live)
{
	const struct session_counts *c = session_counts(live->session);

	return c->records[PERF_RECORD_FORK] + c->records[PERF_RECORD_COMM] + c->records[PERF_RECORD_MMAP] +
	       c->records[PERF_RECORD_MMAP2];
}

static struct error *make_session(struct live *live)
{
	struct session_sink sink = { .ctx = live, .sample = take_sample };

	live->session = session_create(&live->session_options, &sink, &live->sampling.notes);
	for (size_t i = 0; i < live->n_events; i++) {
		const struct data_event *e = &live->events[i];
		session_add_event(live->session, &e->attr, e->ids.data, e->ids.len);
	}
	profile_builder_session(live->builder, live->session);
	TRY(sampling_synthesize(&live->sampling, feed_synthesized, live));
	/* they are from before all that the rings tell */
	session_finish(live->session);
	live->at_start = task_records(live);
	return NULL;
}

/* With only what lives: processes that are there, samples that have not faded. */
static struct error *renew(struct live *live)
{
	struct profile fresh;

	live->renewals++;
	session_finish(live->session);
	live->lost_told += session_counts(live->session)->lost;
	profile_builder_destroy(live->builder);
	session_destroy(live->session);
	live->session = NULL;
	profile_init(&fresh);
	profile_copy_living(&live->profile, &fresh);
	profile_deinit(&live->profile);
	live->profile = fresh;
	make_builder(live);
	return make_session(live);
}

static bool has_piled_up(const struct live *live)
{
	size_t all = live->profile.samples.len;

	return task_records(live) > live->at_start + TASK_RECORDS || session_location_count(live->session) > LOCATIONS ||
	       (all > FADED && all - profile_living(&live->profile) > all / 2 + FADED / 2);
}

struct error *live_fade(struct live *live, bool all)
{
	live->lost_counted = recorder_count_lost(live->sampling.counters);
	profile_decay(&live->profile, all ? 0 : PART_LEFT, live->rounds++);
	return has_piled_up(live) ? renew(live) : NULL;
}

void live_regroup(struct live *live, const struct profile_dims *dims)
{
	profile_builder_destroy(live->builder);
	profile_deinit(&live->profile);
	profile_init(&live->profile);
	live->dims = *dims;
	make_builder(live);
}

void live_note_hits(struct live *live)
{
	profile_builder_destroy(live->builder);
	live->dims.hits = true;
	make_builder(live);
}

struct error *live_open(struct live *live, const struct top_options *o)
{
	struct profile_event_source source = { .ctx = live, .event = event_of };
	struct sampling *s = &live->sampling;

	live->hide_kernel = o->hide_kernel;
	live->hide_user = o->hide_user;
	live->idle = o->idle;
	live->session_options.images = names_begin(&live->names, &s->os, o->no_cache);
	live->session_options.images.kallsyms = o->kallsyms;
	live->session_options.images.vmlinux = o->vmlinux;
	live->session_options.images.demangle = live->session_options.images.same_machine = true;
	live->session_options.living = true;
	sampling_choose_sizes(s);
	TRY(sampling_open(s));
	live->events = record_data_events(s->counters, s->side, &live->n_events);
	ring_copy_init(&live->copy, live->events, live->n_events);
	live->fields = profile_fields_create(NULL, 0, &s->os, &source);
	return NULL;
}

struct error *live_start(struct live *live, const struct profile_dims *dims)
{
	live->dims = *dims;
	counters_enable(live->sampling.side);
	make_builder(live);
	TRY(make_session(live));
	counters_enable(live->sampling.counters);
	return NULL;
}

uint64_t live_lost(const struct live *live)
{
	uint64_t told = live->lost_told + (live->session ? session_counts(live->session)->lost : 0);

	return told > live->lost_counted ? told : live->lost_counted;
}

void live_stop(struct live *live)
{
	counters_disable(live->sampling.counters);
	counters_disable(live->sampling.side);
	live_drain(live);
	session_finish(live->session);
}

void live_deinit(struct live *live)
{
	profile_builder_destroy(live->builder);
	profile_fields_destroy(live->fields);
	session_destroy(live->session);
	names_end(&live->names);
	profile_deinit(&live->profile);
	profile_filter_deinit(&live->filter);
	ring_copy_deinit(&live->copy);
	record_data_events_free(live->events, live->n_events);
	sampling_close(&live->sampling);
}
