/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first and only program of a test guest. Runs the lines of /jobs, words
 * parted by blanks, one after the other; a line's output is framed by
 * "@@ N" and "@@ N STATUS" on the console. Then the guest is off.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 64 };

static void mount_at(const char *type, const char *where)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, NULL))
		printf("@! cannot mount %s\n", where);
}

static int run(char *line)
{
	char *words[WORDS_MAX + 1];
	int n = 0, status = 0;

	for (char *word = strtok(line, " "); word && n < WORDS_MAX; word = strtok(NULL, " "))
		words[n++] = word;
	words[n] = NULL;
	pid_t pid = fork();
	if (!pid) {
		execv(words[0], words);
		printf("@! cannot run %s\n", words[0]);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(void)
{
	char line[4096];
	int number = 0;

	mkdir("/dev", 0755);
	mount_at("devtmpfs", "/dev");
	int console = open("/dev/console", O_RDWR);
	for (int fd = 0; console >= 0 && fd < 3; fd++)
		dup2(console, fd);
	setvbuf(stdout, NULL, _IOLBF, 0);
	mount_at("proc", "/proc");
	mount_at("sysfs", "/sys");
	mount_at("tracefs", "/sys/kernel/tracing");
	mount_at("tmpfs", "/tmp");
	setenv("PATH", "/", 1);
	setenv("HOME", "/tmp", 1);
	setenv("NO_COLOR", "1", 1);
	FILE *jobs = fopen("/jobs", "r");
	while (jobs && fgets(line, sizeof(line), jobs)) {
		line[strcspn(line, "\n")] = 0;
		if (!*line)
			continue;
		printf("@@ %d\n", ++number);
		int status = run(line);
		printf("@@ %d %d\n", number, status);
	}
	puts("@@ end");
	sync();
	reboot(RB_POWER_OFF);
	return 1;
}
