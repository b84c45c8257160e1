/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keys: how long a browser takes to answer each of its keys. Starts COMMAND in
 * a pseudo-terminal of 80x24, types the keys of the table below, and prints
 * for each the time from the key to the first byte drawn for it and to the
 * last one (the median and the longest of all runs), and the CPU time of the
 * program until it waited again: sleeps in the system call that it slept in
 * when it had nothing to do.
 *
 *	keys [-n RUNS] [-l LIMIT] COMMAND…
 *
 * Keys whose first byte comes later than LIMIT milliseconds are marked. Each run is a new program, in the
 * current directory, where it may write what `P` and `f` write. Exit status 1:
 * the program ended too early, or did not answer.
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_RUNS = 25, LOOK_MS = 2, PATIENCE_MS = 20000, NOTHING_MS = 200 };

#define KEY_DOWN "\033OB"
#define KEY_PAGE_DOWN "\033[6~"
#define KEY_HOME "\033OH"
#define ESCAPE "\033"

/* A row without a name leads to the next one, is not printed, and may change nothing. */
static const struct step {
	const char *name, *key;
} steps[] = {
	{ "Down", KEY_DOWN }, { "PgDn", KEY_PAGE_DOWN }, { "Home", KEY_HOME },
	{ "Enter: unfold", "\r" }, { "Enter: fold", "\r" },
	{ "E: unfold all of it", "E" }, { "C: fold all", "C" },
	{ "/", "/" }, { "/: first letter", "a" }, { "/: second letter", "l" }, { "/: Return", "\r" },
	{ "Escape: no filter", ESCAPE },
	{ "e: callees", "e" }, { "c: callers", "c" },
	{ "s: menu", "s" }, { NULL, KEY_HOME }, { "s: by dso and symbol", "\r" },
	{ NULL, "s" }, { NULL, KEY_HOME }, { NULL, "j" }, { NULL, "j" }, { "s: by program", "\r" },
	{ "t: zoom into a program", "t" }, { "Escape: back", ESCAPE },
	{ NULL, "s" }, { NULL, KEY_HOME }, { "s: by dso and symbol again", "\r" },
	{ "d: zoom into a library", "d" }, { "Escape: back from it", ESCAPE },
	{ "z: zoom into a function", "z" }, { "Escape: back from that", ESCAPE },
	{ "T: tasks", "T" }, { "Enter: a task", "\r" }, { NULL, ESCAPE }, { NULL, ESCAPE },
	{ "v: events", "v" }, { NULL, ESCAPE },
	{ "?: keys", "?" }, { NULL, ESCAPE }, { "i: about", "i" }, { NULL, ESCAPE },
	{ "a: annotate", "a" }, { NULL, KEY_DOWN }, { "Tab: hottest line", "\t" }, { NULL, ESCAPE },
	{ NULL, KEY_DOWN }, { "a: another function", "a" }, { NULL, ESCAPE },
	{ NULL, "z" }, { "a: through a function", "a" }, { NULL, ESCAPE }, { NULL, ESCAPE },
	{ "P: write", "P" }, { "f: flame graph", "f" }, { "a, while that is written", "a" },
};
enum { STEPS = sizeof(steps) / sizeof(*steps) };

struct program {
	pid_t pid;
	int terminal;
	char idle[64];		/* the system call in which it waits for keys, with arguments */
};

struct figures {
	double first[MAX_RUNS], last[MAX_RUNS], cpu[MAX_RUNS];	/* ms */
};

static double ms_of(clockid_t clock)
{
	struct timespec t;

	if (clock_gettime(clock, &t))
		return 0;
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double cpu_ms(pid_t pid)
{
	clockid_t clock;

	return clock_getcpuclockid(pid, &clock) ? 0 : ms_of(clock);
}

static void fail(const char *why)
{
	fprintf(stderr, "keys: %s\n", why);
	exit(1);
}

/*
 * /proc/PID/syscall, proc(5): the number and the arguments of the call it
 * sleeps in, "running" if it does not. Three of them are poll()'s; the rest is
 * what happens to be in the registers.
 */
static void system_call(const struct program *p, char text[64])
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/syscall", p->pid);
	FILE *file = fopen(path, "r");
	if (!file || !fgets(text, 64, file))
		fail("cannot see what the program waits for");
	fclose(file);
	char *end = text;
	for (int words = 0; *end && words < 4; end++)
		words += *end == ' ';
	*end = '\0';
}

static bool is_idle(const struct program *p)
{
	char call[64];

	system_call(p, call);
	return !strcmp(call, p->idle);
}

