/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls the kernel with values that a test knows. With an argument it does
 * what the guest of tests/vm/arm64 has no shell for: `calls write FILE TEXT…`
 * appends a line to a file, `calls show FILE` prints one, `calls up` sets the
 * loopback interface up.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PORT = 0x1281, SENDS = 5, SIZE = 1234 };

static int append(const char *path, char **words)
{
	char line[4096] = "";
	int fd = open(path, O_WRONLY | O_APPEND);

	for (; *words; words++) {
		strcat(line, *words);
		strcat(line, words[1] ? " " : "\n");
	}
	if (fd >= 0 && write(fd, line, strlen(line)) == (ssize_t)strlen(line))
		return 0;
	printf("cannot write %s to %s: %s\n", line, path, strerror(errno));
	return 1;
}

static int show(const char *path)
{
	char piece[4096];
	int fd = open(path, O_RDONLY);
	ssize_t n;

	while (fd >= 0 && (n = read(fd, piece, sizeof(piece))) > 0)
		if (write(1, piece, (size_t)n) != n)
			return 1;
	return fd < 0;
}

static int set_up(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	return ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFFLAGS, &lo) != 0;
}

/* SENDS times SIZE bytes over a connection to ourselves. */
static int send_all(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int l = socket(AF_INET, SOCK_STREAM, 0), fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
	static char data[SIZE];

	setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(l, (void *)&a, sizeof(a)) || listen(l, 1))
		return 1;
	if (!fork()) {
		int c = accept(l, 0, 0);
		close(fd);
		while (read(c, data, sizeof(data)) > 0)
			;
		_exit(0);
	}
	if (connect(fd, (void *)&a, sizeof(a)))
		return 1;
	for (int i = 0; i < SENDS; i++)
		if (write(fd, data, sizeof(data)) != SIZE)
			return 1;
	close(fd);
	wait(0);
	return 0;
}

static int use_file(void)
{
	static char first[100], second[300];
	const struct iovec pieces[] = { { first, sizeof(first) }, { second, sizeof(second) } };
	int fd = open("/tmp/ptk-file", O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || writev(fd, pieces, 2) != 400 || lseek(fd, -5, SEEK_CUR) != 395)
		return 1;
	unlink("/tmp/ptk-file");
	mkdir("/tmp/ptk-folder", 0751);
	rmdir("/tmp/ptk-folder");
	return 0;
}

static int change_user(void)
{
	return seteuid(1234) || geteuid() != 1234 || seteuid(0);
}

int main(int argc, char **argv)
{
	if (argc > 3 && !strcmp(argv[1], "write"))
		return append(argv[2], argv + 3);
	if (argc > 2 && !strcmp(argv[1], "show"))
		return show(argv[2]);
	if (argc > 1)
		return set_up();
	int failed = send_all() | use_file() << 1 | change_user() << 2;
	if (failed)
		printf("what went wrong: %d\n", failed);
	return failed;
}
