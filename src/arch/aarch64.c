/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers: arch/arm64/include/uapi/asm/perf_regs.h. */
#include "arch/arch.h"

#include <elf.h>

const struct arch arch_aarch64 = {
	.name = "aarch64",
	.aliases = { "arm64" },
	.elf_machine = EM_AARCH64,
	.registers = {
		"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
		"x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29",
		"lr", "sp", "pc", [46] = "vg",
	},
	.ip = 32, .sp = 31, .fp = 29, .lr = 30,
	/* DWARF for the Arm 64-bit architecture, 4.1; AAPCS64, 6.1.1 */
	.probe_registers = {
		"%x0", "%x1", "%x2", "%x3", "%x4", "%x5", "%x6", "%x7", "%x8", "%x9", "%x10", "%x11", "%x12", "%x13", "%x14", "%x15",
		"%x16", "%x17", "%x18", "%x19", "%x20", "%x21", "%x22", "%x23", "%x24", "%x25", "%x26", "%x27", "%x28", "%x29", "%x30",
		"%sp",
	},
	.probe_arguments = { "%x0", "%x1", "%x2", "%x3", "%x4", "%x5", "%x6", "%x7" },
	.probe_sp = "%sp",
	.stack_arguments = 0,
	.large_by_pointer = true,
};
