/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers: arch/x86/include/uapi/asm/perf_regs.h. */
#include "arch/arch.h"

#include <elf.h>

const struct arch arch_x86_64 = {
	.name = "x86_64",
	.aliases = { "x86", "i686", "i386" },	/* the numbers are the same */
	.elf_machine = EM_X86_64,
	.registers = {
		"AX", "BX", "CX", "DX", "SI", "DI", "BP", "SP", "IP", "FLAGS", "CS", "SS", "DS", "ES", "FS", "GS",
		"R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15",
		/* two numbers each: 128 bits */
		[32] = "XMM0", "XMM0", "XMM1", "XMM1", "XMM2", "XMM2", "XMM3", "XMM3",
		"XMM4", "XMM4", "XMM5", "XMM5", "XMM6", "XMM6", "XMM7", "XMM7",
		"XMM8", "XMM8", "XMM9", "XMM9", "XMM10", "XMM10", "XMM11", "XMM11",
		"XMM12", "XMM12", "XMM13", "XMM13", "XMM14", "XMM14", "XMM15", "XMM15",
	},
	.ip = 8, .sp = 7, .fp = 6, .lr = -1,
	/* System V ABI, AMD64 supplement: figure 3.36 (numbers), 3.2.3 (arguments) */
	.probe_registers = {
		"%ax", "%dx", "%cx", "%bx", "%si", "%di", "%bp", "%sp", "%r8", "%r9", "%r10", "%r11", "%r12", "%r13", "%r14", "%r15",
		"%ip",
	},
	.probe_arguments = { "%di", "%si", "%dx", "%cx", "%r8", "%r9" },
	.probe_sp = "%sp",
	.stack_arguments = 8,
};
