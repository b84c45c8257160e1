/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pmu/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/nearest.h"

/* The options of a mount have this word. */
static bool has_option(const char *options, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = options; *p; p += strcspn(p, ",")) {
		p += *p == ',';
		if (!strncmp(p, word, len) && (!p[len] || p[len] == ','))
			return true;
	}
	return false;
}

/* A line of /proc/self/mounts (fstab(5)): source, where, type, options. */
static void look_at(char *line, char **unified, char **old)
{
	char *save, *source = strtok_r(line, " ", &save), *where = strtok_r(NULL, " ", &save), *type = strtok_r(NULL, " ", &save),
	     *options = strtok_r(NULL, " ", &save);

	if (!source || !options)
		return;
	if (!*unified && !strcmp(type, "cgroup2"))
		*unified = xstrdup(where);
	if (!*old && !strcmp(type, "cgroup") && has_option(options, "perf_event"))
		*old = xstrdup(where);
}

/* Where the hierarchy is mounted, below the root; for the caller to free. */
static struct error *cgroup_mount(const struct os *os, char **path)
{
	autostrbuf struct strbuf text = { 0 };
	autofree char *unified = NULL, *old = NULL;
	char *save;

	if (os_read(os, "/proc/self/mounts", &text) && text.len)
		for (char *line = strtok_r(text.data, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
			look_at(line, &unified, &old);
	/* a kernel whose version 1 has the controller does not count by the unified one */
	const char *found = old ? old : unified;
	if (!found)
		return error_hint(error_create("no cgroup hierarchy is mounted here"),
				  "mount -t cgroup2 cgroup2 /sys/fs/cgroup");
	*path = os_path(os, "%s", found);
	return NULL;
}

/* Folders beside the one that is not there. */
static struct error *no_cgroup(const char *mount, const char *name)
{
	autofree char *full = xasprintf("%s/%s", mount, name);
	char *slash = strrchr(full, '/');
	struct nearest best = { .word = strrchr(name, '/') ? strrchr(name, '/') + 1 : name };
	VEC(char *) names = { 0 };
	struct dirent *entry;

	*slash = 0;
	autodir DIR *dir = opendir(full);
	while (dir && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			vec_push(&names, xstrdup(entry->d_name));
	for (size_t i = 0; i < names.len; i++)
		nearest_offer(&best, names.data[i]);
	struct error *err = error_at(error_usage("there is no cgroup %s", name), name, 0, strlen(name));
	autofree char *hint = nearest_hint(&best);
	if (hint)
		err = error_hint(err, "%s", hint);
	err = error_hint(err, "cgroups are the folders below %s; /proc/PID/cgroup says which one a process is in", mount);
	for (size_t i = 0; i < names.len; i++)
		free(names.data[i]);
	vec_deinit(&names);
	return err;
}

struct error *cgroup_open(const struct os *os, const char *name, int *fd)
{
	autofree char *mount = NULL;

	*fd = -1;
	TRY(cgroup_mount(os, &mount));
	size_t len = strlen(mount);
	const char *below = !strncmp(name, mount, len) && (name[len] == '/' || !name[len]) ? name + len : name;
	autofree char *path = xasprintf("%s/%s", mount, below);
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd >= 0)
		return NULL;
	if (errno == ENOENT || errno == ENOTDIR)
		return no_cgroup(mount, below);
	return error_os(errno, "cgroup %s", name);
}
