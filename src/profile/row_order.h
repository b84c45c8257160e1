/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of a report's rows. Used by grouping.c. */
#ifndef PTK_PROFILE_ROW_ORDER_H
#define PTK_PROFILE_ROW_ORDER_H

#include "profile/grouping.h"

/* Sorts g->unsorted into g->rows by the columns' order; those equal in all of them stay in the order they are in. */
void rows_sort(struct grouping *g);

#endif
