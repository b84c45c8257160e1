/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MiniDebugInfo: the section .gnu_debugdata of a stripped image holds another
 * ELF file, packed with xz, which has the symbols that .dynsym lacks (gdb's
 * manual, "MiniDebugInfo"; Fedora builds all of its programs so).
 */
#ifndef PTK_ELF_MINIDEBUG_H
#define PTK_ELF_MINIDEBUG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/*
 * Appends what is packed. False, and nothing appended, without liblzma, when
 * it is damaged, or grows beyond all measure: 64 times its size and 1 MiB.
 */
bool minidebug_unpack(const void *packed, size_t size, struct strbuf *out);

#endif
