/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PTK_ELF_DEMANGLE_H
#define PTK_ELF_DEMANGLE_H

/*
 * A C++ or Rust name as its programmer wrote it, without parameters and
 * hashes, for the caller to free; NULL when it is not mangled.
 */
char *demangle(const char *name);

#endif
