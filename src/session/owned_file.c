/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/owned_file.h"

#include <fcntl.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "os/procfs.h"

int owned_file_open(const struct os *os, char *path, uint32_t pid, struct stat *st)
{
	struct procfs_status status;
	int fd = file_open_regular(path, O_NOFOLLOW, NULL);

	free(path);
	if (fd < 0)
		return -1;
	if (!fstat(fd, st) && (!st->st_uid || st->st_uid == geteuid() ||
			       (procfs_status(os, (pid_t)pid, &status) && status.uid == st->st_uid)))
		return fd;
	close(fd);
	return -1;
}
