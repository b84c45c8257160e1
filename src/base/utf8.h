/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8, as RFC 3629 has it. */
#ifndef PTK_BASE_UTF8_H
#define PTK_BASE_UTF8_H

#include <stddef.h>

/* Bytes of the character at s, of which `left` are there; 0 when it is none. */
size_t utf8_length(const char *s, size_t left);

#endif
