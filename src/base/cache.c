/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/cache.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/vec.h"

enum {
	DAY = 24 * 60 * 60,	/* seconds: how exactly "used last" is known */
	TEMPORARY_AGE = 3600,	/* seconds, after which nobody writes a file any more */
	FILES_MAX = 65536,	/* looked at */
};

static const char temporary[] = ".new-";

/* What a file begins with; in the machine's byte order, which damages it for others. */
struct entry_header {
	char magic[8];
	uint32_t layout, reserved;
	uint64_t size;		/* of what follows */
	uint64_t sum;		/* of the name and of what follows */
};

static const char magic[8] = "ptkcache";

struct cache {
	char *folder;
	uint64_t limit;
	int dir;		/* -1: not open */
	bool refused;		/* the folder is not to be used */
	bool written;		/* something: it may have become too much */
};

struct cache *cache_create(const char *folder, uint64_t limit)
{
	if (!folder)
		return NULL;
	struct cache *c = xcalloc(1, sizeof(*c));
	c->folder = xstrdup(folder);
	c->limit = limit;
	c->dir = -1;
	return c;
}

char *cache_folder_of_user(const char *name)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (cache && *cache == '/')	/* others are to be ignored, says the specification */
		return xasprintf("%s/%s", cache, name);
	return home && *home == '/' ? xasprintf("%s/.cache/%s", home, name) : NULL;
}

/* ---- the folder */

/* Can nobody but this user (and root) have put anything there? */
static bool is_ours(const struct stat *st)
{
	return st->st_uid == geteuid() && !(st->st_mode & (S_IWGRP | S_IWOTH));
}

static bool open_folder(struct cache *c)
{
	struct stat st;

	if (c->dir >= 0 || c->refused)
		return c->dir >= 0;
	c->dir = open(c->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (c->dir < 0 || (!fstat(c->dir, &st) && is_ours(&st)))
		return c->dir >= 0;
	close(c->dir);
	c->dir = -1;
	c->refused = true;
	return false;
}

/* Makes a folder, and the one that it is to lie in, within folders of this user alone: root leaves nothing in another's home. */
static bool make_folder(const char *path, int missing)
{
	autofree char *parent = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	struct stat st;

	if (!*parent)
		return false;
	if (stat(parent, &st) && (!missing || !make_folder(parent, missing - 1) || stat(parent, &st)))
		return false;
	return st.st_uid == geteuid() && !mkdir(path, 0700);
}

static bool open_or_make_folder(struct cache *c)
{
	if (open_folder(c))
		return true;
	if (!c->refused && !make_folder(c->folder, 1))
		c->refused = true;
	return open_folder(c);
}

/* ---- what is too much */

struct found {
	char *name;
	uint64_t size;
	struct timespec used;
};

struct all_found {
	VEC(struct found) files;
};

static int used_last(const void *x, const void *y)
{
	const struct found *a = x, *b = y;

	if (a->used.tv_sec != b->used.tv_sec)
		return a->used.tv_sec > b->used.tv_sec ? -1 : 1;
	return (a->used.tv_nsec < b->used.tv_nsec) - (a->used.tv_nsec > b->used.tv_nsec);
}

static void list_files(DIR *dir, struct all_found *found)
{
	struct dirent *entry;
	struct stat st;

	while (found->files.len < FILES_MAX && (entry = readdir(dir)))
		if (!fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode))
			vec_push(&found->files, (struct found){ xstrdup(entry->d_name), (uint64_t)st.st_size, st.st_mtim });
}

static void keep_to_limit(const struct cache *c)
{
	autodir DIR *dir = fdopendir(openat(c->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	struct all_found found = { 0 };
	time_t now = time(NULL);
	uint64_t sum = 0;

	if (!dir)
		return;
	list_files(dir, &found);
	vec_sort(&found.files, used_last);
	for (size_t i = 0; i < found.files.len; i++) {
		const struct found *f = &found.files.data[i];
		bool left_over = strstr(f->name, temporary) && now - f->used.tv_sec > TEMPORARY_AGE;
		sum += f->size;
		if (sum > c->limit || left_over)
			unlinkat(c->dir, f->name, 0);
	}
	for (size_t i = 0; i < found.files.len; i++)
		free(found.files.data[i].name);
	vec_deinit(&found.files);
}

void cache_destroy(struct cache *c)
{
	if (!c)
		return;
	if (c->written)
		keep_to_limit(c);
	if (c->dir >= 0)
		close(c->dir);
	free(c->folder);
	free(c);
}

/* ---- entries */

static uint64_t sum_of(const char *name, const void *bytes, size_t size)
{
	return hash_bytes(bytes, size, hash_bytes(name, strlen(name), 0));
}

static bool is_name(const char *name)
{
	return *name != '.' && *name && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.")];
}

/* The bytes of an open file, when they are what its header says. */
static bool read_entry(int fd, const char *name, uint32_t layout, uint64_t size, struct strbuf *out)
{
	struct entry_header header;

	if (size < sizeof(header) || size - sizeof(header) > CACHE_ENTRY_MAX ||
	    file_read_full(fd, &header, sizeof(header)) != sizeof(header))
		return false;
	size -= sizeof(header);
	if (memcmp(header.magic, magic, sizeof(magic)) || header.layout != layout || header.size != size)
		return false;
	char *bytes = strbuf_reserve(out, size);
	if (file_read_full(fd, bytes, size) != (ssize_t)size || sum_of(name, bytes, size) != header.sum)
		return false;
	out->len += size;
	return true;
}

bool cache_read(struct cache *c, const char *name, uint32_t layout, struct strbuf *out)
{
	struct stat st;

	if (!c || !is_name(name) || !open_folder(c))
		return false;
	/* Not waiting for the writer of a pipe. */
	autoclose int fd = openat(c->dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || !is_ours(&st) ||
	    !read_entry(fd, name, layout, (uint64_t)st.st_size, out))
		return false;
	if (time(NULL) - st.st_mtime > DAY)
		futimens(fd, NULL);
	return true;
}

static bool write_entry(int fd, const struct entry_header *header, const void *bytes)
{
	return file_write_full(fd, header, sizeof(*header)) == sizeof(*header) &&
	       file_write_full(fd, bytes, header->size) == (ssize_t)header->size;
}

void cache_write(struct cache *c, const char *name, uint32_t layout, const void *bytes, size_t size)
{
	struct entry_header header = { .layout = layout, .size = size, .sum = sum_of(name, bytes, size) };

	if (!c || !is_name(name) || size > CACHE_ENTRY_MAX || size > c->limit || !open_or_make_folder(c))
		return;
	memcpy(header.magic, magic, sizeof(magic));
	autofree char *fresh = xasprintf("%s%s%d", name, temporary, getpid());
	int fd = openat(c->dir, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	bool good = write_entry(fd, &header, bytes);
	good = !close(fd) && good && !renameat(c->dir, fresh, c->dir, name);
	if (!good)
		unlinkat(c->dir, fresh, 0);
	c->written |= good;
}
