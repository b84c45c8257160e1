/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/stat_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "pmu/together.h"

enum { NANOSECONDS = 1000000000 };

enum { SIGNALS, TASK, CONTROL, N_WATCHED };

struct run {
	const struct stat_plan *plan;
	struct counters *counters;
	struct command command;
	int signals;			/* a signalfd */
	uint64_t start, last;		/* when the run began, when the last interval ended */
	uint64_t begin;			/* when counting is to begin; 0: it has, or the control says */
	size_t *first_row;		/* of each event in result.counts */
	struct stat_result result;	/* sums so far, as last read */
	struct stat_result before;	/* at the last interval */
	VEC(struct stat_result) gathered;	/* intervals that were not reported yet */
	struct pollfd watched[N_WATCHED];
	size_t next_task;		/* of the target: those before it have ended */
	bool ended, told;		/* told: by a signal, to end */
	bool child_changed;		/* there may be something to wait for */
	int wait_status;
};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NANOSECONDS + (uint64_t)t.tv_nsec;
}

static double in_seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

/* ---- reading */

static bool by_task(const struct run *r, size_t e)
{
	const struct opened *o = &r->counters->opened[e];

	return r->plan->per_task && o->n_cpus && o->tasks;
}

/* Rows of an event, none of them counted; one that is not open has a row all the same. */
static void add_rows(struct run *r, size_t e)
{
	const struct opened *o = &r->counters->opened[e];
	size_t n_tasks = by_task(r, e) ? o->n_tasks : 1;

	r->first_row[e] = r->result.counts.len;
	for (size_t c = 0; c < (o->n_cpus ? o->n_cpus : 1); c++)
		for (size_t t = 0; t < n_tasks; t++) {
			struct stat_count *row = vec_add(&r->result.counts);
			*row = (struct stat_count){ .event = e, .cpu = o->n_cpus ? o->cpus[c] : -1, .task = by_task(r, e) ? (int)t : -1,
						    .group = -1, .counters = 1 };
		}
}

static void put_count(void *ctx, size_t event, size_t cpu_index, const struct count *count)
{
	struct run *r = ctx;
	struct stat_count *row = &r->result.counts.data[r->first_row[event] + cpu_index];

	row->count = *count;
	row->counted = count->running;
}

static void read_tasks(struct run *r, size_t e)
{
	const struct opened *o = &r->counters->opened[e];
	struct stat_count *row = &r->result.counts.data[r->first_row[e]];

	for (size_t c = 0; c < o->n_cpus; c++)
		for (size_t t = 0; t < o->n_tasks; t++, row++)
			if (counters_read_task(r->counters, e, c, t, &row->count))
				row->counted = row->count.running;
}

static void read_all(struct run *r)
{
	struct counters *counters = r->counters;
	size_t n = counters->list->events.len;

	if (!r->first_row)
		r->first_row = xcalloc(n + 1, sizeof(*r->first_row));
	vec_clear(&r->result.counts);
	r->result.counters = counters;
	for (size_t e = 0; e < n; e++)
		add_rows(r, e);
	for (size_t e = 0; e < n; e++) {
		const struct opened *o = &counters->opened[e];
		if (by_task(r, e))
			read_tasks(r, e);
		else if (o->first == e)
			for (size_t c = 0; c < o->n_cpus; c++)
				counters_read_group(counters, e, c, put_count, r);
	}
}

/* What ptk counts itself; the clock's own rows come once all else is known. */
static void fill_tools(struct stat_result *result, const struct event_list *events)
{
	for (size_t i = 0; i < result->counts.len; i++) {
		struct stat_count *row = &result->counts.data[i];
		enum event_tool tool = events->events.data[row->event].tool;
		if (tool == TOOL_NONE)
			continue;
		double seconds = tool == TOOL_DURATION_TIME ? result->seconds :
				 tool == TOOL_USER_TIME ? result->user : result->system;
		row->counted = tool == TOOL_DURATION_TIME || result->usage;
		row->count = (struct count){ .value = (uint64_t)(seconds * 1e9), .enabled = 1, .running = 1,
					     .scaled = seconds * 1e9 };
	}
}

