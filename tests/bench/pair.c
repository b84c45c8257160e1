/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pair: times two commands in turn (A B A B …) and prints one row: medians of
 * both, their ratio with the spread over the pairs, and the aim. Machines are
 * noisy and their speed drifts, so the ratio of neighbours counts.
 *
 *	pair [-n RUNS] [-b BASE] [-w wall|cpu] [-s] -t NAME [-a AIM] -- A… -- B…
 *
 * BASE is a command whose median time is taken off both first ("true" for
 * what a tool costs by itself). -s runs B first, and nothing to warm up: for
 * an A that leaves something behind which B would profit from. AIM is the ratio B/A wanted, A being ptk.
 * Output of the commands goes to /dev/null. Exit status 0 whatever the ratio.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_RUNS = 101 };

struct figures {
	double wall[MAX_RUNS], cpu[MAX_RUNS];	/* seconds */
	long rss_kib;				/* the largest */
	int bad;				/* runs that failed */
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(char **argv, struct figures *f, int i)
{
	struct rusage use;
	int status;
	double start = now();
	pid_t pid = fork();

	if (!pid) {
		int null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) != pid) {
		perror("pair");
		exit(1);
	}
	f->wall[i] = now() - start;
	f->cpu[i] = (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
		    (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
	if (use.ru_maxrss > f->rss_kib)
		f->rss_kib = use.ru_maxrss;
	f->bad += status != 0;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(const double *values, int n)
{
	double sorted[MAX_RUNS];

	memcpy(sorted, values, (size_t)n * sizeof(*values));
	qsort(sorted, (size_t)n, sizeof(*sorted), ascending);
	return sorted[n / 2];
}

static void print_time(double seconds)
{
	if (seconds < 0.1)
		printf(" %9.2f ms", seconds * 1e3);
	else
		printf(" %9.2f s ", seconds);
}

int main(int argc, char **argv)
{
	static struct figures a, b, base;
	const char *name = "", *aim = "";
	char *base_argv[2] = { NULL, NULL };
	bool cpu = false, second_first = false;
	int runs = 5, option;

	while ((option = getopt(argc, argv, "+n:b:w:t:a:s")) != -1)
		switch (option) {
		case 'n': runs = atoi(optarg); break;
		case 'b': base_argv[0] = optarg; break;
		case 'w': cpu = !strcmp(optarg, "cpu"); break;
		case 's': second_first = true; break;
		case 't': name = optarg; break;
		case 'a': aim = optarg; break;
		default: return 2;
		}
	char **first = argv + optind, **second = first;
	while (*second && strcmp(*second, "--"))
		second++;
	if (!*second || !second[1] || runs < 1 || runs > MAX_RUNS)
		return 2;
	*second++ = NULL;

	struct figures warm;
	memset(&warm, 0, sizeof(warm));
	if (!second_first)
		run(first, &warm, 0);
	for (int i = 0; i < runs; i++) {
		if (second_first)
			run(second, &b, i);
		run(first, &a, i);
		if (!second_first)
			run(second, &b, i);
		if (base_argv[0])
			run(base_argv, &base, i);
	}
	double *ta = cpu ? a.cpu : a.wall, *tb = cpu ? b.cpu : b.wall, *t0 = cpu ? base.cpu : base.wall;
	double off = base_argv[0] ? median(t0, runs) : 0, ratios[MAX_RUNS];
	for (int i = 0; i < runs; i++) {
		double mine = ta[i] - off;
		ratios[i] = (tb[i] - off) / (mine > 1e-5 ? mine : 1e-5);
	}
	double middle = median(ratios, runs);
	qsort(ratios, (size_t)runs, sizeof(*ratios), ascending);
	printf("%-44s", name);
	print_time(median(ta, runs) - off);
	print_time(median(tb, runs) - off);
	printf(" %7.1fx (%.1f-%.1f) %6s %6ld %6ld%s%s\n", middle, ratios[0], ratios[runs - 1], aim,
	       a.rss_kib / 1024, b.rss_kib / 1024, a.bad ? "  (ptk failed)" : "", b.bad ? "  (perf failed)" : "");
	return 0;
}
