/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * burn ROUNDS [WHAT]: a program whose profile is known. 60, 30 and 10 % of
 * its time go to big, middle and small: the same loop, as often as that. It
 * waits for its own multiplications, so that where the loop lies in memory
 * makes no difference. To be built without optimization: every function has
 * its frame.
 *
 *	big <- work <- main	middle <- work <- main	small <- helper <- work <- main
 *
 * WHAT: "recurse" calls work below three calls of deeper; "fork" does the
 * work in a child, "exec" in a child that runs this program anew;
 * "thread" in a thread that calls itself renamed.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEPT __attribute__((noinline, noclone))

enum { STEPS = 20000 };

static volatile unsigned long sink;

#define LOOP(times) do { \
	unsigned long x = sink; \
	for (unsigned long i = 0; i < (times) * STEPS; i++) \
		x = x * x * x * x + 1; \
	sink = x; \
} while (0)

KEPT void big(void) { LOOP(6ul); }
KEPT void middle(void) { LOOP(3ul); }
KEPT void small(void) { LOOP(1ul); }
KEPT void helper(void) { small(); sink++; }

KEPT void work(unsigned long rounds)
{
	for (unsigned long i = 0; i < rounds; i++) {
		big();
		middle();
		helper();
	}
	sink++;
}

KEPT void deeper(int depth, unsigned long rounds)
{
	if (depth)
		deeper(depth - 1, rounds);
	else
		work(rounds);
	sink++;
}

static void *thread(void *rounds)
{
	prctl(PR_SET_NAME, "renamed");
	work(*(unsigned long *)rounds);
	return NULL;
}

static void in_child(char **argv, unsigned long rounds)
{
	pid_t pid = fork();

	if (!pid) {
		if (argv)
			execv("/proc/self/exe", argv);
		work(rounds);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 0) : 100;
	const char *what = argc > 2 ? argv[2] : "";
	pthread_t id;

	if (!strcmp(what, "fork")) {
		in_child(NULL, rounds);
	} else if (!strcmp(what, "exec")) {
		in_child((char *[]){ argv[0], argv[1], NULL }, rounds);
	} else if (!strcmp(what, "recurse")) {
		deeper(3, rounds);
	} else if (!strcmp(what, "thread")) {
		if (pthread_create(&id, NULL, thread, &rounds))
			return 1;
		pthread_join(id, NULL);
	} else {
		work(rounds);
	}
	sink++;
	return 0;
}
