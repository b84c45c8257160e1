/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where names of addresses come from: the same for every mode that shows or records them. */
#ifndef PTK_CMD_NAMES_H
#define PTK_CMD_NAMES_H

#include "base/cache.h"
#include "cmd/debug_fetch.h"
#include "session/images.h"

/* All-zero is one that nothing was begun with. */
struct names {
	struct debug_fetch fetch;
	struct cache *cache;
	char *build_id_cache;
};

/*
 * Options of images with what is found on this machine by itself: perf's
 * build-id cache and, unless no_cache, our own. It has to outlive the
 * images, and stay where it is.
 */
struct images_options names_begin(struct names *names, const struct os *os, bool no_cache);
/*
 * Images that were unpacked beside the recording (ptk archive), in .debug,
 * where there is such a folder: they go before those of perf's cache.
 */
void names_beside(struct names *names, struct images_options *options, const char *recording);
/* Debug files from servers, too: for modes in which a person may wait for them. */
void names_ask_servers(struct names *names, struct images_options *options);
void names_end(struct names *names);

#define NAMES_NO_CACHE_HELP "Do not use or fill ~/.cache/ptk"

#endif
