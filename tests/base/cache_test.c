/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is kept comes back, once it is whole and the user's own; everything else is as good as not there. */
#include "base/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "tests/lib/tap.h"

enum { LIMIT = 1 << 20 };

static char root[] = "/tmp/ptk-cache-test.XXXXXX";
static const char what[] = "what was worked out";

static bool comes_back(const char *folder, const char *name, uint32_t layout)
{
	struct cache *cache = cache_create(folder, LIMIT);
	autostrbuf struct strbuf bytes = { 0 };
	bool found = cache_read(cache, name, layout, &bytes);

	cache_destroy(cache);
	if (!found && bytes.len)
		printf("# not found, and %zu bytes all the same\n", bytes.len);
	return found && bytes.len == sizeof(what) && !memcmp(bytes.data, what, sizeof(what));
}

static void put(const char *folder, const char *name)
{
	struct cache *cache = cache_create(folder, LIMIT);

	cache_write(cache, name, 1, what, sizeof(what));
	cache_destroy(cache);
}

static void kept(const char *folder)
{
	struct stat st;
	autofree char *path = xasprintf("%s/a-b.c", folder);

	CHECK(!comes_back(folder, "a-b.c", 1), "nothing was kept");
	CHECK(stat(folder, &st) && errno == ENOENT, "and reading makes no folder");
	put(folder, "a-b.c");
	CHECK(!stat(folder, &st) && (st.st_mode & 07777) == 0700, "writing makes one, its owner's alone");
	CHECK(!stat(path, &st) && (st.st_mode & 07777) == 0600, "so is the file");
	CHECK(comes_back(folder, "a-b.c", 1), "what was kept comes back");
	CHECK(!comes_back(folder, "a-b.c", 2), "not when it meant something else");
	CHECK(!comes_back(folder, "other", 1), "not under another name");
	autofree char *other = xasprintf("%s/other", folder);
	CHECK(!link(path, other), "not even when the file has it");
	CHECK(!comes_back(folder, "other", 1), "that is another's");
	put(folder, "../outside");
	put(folder, "UPPER/CASE");
	autofree char *outside = xasprintf("%s/../outside", folder);
	CHECK(access(outside, F_OK), "a name is no path");
	cache_write(NULL, "x", 1, what, sizeof(what));
	CHECK(!cache_read(NULL, "x", 1, NULL), "no cache: nothing is kept");
	CHECK(!cache_create(NULL, 1), "no folder: no cache");
}

/* Each byte of a file changed in turn, and each length that is not its own. */
static void damaged(const char *folder)
{
	autofree char *path = xasprintf("%s/damaged", folder);
	unsigned char bytes[256];
	int believed = 0;

	put(folder, "damaged");
	autoclose int fd = open(path, O_RDWR);
	ssize_t size = read(fd, bytes, sizeof(bytes));
	for (ssize_t i = 0; i < size; i++) {
		unsigned char wrong = bytes[i] ^ 0x20;
		bool reserved = i >= 12 && i < 16;
		if (pwrite(fd, &wrong, 1, i) != 1)
			break;
		believed += comes_back(folder, "damaged", 1) && !reserved;
		if (pwrite(fd, &bytes[i], 1, i) != 1)
			break;
	}
	CHECK_EQ(believed, 0, "a changed byte is found out, wherever it is");
	CHECK(comes_back(folder, "damaged", 1), "put right, it counts again");
	for (ssize_t i = 0; i < size; i++)
		believed += !truncate(path, size - 1 - i) && comes_back(folder, "damaged", 1);
	CHECK_EQ(believed, 0, "one that is cut short is found out");
	put(folder, "damaged");
	CHECK(comes_back(folder, "damaged", 1), "and is replaced");
	CHECK(!truncate(path, (off_t)1 << 40) && !comes_back(folder, "damaged", 1), "one of a terabyte is not read");
	unlink(path);
}

