/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Buffers for stretches of records. They are handed to whoever orders and
 * decodes the records, come back in any order and from any thread, and the
 * next stretch goes into one that is still warm. The pool lives until its
 * owner and the last buffer are gone.
 */
#ifndef PTK_DATA_POOL_H
#define PTK_DATA_POOL_H

#include "data/reader.h"

struct records_pool *records_pool_create(size_t buffer_size);
void records_pool_destroy(struct records_pool *pool);
/* An empty one, with room for buffer_size bytes. */
struct records records_pool_take(struct records_pool *pool);
size_t records_pool_size(const struct records_pool *pool);

#endif
