/* SPDX-License-Identifier: GPL-2.0-or-later */
/* deep DEPTH MS: two processes that each spend MS milliseconds of CPU time at the end of DEPTH calls. */
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile unsigned long sink;

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static __attribute__((noinline)) void work(void)
{
	for (int i = 0; i < 100000; i++)
		sink += (unsigned long)i;
}

static __attribute__((noinline)) unsigned long down(int depth)
{
	unsigned long below;

	if (depth <= 1) {
		work();
		return 1;
	}
	below = down(depth - 1);
	sink += below;
	return below + 1;
}

int main(int argc, char **argv)
{
	int depth = argc > 1 ? atoi(argv[1]) : 64;
	double ms = argc > 2 ? atof(argv[2]) : 1000;
	pid_t child = fork();

	while (cpu_ms() < ms)
		down(depth);
	if (child > 0)
		waitpid(child, NULL, 0);
	return 0;
}
