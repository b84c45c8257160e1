/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/tracefs_probes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "os/tracefs.h"

bool tracefs_probe_parse(struct arena *arena, const char *line, struct tracefs_probe *out)
{
	*out = (struct tracefs_probe){ .kind = *line, .line = line };
	const char *at = line;

	/* p:GROUP/NAME PLACE ARGS; r may have a number behind it */
	if (!*line || !strchr("prfte", *line))
		return false;
	at += 1 + strspn(line + 1, "0123456789");
	if (*at++ != ':')
		return false;
	size_t group = strcspn(at, "/ ");
	if (at[group] != '/')
		return false;
	out->group = arena_strndup(arena, at, group);
	at += group + 1;
	size_t name = strcspn(at, " ");
	out->name = arena_strndup(arena, at, name);
	at += name + strspn(at + name, " ");
	/* A path may hold blanks: then the place ends behind its :0x… */
	size_t place = strcspn(at, " ");
	if (*at == '/') {
		const char *colon = strstr(at, ":0x");
		if (colon)
			place = (size_t)(colon - at) + strcspn(colon, " ");
	}
	out->user = *at == '/';
	out->place = arena_strndup(arena, at, place);
	at += place + strspn(at + place, " ");
	out->args = arena_strdup(arena, at);
	return group && name && *out->place;
}

static int by_name(const void *a, const void *b)
{
	const struct tracefs_probe *x = a, *y = b;
	int order = strcmp(x->group, y->group);

	return order ? order : strcmp(x->name, y->name);
}

static void add_lines(struct tracefs_probes *out, const char *text)
{
	for (size_t len; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		struct tracefs_probe probe;
		if (tracefs_probe_parse(&out->arena, arena_strndup(&out->arena, text, len), &probe))
			vec_push(&out->probes, probe);
	}
}

/* Tracepoints can be let to a group; writing to the files of probes cannot. */
static struct error *for_root(struct error *err)
{
	if (err->os != EACCES && err->os != EPERM)
		return err;
	free(err->hint);
	err->hint = NULL;
	return error_hint(err, "probes are for root: run ptk with sudo; without it -n and -D show what would be added");
}

struct error *tracefs_probes_folder(const struct os *os, char **tracefs)
{
	struct error *err = tracefs_find(os, tracefs);

	return err ? for_root(err) : NULL;
}

struct error *tracefs_probes_read(const struct os *os, struct tracefs_probes *out)
{
	static const char *const files[] = { "dynamic_events", "kprobe_events", "uprobe_events" };
	autofree char *tracefs = NULL;
	bool found = false;
	int failed = 0;

	*out = (struct tracefs_probes){ 0 };
	TRY(tracefs_probes_folder(os, &tracefs));
	/* dynamic_events, of Linux 5.0, has them all. */
	for (size_t i = 0; i < ARRAY_SIZE(files) && !(found && i == 1); i++) {
		autofree char *path = xasprintf("%s/%s", tracefs, files[i]);
		autostrbuf struct strbuf text = { 0 };
		if (os_read(os, path, &text)) {
			add_lines(out, strbuf_str(&text));
			found = true;
		} else if (errno != ENOENT) {
			failed = errno;
		}
	}
	if (!found) {
		tracefs_probes_deinit(out);
		return failed ? for_root(tracefs_error(os, tracefs, "dynamic_events", failed)) :
				error_hint(error_create("this kernel has no dynamic probes"), "kernels with CONFIG_KPROBE_EVENTS or CONFIG_UPROBE_EVENTS have them");
	}
	vec_sort(&out->probes, by_name);
	return NULL;
}

void tracefs_probes_deinit(struct tracefs_probes *probes)
{
	vec_deinit(&probes->probes);
	arena_deinit(&probes->arena);
}

