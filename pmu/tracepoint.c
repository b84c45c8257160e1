/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tracepoints: SYSTEM:NAME, both sides globs. A glob costs one readdir of
 * each system that matches and one small read an event.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/number.h"
#include "os/tracefs.h"
#include "pmu/grammar.h"

typedef VEC(char *) names;

static void names_deinit(names *n)
{
	for (size_t i = 0; i < n->len; i++)
		free(n->data[i]);
	vec_deinit(n);
}

#define autonames guard(names_deinit)

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_glob(const char *text)
{
	return strpbrk(text, "*?[");
}

/* The folders in a folder, sorted; false with errno. Files (enable, filter) are left out, by type where readdir tells it. */
static bool list_folders(const char *path, names *out)
{
	autodir DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && (entry->d_type == DT_DIR || entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN))
			vec_push(out, xstrdup(entry->d_name));
	int failed = errno;
	vec_sort(out, by_name);
	errno = failed;
	return dir;
}

static struct error *add_one(struct grammar *g, int system_dir, const char *system, const char *name, bool *there)
{
	autofree char *path = xasprintf("%s/id", name), *full = xasprintf("%s:%s", system, name);
	autostrbuf struct strbuf text = { 0 };
	uint64_t id;

	*there = file_read_at(system_dir, path, 64, &text);
	if (!*there) {
		/* No id: an event that only ftrace can use; or a folder that went meanwhile. */
		if (errno == ENOENT || errno == ENOTDIR)
			return NULL;
		autofree char *what = xasprintf("events/%s/%s", system, path);
		return tracefs_error(g->pmus->os, g->pmus->tracefs, what, errno);
	}
	strbuf_truncate(&text, strcspn(strbuf_str(&text), "\n"));
	if (!number_u64(strbuf_str(&text), &id))
		return error_create("the id of tracepoint %s is no number", full);
	grammar_add(g, EVENT_TRACEPOINT, (struct word){ full, strlen(full) }, PERF_TYPE_TRACEPOINT, id)->tracepoint = xstrdup(full);
	return NULL;
}

/* Adds what matches in one system. */
static struct error *add_system(struct grammar *g, const char *events, const char *system, const char *pattern, size_t *found)
{
	autofree char *path = xasprintf("%s/%s", events, system);
	autonames names points = { 0 };
	bool there;

	autoclose int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0) {
		autofree char *what = xasprintf("events/%s", system);
		return errno == ENOENT || errno == ENOTDIR ? NULL : tracefs_error(g->pmus->os, g->pmus->tracefs, what, errno);
	}
	if (!is_glob(pattern)) {
		TRY(add_one(g, dir, system, pattern, &there));
		*found += there;
		return NULL;
	}
	list_folders(path, &points);
	for (size_t i = 0; i < points.len; i++) {
		if (fnmatch(pattern, points.data[i], 0))
			continue;
		TRY(add_one(g, dir, system, points.data[i], &there));
		*found += there;
	}
	return NULL;
}

/* Systems that match; for a plain name the one, whether or not it is there. */
static void matching_systems(const char *events, const char *pattern, names *out)
{
	autonames names all = { 0 };

	if (!is_glob(pattern)) {
		vec_push(out, xstrdup(pattern));
		return;
	}
	list_folders(events, &all);
	for (size_t i = 0; i < all.len; i++)
		if (!fnmatch(pattern, all.data[i], 0))
			vec_push(out, xstrdup(all.data[i]));
}

/* Nothing was found: was it the system, or the name? */
static struct error *nothing(struct grammar *g, const char *events, const char *system_text, struct word system, struct word name)
{
	autonames names all = { 0 }, points = { 0 };
	bool known = false;
	struct error *err;

