/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The zstd stream that COMPRESSED records hold pieces of, in and out. libzstd is loaded when one is made. */
#ifndef PTK_DATA_INFLATE_H
#define PTK_DATA_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inflate;

struct inflate *inflate_create(void);	/* NULL: no libzstd here */
void inflate_destroy(struct inflate *z);	/* NULL is fine */
/* The next piece; `data` must stay until inflate_some gives nothing more. */
void inflate_feed(struct inflate *z, const void *data, size_t size);
/*
 * Unpacks into `to`: bytes made; 0 when the piece is used up. SIZE_MAX: the
 * stream is damaged, and nothing behind can be unpacked.
 */
size_t inflate_some(struct inflate *z, void *to, size_t size);

struct deflate;

struct deflate *deflate_create(int level);	/* NULL: no libzstd here */
void deflate_destroy(struct deflate *z);
void deflate_feed(struct deflate *z, const void *data, size_t size);
/* Packs what was fed, to a point from which all of it can be unpacked: bytes made, at most `size`; 0 when done; SIZE_MAX on failure. */
size_t deflate_some(struct deflate *z, void *to, size_t size);

#endif
