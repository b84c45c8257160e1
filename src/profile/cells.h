/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands in the cells of a report's table: the same words for text and for the screen. */
#ifndef PTK_PROFILE_CELLS_H
#define PTK_PROFILE_CELLS_H

#include "base/strbuf.h"
#include "profile/grouping.h"

/* A frame's name: of the symbol, or its address. Appended. */
void cells_frame(const struct profile *p, uint32_t frame, struct strbuf *out);
/* A row's cell, appended as it is: names come from others and are to be tamed before they are shown. verbose: with paths and addresses. */
void cells_text(const struct grouping *g, const struct row *row, enum column c, bool verbose, struct strbuf *out);
const char *cells_title(const struct grouping *g, enum column c);
/* The least width of a column: numbers have room. */
unsigned cells_width(enum column c);
/* Does it stand to the right, as numbers do? */
bool cells_right(enum column c);

#endif
