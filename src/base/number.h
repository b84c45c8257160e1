/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as people type them and as files hold them. */
#ifndef PTK_BASE_NUMBER_H
#define PTK_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* The whole of s: decimal, 0x hexadecimal or 0 octal; false on anything else or overflow. */
bool number_u64(const char *s, uint64_t *value);
/* The same with a unit behind: k, M, G, T or K of 1024 (B may follow) when `binary`, of 1000 else. */
bool number_scaled(const char *s, bool binary, uint64_t *value);
bool number_double(const char *s, double *value);

#endif
