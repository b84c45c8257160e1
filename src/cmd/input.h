/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The recording that a mode reads: which one it is, and opening it. */
#ifndef PTK_CMD_INPUT_H
#define PTK_CMD_INPUT_H

#include "cmd/mode.h"
#include "data/reader.h"

/* perf.data; "-" where there is no such file and something is piped in. */
const char *input_default(void);
/* For messages: "standard input" for "-". */
const char *input_name(const char *path);
/* force: a file of another user, too. */
struct error *input_open(const char *path, bool force, struct notes *notes, struct data_reader **reader) MUST_CHECK;
/*
 * The command line of a mode that reads one file: the mode's options into
 * `into`, which has *path, and the file by -i or as the one word there may
 * be; input_default() when there is neither. *helped: -h was printed, there is nothing to do.
 */
struct error *input_options(const struct mode *mode, void *into, const char **path, int argc, char **argv,
			    bool *helped) MUST_CHECK;

#endif
