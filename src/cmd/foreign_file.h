/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of other tools, told from perf.data by their first bytes. */
#ifndef PTK_CMD_FOREIGN_FILE_H
#define PTK_CMD_FOREIGN_FILE_H

#include "profile/foreign.h"

/*
 * Is it what another tool wrote? All of it is then in `bytes`, unpacked. Else
 * *format is FOREIGN_NONE, nothing of a pipe (path "-") was taken out, and
 * the reader of perf.data says what is wrong with the file, if something is.
 */
struct error *foreign_file_read(const char *path, enum foreign_format *format, struct strbuf *bytes) MUST_CHECK;

#endif
