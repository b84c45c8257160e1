/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are made: never through a link, never over another user's, whole or not at all. */
#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "tests/lib/tap.h"

static bool exists(const char *path)
{
	struct stat st;

	return !lstat(path, &st);
}

static void put(const char *path, const char *text)
{
	autofclose FILE *f = fopen(path, "w");

	fputs(text, f);
}

static void create(void)
{
	struct stat st;
	enum file_created how;
	int fd;

	CHECK_OK(file_create("new", true, &how, &fd), "a new file");
	fstat(fd, &st);
	CHECK_EQ(st.st_mode & 07777, 0600, "is its owner's alone");
	CHECK_EQ(how, FILE_NEW, "and nothing was put aside for it");
	close(fd);
	put("new", "old contents");
	CHECK_OK(file_create("new", true, &how, &fd), "once more");
	CHECK_EQ(how, FILE_OLD_KEPT, "with one put aside");
	close(fd);
	autostrbuf struct strbuf b = { 0 };
	CHECK_OK(file_read("new.old", 1000, &b), "the one before is kept");
	CHECK_STR(strbuf_str(&b), "old contents", "as it was");
	file_uncreate("new", how);
	strbuf_truncate(&b, 0);
	CHECK_OK(file_read("new", 1000, &b), "what came to nothing is taken back");
	CHECK_STR(strbuf_str(&b), "old contents", "and the one before is in its place");
	CHECK(!exists("new.old"), "once");
	put("gone.old", "of another day");
	CHECK_OK(file_create("gone", true, &how, &fd), "a new file beside an older .old");
	close(fd);
	file_uncreate("gone", how);
	CHECK(!exists("gone") && exists("gone.old"), "which stays what it is when the new one goes");
	CHECK(!symlink("new", "link"), "a link");
	CHECK_ERR(file_create("link", true, NULL, &fd), "symbolic link", "is not written through");
	CHECK(exists("new") && exists("link"), "and nothing was touched");
	CHECK_ERR(file_create(".", true, NULL, &fd), "directory", "nor is a directory");
	CHECK_ERR(file_create("no/such/folder", true, NULL, &fd), "No such file", "nor a path that is not there");
	CHECK_OK(file_create("/dev/null", true, &how, &fd), "a device is opened as it is");
	CHECK_EQ(how, FILE_OPENED, "and said to be one");
	close(fd);
	if (geteuid()) {
		SKIP(2, "only root can make another user's file");
		return;
	}
	put("theirs", "x");
	CHECK(!chown("theirs", 12345, 12345), "another user's file");
	CHECK_ERR(file_create("theirs", true, NULL, &fd), "another user", "is left alone");
}

static void whole(void)
{
	struct file_new f;
	autostrbuf struct strbuf b = { 0 };

	CHECK_OK(file_begin("whole", false, &f), "a file begins");
	fputs("text", f.out);
	CHECK(!exists("whole"), "and is not there yet");
	CHECK_OK(file_commit(&f), "it is committed");
	CHECK_OK(file_read("whole", 1000, &b), "then it is");
	CHECK_STR(strbuf_str(&b), "text", "with its contents");
	CHECK_OK(file_begin("whole", false, &f), "another");
	fputs("other", f.out);
	char *temporary = xstrdup(f.temporary);
	file_abandon(&f);
	CHECK(!exists(temporary), "that is abandoned leaves nothing");
	free(temporary);
	strbuf_truncate(&b, 0);
	CHECK_ERR(file_read("whole", 2, &b), "too large", "a file that is longer than it may be");
}

int main(void)
{
	char dir[] = "/tmp/ptk-file.XXXXXX";

	if (!mkdtemp(dir) || chdir(dir))
		return 99;
	create();
	whole();
	if (chdir("/"))
		return 99;
	autofree char *clean = xasprintf("rm -rf %s", dir);
	return system(clean) ? 99 : tap_done();
}
