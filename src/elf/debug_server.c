/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "elf/debug_server.h"

#ifdef HAVE_LIBDEBUGINFOD
#include <elfutils/debuginfod.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/dynlib.h"
#include "base/hash.h"

#define LIBDEBUGINFOD_FUNCTIONS(F) \
	F(debuginfod_begin) F(debuginfod_end) F(debuginfod_find_debuginfo) F(debuginfod_get_user_data) \
	F(debuginfod_set_progressfn) F(debuginfod_set_user_data)
DYNLIB_DECLARE(libdebuginfod, LIBDEBUGINFOD_FUNCTIONS);
DYNLIB_DEFINE(libdebuginfod, LIBDEBUGINFOD_SONAME, LIBDEBUGINFOD_FUNCTIONS);

struct debug_server {
	const struct libdebuginfod *lib;
	debuginfod_client *client;
	debug_server_progress *progress;
	void *ctx;
	const char *what;	/* the image that is being asked for */
	struct map64 failed;	/* hashes of build-ids */
};

static int on_progress(debuginfod_client *client, long done, long total)
{
	/* The table of functions is loaded: there would be no client else. */
	struct debug_server *s = libdebuginfod()->debuginfod_get_user_data(client);

	return !s->progress(s->ctx, s->what, done > 0 ? (uint64_t)done : 0, total > 0 ? (uint64_t)total : 0);
}

struct debug_server *debug_server_create(debug_server_progress *progress, void *ctx)
{
	const char *urls = getenv(DEBUGINFOD_URLS_ENV_VAR);
	const struct libdebuginfod *lib = urls && *urls ? libdebuginfod() : NULL;
	debuginfod_client *client = lib ? lib->debuginfod_begin() : NULL;

	if (!client)
		return NULL;
	struct debug_server *s = xcalloc(1, sizeof(*s));
	s->lib = lib;
	s->client = client;
	s->progress = progress;
	s->ctx = ctx;
	lib->debuginfod_set_user_data(client, s);
	if (progress)
		lib->debuginfod_set_progressfn(client, on_progress);
	return s;
}

void debug_server_destroy(struct debug_server *s)
{
	if (!s)
		return;
	s->lib->debuginfod_end(s->client);
	map64_deinit(&s->failed);
	free(s);
}

int debug_server_fetch(struct debug_server *s, const uint8_t *build_id, size_t size, const char *what)
{
	uint64_t hash = hash_bytes(build_id, size, 0);
	char *path = NULL;

	if (!s || !size || map64_get(&s->failed, hash))
		return -1;
	s->what = what;
	int fd = s->lib->debuginfod_find_debuginfo(s->client, build_id, (int)size, &path);
	free(path);
	if (s->progress)
		s->progress(s->ctx, what, 1, 1);
	if (fd >= 0)
		return fd;
	map64_put(&s->failed, hash, NULL);
	return -1;
}
#else
struct debug_server *debug_server_create(debug_server_progress *progress, void *ctx)
{
	(void)progress;
	(void)ctx;
	return NULL;
}

void debug_server_destroy(struct debug_server *s)
{
	(void)s;
}

int debug_server_fetch(struct debug_server *s, const uint8_t *build_id, size_t size, const char *what)
{
	(void)s;
	(void)build_id;
	(void)size;
	(void)what;
	return -1;
}
#endif
