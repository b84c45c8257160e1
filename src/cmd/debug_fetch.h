/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug files from servers, for a person who waits: a line on the terminal
 * says what is on its way and how much of it is there; Ctrl-C gives that file
 * up and goes on without it.
 */
#ifndef PTK_CMD_DEBUG_FETCH_H
#define PTK_CMD_DEBUG_FETCH_H

#include <signal.h>
#include <stdbool.h>

#include "elf/debug_server.h"

struct debug_fetch {
	struct debug_server *server;
	bool terminal, shown;
	bool waiting;		/* for a file: SIGINT is held back */
	sigset_t mask;		/* as it was before */
};

/* NULL where no server is set. The server is the fetch's own; both stay where they are. */
struct debug_server *debug_fetch_begin(struct debug_fetch *fetch);
void debug_fetch_end(struct debug_fetch *fetch);

#endif
