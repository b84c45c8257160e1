/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk record: samples into perf.data. What it does, step by step, is record_run at the end. */
#include "cmd/record.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cmd/recorder.h"
#include "pmu/tracing_data.h"
#include "probe/prober.h"
#include "session/synthesize.h"

/* ---- one recording ---- */

struct recording {
	struct os os;
	struct record_options o;
	char **argv;			/* all words behind "record" */
	char **command_argv;		/* NULL: no command */
	struct notes notes;
	struct pmus *pmus;
	struct target target;
	struct command command;
	struct event_list list, side_list;
	struct counters *counters, *side;
	struct recorder_sizes sizes;
	struct recorder recorder;
	struct data_event *events;
	size_t n_events;
	const char *path;		/* of the output */
	bool regular, created;
	int fd;
	struct machine machine;
	struct data_features features;
	struct strbuf tracing;
	sigset_t old_mask;
	int signals;
};

static struct error *check_options(const struct recording *r)
{
	const struct record_options *o = &r->o;

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
static void leave_out_self(struct target *target)
{
	size_t n = 0;

	for (size_t i = 0; i < target->tasks.len; i++)
		if (target->tasks.data[i] != getpid())
			target->tasks.data[n++] = target->tasks.data[i];
	target->tasks.len = n;
}

static struct error *prepare_target(struct recording *r)
{
	const struct record_options *o = &r->o;

	/* Forked first: limits that are raised later are not the command's. */
	if (r->command_argv)
		TRY(command_prepare(r->command_argv, &r->command));
	TRY(target_parse(&r->os, o->pids, o->tids, o->cpus, o->user, o->all, &r->notes, &r->target));
	if (o->user && !o->include_self)
		leave_out_self(&r->target);
	if (target_empty(&r->target) && !r->command_argv)
		return error_hint(error_usage("nothing to record"),
				  "give a command, -a for the whole machine, or -p PID; ptk record -h lists the rest");
	if (target_empty(&r->target))
		target_set_command(&r->target, r->command.pid);
	return NULL;
}

/* ---- events ---- */

static struct open_options how_to_open(const struct recording *r)
{
	bool reads = false;

	for (size_t e = 0; e < r->list.events.len; e++)
		reads |= r->list.events.data[e].sample_read;
	return (struct open_options){
		.inherit = !r->o.no_inherit && !reads, .sampling = true,
		.enable_on_exec = r->target.command && !r->o.delay_ms,
	};
}

static struct error *open_samples(struct recording *r, bool tolerate)
{
	struct open_options how = how_to_open(r);

	TRY(record_events_configure(&r->os, &r->o, &r->target, r->sizes.watermark, &r->notes, &r->list));
	if (r->target.system_wide && !r->o.include_self)
		record_leave_out(&r->list, getpid());
	how.tolerate = tolerate;
	return counters_open(&r->os, &r->list, &r->target, &how, &r->notes, &r->counters);
}

/* The default is cycles, and cpu-clock where there is no such counter. Branches need the counter. */
static struct error *open_default(struct recording *r)
{
	if (r->o.branches || r->o.chains == CHAINS_LBR)
		return open_samples(r, false);
	TRY(open_samples(r, true));
	struct opened *opened = &r->counters->opened[0];
	if (opened->state == EVENT_OPEN)
		return NULL;
	if (opened->state != EVENT_NOT_SUPPORTED)
		return error_context(no_free(opened->reason), "cannot open cycles");
	notes_add(&r->notes, "no cycles counter (%s): sampling cpu-clock", opened->reason ? opened->reason->message : "not supported");
	counters_destroy(r->counters);
	r->counters = NULL;
	TRY(record_events_fall_back(r->pmus, &r->list));
	return open_samples(r, false);
}

static struct error *open_events(struct recording *r)
{
	struct open_options how = how_to_open(r);
	bool defaulted;

