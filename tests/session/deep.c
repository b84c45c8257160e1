/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deep HOW [DEPTH]: spends its time at the end of DEPTH calls of the two
 * functions ping and pong in turn; HOW: plain, alloca, qsort (one call of a
 * comparison function by libc), signal (in a handler), thread, small (a thread
 * with as small a stack as there may be), vfork (in the child).
 */
#include <alloca.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef ROUNDS
#define ROUNDS 12000000
#endif

static volatile unsigned long sink;
static int depth = 64;
static int use_alloca;

__attribute__((noinline)) void leaf(void)
{
	for (unsigned long i = 0; i < ROUNDS; i++)
		sink += i;
}

static void handler(int sig)
{
	leaf();
}

static int compare(const void *a, const void *b)
{
	static int once;

	if (!once++)
		leaf();
	return *(const int *)a - *(const int *)b;
}

static void (*last)(void) = leaf;

static void by_qsort(void)
{
	int numbers[] = { 2, 1 };

	qsort(numbers, 2, sizeof(int), compare);
	sink++;
}

static void by_signal(void)
{
	raise(SIGUSR1);
	sink++;
}

int pong(int n);

__attribute__((noinline)) int ping(int n)
{
	char *room = use_alloca ? alloca((size_t)n + 1) : NULL;

	if (room)
		memset(room, n, (size_t)n + 1);
	if (n <= 1)
		last();
	else
		sink += (unsigned long)pong(n - 1);
	return n + (room ? room[n / 2] : 0);
}

__attribute__((noinline)) int pong(int n)
{
	int kept = n * 3;

	if (n <= 1)
		last();
	else
		kept += ping(n - 1);
	sink += (unsigned long)kept;
	return kept;
}

static void *thread(void *arg)
{
	ping(depth);
	return NULL;
}

/* The child has the memory of its parent, which waits. */
static __attribute__((noinline)) int in_child(void)
{
	pid_t child = vfork();

	if (!child) {
		ping(depth);
		_exit(0);
	}
	return waitpid(child, NULL, 0) < 0;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "plain";
	pthread_attr_t attr;
	pthread_t t;

	if (argc > 2)
		depth = atoi(argv[2]);
	signal(SIGUSR1, handler);
	use_alloca = !strcmp(how, "alloca");
	if (!strcmp(how, "qsort"))
		last = by_qsort;
	if (!strcmp(how, "signal"))
		last = by_signal;
	if (!strcmp(how, "vfork"))
		return in_child();
	if (strcmp(how, "thread") && strcmp(how, "small"))
		return ping(depth) < 0;
	pthread_attr_init(&attr);
	if (!strcmp(how, "small"))
		pthread_attr_setstacksize(&attr, (size_t)sysconf(_SC_THREAD_STACK_MIN));
	pthread_create(&t, &attr, thread, NULL);
	return pthread_join(t, NULL);
}
