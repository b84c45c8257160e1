/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/sampling.h"

#include <unistd.h>

#include "base/cleanup.h"
#include "probe/prober.h"
#include "session/synthesize.h"

struct error *sampling_check(const struct sampling *s)
{
	const struct record_options *o = &s->o;

	if (o->period && (o->frequency || o->frequency_max))
		return error_hint(error_usage("-c (a sample each so many events) and -F (so many samples a second) exclude each other"),
				  "leave one of them out");
	if (o->all_user && o->all_kernel)
		return error_usage("--all-user and --all-kernel exclude each other");
	if (o->user_chains && o->kernel_chains)
		return error_usage("--user-callchains and --kernel-callchains exclude each other");
	return NULL;
}

/* A user's tasks, and ptk happens to be one. */
void sampling_leave_out_self(struct sampling *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->target.tasks.len; i++)
		if (s->target.tasks.data[i] != getpid())
			s->target.tasks.data[n++] = s->target.tasks.data[i];
	s->target.tasks.len = n;
}

/* ---- events ---- */

static struct open_options how_to_open(const struct sampling *s)
{
	bool reads = false;

	for (size_t e = 0; e < s->list.events.len; e++)
		reads |= s->list.events.data[e].sample_read;
	return (struct open_options){
		.inherit = !s->o.no_inherit && !reads, .sampling = true,
		.enable_on_exec = s->target.command && !s->o.delay_ms,
	};
}

static struct error *open_samples(struct sampling *s, bool tolerate)
{
	struct open_options how = how_to_open(s);

	TRY(record_events_configure(&s->os, &s->o, &s->target, s->sizes.watermark, &s->notes, &s->list));
	if (s->target.system_wide && !s->o.include_self)
		record_leave_out(&s->list, getpid());
	how.tolerate = tolerate;
	return counters_open(&s->os, &s->list, &s->target, &how, &s->notes, &s->counters);
}

/* The default is cycles, and cpu-clock where there is no such counter. Branches need the counter. */
static struct error *open_default(struct sampling *s)
{
	if (s->o.branches || s->o.chains == CHAINS_LBR)
		return open_samples(s, false);
	TRY(open_samples(s, true));
	struct opened *opened = &s->counters->opened[0];
	if (opened->state == EVENT_OPEN)
		return NULL;
	if (opened->state != EVENT_NOT_SUPPORTED)
		return error_context(no_free(opened->reason), "cannot open cycles");
	notes_add(&s->notes, "no cycles counter (%s): sampling cpu-clock", opened->reason ? opened->reason->message : "not supported");
	counters_destroy(s->counters);
	s->counters = NULL;
	TRY(record_events_fall_back(s->pmus, &s->list));
	return open_samples(s, false);
}

static struct error *open_events(struct sampling *s)
{
	struct open_options how = how_to_open(s);
	bool defaulted;

	s->pmus = pmus_create(&s->os);
	pmus_set_functions(s->pmus, probe_function_offset);
	TRY(record_events_parse(s->pmus, &s->o, &s->notes, &s->list, &defaulted));
	TRY(defaulted ? open_default(s) : open_samples(s, false));
	record_side_event(&s->o, &s->list, &s->side_list);
	how.enable_on_exec = false;
	return counters_open(&s->os, &s->side_list, &s->target, &how, &s->notes, &s->side);
}

static bool looks_at_kernel(const struct sampling *s)
{
	for (size_t e = 0; e < s->list.events.len; e++)
		if (!s->list.events.data[e].attr.exclude_kernel)
			return true;
	return false;
}

struct error *sampling_synthesize(struct sampling *s, struct error *(*flush)(void *ctx, struct strbuf *out), void *ctx)
{
	struct synthesize there = {
		.os = &s->os, .layout = &s->recorder.layout, .data_maps = record_wants_data_maps(&s->o, &s->list),
		.flush = flush, .ctx = ctx,
	};
	struct error *err = NULL;
	bool hidden = false;

	synthesize_kernel(&there, &hidden);
	if (hidden && looks_at_kernel(s))
		notes_add(&s->notes, "the kernel's addresses are hidden (kernel.kptr_restrict): "
			  "its functions will have no names; as root, sysctl kernel.kptr_restrict=0 shows them");
	if (s->target.system_wide)
		err = synthesize_all(&there);
	else	/* the command, too: it has a name before it execs */
		err = synthesize_tasks(&there, s->target.tasks.data, s->target.tasks.len);
	if (!err)
		err = synthesize_flush(&there);
	synthesize_deinit(&there);
	return err;
}

void sampling_choose_sizes(struct sampling *s)
{
	struct cpuset online = { 0 };

	cpuset_online(&s->os, &online);
	recorder_sizes_choose(&s->os, s->o.ring_bytes, online.cpus.len, &s->sizes);
	cpuset_deinit(&online);
}


struct error *sampling_open(struct sampling *s)
{
	TRY(open_events(s));
	sample_layout_init(&s->recorder.layout, &s->side_list.events.data[0].attr);
	return recorder_open(&s->recorder, &s->os, s->counters, s->side, s->sizes, &s->notes);
}

void sampling_close(struct sampling *s)
{
	if (s->counters)
		counters_destroy_behind(s->counters);
	counters_destroy(s->side);
	recorder_close(&s->recorder);
	event_list_deinit(&s->list);
	event_list_deinit(&s->side_list);
	target_deinit(&s->target);
	pmus_destroy(s->pmus);
	notes_deinit(&s->notes);
	vec_deinit(&s->o.words);
}
