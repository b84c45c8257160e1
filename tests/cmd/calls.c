/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program whose events are known: calls N [fork|exec|thread] makes N calls
 * of getppid(2), in itself, in a child, in a program that it execs in a
 * child, or in a second thread. It leaves by _exit(2): the leak check of a
 * sanitizer makes such calls too.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void *calls(void *n)
{
	for (long i = 0; i < *(long *)n; i++)
		syscall(SYS_getppid);
	return NULL;
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	const char *how = argc > 2 ? argv[2] : "";
	pthread_t thread;
	int status = 0;

	if (!strcmp(how, "thread")) {
		if (pthread_create(&thread, NULL, calls, &n) || pthread_join(thread, NULL))
			return 99;
		_exit(0);
	}
	if (!*how) {
		calls(&n);
		_exit(0);
	}
	pid_t child = fork();
	if (!child && !strcmp(how, "exec"))
		execl(argv[0], argv[0], argv[1], (char *)NULL);
	if (!child) {
		calls(&n);
		_exit(0);
	}
	_exit(child < 0 || waitpid(child, &status, 0) != child || status);
}
