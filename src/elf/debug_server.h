/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug files from debuginfod servers (elfutils; DEBUGINFOD_URLS says which),
 * for builds whose debug information is not on this machine. libdebuginfod
 * keeps what it got, and what no server had, in its own cache.
 */
#ifndef PTK_ELF_DEBUG_SERVER_H
#define PTK_ELF_DEBUG_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct debug_server;

/*
 * Called now and then while a file is on its way; bytes, total 0 where it is
 * not known yet. False gives that file up. At its end once more with
 * done == total.
 */
typedef bool debug_server_progress(void *ctx, const char *what, uint64_t done, uint64_t total);

/* NULL: nobody asks for one (DEBUGINFOD_URLS is not set), or no libdebuginfod. progress may be NULL. */
struct debug_server *debug_server_create(debug_server_progress *progress, void *ctx);
void debug_server_destroy(struct debug_server *server);		/* NULL is fine */

/*
 * The debug file of a build, open for reading; -1 when it is not to be had.
 * A build that failed once is not asked for again. `what` names the image in
 * progress. NULL for a server gives -1.
 */
int debug_server_fetch(struct debug_server *server, const uint8_t *build_id, size_t size, const char *what);

#endif