/* What came on top since `before`. */
static void subtract(struct stat_result *result, const struct stat_result *before)
{
	for (size_t i = 0; i < result->counts.len && i < before->counts.len; i++) {
		struct count *count = &result->counts.data[i].count;
		const struct count *old = &before->counts.data[i].count;
		/* a state at the moment is not what came on top */
		if (result->counters->list->events.data[result->counts.data[i].event].snapshot)
			continue;
		count->value -= old->value;
		count->enabled -= old->enabled;
		count->running -= old->running;
		count->scaled = count->running < count->enabled ?
				(double)count->value * (double)count->enabled / (double)(count->running ? count->running : 1) :
				(double)count->value;
		result->counts.data[i].counted = count->running;
	}
}

/*
 * Code and data that nobody touched for an interval have left the caches:
 * several intervals in a row cost little more than one.
 */
static void report_gathered(struct run *r, stat_report *report, void *ctx)
{
	for (size_t i = 0; i < r->gathered.len; i++) {
		struct stat_result *part = &r->gathered.data[i];
		part->more = i + 1 < r->gathered.len;
		report(ctx, part);
		vec_deinit(&part->counts);
	}
	vec_clear(&r->gathered);
}

static void report_interval(struct run *r, uint64_t at, bool last, stat_report *report, void *ctx)
{
	struct stat_result part = { 0 };

	read_all(r);
	part = r->result;
	part.counts.data = NULL;
	part.counts.len = part.counts.cap = 0;
	vec_append(&part.counts, r->result.counts.data, r->result.counts.len);
	subtract(&part, &r->before);
	part.at = (double)(at - r->start) / 1e9;
	part.seconds = (double)(at - r->last) / 1e9;
	part.last = last;
	r->last = at;
	vec_deinit(&r->before.counts);
	r->before = r->result;
	r->result.counts.data = NULL;
	r->result.counts.len = r->result.counts.cap = 0;
	fill_tools(&part, r->counters->list);
	vec_push(&r->gathered, part);
	if (last || part.at - r->gathered.data[0].at >= (double)r->plan->gather / 1e9)
		report_gathered(r, report, ctx);
}

/* ---- waiting */

/*
 * Signals are read, not handled: ^C is to end the counting, not the program.
 * Blocked ones stay so in a child, hence this comes after the fork. One that
 * is ignored (nohup) would be queued all the same, and is left alone.
 */
