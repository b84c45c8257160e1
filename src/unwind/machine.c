/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unwind/machine.h"

#include <elf.h>
#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"

/* The kernel's numbers: arch/x86/include/uapi/asm/perf_regs.h. DWARF's: System V ABI, AMD64 supplement, figure 3.36. */
enum { X86_AX, X86_BX, X86_CX, X86_DX, X86_SI, X86_DI, X86_BP, X86_SP, X86_IP, X86_R8 = 16 };

static const uint8_t x86_64_of_dwarf[] = {
	X86_AX, X86_DX, X86_CX, X86_BX, X86_SI, X86_DI, X86_BP, X86_SP,
	X86_R8, X86_R8 + 1, X86_R8 + 2, X86_R8 + 3, X86_R8 + 4, X86_R8 + 5, X86_R8 + 6, X86_R8 + 7, X86_IP,
};

/* System V ABI, Intel386 supplement, table 2.14. */
static const uint8_t i386_of_dwarf[] = {
	X86_AX, X86_CX, X86_DX, X86_BX, X86_SP, X86_BP, X86_SI, X86_DI, X86_IP,
};

/* arch/arm64/include/uapi/asm/perf_regs.h; DWARF for the Arm 64-bit Architecture, 4.1: x0 to x30 and sp are alike. */
enum { ARM64_FP = 29, ARM64_LR = 30, ARM64_SP = 31, ARM64_PC = 32 };

static const uint8_t aarch64_of_dwarf[] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
	ARM64_FP, ARM64_LR, ARM64_SP, ARM64_PC,
};

static const struct unwind_machine machines[] = {
	/* rbx: the dynamic linker's _dl_runtime_resolve keeps the stack pointer there while it calls */
	{ .name = "x86_64", .elf = EM_X86_64, .word = 8, .sp = X86_SP, .fp = X86_BP, .ip = X86_IP,
	  .link = MACHINE_NO_REG, .extra = X86_BX, .ra_column = 16, .ra_mask = UINT64_MAX,
	  .dwarf_count = ARRAY_SIZE(x86_64_of_dwarf), .perf_of_dwarf = x86_64_of_dwarf },
	{ .name = "i386", .elf = EM_386, .word = 4, .sp = X86_SP, .fp = X86_BP, .ip = X86_IP,
	  .link = MACHINE_NO_REG, .extra = X86_BX, .ra_column = 8, .ra_mask = UINT32_MAX,
	  .dwarf_count = ARRAY_SIZE(i386_of_dwarf), .perf_of_dwarf = i386_of_dwarf },
	/*
	 * x30: what a signal interrupted may have its return address there. User addresses have 48 bits, or 52 where a
	 * program asked for them, and bit 55 clear.
	 */
	{ .name = "aarch64", .elf = EM_AARCH64, .word = 8, .sp = ARM64_SP, .fp = ARM64_FP, .ip = ARM64_PC,
	  .link = ARM64_LR, .extra = ARM64_LR, .ra_column = 30, .ra_state = true,
	  .ra_mask = (UINT64_C(1) << 48) - 1,
	  .dwarf_count = ARRAY_SIZE(aarch64_of_dwarf), .perf_of_dwarf = aarch64_of_dwarf },
};

const struct unwind_machine *unwind_machine_of_elf(uint16_t elf_machine)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].elf == elf_machine)
			return &machines[i];
	return NULL;
}

const struct unwind_machine *unwind_machine_of_arch(const char *arch, bool compat)
{
	if (!strcmp(arch, "x86_64"))
		return unwind_machine_of_elf(compat ? EM_386 : EM_X86_64);
	if (strlen(arch) == 4 && arch[0] == 'i' && !strcmp(arch + 2, "86"))
		return unwind_machine_of_elf(EM_386);
	if ((!strcmp(arch, "aarch64") || !strcmp(arch, "arm64")) && !compat)
		return unwind_machine_of_elf(EM_AARCH64);
	return NULL;
}

uint64_t unwind_machine_regs(const struct unwind_machine *m)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < m->dwarf_count; i++)
		if (m->perf_of_dwarf[i] != MACHINE_NO_REG)
			mask |= UINT64_C(1) << m->perf_of_dwarf[i];
	return mask;
}