static void not_ours(const char *folder)
{
	autofree char *path = xasprintf("%s/x", folder), *link = xasprintf("%s/link", folder), *pipe = xasprintf("%s/pipe", folder);
	autofree char *linked = xasprintf("%s-link", folder);

	put(folder, "x");
	CHECK(!symlink("x", link) && !comes_back(folder, "link", 1), "a link is not followed");
	CHECK(!mkfifo(pipe, 0600) && !comes_back(folder, "pipe", 1), "a pipe is not waited for");
	CHECK(!chmod(path, 0620) && !comes_back(folder, "x", 1), "a file that others may write to is not believed");
	chmod(path, 0600);
	CHECK(!symlink(folder, linked) && !comes_back(linked, "x", 1), "nor a folder that is a link");
	CHECK(!chmod(folder, 0777) && !comes_back(folder, "x", 1), "nor one that others may write to");
	put(folder, "y");
	chmod(folder, 0700);
	CHECK(!comes_back(folder, "y", 1), "where nothing is written either");
	CHECK(comes_back(folder, "x", 1), "in the user's own it is");
	if (geteuid()) {
		SKIP(4, "not root: no other users");
		return;
	}
	CHECK(!chown(path, 65534, 0) && !comes_back(folder, "x", 1), "a file of another user is not believed");
	CHECK(!chown(folder, 65534, 0) && !comes_back(folder, "y", 1), "nor a folder of another user");
	autofree char *within = xasprintf("%s/sub", folder);
	put(within, "x");
	CHECK(access(within, F_OK), "in which none is made");
	CHECK(!chown(folder, 0, 0), "given back");
}

static void limited(const char *folder)
{
	struct cache *cache = cache_create(folder, 10000);
	char bytes[3000] = "", huge[20000] = "";
	autofree char *left_over = xasprintf("%s/z.new-1", folder);
	struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
	autostrbuf struct strbuf out = { 0 };

	for (int i = 0; i < 3; i++) {
		autofree char *name = xasprintf("old%d", i), *path = xasprintf("%s/%s", folder, name);
		cache_write(cache, name, 1, bytes, sizeof(bytes));
		old[0].tv_sec = old[1].tv_sec = 1000 + i;
		utimensat(AT_FDCWD, path, old, 0);
	}
	close(open(left_over, O_CREAT | O_WRONLY, 0600));
	utimensat(AT_FDCWD, left_over, old, 0);
	CHECK(cache_read(cache, "old0", 1, &out), "what was read just now is not old");
	cache_write(cache, "new", 1, bytes, sizeof(bytes));
	cache_write(cache, "huge", 1, huge, sizeof(huge));
	cache_destroy(cache);
	cache = cache_create(folder, 10000);
	CHECK(cache_read(cache, "new", 1, &out) && cache_read(cache, "old0", 1, &out), "what was used last stays");
	CHECK(cache_read(cache, "old2", 1, &out), "as much as fits");
	CHECK(!cache_read(cache, "old1", 1, &out), "the oldest goes");
	CHECK(!cache_read(cache, "huge", 1, &out), "what is more than the limit alone is not kept");
	CHECK(access(left_over, F_OK), "what a writer left behind goes, too");
	cache_destroy(cache);
}

static void folders(void)
{
	autofree char *home = xasprintf("%s/home", root);

	mkdir(home, 0700);
	setenv("HOME", home, 1);
	setenv("XDG_CACHE_HOME", "relative", 1);
	autofree char *folder = cache_folder_of_user("ptk"), *want = xasprintf("%s/.cache/ptk", home);
	CHECK_STR(folder, want, "~/.cache: a relative XDG_CACHE_HOME is none");
	put(folder, "x");
	CHECK(comes_back(folder, "x", 1), "~/.cache is made, too");
	setenv("XDG_CACHE_HOME", "/var/x", 1);
	autofree char *other = cache_folder_of_user("ptk");
	CHECK_STR(other, "/var/x/ptk", "XDG_CACHE_HOME");
	unsetenv("XDG_CACHE_HOME");
	unsetenv("HOME");
	CHECK_STR(cache_folder_of_user("ptk"), NULL, "neither");
}

int main(void)
{
	if (!mkdtemp(root))
		return 99;
	autofree char *folder = xasprintf("%s/ptk", root), *limit = xasprintf("%s/limit", root);
	kept(folder);
	damaged(folder);
	not_ours(folder);
	limited(limit);
	folders();
	autofree char *command = xasprintf("rm -rf %s", root);
	return system(command) | tap_done();
}
