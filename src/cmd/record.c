/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk record: samples into perf.data. What it does, step by step, is record_run at the end. */
#include "cmd/record.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
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
#include "cmd/sampling.h"
#include "cmd/stack_notes.h"
#include "pmu/tracing_data.h"

/* ---- one recording ---- */

struct recording {
	struct sampling s;
	char **argv;			/* all words behind "record" */
	char **command_argv;		/* NULL: no command */
	struct command command;
	struct data_event *events;
	size_t n_events;
	const char *path;		/* of the output */
	enum file_created created;
	bool regular;
	bool begun;	/* samples may be in the file */
	int fd;
	struct machine machine;
	struct data_features features;
	struct strbuf tracing;
	sigset_t old_mask;
	int signals;
};

static struct error *prepare_target(struct recording *r)
{
	const struct record_options *o = &r->s.o;

	/* Forked first: limits that are raised later are not the command's. */
	if (r->command_argv)
		TRY(command_prepare(r->command_argv, &r->command));
	TRY(target_parse(&r->s.os, o->pids, o->tids, o->cpus, o->user, o->all, &r->s.notes, &r->s.target));
	if (o->user && !o->include_self)
		sampling_leave_out_self(&r->s);
	if (target_empty(&r->s.target) && !r->command_argv)
		return error_hint(error_usage("nothing to record"),
				  "give a command, -a for the whole machine, or -p PID; ptk record -h lists the rest");
	if (target_empty(&r->s.target))
		target_set_command(&r->s.target, r->command.pid);
	return NULL;
}

/* ---- output ---- */

static struct error *read_facts(struct recording *r)
{
	machine_read(&r->s.os, &r->machine);
	record_features(&r->s.o, &r->machine, &r->s.list, r->argv, &r->features);
	TRY(tracing_data_build(&r->s.os, &r->s.list, &r->tracing));
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
	if (!to_pipe(&r->s.o))
		return NULL;
	if (isatty(STDOUT_FILENO))
		return error_hint(error_usage("samples are not for a terminal"), "-o - wants a pipe or a file behind it");
	r->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (r->fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return error_os(errno, "cannot write to standard output");
	return NULL;
}

/*
 * Chains of finished stacks shrink to a fiftieth at the fastest level, for less time than writing them takes: so they
 * are packed unasked where the library is here, but not in a pipe, whose reader is not ours to choose.
 */
static struct error *compress_output(struct recording *r)
{
	const struct record_options *o = &r->s.o;
	struct error *err;

	if (o->compress == COMPRESS_NOT || (o->compress == COMPRESS_CHAINS && (!r->s.recorder.unwind || !r->regular)))
		return NULL;
	err = data_writer_compress(r->s.recorder.writer, o->compress == COMPRESS ? o->compress_level : 1);
	if (o->compress == COMPRESS)
		return err;
	error_destroy(err);
	return NULL;
}

static struct error *open_output(struct recording *r)
{
	r->path = r->s.o.output ? r->s.o.output : "perf.data";
	if (!to_pipe(&r->s.o)) {
		TRY(file_create(r->path, true, &r->created, &r->fd));
		r->regular = r->created != FILE_OPENED;
	}
	TRY(data_writer_create(r->fd, r->path, !r->regular, r->events, r->n_events, &r->s.recorder.writer));
	TRY(compress_output(r));
	if (r->regular)
		return NULL;
	TRY(read_facts(r));
	return data_writer_pipe_features(r->s.recorder.writer, &r->features);
}

/* ---- what is there already ---- */

static struct error *put_synthesized(void *ctx, struct strbuf *out)
{
	struct recording *r = ctx;
	struct iovec iov = { out->data, out->len };

	build_ids_see_all(&r->s.recorder.build_ids, out->data, out->len, r->s.recorder.layout.id_words * 8u);
	if (r->s.recorder.unwind)
		recorder_unwind_take_bytes(r->s.recorder.unwind, out->data, out->len);
	else
		TRY(data_writer_put(r->s.recorder.writer, &iov, 1));
	strbuf_truncate(out, 0);
	return NULL;
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
	if (realtime > 99)
		return error_hint(error_usage("there is no priority %llu of SCHED_FIFO", (unsigned long long)realtime), "-r 1 to -r 99");
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		return error_os(errno, "cannot run with SCHED_FIFO priority %llu", (unsigned long long)realtime);
	return NULL;
}

static struct error *start(struct recording *r)
{
	TRY(raise_priority(r->s.o.realtime));
	if (!r->s.target.command && !r->s.o.delay_ms)
		counters_enable(r->s.counters);
	if (!r->command_argv)
		return NULL;
	return command_start(&r->command);
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
	struct recorder *rec = &r->s.recorder;

