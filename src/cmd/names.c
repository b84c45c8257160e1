/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/names.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

enum { CACHE_LIMIT = 512 << 20 };	/* bytes: a hundred programs with large symbol tables */

struct images_options names_begin(struct names *names, const struct os *os, bool no_cache)
{
	autofree char *folder = no_cache ? NULL : cache_folder_of_user("ptk");
	const char *home = getenv("HOME");

	*names = (struct names){
		.cache = cache_create(folder, CACHE_LIMIT),
		.build_id_cache = home && *home == '/' ? xasprintf("%s/.debug", home) : NULL,
	};
	return (struct images_options){ .os = os, .build_id_cache = names->build_id_cache, .cache = names->cache };
}

void names_beside(struct names *names, struct images_options *options, const char *recording)
{
	const char *slash = strrchr(recording, '/');
	int folder = slash ? (int)(slash - recording) + 1 : 0;
	autofree char *index = xasprintf("%.*s.debug/.build-id", folder, recording);

	if (!strcmp(recording, "-") || access(index, X_OK))
		return;
	free(names->build_id_cache);
	names->build_id_cache = xasprintf("%.*s.debug", folder, recording);
	options->build_id_cache = names->build_id_cache;
}

void names_ask_servers(struct names *names, struct images_options *options)
{
	options->server = debug_fetch_begin(&names->fetch);
}

void names_end(struct names *names)
{
	debug_fetch_end(&names->fetch);
	cache_destroy(names->cache);
	free(names->build_id_cache);
	*names = (struct names){ 0 };
}
