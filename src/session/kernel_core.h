/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the cache keeps of /proc/kallsyms, which takes the kernel longer to
 * print than all the rest of a report: the functions of the kernel itself and
 * of modules, each by its build-id, as distances from where it begins. Those
 * are the same wherever it is loaded, and tell nobody where that is.
 */
#ifndef PTK_SESSION_KERNEL_CORE_H
#define PTK_SESSION_KERNEL_CORE_H

#include "base/cache.h"
#include "session/kallsyms.h"

/* The kernel without its modules, or one of them. */
struct kernel_core {
	struct symtab symbols;
	uint64_t stext;		/* of the kernel: distance of _stext from _text */
};

/* False: nothing was kept. build_id_size 0: it has none. */
bool kernel_core_recall(struct kernel_core *core, struct cache *cache, const uint8_t *build_id, uint8_t build_id_size);
/* Those of `owner`, which begins at `start`. */
void kernel_core_keep(const struct kallsyms *kallsyms, uint32_t owner, uint64_t start, struct cache *cache,
		      const uint8_t *build_id, uint8_t build_id_size);
void kernel_core_deinit(struct kernel_core *core);

#endif