	if (!r->regular)
		return NULL;
	TRY(read_facts(r));
	r->features.first_sample = rec->first_time;
	r->features.last_sample = rec->last_time;
	if (!r->s.o.no_buildid)
		build_ids_list(&rec->build_ids, &r->s.os, &r->features);
	return data_writer_finish(rec->writer, &r->features);
}

/* The last pass, when nothing writes into the rings any more. */
static struct error *end_of_rings(struct recording *r)
{
	counters_disable(r->s.counters);
	counters_disable(r->s.side);
	TRY(recorder_drain_last(&r->s.recorder));
	return recorder_settle_lost(&r->s.recorder, r->s.counters);
}

/* Stacks that are not whole. */
static void say_stacks(const struct recorder *rec)
{
	struct recorder_unwind_pressed pressed = recorder_unwind_pressed(rec->unwind);
	struct notes notes = { 0 };

	if (pressed.stacks)
		notes_add(&notes, "%" PRIu64 " stacks gave up most of their bytes for want of time, and %" PRIu64 " are cut by it: "
			  "a lower rate (-F) or larger rings (-m) help", pressed.stacks, pressed.cut);
	stack_notes_add(&notes, recorder_unwind_counts(rec->unwind), pressed.cut, rec->samples);
	mode_notes(&notes);
}

static void say_result(const struct recording *r)
{
	const struct recorder *rec = &r->s.recorder;

	if (r->s.o.quiet)
		return;
	fprintf(stderr, "[ ptk record: Captured and wrote %.3f MB %s (%llu samples) ]\n",
		(double)data_writer_bytes(rec->writer) / (1 << 20), r->path, (unsigned long long)rec->samples);
	if (rec->unwind)
		say_stacks(rec);
	uint64_t larger = rec->rings.len ? vec_last(&rec->rings).ring.size * 4 / (uint64_t)sysconf(_SC_PAGESIZE) : 0;
	if (rec->lost)
		fprintf(stderr, "ptk: %" PRIu64 " samples were lost (%.1f %%): the rings were full; larger ones (-m %" PRIu64
			") or a lower rate (-F) help\n",
			rec->lost, 100.0 * (double)rec->lost / (double)(rec->lost + rec->samples), larger);
	if (rec->lost_side)
		fprintf(stderr, "ptk: %" PRIu64 " records of tasks and mappings were lost: names and stacks behind them may be wrong; "
			"larger rings (-m %" PRIu64 ") help\n", rec->lost_side, larger);
}

/* -v */
static void say_opened(const struct recording *r)
{
	const struct ring *ring = &vec_last(&r->s.recorder.rings).ring;	/* the small ones come first */

	for (size_t e = 0; e < r->s.list.events.len; e++) {
		const struct event *event = &r->s.list.events.data[e];
		const struct opened *o = &r->s.counters->opened[e];
		fprintf(stderr, "ptk: %s: type %u, config 0x%llx, %s %llu, sample_type 0x%llx, on %zu CPUs and %zu tasks\n",
			event->name, event->attr.type, (unsigned long long)event->attr.config,
			event->attr.freq ? "frequency" : "period", (unsigned long long)event->attr.sample_period,
			(unsigned long long)event->attr.sample_type, o->n_cpus, r->s.target.per_task ? o->n_tasks : 0);
		if (event->filter)
			fprintf(stderr, "ptk: %s: filter %s\n", event->name, event->filter);
	}
	fprintf(stderr, "ptk: %zu rings, those of samples of %llu KiB\n", r->s.recorder.rings.len,
		(unsigned long long)(ring->size / 1024));
}

static struct error *record(struct recording *r, int *status)
{
	struct recorder_run run = { .delay_ms = r->s.o.delay_ms, .max_size = r->s.o.max_size };
	struct error *err;

	counters_enable(r->s.side);
	TRY(sampling_synthesize(&r->s, put_synthesized, r));
	if (!r->s.o.quiet)
		mode_notes(&r->s.notes);
	if (r->s.o.verbose)
		say_opened(r);
	TRY(start(r));
	r->begun = true;
	run.counters = r->s.counters;
	run.signals = r->signals;
	run.command = r->command_argv ? r->command.pid : 0;
	err = recorder_run(&r->s.recorder, &run);
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

static struct error *set_up(struct recording *r)
{
	TRY(sampling_check(&r->s));
	TRY(keep_stdout(r));
	TRY(prepare_target(r));
	sampling_choose_sizes(&r->s);
	TRY(sampling_open(&r->s));
	r->events = record_data_events(r->s.counters, r->s.side, &r->n_events);
	if (record_unwinds(&r->s.o, &r->s.list))
		r->s.recorder.unwind = recorder_unwind_create(&r->s.os, r->s.o.no_cache, r->events, r->n_events, &r->s.notes);
	TRY(take_over_signals(r));
	return open_output(r);
}

static void clean_up(struct recording *r)
{
	command_abandon(&r->command);
	sampling_close(&r->s);
	data_writer_destroy(r->s.recorder.writer);
	record_data_events_free(r->events, r->n_events);
	data_features_deinit(&r->features);
	machine_deinit(&r->machine);
	strbuf_deinit(&r->tracing);
	if (r->fd >= 0)
		close(r->fd);
	if (r->signals >= 0)
		close(r->signals);
}

struct error *record_run(const struct mode *mode, int argc, char **argv, int *status)
{
	struct recording r = { .s = { .os = { .root = "" } }, .fd = -1, .signals = -1, .argv = argv };
	struct options_rest rest;
	bool helped;
	struct error *err = mode_options(mode, &r.s.o, OPTIONS_FIRST, argc, argv, &rest, &helped);

	if (!err && !helped) {
		r.command_argv = rest.index < argc ? argv + rest.index : NULL;
		err = set_up(&r);
		if (!err)
			err = record(&r, status);
	}
	if (err && !r.s.o.quiet)
		mode_notes(&r.s.notes);
	if (err && !r.begun)
		file_uncreate(r.path, r.created);
	clean_up(&r);
	return err;
}
