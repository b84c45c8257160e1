/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions of the kernel itself, without modules, as distances from
 * _text: they are the same at each boot of a build, wherever it was put, and
 * tell nobody where that is. Reading /proc/kallsyms takes the kernel longer
 * than all the rest of a report, so this is what a cache keeps of it.
 */
#ifndef PTK_SESSION_KERNEL_CORE_H
#define PTK_SESSION_KERNEL_CORE_H

#include "base/cache.h"
#include "session/kallsyms.h"
#include "session/kernel.h"

struct kernel_core {
	struct symtab symbols;
	uint64_t stext;		/* distance of _stext */
};

/* What was kept of the recorded kernel; false: nothing, or it is not known where the kernel was. */
bool kernel_core_recall(struct kernel_core *core, struct cache *cache, const struct kernel_recorded *recorded);
void kernel_core_keep(const struct kallsyms *kallsyms, struct cache *cache, const struct kernel_recorded *recorded);
void kernel_core_deinit(struct kernel_core *core);

#endif
