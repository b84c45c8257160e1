/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program that makes almost every system call, each a number of times of
 * its own, with arguments that none of them takes: in itself, in a child, in a
 * thread, in a program that the child execs, and in one that a thread execs.
 * Two runs of it make the same calls.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N_CALLS = 480 };

/* Those that would end, stop or change more than a call that fails. */
static bool harmful(long n)
{
	static const long calls[] = {
		SYS_exit, SYS_exit_group, SYS_clone, SYS_clone3, SYS_rt_sigreturn, SYS_rt_sigsuspend,
		SYS_vhangup, SYS_sync, SYS_reboot, SYS_kill, SYS_tkill, SYS_tgkill, SYS_execve, SYS_execveat, SYS_setsid, SYS_ptrace,
		SYS_set_tid_address, SYS_brk, SYS_close, SYS_close_range, SYS_sched_yield, SYS_personality, SYS_restart_syscall,
		SYS_seccomp, SYS_umask, SYS_prctl, SYS_mlockall, SYS_rseq,
#ifdef __x86_64__
		SYS_fork, SYS_vfork, SYS_pause, SYS_alarm, 335, 336,	/* the last ones uretprobe and uprobe: a signal for who is none */
#endif
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i] == n)
			return true;
	return false;
}

static void every_call(void)
{
	for (long n = 0; n < N_CALLS; n++)
		for (long i = 0; i <= n % 7 && !harmful(n); i++)
			syscall(n, -1L, -1L, -1L, -1L, -1L, -1L);
}

static void calls_of(long n)
{
	while (n--)
		syscall(SYS_getppid);
}

static void *thread_calls(void *unused)
{
	calls_of(1000);
	return unused;
}

static void *thread_execs(void *program)
{
	execl(program, program, "child", (char *)NULL);
	return NULL;
}

/* A child that does one thing. */
static void in_child(const char *program, const char *what)
{
	pthread_t thread;
	int status;
	pid_t child = fork();

	if (!child && !strcmp(what, "exec"))
		execl(program, program, "child", (char *)NULL);
	if (!child && !strcmp(what, "thread exec") && !pthread_create(&thread, NULL, thread_execs, (void *)program))
		pthread_join(thread, NULL);
	if (!child) {
		calls_of(100);
		_exit(0);
	}
	waitpid(child, &status, 0);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc > 1) {
		calls_of(10);
		_exit(0);
	}
	if (!pthread_create(&thread, NULL, thread_calls, NULL))
		pthread_join(thread, NULL);
	in_child(argv[0], "");
	in_child(argv[0], "exec");
	in_child(argv[0], "thread exec");
	every_call();
	_exit(0);
}
