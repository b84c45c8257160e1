/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8, as RFC 3629 has it. */
#ifndef PTK_BASE_UTF8_H
#define PTK_BASE_UTF8_H

#include <stddef.h>

/* Bytes of the character at s, of which `left` are there; 0 when it is none. */
size_t utf8_length(const char *s, size_t left);
/*
 * Control characters become question marks, in place: text from files and
 * other users must not steer a terminal or begin a line. C1 (U+0080 to
 * U+009F, two bytes, so two question marks) steers terminals as well.
 */
void utf8_tame(char *text, size_t len);

#endif
