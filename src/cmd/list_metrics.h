/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk list metrics: the table of metrics, and which of them this machine has the events for. */
#ifndef PTK_CMD_LIST_METRICS_H
#define PTK_CMD_LIST_METRICS_H

#include <stdbool.h>

#include "base/error.h"
#include "os/root.h"
#include "pmu/parse.h"

/* LIST_METRICS_GROUPS: the words that stand for several of them, one a line. */
enum list_metrics_form { LIST_METRICS_TEXT, LIST_METRICS_NAMES, LIST_METRICS_JSON, LIST_METRICS_GROUPS };

/* words: names, groups and globs, n of them; none: all. */
struct error *list_metrics(const struct os *os, struct pmus *pmus, char **words, int n, enum list_metrics_form form) MUST_CHECK;

#endif
