/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What took long to work out and will be wanted again: files by name in a
 * folder of the user's own. Nothing depends on them. One that is not there,
 * damaged, of another layout, or in a place where somebody else could have
 * put it, is one that has to be worked out again; one that cannot be written
 * is not written. So nothing here fails, and the folder may be deleted at any
 * time. Where a cache is NULL, nothing is found and nothing kept.
 */
#ifndef PTK_BASE_CACHE_H
#define PTK_BASE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

struct cache;

enum { CACHE_ENTRY_MAX = 256 << 20 };	/* bytes of one file; more is not kept */

/*
 * In `folder`, which is made when first written to: by its owner's hand only,
 * never in a folder of another user. `limit` bytes of files stay, those used
 * last. Nothing is touched before the first read or write. NULL: NULL.
 */
struct cache *cache_create(const char *folder, uint64_t limit);
/* The folder for it by the XDG Base Directory Specification: $XDG_CACHE_HOME/NAME, ~/.cache/NAME. NULL: there is none. */
char *cache_folder_of_user(const char *name);
void cache_destroy(struct cache *cache);

/*
 * Appends what was kept under the name, letters and digits and '-' and '.',
 * when it is whole and of that layout: a number that changes with what the
 * bytes mean. False, and nothing appended, else. Whoever reads the bytes
 * checks them all the same: the checksum is against accidents.
 */
bool cache_read(struct cache *cache, const char *name, uint32_t layout, struct strbuf *out);
/* Keeps the bytes under the name, in place of others: whole or not at all, for the user's eyes only. */
void cache_write(struct cache *cache, const char *name, uint32_t layout, const void *bytes, size_t size);

#endif