static struct error *take_signals(struct run *r, sigset_t *before)
{
	static const int taken[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD };
	struct sigaction old;
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		if (!sigaction(taken[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaddset(&set, taken[i]);
	sigprocmask(SIG_BLOCK, &set, before);
	r->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (r->signals < 0)
		return error_os(errno, "cannot wait for signals");
	return NULL;
}

/*
 * ^C at the terminal goes to the command as well, and one that is sent to us
 * alone is passed on; then its end is waited for. A second one, or one when
 * there is no command or it is only the clock, ends the counting at once.
 */
static void read_signals(struct run *r)
{
	struct signalfd_siginfo info;

	while (read(r->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD) {
			r->child_changed = true;
			continue;
		}
		if (r->told || !r->command.pid || !r->plan->target->command)
			r->ended = true;
		else if (info.ssi_code != SI_KERNEL)
			kill(r->command.pid, (int)info.ssi_signo);
		r->told = true;
	}
}

static void reap(struct run *r)
{
	struct rusage usage;
	int status;

	if (!r->child_changed || !r->command.pid)
		return;
	r->child_changed = false;
	if (wait4(r->command.pid, &status, WNOHANG, &usage) != r->command.pid)
		return;
	r->command.pid = 0;
	r->ended = true;
	r->wait_status = status;
	/* one that it sent us as its last act */
	read_signals(r);
	if (!r->plan->target->command)
		return;
	r->result.usage = true;
	r->result.user = in_seconds(&usage.ru_utime);
	r->result.system = in_seconds(&usage.ru_stime);
}

/*
 * Without a command, the end of all tasks is the end. One task is watched at
 * a time: when it has ended, the next that has not. (An event's descriptor
 * could be polled for a hang-up, but without a ring it always hangs up.)
 */
static int open_pidfd(pid_t task)
{
	enum { PIDFD_OF_THREAD = O_EXCL };	/* PIDFD_THREAD: Linux 6.9; before, only whole processes have one */
	int fd = (int)syscall(SYS_pidfd_open, task, PIDFD_OF_THREAD);

	return fd < 0 && errno == EINVAL ? (int)syscall(SYS_pidfd_open, task, 0) : fd;
}

/* Leaves a pidfd in *watched where the kernel has one for such a task. */
static bool alive(pid_t task, struct pollfd *watched)
{
	if (watched->fd < 0)
		*watched = (struct pollfd){ .fd = open_pidfd(task), .events = POLLIN };
	if (watched->fd < 0)
		return errno != ESRCH && (!kill(task, 0) || errno == EPERM);
	if (!poll(watched, 1, 0))
		return true;
	close(watched->fd);
	watched->fd = -1;
	return false;
}

/* Moves on to a task that lives; false when none is left. */
static bool watch_next(struct run *r)
{
	const struct target *target = r->plan->target;

	while (r->next_task < target->tasks.len && !alive(target->tasks.data[r->next_task], &r->watched[TASK]))
		r->next_task++;
	return r->next_task < target->tasks.len;
}

static bool tasks_ended(struct run *r)
{
	return !r->plan->command && r->plan->target->per_task && !watch_next(r);
}

static void read_control(struct run *r)
{
	struct control *control = r->plan->control;

	for (enum control_word word; (word = control_next(control)) != CONTROL_NONE; control_ack(control)) {
		if (word == CONTROL_ENABLE)
			counters_enable(r->counters);
		else if (word == CONTROL_DISABLE)
			counters_disable(r->counters);
		else if (word == CONTROL_STOP)
			r->ended = r->told = true;
	}
	r->watched[CONTROL].fd = control->fd;
}

/* Sleeps until something happened or `until`; 0: no limit. True when counting is over. */
static bool wait_until(struct run *r, uint64_t until)
{
	enum { ASK_AGAIN = NANOSECONDS / 10 };

	for (reap(r); !r->ended && !tasks_ended(r); reap(r)) {
		uint64_t t = now(), wake = until;
		if (until && t >= until)
			return false;
		if (r->begin && t >= r->begin) {
			counters_enable(r->counters);
			r->begin = 0;
		}
		if (r->begin && (!wake || r->begin < wake))
			wake = r->begin;
		if (!r->plan->command && r->plan->target->per_task && r->watched[TASK].fd < 0 && (!wake || t + ASK_AGAIN < wake))
			wake = t + ASK_AGAIN;
		struct timespec left = { .tv_sec = (time_t)((wake - t) / NANOSECONDS), .tv_nsec = (long)((wake - t) % NANOSECONDS) };
		if (ppoll(r->watched, N_WATCHED, wake ? &left : NULL, NULL) < 0 && errno != EINTR)
			return true;
		if (r->watched[SIGNALS].revents)
			read_signals(r);
		if (r->watched[CONTROL].revents)
			read_control(r);
	}
	return true;
}

static void wait_for_end(struct run *r, stat_report *report, void *ctx)
{
	const struct stat_plan *plan = r->plan;
	uint64_t end = plan->timeout ? r->start + plan->timeout : 0, next = r->start, n = 0;

	for (;;) {
		next += plan->interval;
		uint64_t until = plan->interval && (!end || next < end) ? next : end;
		if (wait_until(r, until))
			return;
		if (until == end)
			return;
		/* the last of a number of intervals is reported as the end */
		if (plan->interval_count && ++n >= plan->interval_count)
			return;
		report_interval(r, now(), false, report, ctx);
	}
}

/* ---- a run */

/* All tasks were gone before they could be counted, or nothing may be counted at all. */
static struct error *check_open(const struct counters *counters)
{
	size_t n = counters->list->events.len, failed = 0;
	const struct opened *worst = NULL;

	for (size_t e = 0; e < n; e++) {
		const struct opened *o = &counters->opened[e];
		if (o->state == EVENT_OPEN && counters->list->events.data[e].kind != EVENT_TOOL)
			return NULL;
		failed += o->state == EVENT_NOT_PERMITTED || o->state == EVENT_GONE;
		if (!worst && o->reason && o->state != EVENT_NOT_SUPPORTED)
			worst = o;
	}
	if (!failed || !worst)
		return NULL;
	struct error *err = error_create("nothing can be counted: %s", worst->reason->message);
	return worst->reason->hint ? error_hint(err, "%s", worst->reason->hint) : err;
}

static struct error *start(struct run *r)
{
	const struct stat_plan *plan = r->plan;

	if (!plan->target->command && !plan->delay)
		counters_enable(r->counters);
	r->start = r->last = now();
	r->begin = plan->delay > 0 ? r->start + (uint64_t)plan->delay : 0;
	if (!plan->command)
		return NULL;
	return command_start(&r->command);
}

/* A command that outlived the counting: time is up, or its counting was ended by ^C. Its status is then no matter. */
static void end_command(struct run *r)
{
	enum { PATIENCE = NANOSECONDS };

	if (!r->command.pid)
		return;
	kill(r->command.pid, SIGTERM);
	r->ended = false;
	wait_until(r, now() + PATIENCE);
	r->wait_status = 0;
}

static void finish(struct run *r, stat_report *report, void *ctx)
{
	uint64_t end = now();

	if (!r->plan->target->command || r->command.pid || r->plan->delay)
		counters_disable(r->counters);
	end_command(r);
	if (r->told && !r->plan->target->command)
		r->wait_status = 0;
	if (r->plan->interval) {
		report_interval(r, end, true, report, ctx);
		if (!r->plan->summary)
			return;
		r->result.summary = true;
	}
	read_all(r);
	r->result.interrupted = r->told;
	r->result.at = r->result.seconds = (double)(end - r->start) / 1e9;
	r->result.last = true;
	fill_tools(&r->result, r->counters->list);
	report(ctx, &r->result);
}

static struct error *open_counters(struct run *r, struct notes *notes)
{
	const struct stat_plan *plan = r->plan;
	const struct open_options options = { .inherit = plan->inherit, .tolerate = true, .split = plan->split,
					      .enable_on_exec = plan->target->command && !plan->delay };

	TRY(counters_open(plan->os, plan->events, plan->target, &options, notes, &r->counters));
	struct error *err = check_open(r->counters);
	if (!err)
		return NULL;
	counters_destroy_behind(r->counters);
	r->counters = NULL;
	return err;
}

static struct error *run_prepared(struct run *r, struct notes *notes, stat_report *report, void *ctx)
{
	const struct stat_plan *plan = r->plan;
	sigset_t before;
	struct error *err = take_signals(r, &before);

	if (!err)
		err = open_counters(r, notes);
	if (!err) {
		r->watched[SIGNALS] = (struct pollfd){ .fd = r->signals, .events = POLLIN };
		if (plan->control)
			r->watched[CONTROL] = (struct pollfd){ .fd = plan->control->fd, .events = POLLIN };
		err = start(r);
	}
	if (!err) {
		wait_for_end(r, report, ctx);
		finish(r, report, ctx);
	}
	if (r->signals >= 0)
		close(r->signals);
	if (r->watched[TASK].fd >= 0)
		close(r->watched[TASK].fd);
	/* a second ^C that is waiting ends us here, which is what was wanted */
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

struct error *stat_run(const struct stat_plan *plan, struct notes *notes, stat_report *report, void *ctx,
		       struct stat_run *run)
{
	/* a command that was ended before its signals were taken is seen without one */
	struct run r = { .plan = plan, .signals = -1, .child_changed = true, .watched[TASK].fd = -1, .watched[CONTROL].fd = -1 };
	struct error *err = NULL;

	/* an ignored SIGCHLD would reap the child before we see it; a script's background jobs have SIGINT ignored, and a
	   kill -INT is how scripts end us */
	signal(SIGCHLD, SIG_DFL);
	if (plan->command)
		err = command_prepare(plan->command, &r.command);
	if (!err) {
		if (plan->command && (target_empty(plan->target) || plan->target->command))
			target_set_command(plan->target, r.command.pid);
		signal(SIGINT, SIG_DFL);
		err = run_prepared(&r, notes, report, ctx);
	}
	command_abandon(&r.command);
	if (r.counters)
		counters_destroy(run->counters);
	else
		counters_destroy_behind(run->counters);
	*run = (struct stat_run){ .counters = r.counters, .interrupted = r.told };
	if (WIFSIGNALED(r.wait_status))
		run->signal = WTERMSIG(r.wait_status);
	run->status = run->signal ? 128 + run->signal : WEXITSTATUS(r.wait_status);
	free(r.first_row);
	vec_deinit(&r.result.counts);
	vec_deinit(&r.before.counts);
	vec_deinit(&r.gathered);
	return err;
}
