/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --time of every mode that reads samples from a file. */
#ifndef PTK_CMD_TIME_RANGES_H
#define PTK_CMD_TIME_RANGES_H

#include "base/error.h"
#include "data/features.h"
#include "profile/builder.h"

/*
 * "FROM,TO", either may be left out; several, parted by spaces; or parts of the
 * time between the first and the last sample, as the file has them:
 * "10%-20%", "10%/2" (the second tenth), several parted by commas. What
 * `ranges` held is replaced; text NULL or "": all times.
 */
struct error *time_ranges_parse(const char *text, const struct data_features *features, struct time_ranges *ranges) MUST_CHECK;

#endif
