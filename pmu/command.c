/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program that ptk starts: forked first, exec'd when the events are open. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "pmu/target.h"

static void close_channel(struct command *command)
{
	if (command->channel >= 0)
		close(command->channel);
	command->channel = -1;
}

/* The child: a byte means go, an end of file that nobody wants us any more. */
static _Noreturn void wait_and_exec(int channel, char *const *argv)
{
	char byte;
	int problem;

	if (file_read_full(channel, &byte, 1) != 1)
		_exit(0);
	execvp(argv[0], argv);
	problem = errno;
	send(channel, &problem, sizeof(problem), MSG_NOSIGNAL);
	_exit(127);
}

struct error *command_prepare(char *const *argv, struct command *command)
{
	int ends[2];

	*command = (struct command){ .channel = -1, .argv = argv };
	/* a socket: writing to a pipe whose reader was killed would raise SIGPIPE */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return error_os(errno, "cannot start %s", argv[0]);
	pid_t pid = fork();
	if (!pid) {
		close(ends[0]);
		wait_and_exec(ends[1], argv);
	}
	int problem = errno;
	close(ends[1]);
	command->channel = ends[0];
	if (pid < 0) {
		close_channel(command);
		return error_os(problem, "cannot start %s", argv[0]);
	}
	command->pid = pid;
	return NULL;
}

static struct error *cannot_run(const char *name, int problem)
{
	struct error *err = error_os(problem, "cannot run %s", name);

	if (problem == ENOENT && !strchr(name, '/'))
		return error_hint(err, "no folder of PATH has a program of that name");
	if (problem == EACCES)
		return error_hint(err, "it is no program: not executable, or a folder on the way is not yours to enter");
	return err;
}

struct error *command_start(struct command *command)
{
	int problem = 0;

	bool told = send(command->channel, "", 1, MSG_NOSIGNAL) == 1;
	/* an exec closes the other end */
	ssize_t n = file_read_full(command->channel, &problem, sizeof(problem));
	close_channel(command);
	if (told && n != (ssize_t)sizeof(problem))
		return NULL;
	waitpid(command->pid, NULL, 0);
	command->pid = 0;
	return told ? cannot_run(command->argv[0], problem) : error_create("%s was ended before it ran", command->argv[0]);
}

void command_abandon(struct command *command)
{
	if (!command->argv || command->channel < 0)
		return;
	/* closing alone is no end of file where another process that was forked meanwhile has a copy */
	shutdown(command->channel, SHUT_RDWR);
	close_channel(command);
	waitpid(command->pid, NULL, 0);
	command->pid = 0;
}
