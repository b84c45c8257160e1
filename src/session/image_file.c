/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/image_file.h"

#include <limits.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "elf/debugfile.h"
#include "os/procfs.h"

static const char deleted[] = " (deleted)";

bool build_id_agrees(const uint8_t *recorded, size_t recorded_size, const uint8_t *id, size_t size)
{
	if (!size || recorded_size < size || memcmp(recorded, id, size))
		return false;
	for (size_t i = size; i < recorded_size; i++)
		if (recorded[i])
			return false;
	return true;
}

/* The places to look in, with what a file there has to be. */
struct search {
	const struct images_options *options;
	const uint8_t *build_id;
	uint8_t build_id_size;
	bool replaced;
	struct image *found;
};

/* `must_agree`: a file whose build cannot be told is not taken. Takes over path. */
static bool try(struct search *s, char *path, bool must_agree)
{
	struct image *image;
	uint8_t id[BUILD_ID_MAX];
	struct error *err = image_open(path, &image);

	free(path);
	if (err) {
		error_destroy(err);
		return false;
	}
	size_t size = image_build_id(image, id);
	bool agrees = s->build_id_size && build_id_agrees(s->build_id, s->build_id_size, id, size);
	if (agrees || (!s->build_id_size && !must_agree)) {
		s->found = image;
		return true;
	}
	s->replaced |= s->build_id_size;
	image_close(image);
	return false;
}

/* Does the process see other files than this one under the same paths? */
static bool lives_elsewhere(const struct os *os, uint32_t pid)
{
	autofree char *theirs = os_path(os, "/proc/%u/ns/mnt", pid);
	autofree char *ours = os_path(os, "/proc/self/ns/mnt");
	struct stat a, b;

	return !stat(theirs, &a) && !stat(ours, &b) && (a.st_ino != b.st_ino || a.st_dev != b.st_dev);
}

static bool links_to(const char *link, const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlink(link, target, sizeof(target));

	return n > 0 && n < (ssize_t)sizeof(target) && (size_t)n == strlen(path) && !memcmp(target, path, (size_t)n);
}

/* A deleted file can still be reached through the process that has it mapped. */
static bool try_deleted(struct search *s, const char *path, uint32_t pid)
{
	autofree char *exe = os_path(s->options->os, "/proc/%u/exe", pid);
	autofree char *folder = os_path(s->options->os, "/proc/%u/map_files", pid);
	struct dirent *entry;

	if (links_to(exe, path) && try(s, xstrdup(exe), false))
		return true;
	autodir DIR *dir = opendir(folder);
	while (dir && (entry = readdir(dir))) {
		autofree char *link = xasprintf("%s/%s", folder, entry->d_name);
		if (links_to(link, path))
			return try(s, xstrdup(link), false);
	}
	return false;
}

struct image *image_file_open(const struct images_options *options, const char *path, uint32_t pid,
			      const uint8_t *build_id, uint8_t build_id_size, bool *replaced)
{
	struct search s = { .options = options, .build_id = build_id, .build_id_size = build_id_size };
	size_t len = strlen(path), mark = strlen(deleted);
	bool gone = len > mark && !strcmp(path + len - mark, deleted);
	int plain = (int)(gone ? len - mark : len);
	bool live = options->same_machine && pid && !options->symfs;

	*replaced = false;
	if (*path != '/' || len > PATH_MAX)
		return NULL;
	bool elsewhere = live && lives_elsewhere(options->os, pid);
	if (elsewhere && try(&s, os_path(options->os, "/proc/%u/root%.*s", pid, plain, path), gone))
		return s.found;
	if (gone && live && try_deleted(&s, path, pid))
		return s.found;
	if (try(&s, xasprintf("%s%.*s", options->symfs ? options->symfs : "", plain, path), gone))
		return s.found;
	if (!elsewhere && live && try(&s, os_path(options->os, "/proc/%u/root%.*s", pid, plain, path), gone))
		return s.found;
	if (options->build_id_cache && build_id_size &&
	    try(&s, build_id_path(options->build_id_cache, build_id, build_id_size, "/elf"), true))
		return s.found;
	*replaced = s.replaced;
	return NULL;
}

struct image *image_vdso_open(const uint8_t *build_id, uint8_t build_id_size)
{
	static const struct os machine = { "" };
	uint64_t start = getauxval(AT_SYSINFO_EHDR);
	autostrbuf struct strbuf maps = { 0 };
	struct procfs_map map;
	struct image *image;
	uint8_t id[BUILD_ID_MAX];

	if (!start || !procfs_maps(&machine, getpid(), &maps))
		return NULL;
	const char *at = strbuf_str(&maps), *end = at + maps.len;
	while (procfs_next_map(&at, end, &map)) {
		if (map.start != start)
			continue;
		autoerror struct error *err = image_open_memory((const void *)(uintptr_t)start, map.end - start, "[vdso]", &image);
		if (err)
			return NULL;
		size_t size = image_build_id(image, id);
		if (!build_id_size || build_id_agrees(build_id, build_id_size, id, size))
			return image;
		image_close(image);
		return NULL;
	}
	return NULL;
}
