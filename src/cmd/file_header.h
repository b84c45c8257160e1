/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a perf.data file says of itself, as comment lines. */
#ifndef PTK_CMD_FILE_HEADER_H
#define PTK_CMD_FILE_HEADER_H

#include <stdio.h>

#include "data/reader.h"
#include "profile/profile.h"
#include "session/session.h"

/* --header; full (-I): the machine's topology, too. */
void file_header_print(FILE *out, const struct data_reader *reader, const char *path, bool full);
/* --stats: records by type, samples by event (profile->events has their counts). */
void file_stats_print(FILE *out, const struct data_reader *reader, const struct session *session,
		      const struct profile *profile);

#endif