	list_folders(events, &all);
	for (size_t i = 0; i < all.len; i++) {
		if (fnmatch(system_text, all.data[i], 0))
			continue;
		known = true;
		autofree char *path = xasprintf("%s/%s", events, all.data[i]);
		list_folders(path, &points);
	}
	struct nearest best = { .word = known ? name.at : system.at, .word_len = known ? name.len : system.len };
	names *offered = known ? &points : &all;
	for (size_t i = 0; i < offered->len; i++)
		nearest_offer(&best, offered->data[i]);
	if (known)
		err = grammar_error(g, name, "tracepoints of %.*s: none is called %.*s", (int)system.len, system.at, (int)name.len, name.at);
	else
		err = grammar_error(g, system, "no tracepoints are called %.*s:…", (int)system.len, system.at);
	err = grammar_nearest(err, &best);
	if (known)
		return error_hint(err, "ptk list '%.*s:*' shows them", (int)system.len, system.at);
	return error_hint(err, "ptk list tracepoint shows all that this kernel has; a module's are there once it is loaded");
}

static bool plain(struct word word)
{
	return word.len && word.at[0] != '.' && !memchr(word.at, '/', word.len);
}

struct error *tracepoint_add(struct grammar *g, struct word system, struct word name)
{
	autonames names systems = { 0 };
	const char *tracefs;
	size_t found = 0;
	struct word both = { system.at, (size_t)(name.at + name.len - system.at) };

	if (!plain(system) || !plain(name))
		return error_hint(grammar_error(g, both, "this is no tracepoint"), "write SYSTEM:NAME, as in sched:sched_switch");
	struct error *err = pmus_tracefs(g->pmus, &tracefs);
	if (err)
		return error_at(err, g->text, (size_t)(system.at - g->text), both.len);
	autofree char *events = os_path(g->pmus->os, "%s/events", tracefs);
	autofree char *system_text = xstrndup(system.at, system.len), *name_text = xstrndup(name.at, name.len);
	matching_systems(events, system_text, &systems);
	for (size_t i = 0; i < systems.len; i++) {
		err = add_system(g, events, systems.data[i], name_text, &found);
		if (err)
			return error_at(err, g->text, (size_t)(system.at - g->text), both.len);
	}
	return found ? NULL : nothing(g, events, system_text, system, name);
}

bool tracepoint_system_there(struct grammar *g, struct word system)
{
	const char *tracefs;
	autonames names systems = { 0 };

	if (!plain(system))
		return false;
	autoerror struct error *err = pmus_tracefs(g->pmus, &tracefs);
	if (err)
		return false;
	autofree char *events = os_path(g->pmus->os, "%s/events", tracefs), *text = xstrndup(system.at, system.len);
	matching_systems(events, text, &systems);
	for (size_t i = 0; i < systems.len; i++) {
		autofree char *path = xasprintf("%s/%s", events, systems.data[i]);
		if (!access(path, F_OK))
			return true;
	}
	return false;
}

char *tracepoint_search(struct grammar *g, struct word name)
{
	const char *tracefs;
	autonames names systems = { 0 };
	autoerror struct error *err = plain(name) ? pmus_tracefs(g->pmus, &tracefs) : error_create("no name");

	if (err)
		return NULL;
	autofree char *events = os_path(g->pmus->os, "%s/events", tracefs);
	list_folders(events, &systems);
	for (size_t i = 0; i < systems.len; i++) {
		autofree char *path = xasprintf("%s/%s/%.*s/id", events, systems.data[i], (int)name.len, name.at);
		if (!access(path, F_OK))
			return xasprintf("%s:%.*s", systems.data[i], (int)name.len, name.at);
	}
	return NULL;
}

struct error *tracepoint_each(struct pmus *pmus, void (*call)(void *ctx, const char *system, const char *name), void *ctx)
{
	const char *tracefs;
	autonames names systems = { 0 };

	TRY(pmus_tracefs(pmus, &tracefs));
	autofree char *events = os_path(pmus->os, "%s/events", tracefs);
	if (!list_folders(events, &systems))
		return tracefs_error(pmus->os, tracefs, "events", errno);
	for (size_t i = 0; i < systems.len; i++) {
		autonames names points = { 0 };
		autofree char *path = xasprintf("%s/%s", events, systems.data[i]);
		list_folders(path, &points);
		for (size_t j = 0; j < points.len; j++) {
			autofree char *id = xasprintf("%s/%s/id", path, points.data[j]);
			/* One without an id is ftrace's own. */
			if (!access(id, F_OK))
				call(ctx, systems.data[i], points.data[j]);
		}
	}
	return NULL;
}
