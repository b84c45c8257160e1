/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/synthesize.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "abi/build.h"
#include "base/cleanup.h"
#include "elf/image.h"
#include "os/procfs.h"

enum { FLUSH_BYTES = 256 << 10 };

static struct build build_into(struct synthesize *s)
{
	return (struct build){ .out = &s->out, .layout = s->layout };
}

struct error *synthesize_flush(struct synthesize *s)
{
	struct error *err = NULL;

	if (s->flush && s->out.len)
		err = s->flush(s->ctx, &s->out);
	return err;
}

/* Says of a FORK that the child shares nothing with its parent: readers must not copy the parent's mappings. */
static void mark_as_exec(struct strbuf *out, size_t at)
{
	uint16_t misc = PERF_RECORD_MISC_FORK_EXEC;

	memcpy(out->data + at + offsetof(struct perf_event_header, misc), &misc, sizeof(misc));
}

static void add_fork(struct synthesize *s, pid_t pid, pid_t ppid, pid_t tid)
{
	struct build b = build_into(s);
	uint32_t parent = (uint32_t)(tid == pid ? ppid : pid);
	size_t at = s->out.len;

	build_fork(&b, &(struct record_fork){
		.pid = (uint32_t)pid, .ppid = parent, .tid = (uint32_t)tid, .ptid = parent });
	mark_as_exec(&s->out, at);
}

/*
 * The build-id of a mapped file, so that a recording that is never finished
 * names its images, too. Through the task's own root: it may live in
 * another mount namespace. Each file is looked at once.
 */
static const struct synthesized_file *file_of(struct synthesize *s, pid_t pid, const struct procfs_map *map,
					      const char *name)
{
	bool added;
	uint64_t *index = map64_put(&s->files, hash_mix((uint64_t)map->major << 32 | map->minor, map->inode), &added);

	if (added) {
		struct synthesized_file file = { 0 };
		autofree char *path = os_path(s->os, "/proc/%d/root%s", pid, name);
		file.size = (uint8_t)image_build_id_of(path, file.id);
		vec_push(&s->known, file);
		*index = s->known.len;
	}
	return &s->known.data[*index - 1];
}

static void add_map(struct synthesize *s, pid_t pid, const struct procfs_map *map)
{
	struct build b = build_into(s);
	char name[PATH_MAX];
	uint16_t misc = PERF_RECORD_MISC_USER;

	if (!(map->prot & PROT_EXEC)) {
		if (!s->data_maps || !(map->prot & PROT_READ))
			return;
		misc |= PERF_RECORD_MISC_MMAP_DATA;
	}
	if (!map->name_len)
		strcpy(name, "//anon");
	else if (!procfs_map_name(map, name, sizeof(name)))
		strcpy(name, "//toolong");
	struct record_mmap mmap = {
		.pid = (uint32_t)pid, .tid = (uint32_t)pid,
		.start = map->start, .len = map->end - map->start, .pgoff = map->offset,
		.maj = map->major, .min = map->minor, .ino = map->inode,
		.prot = map->prot, .flags = map->flags, .filename = name,
	};
	if (map->inode && *name == '/' && (map->prot & PROT_EXEC)) {
		const struct synthesized_file *file = file_of(s, pid, map, name);
		mmap.build_id_size = file->size;
		memcpy(mmap.build_id, file->id, sizeof(file->id));
	}
	build_mmap2(&b, misc, &mmap);
}

static void add_maps(struct synthesize *s, pid_t pid)
{
	autostrbuf struct strbuf text = { 0 };
	struct procfs_map map;

	if (!procfs_maps(s->os, pid, &text) || !text.len)
		return;
	const char *at = strbuf_str(&text), *end = at + text.len;
	while (procfs_next_map(&at, end, &map))
		add_map(s, pid, &map);
}

/* FORK, COMM and MMAP2 for every thread of a process; nothing when it is gone. */
static struct error *synthesize_process(struct synthesize *s, pid_t pid)
{
	struct procfs_ids threads = { 0 };
	struct procfs_status status;
	char comm[16];

	if (!procfs_status(s->os, pid, &status) || !procfs_threads(s->os, pid, &threads))
		return NULL;
	for (size_t i = 0; i < threads.ids.len; i++) {
		pid_t tid = threads.ids.data[i];
		struct build b = build_into(s);
		if (!procfs_comm(s->os, pid, tid, comm))
			continue;
		add_fork(s, pid, status.ppid, tid);
		build_comm(&b, &(struct record_comm){ .pid = (uint32_t)pid, .tid = (uint32_t)tid, .comm = comm });
		if (tid == pid)
			add_maps(s, pid);
	}
	procfs_ids_deinit(&threads);
	return s->out.len >= FLUSH_BYTES ? synthesize_flush(s) : NULL;
}

static struct error *processes(struct synthesize *s, const struct procfs_ids *pids)
{
	for (size_t i = 0; i < pids->ids.len; i++)
		TRY(synthesize_process(s, pids->ids.data[i]));
	return NULL;
}

struct error *synthesize_all(struct synthesize *s)
{
	struct procfs_ids pids = { 0 };
	struct error *err = NULL;

	if (procfs_processes(s->os, &pids))
		err = processes(s, &pids);
	procfs_ids_deinit(&pids);
	return err;
}

struct error *synthesize_tasks(struct synthesize *s, const pid_t *tids, size_t n)
{
	struct procfs_ids pids = { 0 };
	struct map64 seen = { 0 };
	struct procfs_status status;

	for (size_t i = 0; i < n; i++) {
		bool added;
		/* Threads of a process seen before need not be asked for their process. */
		map64_put(&seen, (uint64_t)tids[i], &added);
		if (!added || !procfs_status(s->os, tids[i], &status))
			continue;
		if (status.pid == tids[i] || (map64_put(&seen, (uint64_t)status.pid, &added), added))
			vec_push(&pids.ids, status.pid);
		struct procfs_ids threads = { 0 };
		procfs_threads(s->os, status.pid, &threads);
		for (size_t t = 0; t < threads.ids.len; t++)
			map64_put(&seen, (uint64_t)threads.ids.data[t], NULL);
		procfs_ids_deinit(&threads);
	}
	struct error *err = processes(s, &pids);
	map64_deinit(&seen);
	procfs_ids_deinit(&pids);
	return err;
}

void synthesize_deinit(struct synthesize *s)
{
	strbuf_deinit(&s->out);
	map64_deinit(&s->files);
	vec_deinit(&s->known);
}
