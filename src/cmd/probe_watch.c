/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ptk probe --watch: a probe for as long as somebody looks at it.
 *
 * The probe gets a group of its own and a tracing instance of its own
 * (Documentation/trace/ftrace.rst, "Instances"), so that nobody else's
 * tracing is touched. Who takes both away is a child that does nothing but
 * wait for our end, which the kernel tells it by closing a pipe: however we
 * end, killed outright included, nothing is left behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cmd/probe.h"
#include "pmu/target.h"

struct watch {
	const struct os *os;
	struct probe_events events;
	char *tracefs, *group, *instance;
	int alive;		/* our end of the pipe; the child's read ends when it closes */
	pid_t janitor;
	int pipe, signals;	/* trace_pipe; a signalfd */
	struct strbuf line;	/* of trace_pipe, not whole yet */
};

/* ---- the child that cleans up */

static bool write_file(const char *path, const char *text)
{
	autoclose int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && file_write_full(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

static void clean_up(struct watch *w)
{
	autofree char *enable = xasprintf("%s/events/%s/enable", w->instance, w->group);
	const struct timespec pause = { .tv_nsec = 10000000 };

	write_file(enable, "0");
	for (int i = 0; i < 100 && rmdir(w->instance) && errno == EBUSY; i++)
		nanosleep(&pause, NULL);
	for (size_t i = 0; i < w->events.events.len; i++) {
		const struct probe_event *e = &w->events.events.data[i];
		struct tracefs_probes there;
		struct error *err = tracefs_probes_read(w->os, &there);
		if (!err && tracefs_probes_find(&there, e->group, e->name))
			err = tracefs_probe_remove(w->os, e->group, e->name, *e->line, e->user);
		tracefs_probes_deinit(&there);
		error_destroy(err);
	}
}

static struct error *start_janitor(struct watch *w)
{
	sigset_t all;
	int ends[2];
	char byte;

	if (pipe2(ends, O_CLOEXEC))
		return error_os(errno, "cannot make a pipe");
	w->janitor = fork();
	if (w->janitor < 0) {
		int why = errno;
		close(ends[0]);
		close(ends[1]);
		return error_os(why, "cannot start a process");
	}
	if (!w->janitor) {
		setsid();
		sigfillset(&all);
		sigprocmask(SIG_SETMASK, &all, NULL);
		close(ends[1]);
		while (read(ends[0], &byte, 1) < 0 && errno == EINTR)
			;
		clean_up(w);
		_exit(0);
	}
	close(ends[0]);
	w->alive = ends[1];
	return NULL;
}

/* ---- setting up */

static struct error *plan(struct watch *w, struct prober *prober, const char *text)
{
	struct probe_def def;

	TRY(probe_def_parse(text, &def));
	def.group = (struct probe_word){ .text = w->group };
	struct error *err = prober_plan(prober, &def, true, &w->events);
	probe_def_deinit(&def);
	return err;
}

static struct error *add(struct watch *w, struct prober *prober)
{
	for (size_t i = 0; i < w->events.events.len; i++) {
		const struct probe_event *e = &w->events.events.data[i];
		int failed;
		struct error *err = tracefs_probe_add(w->os, e->line, e->user, &failed);
		if (err)
			return failed ? prober_explain(prober, e, failed, err) : err;
	}
	return NULL;
}

static struct error *set(const struct watch *w, const char *file, const char *text)
{
	autofree char *path = xasprintf("%s/%s", w->instance, file);

	return write_file(path, text) ? NULL : error_os(errno, "cannot write %s", path);
}

static struct error *open_instance(struct watch *w, pid_t command)
{
	autofree char *enable = xasprintf("events/%s/enable", w->group), *path = xasprintf("%s/trace_pipe", w->instance);
	autofree char *pid = xasprintf("%d", (int)command);

	if (mkdir(w->instance, 0700) && errno != EEXIST)
		return error_os(errno, "cannot make %s", w->instance);
	if (command) {
		/* Children follow; in kernels without that option they do not. */
		error_destroy(set(w, "options/event-fork", "1"));
		TRY(set(w, "set_event_pid", pid));
	}
	w->pipe = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (w->pipe < 0)
		return error_os(errno, "cannot read %s", path);
	return set(w, enable, "1");
}

/* ---- looking */

/* Whole lines, without what pads the task's name. */
static void print_lines(struct watch *w)
{
	char *at = w->line.data, *end;

	while (w->line.len && (end = memchr(at, '\n', (size_t)(w->line.data + w->line.len - at)))) {
		at += strspn(at, " ");
		fwrite(at, 1, (size_t)(end + 1 - at), stdout);
		at = end + 1;
	}
	if (!w->line.len)
		return;
	size_t rest = (size_t)(w->line.data + w->line.len - at);
	memmove(w->line.data, at, rest);
	strbuf_truncate(&w->line, rest);
	fflush(stdout);
}

static void drain(struct watch *w)
{
	enum { PIECE = 1 << 16 };
	ssize_t n;

	while ((n = read(w->pipe, strbuf_reserve(&w->line, PIECE), PIECE)) > 0) {
		w->line.len += (size_t)n;
		w->line.data[w->line.len] = '\0';
		print_lines(w);
	}
}

/* Until the command ends or a signal comes. */
static void look(struct watch *w, pid_t command, int *status)
{
	struct pollfd polled[] = { { .fd = w->pipe, .events = POLLIN }, { .fd = w->signals, .events = POLLIN } };
	struct signalfd_siginfo info;

	for (;;) {
		if (poll(polled, ARRAY_SIZE(polled), -1) < 0 && errno != EINTR)
			return;
		drain(w);
		if (ferror(stdout))
			return;
		if (!(polled[1].revents & POLLIN) || read(w->signals, &info, sizeof(info)) != sizeof(info))
			continue;
		if (info.ssi_signo != SIGCHLD) {
			/* A terminal's Ctrl-C is the usual end of a watch. */
			*status = info.ssi_signo == SIGINT ? 0 : 128 + (int)info.ssi_signo;
			return;
		}
		int how;
		if (command && waitpid(command, &how, WNOHANG) == command) {
			*status = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
			drain(w);
			return;
		}
	}
}

static struct error *run(struct watch *w, struct prober *prober, char **argv, int *status)
{
	struct command command = { 0 };
	sigset_t wanted, before;

	/* a shell starts background jobs with SIGINT ignored */
	signal(SIGINT, SIG_DFL);
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGINT);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGHUP);
	sigaddset(&wanted, SIGCHLD);
	if (*argv)
		TRY(command_prepare(argv, &command));
	sigprocmask(SIG_BLOCK, &wanted, &before);
	w->signals = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
	struct error *err = start_janitor(w);
	if (!err)
		err = add(w, prober);
	if (!err)
		err = open_instance(w, *argv ? command.pid : 0);
	if (!err && !*argv) {
		fprintf(stderr, "ptk: watching %s until Ctrl-C\n", w->events.events.data[0].on);
	}
	if (!err && *argv)
		err = command_start(&command);
	else if (*argv)
		command_abandon(&command);
	if (!err)
		look(w, *argv ? command.pid : 0, status);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

static void finish(struct watch *w)
{
	if (w->pipe >= 0)
		close(w->pipe);
	if (w->signals >= 0)
		close(w->signals);
	if (w->alive >= 0)
		close(w->alive);
	while (w->janitor > 0 && waitpid(w->janitor, NULL, 0) < 0 && errno == EINTR)
		;
	probe_events_deinit(&w->events);
	strbuf_deinit(&w->line);
	free(w->tracefs);
	free(w->group);
	free(w->instance);
}

struct error *probe_watch(const struct os *os, struct prober *prober, const char *definition, char **argv, int *status)
{
	struct watch w = { .os = os, .alive = -1, .pipe = -1, .signals = -1 };
	struct error *err = tracefs_probes_folder(os, &w.tracefs);

	if (!err) {
		w.group = xasprintf("ptk_watch_%d", (int)getpid());
		autofree char *root = os_path(os, "%s", w.tracefs);
		w.instance = xasprintf("%s/instances/%s", root, w.group);
		err = plan(&w, prober, definition);
	}
	if (!err)
		err = run(&w, prober, argv, status);
	finish(&w);
	return err;
}
