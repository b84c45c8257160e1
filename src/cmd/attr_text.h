/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A perf_event_attr in words, as perf's header and evlist have it. */
#ifndef PTK_CMD_ATTR_TEXT_H
#define PTK_CMD_ATTR_TEXT_H

#include <stdio.h>

#include "abi/perf_abi.h"

/* "type = 1, size = 128, …": the members that are not zero. equals: what stands between name and value. */
void attr_text_print(FILE *out, const struct perf_event_attr *attr, const char *equals);

#endif