	r->pmus = pmus_create(&r->os);
	pmus_set_functions(r->pmus, probe_function_offset);
	TRY(record_events_parse(r->pmus, &r->o, &r->notes, &r->list, &defaulted));
	TRY(defaulted ? open_default(r) : open_samples(r, false));
	record_side_event(&r->o, &r->list, &r->side_list);
	how.enable_on_exec = false;
	return counters_open(&r->os, &r->side_list, &r->target, &how, &r->notes, &r->side);
}

static struct error *open_rings(struct recording *r)
{
	sample_layout_init(&r->recorder.layout, &r->side_list.events.data[0].attr);
	TRY(recorder_open(&r->recorder, &r->os, r->counters, r->side, r->sizes, &r->notes));
	r->events = record_data_events(r->counters, r->side, &r->n_events);
	return NULL;
}

/* ---- output ---- */

static struct error *read_facts(struct recording *r)
{
	machine_read(&r->os, &r->machine);
	record_features(&r->o, &r->machine, &r->list, r->argv, &r->features);
	TRY(tracing_data_build(&r->os, &r->list, &r->tracing));
	r->features.tracing_data = r->tracing.data;
	r->features.tracing_size = r->tracing.len;
	return NULL;
}

static bool to_pipe(const struct record_options *o)
{
	return o->output && !strcmp(o->output, "-");
}

/* -o -: standard output is the recording's; what the command prints goes to standard error. Before the command is forked. */
static struct error *keep_stdout(struct recording *r)
{
	if (!to_pipe(&r->o))
		return NULL;
	if (isatty(STDOUT_FILENO))
		return error_hint(error_usage("samples are not for a terminal"), "-o - wants a pipe or a file behind it");
	r->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (r->fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return error_os(errno, "cannot write to standard output");
	return NULL;
}

static struct error *open_output(struct recording *r)
{
	r->path = r->o.output ? r->o.output : "perf.data";
	if (!to_pipe(&r->o)) {
		TRY(file_create(r->path, true, &r->regular, &r->fd));
		r->created = r->regular;
	}
	TRY(data_writer_create(r->fd, r->path, !r->regular, r->events, r->n_events, &r->recorder.writer));
	if (r->o.compress)
		TRY(data_writer_compress(r->recorder.writer, r->o.compress_level));
	if (r->regular)
		return NULL;
	TRY(read_facts(r));
	return data_writer_pipe_features(r->recorder.writer, &r->features);
}

/* Nothing was recorded: the file that was there before comes back. */
static void undo_output(struct recording *r)
{
	if (!r->created)
		return;
	autofree char *old = xasprintf("%s.old", r->path);
	if (unlink(r->path) || rename(old, r->path))
		return;
}

/* ---- what is there already ---- */

static struct error *put_synthesized(void *ctx, struct strbuf *out)
{
	struct recording *r = ctx;
	struct iovec iov = { out->data, out->len };

	build_ids_see_all(&r->recorder.build_ids, out->data, out->len, r->recorder.layout.id_words * 8u);
	TRY(data_writer_put(r->recorder.writer, &iov, 1));
	strbuf_truncate(out, 0);
	return NULL;
}

static bool looks_at_kernel(const struct recording *r)
{
	for (size_t e = 0; e < r->list.events.len; e++)
		if (!r->list.events.data[e].attr.exclude_kernel)
			return true;
	return false;
}

static struct error *synthesize(struct recording *r)
{
	struct synthesize s = {
		.os = &r->os, .layout = &r->recorder.layout, .data_maps = record_wants_data_maps(&r->o, &r->list),
		.flush = put_synthesized, .ctx = r,
	};
	struct error *err = NULL;
	bool hidden = false;

	synthesize_kernel(&s, &hidden);
	if (hidden && looks_at_kernel(r))
		notes_add(&r->notes, "the kernel's addresses are hidden (kernel.kptr_restrict): its functions will have no names");
	if (r->target.system_wide)
		err = synthesize_all(&s);
	else	/* the command, too: it has a name before it execs */
		err = synthesize_tasks(&s, r->target.tasks.data, r->target.tasks.len);
	if (!err)
		err = synthesize_flush(&s);
	synthesize_deinit(&s);
	return err;
}

/* ---- the run ---- */

enum { NICE = -10 };

/* Signals come through a descriptor from here on; the command was forked before and has its own mask. */
static struct error *take_over_signals(struct recording *r)
{
	sigset_t set;

	/* a shell starts background jobs with SIGINT ignored */
	signal(SIGINT, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &r->old_mask);
	r->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return r->signals < 0 ? error_os(errno, "cannot wait for signals") : NULL;
}

/*
 * What fills rings keeps CPUs busy: the recorder, which needs little, goes
 * first where it is allowed to. The command was forked before and does not.
 */
static struct error *raise_priority(uint64_t realtime)
{
	struct sched_param param = { .sched_priority = (int)realtime };

	if (!realtime) {
		setpriority(PRIO_PROCESS, 0, NICE);
		return NULL;
	}
	if (realtime > 99 || sched_setscheduler(0, SCHED_FIFO, &param))
		return error_os(realtime > 99 ? EINVAL : errno, "cannot run with SCHED_FIFO priority %llu",
				(unsigned long long)realtime);
	return NULL;
}

static struct error *start(struct recording *r)
{
	struct error *err;

