/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of the functions of the running kernel and of the modules that
 * are loaded, kept for the next time: the kernel takes longer to write
 * /proc/kallsyms than everything else takes together. They are kept under the
 * builds of all of them, so another module loaded is another list.
 */
#ifndef PTK_PROBE_KERNEL_NAMES_H
#define PTK_PROBE_KERNEL_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cache.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "os/root.h"

/* Under what name they are kept, for the caller to free. NULL: a build is not known, or a module is just coming or going. */
char *kernel_names_key(const struct os *os);

typedef VEC(const char *) kernel_names;

/* Appends what is kept: the names lie in `bytes`, and in the order in which they were given. Where key is NULL, nothing is. */
bool kernel_names_recall(struct cache *cache, const char *key, struct strbuf *bytes, kernel_names *names);
void kernel_names_keep(struct cache *cache, const char *key, const char *const *names, size_t n);

#endif
