/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that a person has written from the screen. A flame graph of millions
 * of samples takes a second, and nobody shall wait for it: a process of its
 * own writes it, which has the profile as it was at that moment, while the
 * screen goes on, and a live profile too.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ui/browser.h"
#include "ui/screen.h"

enum { FILES = 1000 };		/* ptk-1 to ptk-999 */

static FILE *new_file(const char *suffix, char path[WRITING_PATH])
{
	int fd = -1;

	for (unsigned i = 1; fd < 0 && i < FILES; i++) {
		snprintf(path, WRITING_PATH, "ptk-%u.%s", i, suffix);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	return fd < 0 ? NULL : fdopen(fd, "w");
}

/* 0 or the errno, and then there is no file. */
static int write_whole(struct view *view, const char *path, FILE *out, void (*write)(struct view *view, FILE *out))
{
	write(view, out);
	int err = fflush(out) || ferror(out) ? errno : 0;
	if (fclose(out) && !err)
		err = errno;
	if (err)
		unlink(path);
	return err;
}

static void say_written(struct browser *b, const char *path, int err)
{
	if (err)
		browser_say(b, "cannot write %s: %s", path, strerror(err));
	else
		browser_say(b, "written to %s", path);
}

void browser_write(struct view *view, const char *suffix, void (*write)(struct view *view, FILE *out))
{
	struct browser *b = view->browser;
	struct writing w;
	FILE *out = new_file(suffix, w.path);

	if (!out) {
		say_written(b, w.path, errno);
		return;
	}
	w.pid = b->source.apart ? fork() : -1;
	if (w.pid == 0) {
		screen_disown();
		_exit(write_whole(view, w.path, out, write));
	}
	if (w.pid < 0) {
		say_written(b, w.path, write_whole(view, w.path, out, write));
		return;
	}
	fclose(out);	/* nothing is in it yet */
	vec_push(&b->writings, w);
	browser_say(b, "writing %s", w.path);
}

/* What became of it, by waitpid(2)'s status. */
static void say_end(struct browser *b, const struct writing *w, int status)
{
	if (WIFEXITED(status)) {
		say_written(b, w->path, WEXITSTATUS(status));
		return;
	}
	unlink(w->path);
	browser_say(b, "%s is not written: signal %d ended that", w->path, WTERMSIG(status));
}

void browser_written(struct browser *b, bool wait)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->writings.len; i++) {
		struct writing w = b->writings.data[i];
		int status = 0;
		pid_t pid;
		do
			pid = waitpid(w.pid, &status, wait ? 0 : WNOHANG);
		while (pid < 0 && errno == EINTR);
		if (pid == w.pid)
			say_end(b, &w, status);
		else if (!pid)
			b->writings.data[kept++] = w;
	}
	b->writings.len = kept;
}
