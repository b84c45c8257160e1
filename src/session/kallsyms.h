/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own list of its symbols, /proc/kallsyms (kernel/kallsyms.c):
 * "ffffffff81000000 T _text", and for a module's "…\t[nf_tables]" behind it.
 */
#ifndef PTK_SESSION_KALLSYMS_H
#define PTK_SESSION_KALLSYMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/strtab.h"
#include "elf/symtab.h"

struct kallsyms {
	struct symtab symbols;		/* functions; owner: string id in modules */
	struct strtab modules;		/* "nf_tables"; "" is the kernel itself */
	uint64_t text, stext;		/* addresses of _text and _stext; 0: none */
	bool hidden;			/* every address was 0: kernel.kptr_restrict */
	struct strbuf bytes;		/* the names lie in it */
};

/* Takes over the bytes. Lines that are none are skipped. */
void kallsyms_parse(struct kallsyms *k, struct strbuf bytes);
void kallsyms_deinit(struct kallsyms *k);

#endif