	TRY(raise_priority(r->o.realtime));
	if (!r->target.command && !r->o.delay_ms)
		counters_enable(r->counters);
	if (!r->command_argv)
		return NULL;
	err = command_start(&r->command);
	if (err)
		undo_output(r);
	return err;
}

/* The child's status becomes ours, as a shell would put it. */
static int status_of(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

/* The recording is over: a command that still runs is asked to end, and waited for when the file is whole. */
static void stop_command(struct recording *r, struct recorder_run *run)
{
	if (!r->command_argv || run->command_ended)
		return;
	kill(r->command.pid, SIGTERM);
	/* A second Ctrl-C ends the waiting. */
	sigprocmask(SIG_SETMASK, &r->old_mask, NULL);
	run->command_ended = waitpid(r->command.pid, &run->command_status, 0) == r->command.pid;
}

static struct error *finish_file(struct recording *r)
{
	struct recorder *rec = &r->recorder;

	if (!r->regular)
		return NULL;
	TRY(read_facts(r));
	r->features.first_sample = rec->first_time;
	r->features.last_sample = rec->last_time;
	if (!r->o.no_buildid)
		build_ids_list(&rec->build_ids, &r->os, &r->features);
	return data_writer_finish(rec->writer, &r->features);
}

/* The last pass, when nothing writes into the rings any more. */
static struct error *end_of_rings(struct recording *r)
{
	counters_disable(r->counters);
	counters_disable(r->side);
	TRY(recorder_drain(&r->recorder));
	return recorder_settle_lost(&r->recorder, r->counters);
}

static void say_result(const struct recording *r)
{
	const struct recorder *rec = &r->recorder;

	if (r->o.quiet)
		return;
	fprintf(stderr, "[ ptk record: Captured and wrote %.3f MB %s (%llu samples) ]\n",
		(double)data_writer_bytes(rec->writer) / (1 << 20), r->path, (unsigned long long)rec->samples);
	if (!rec->lost)
		return;
	fprintf(stderr, "ptk: %llu samples were lost (%.1f %%): the rings were full; larger ones (-m %llu) or a lower rate (-F) help\n",
		(unsigned long long)rec->lost, 100.0 * (double)rec->lost / (double)(rec->lost + rec->samples),
		(unsigned long long)(rec->rings.len ? rec->rings.data[0].ring.size * 4 / (uint64_t)sysconf(_SC_PAGESIZE) : 0));
}

/* -v */
static void say_opened(const struct recording *r)
{
	const struct ring *ring = &r->recorder.rings.data[0].ring;

	for (size_t e = 0; e < r->list.events.len; e++) {
		const struct event *event = &r->list.events.data[e];
		const struct opened *o = &r->counters->opened[e];
		fprintf(stderr, "ptk: %s: type %u, config 0x%llx, %s %llu, sample_type 0x%llx, on %zu CPUs and %zu tasks\n",
			event->name, event->attr.type, (unsigned long long)event->attr.config,
			event->attr.freq ? "frequency" : "period", (unsigned long long)event->attr.sample_period,
			(unsigned long long)event->attr.sample_type, o->n_cpus, r->target.per_task ? o->n_tasks : 0);
		if (event->filter)
			fprintf(stderr, "ptk: %s: filter %s\n", event->name, event->filter);
	}
	fprintf(stderr, "ptk: %zu rings, those of samples of %llu KiB\n", r->recorder.rings.len,
		(unsigned long long)(ring->size / 1024));
}

static struct error *record(struct recording *r, int *status)
{
	struct recorder_run run = { .delay_ms = r->o.delay_ms, .max_size = r->o.max_size };
	struct error *err;

	counters_enable(r->side);
	TRY(synthesize(r));
	if (!r->o.quiet)
		mode_notes(&r->notes);
	if (r->o.verbose)
		say_opened(r);
	TRY(start(r));
	run.counters = r->counters;
	run.signals = r->signals;
	run.command = r->command_argv ? r->command.pid : 0;
	err = recorder_run(&r->recorder, &run);
	if (!err)
		err = end_of_rings(r);
	struct error *second = finish_file(r);
	if (!err)
		err = second;
	else
		error_destroy(second);
	say_result(r);
	stop_command(r, &run);
	if (run.command_ended)
		*status = status_of(run.command_status);
	return err;
}

static void choose_sizes(struct recording *r)
{
	struct cpuset online = { 0 };

	cpuset_online(&r->os, &online);
	recorder_sizes_choose(&r->os, r->o.ring_bytes, online.cpus.len, &r->sizes);
	cpuset_deinit(&online);
}

static struct error *set_up(struct recording *r)
{
	TRY(check_options(r));
	TRY(keep_stdout(r));
	TRY(prepare_target(r));
	choose_sizes(r);
	TRY(open_events(r));
	TRY(open_rings(r));
	TRY(take_over_signals(r));
	return open_output(r);
}

static void clean_up(struct recording *r)
{
	command_abandon(&r->command);
	if (r->counters)
		counters_destroy_behind(r->counters);
	counters_destroy(r->side);
	recorder_close(&r->recorder);
	data_writer_destroy(r->recorder.writer);
	record_data_events_free(r->events, r->n_events);
	data_features_deinit(&r->features);
	machine_deinit(&r->machine);
	event_list_deinit(&r->list);
	event_list_deinit(&r->side_list);
	target_deinit(&r->target);
	pmus_destroy(r->pmus);
	strbuf_deinit(&r->tracing);
	notes_deinit(&r->notes);
	vec_deinit(&r->o.words);
	if (r->fd >= 0)
		close(r->fd);
	if (r->signals >= 0)
		close(r->signals);
}

struct error *record_run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct recording r = { .os = { .root = "" }, .fd = -1, .signals = -1, .argv = argv };
	struct options_rest rest;
	bool helped;
	struct error *err = mode_options(mode, &r.o, OPTIONS_FIRST, argc, argv, &rest, &helped);

	if (!err && !helped) {
		r.command_argv = rest.index < argc ? argv + rest.index : NULL;
		err = set_up(&r);
		if (!err)
			err = record(&r, status);
	}
	if (err && !r.o.quiet)
		mode_notes(&r.notes);
	clean_up(&r);
	return err;
}
