/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sections of an ELF file that hold call frame information. Used by image.c alone. */
#ifndef PTK_ELF_CFI_SECTIONS_H
#define PTK_ELF_CFI_SECTIONS_H

#include "base/strbuf.h"
#include "elf/cfi.h"
#include "elf/symbols.h"

struct elf_cfi {
	struct cfi_section sections[6];
	size_t n;
	struct strbuf made;	/* what elf_cfi_add_made made up */
};

/* Adds .eh_frame and .debug_frame; true when .debug_frame was there. Good while the file is open. */
bool elf_cfi_add(struct elf_cfi *cfi, const struct elf_file *f);
/*
 * Adds what is known of code that nobody has written call frame information
 * for: PLT stubs, and the place that handlers of signals return to (cfi_made.c).
 */
void elf_cfi_add_made(struct elf_cfi *cfi, const struct elf_file *f);
void elf_cfi_deinit(struct elf_cfi *cfi);

#endif
