/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pmu/target.h"

#include <ctype.h>
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/number.h"

static int compare_tasks(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

static void unique_tasks(struct target *target)
{
	size_t n = 0;

	vec_sort(&target->tasks, compare_tasks);
	for (size_t i = 0; i < target->tasks.len; i++)
		if (!n || target->tasks.data[n - 1] != target->tasks.data[i])
			target->tasks.data[n++] = target->tasks.data[i];
	target->tasks.len = n;
}

/* A directory entry of procfs that is a task's number; 0 for others. */
static pid_t entry_task(const struct dirent *entry)
{
	uint64_t id;

	return isdigit((unsigned char)entry->d_name[0]) && number_u64(entry->d_name, &id) && id <= INT32_MAX ? (pid_t)id : 0;
}

/* Every thread of the process; false when there is none. */
static bool add_process(const struct os *os, pid_t pid, struct target *target)
{
	autofree char *path = os_path(os, "/proc/%d/task", pid);
	autodir DIR *dir = opendir(path);
	size_t before = target->tasks.len;
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry_task(entry))
			vec_push(&target->tasks, entry_task(entry));
	return target->tasks.len > before;
}

static bool add_thread(const struct os *os, pid_t tid, struct target *target)
{
	autofree char *path = os_path(os, "/proc/%d/task/%d", tid, tid);

	/* /proc/TID is there for every thread, though it is not listed; its task/ lists all of the process */
	if (access(path, F_OK))
		return false;
	vec_push(&target->tasks, tid);
	return true;
}

typedef bool add_task(const struct os *os, pid_t id, struct target *target);

/* A list of ids as -p and -t take it. */
static struct error *add_list(const struct os *os, const char *text, const char *what, add_task *add, struct target *target)
{
	const char *p = text;

	do {
		size_t len = strcspn(p, ",");
		autofree char *word = xstrndup(p, len);
		uint64_t id;
		if (!isdigit((unsigned char)*word) || !number_u64(word, &id) || !id || id > INT32_MAX)
			return error_hint(error_at(error_usage("%s is no %s id", len ? word : "an empty word", what),
						   text, (size_t)(p - text), len),
					  "write numbers, with commas between them; pidof NAME and pgrep find them");
		if (!add(os, (pid_t)id, target))
			return error_hint(error_at(error_usage("there is no %s %s", what, word), text, (size_t)(p - text), len),
					  "it has ended, or it lives in another PID namespace; ps -eLf lists those that are here");
		p += len;
	} while (*p++);
	return NULL;
}

/* The effective user of a process, from its status. */
static bool process_user(const struct os *os, pid_t pid, uid_t *user)
{
	autofree char *path = xasprintf("/proc/%d/status", pid);
	autostrbuf struct strbuf status = { 0 };
	const char *line;
	char *end;

	if (!os_read(os, path, &status) || !(line = strstr(strbuf_str(&status), "\nUid:")))
		return false;
	strtoul(line + 5, &end, 10);
	*user = (uid_t)strtoul(end, NULL, 10);
	return true;
}

static struct error *add_user(const struct os *os, const char *name, struct target *target)
{
	autofree char *path = os_path(os, "/proc");
	struct dirent *entry;
	uint64_t number;
	uid_t user, owner;

	if (number_u64(name, &number) && number < UINT32_MAX) {
		user = (uid_t)number;
	} else {
		struct passwd *pw = getpwnam(name);
		if (!pw)
			return error_at(error_usage("there is no user %s", name), name, 0, strlen(name));
		user = pw->pw_uid;
	}
	autodir DIR *dir = opendir(path);
	if (!dir)
		return error_os(errno, "%s", path);
	while ((entry = readdir(dir)))
		if (entry_task(entry) && process_user(os, entry_task(entry), &owner) && owner == user)
			add_process(os, entry_task(entry), target);
	if (!target->tasks.len)
		return error_create("user %s runs no process", name);
	return NULL;
}

/* Points at the word of the list that brought this CPU in. */
static struct error *point_at_cpu(struct error *err, const char *text, int cpu)
{
	const char *p = text;

	do {
		size_t len = strcspn(p, ",");
		autofree char *word = xstrndup(p, len);
		struct cpuset one = { 0 };
		autoerror struct error *bad = cpuset_parse(word, &one);
		bool here = !bad && cpuset_has(&one, cpu);
		cpuset_deinit(&one);
		if (here)
			return error_at(err, text, (size_t)(p - text), len);
		p += len;
	} while (*p++);
	return err;
}

static struct error *parse_cpus(const struct os *os, const char *text, struct target *target)
{
	struct cpuset online = { 0 };
	struct error *err = cpuset_parse(text, &target->cpus);

	if (!err && !target->cpus.cpus.len)
		err = error_hint(error_usage("no CPU was named"), "write numbers and ranges: 0-3,5");
	cpuset_online(os, &online);
	/* both ascend */
	for (size_t i = 0, j = 0; !err && i < target->cpus.cpus.len; i++) {
		int cpu = target->cpus.cpus.data[i];
		while (j < online.cpus.len && online.cpus.data[j] < cpu)
			j++;
		if (j < online.cpus.len && online.cpus.data[j] == cpu)
			continue;
		autofree char *those = cpuset_text(&online);
		err = point_at_cpu(error_usage("CPU %d is not online", cpu), text, cpu);
		err = error_hint(err, "online are %s", those);
	}
	cpuset_deinit(&online);
	return err;
}

struct error *target_parse(const struct os *os, const char *pids, const char *tids, const char *cpus,
			   const char *user, bool all, struct notes *notes, struct target *target)
{
	struct error *err = NULL;

	*target = (struct target){ 0 };
	if (all && (pids || tids || user))
		return error_hint(error_usage("-a (every task) and -%c (some tasks) exclude each other", pids ? 'p' : tids ? 't' : 'u'),
				  "leave one of them out");
	if (pids)
		err = add_list(os, pids, "process", add_process, target);
	if (!err && tids)
		err = add_list(os, tids, "thread", add_thread, target);
	if (!err && user)
		err = add_user(os, user, target);
	if (!err && cpus)
		err = parse_cpus(os, cpus, target);
	if (err) {
		target_deinit(target);
		return err;
	}
	unique_tasks(target);
	target->per_task = target->tasks.len;
	target->system_wide = !target->per_task && (all || cpus);
	return NULL;
}

struct error *target_add_all(const struct os *os, struct target *target)
{
	autofree char *path = os_path(os, "/proc");
	autodir DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return error_os(errno, "%s", path);
	while ((entry = readdir(dir)))
		if (entry_task(entry))
			add_process(os, entry_task(entry), target);
	unique_tasks(target);
	target->per_task = true;
	target->system_wide = false;
	return NULL;
}

bool target_empty(const struct target *target)
{
	return !target->system_wide && !target->per_task;
}

void target_set_command(struct target *target, pid_t pid)
{
	vec_clear(&target->tasks);
	vec_push(&target->tasks, pid);
	target->command = target->per_task = true;
	target->system_wide = false;
}

void target_deinit(struct target *target)
{
	cpuset_deinit(&target->cpus);
	vec_deinit(&target->tasks);
}
