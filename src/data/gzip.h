/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that gzip compressed (RFC 1952), unpacked. zlib is loaded when one is. */
#ifndef PTK_DATA_GZIP_H
#define PTK_DATA_GZIP_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strbuf.h"

/* Do the bytes begin as such a file does? */
bool gzip_is(const void *bytes, size_t len);
/* Appends what is in it, all members of it; more than `most` bytes, damage and a missing zlib are errors. */
struct error *gzip_unpack(const void *bytes, size_t len, size_t most, struct strbuf *out) MUST_CHECK;

#endif