const struct tracefs_probe *tracefs_probes_find(const struct tracefs_probes *probes, const char *group, const char *name)
{
	for (size_t i = 0; i < probes->probes.len; i++)
		if (!strcmp(probes->probes.data[i].group, group) && !strcmp(probes->probes.data[i].name, name))
			return &probes->probes.data[i];
	return NULL;
}

/* ---- writing */

static const char *file_for(char kind, bool user)
{
	if (user)
		return "uprobe_events";
	return kind == 'p' || kind == 'r' ? "kprobe_events" : "dynamic_events";
}

static struct error *no_file(const char *file)
{
	bool user = *file == 'u';

	return error_hint(error_create("this kernel has no %s probes (there is no %s in its tracefs)", user ? "user" : "kernel", file),
			  "they are there in kernels with %s", user ? "CONFIG_UPROBE_EVENTS" : "CONFIG_KPROBE_EVENTS");
}

/* Appends one line; 0 or errno. Never truncates: that would delete every probe there is. */
static struct error *append(const struct os *os, const char *tracefs, const char *file, const char *line, int *errnum)
{
	autofree char *path = os_path(os, "%s/%s", tracefs, file);
	autofree char *text = xasprintf("%s\n", line);
	autoclose int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	*errnum = 0;
	if (fd < 0 && errno == ENOENT)
		return no_file(file);
	if (fd < 0) {
		struct error *err = error_os(errno, "cannot write %s", path);
		return err->os == EROFS ? error_hint(err, "tracefs is mounted read-only here") : for_root(err);
	}
	if (file_write_full(fd, text, strlen(text)) < 0)
		*errnum = errno;
	return NULL;
}

/* The kernel's last word in error_log: "[12.3] trace_kprobe: error: Invalid probed address or symbol". */
static char *kernel_reason(const struct os *os, const char *tracefs, const char *line)
{
	autofree char *path = xasprintf("%s/error_log", tracefs);
	autostrbuf struct strbuf text = { 0 };
	const char *last = NULL;

	if (!os_read(os, path, &text) || !text.len)
		return NULL;
	for (const char *at = text.data; (at = strstr(at, "probe: error: ")); at += strlen("probe: error: "))
		last = at + strlen("probe: error: ");
	/* It shows the command that it is about; another's is none of ours. */
	if (!last || !strstr(last, line))
		return NULL;
	return xstrndup(last, strcspn(last, "\n"));
}

struct error *tracefs_probe_add(const struct os *os, const char *line, bool user, int *errnum)
{
	autofree char *tracefs = NULL;
	int failed;

	if (errnum)
		*errnum = 0;
	TRY(tracefs_probes_folder(os, &tracefs));
	TRY(append(os, tracefs, file_for(*line, user), line, &failed));
	if (errnum)
		*errnum = failed;
	if (!failed)
		return NULL;
	autofree char *reason = kernel_reason(os, tracefs, line);
	if (!reason)
		return error_os(failed, "the kernel does not take the probe \"%s\"", line);
	struct error *err = error_create("the kernel does not take the probe \"%s\": %s", line, reason);
	err->os = failed;
	return err;
}

/*
 * A recorder that has just ended may still have the event open for a moment: the kernel lets go of it in the
 * background, and has nothing that could be waited for.
 */
struct error *tracefs_probe_remove(const struct os *os, const char *group, const char *name, char kind, bool user)
{
	autofree char *tracefs = NULL, *line = xasprintf("-:%s/%s", group, name);
	enum { TRIES = 100 };
	const struct timespec pause = { .tv_nsec = 10000000 };
	int failed = EBUSY;

	TRY(tracefs_probes_folder(os, &tracefs));
	for (int i = 0; i < TRIES && failed == EBUSY; i++) {
		if (i)
			nanosleep(&pause, NULL);
		TRY(append(os, tracefs, file_for(kind, user), line, &failed));
	}
	if (!failed)
		return NULL;
	struct error *err = error_os(failed, "cannot remove %s:%s", group, name);
	return failed == EBUSY ? error_hint(err, "somebody counts or records it: end that first") : err;
}
