/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What unwinding has to know of an instruction set. Chosen by the image or
 * the data, never by the machine that ptk runs on. A row is added in
 * machine.c.
 *
 * Registers are numbered twice: by the kernel in samples (asm/perf_regs.h)
 * and by DWARF in call frame information (the psABI of each machine).
 */
#ifndef PTK_UNWIND_MACHINE_H
#define PTK_UNWIND_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#define MACHINE_NO_REG 0xff

struct unwind_machine {
	const char *name;
	uint16_t elf;			/* EM_* */
	uint8_t word;			/* bytes of a saved register */
	/* As the kernel numbers them. */
	uint8_t sp, fp, ip;
	uint8_t link;			/* holds the return address of a function that saved it nowhere; or MACHINE_NO_REG */
	uint8_t extra;			/* one more register that the way to a caller may lead by: where there is a link register, that one */
	uint8_t ra_column;		/* DWARF's number of the return address */
	bool ra_state;			/* return addresses may be signed (aarch64 pointer authentication) */
	uint64_t ra_mask;		/* the bits of an address that signing leaves alone */
	uint8_t dwarf_count;
	const uint8_t *perf_of_dwarf;	/* DWARF's number to the kernel's, or MACHINE_NO_REG */
};

/* NULL: not known. 32-bit programs on x86-64 have the registers of EM_386. */
const struct unwind_machine *unwind_machine_of_elf(uint16_t elf_machine);
/* By perf.data's "arch" feature or uname -m ("x86_64", "aarch64"); compat: the sample has PERF_SAMPLE_REGS_ABI_32. */
const struct unwind_machine *unwind_machine_of_arch(const char *arch, bool compat);

static inline uint8_t machine_perf_reg(const struct unwind_machine *m, uint64_t dwarf)
{
	return dwarf < m->dwarf_count ? m->perf_of_dwarf[dwarf] : MACHINE_NO_REG;
}

/* The other way; MACHINE_NO_REG: DWARF has no number for it. */
static inline uint8_t machine_dwarf_reg(const struct unwind_machine *m, uint8_t reg)
{
	for (uint8_t i = 0; i < m->dwarf_count; i++)
		if (m->perf_of_dwarf[i] == reg)
			return i;
	return MACHINE_NO_REG;
}

/* Bits of attr.sample_regs_user that unwinding wants: all that frames can be based on. */
uint64_t unwind_machine_regs(const struct unwind_machine *m);

#endif
