/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -s PROGRAM: any program, with the JSON lines on its standard input. */
#include "cmd/script.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

extern char **environ;

/* A file of the current folder needs no "./"; what is not there is looked for as commands are. */
static char *find_program(const char *program)
{
	return !strchr(program, '/') && !access(program, F_OK) ? xasprintf("./%s", program) : xstrdup(program);
}

static struct error *cannot_start(int reason, const char *program, const char *path)
{
	struct error *err = error_os(reason, "cannot start %s", program);
	struct stat st;

	if (reason == EACCES && !stat(path, &st) && S_ISDIR(st.st_mode))
		return error_hint(err, "it is a directory");
	if (reason == EACCES && !access(path, R_OK))
		return error_hint(err, "chmod +x %s, or name its interpreter: -s python3 %s", program, program);
	return err;
}

/* An end of the pipe that the program does not inherit. */
static int spawn(const char *path, char **argv, int input, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t pipe_signal;
	int reason;

	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &pipe_signal);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	reason = posix_spawnp(pid, path, &actions, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return reason;
}

struct error *script_program_start(struct script_program *p, const char *program, char **args)
{
	autofree char *path = find_program(program);
	VEC(char *) argv = { 0 };
	int ends[2], reason;

	if (pipe2(ends, O_CLOEXEC))
		return error_os(errno, "cannot start %s", program);
	vec_push(&argv, path);
	for (; *args; args++)
		vec_push(&argv, *args);
	vec_push(&argv, NULL);
	reason = spawn(path, argv.data, ends[0], &p->pid);
	vec_deinit(&argv);
	close(ends[0]);
	if (reason) {
		close(ends[1]);
		return cannot_start(reason, program, path);
	}
	/* A program that has read enough ends; what is left is not written, and no reason to die. */
	signal(SIGPIPE, SIG_IGN);
	p->to = fdopen(ends[1], "w");
	return NULL;
}

struct error *script_program_end(struct script_program *p, const char *program, int *status)
{
	int how;

	fclose(p->to);
	p->to = NULL;
	while (waitpid(p->pid, &how, 0) < 0)
		if (errno != EINTR)
			return error_os(errno, "cannot wait for %s", program);
	*status = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
	return WIFSIGNALED(how) ? error_create("%s was ended by signal %d (%s)", program, WTERMSIG(how), strsignal(WTERMSIG(how))) : NULL;
}