/* Reads what the program draws within that time; false: nothing. */
static bool drawn(const struct program *p, int timeout_ms)
{
	struct pollfd fd = { .fd = p->terminal, .events = POLLIN };
	char buffer[65536];

	if (poll(&fd, 1, timeout_ms) <= 0)
		return false;
	if (read(p->terminal, buffer, sizeof(buffer)) <= 0)
		fail("the program has ended");
	return true;
}

/* Until it waits for keys. The times of the first and the last byte, unchanged where there was none. */
static void answered(const struct program *p, double *first, double *last)
{
	double begun = ms_of(CLOCK_MONOTONIC);

	for (int idle = 0; idle < 2;) {
		if (drawn(p, LOOK_MS)) {
			*last = ms_of(CLOCK_MONOTONIC);
			*first = *first ? *first : *last;
			idle = 0;
		} else {
			idle = is_idle(p) ? idle + 1 : 0;
		}
		if (ms_of(CLOCK_MONOTONIC) > begun + PATIENCE_MS)
			fail("the program does not answer");
	}
}

/* When nothing was drawn for a second and the call it is in stays the same, it has read its file. */
static void wait_until_ready(struct program *p)
{
	char call[64];

	while (!drawn(p, PATIENCE_MS))
		;
	do {
		while (drawn(p, 1000))
			;
		system_call(p, p->idle);
		while (drawn(p, 1000))
			;
		system_call(p, call);
	} while (strcmp(call, p->idle) || !strncmp(call, "running", 7));
}

static struct program start(char **argv)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	struct program p = { 0 };

	p.pid = forkpty(&p.terminal, NULL, NULL, &size);
	if (p.pid < 0)
		fail(strerror(errno));
	if (!p.pid) {
		setenv("TERM", "xterm-256color", 1);
		execvp(argv[0], argv);
		_exit(127);
	}
	wait_until_ready(&p);
	return p;
}

static void press(const struct program *p, const struct step *step, struct figures *f, int run)
{
	double cpu_before = cpu_ms(p->pid), before = ms_of(CLOCK_MONOTONIC);

	if (write(p->terminal, step->key, strlen(step->key)) < 0)
		fail(strerror(errno));
	double first = 0, last = 0;
	while (!last) {		/* it may not have woken up yet */
		answered(p, &first, &last);
		if (!last && !step->name && ms_of(CLOCK_MONOTONIC) > before + NOTHING_MS)
			return;
		if (ms_of(CLOCK_MONOTONIC) > before + PATIENCE_MS) {
			fprintf(stderr, "keys: step %td (%s) is without an answer\n", step - steps, step->name ? step->name : "no name");
			exit(1);
		}
	}
	f->first[run] = first - before;
	f->last[run] = last - before;
	f->cpu[run] = cpu_ms(p->pid) - cpu_before;
}

static void run(char **argv, struct figures *figures, int i)
{
	struct program p = start(argv);

	for (int s = 0; s < STEPS; s++)
		press(&p, &steps[s], &figures[s], i);
	kill(p.pid, SIGHUP);
	close(p.terminal);
	waitpid(p.pid, NULL, 0);
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static struct figures figures[STEPS];
	int runs = 3, option;
	double limit = 50;

	while ((option = getopt(argc, argv, "+n:l:")) != -1)
		switch (option) {
		case 'n': runs = atoi(optarg); break;
		case 'l': limit = atof(optarg); break;
		default: return 2;
		}
	if (optind == argc || runs < 1 || runs > MAX_RUNS)
		return 2;
	for (int i = 0; i < runs; i++)
		run(argv + optind, figures, i);
	printf("%-30s %9s %9s %9s %9s %9s\n", "ms", "first", "longest", "last", "longest", "CPU");
	for (int s = 0; s < STEPS; s++) {
		struct figures *f = &figures[s];
		if (!steps[s].name)
			continue;
		qsort(f->first, (size_t)runs, sizeof(*f->first), ascending);
		qsort(f->last, (size_t)runs, sizeof(*f->last), ascending);
		qsort(f->cpu, (size_t)runs, sizeof(*f->cpu), ascending);
		printf("%-30s %9.1f %9.1f %9.1f %9.1f %9.1f%s\n", steps[s].name, f->first[runs / 2], f->first[runs - 1],
		       f->last[runs / 2], f->last[runs - 1], f->cpu[runs / 2], f->first[runs / 2] > limit ? "  above the aim" : "");
	}
	return 0;
}
