/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What differs from one processor architecture to the next, as constant
 * tables. The data chooses the table (the machine that a file is from), not
 * the machine that ptk was built for.
 */
#ifndef PTK_ARCH_ARCH_H
#define PTK_ARCH_ARCH_H

#include <stdbool.h>
#include <stdint.h>

struct arch {
	const char *name;		/* as uname(2) gives it: "x86_64" */
	const char *aliases[4];		/* other names of the same, NULL-ended */
	uint16_t elf_machine;		/* EM_* of elf.h */
	/*
	 * Registers by their number in perf's masks (asm/perf_regs.h of the
	 * architecture; attr.sample_regs_user), in perf's spelling.
	 */
	const char *registers[64];
	uint8_t ip, sp, fp;		/* of them: program counter, stack pointer, frame pointer */
	int8_t lr;			/* return address, or -1 where it is on the stack */
	/*
	 * Registers as the kernel's dynamic probes spell them (regoffset_table
	 * in arch/…/kernel/ptrace.c): by DWARF's numbers, those that hold the
	 * arguments of a function, and the stack pointer.
	 */
	const char *probe_registers[32], *probe_arguments[8], *probe_sp;
	uint8_t stack_arguments;	/* bytes from the stack pointer to the first argument on it, at a function's entry */
	bool large_by_pointer;		/* structs above 16 bytes are passed as a pointer to a copy, not on the stack */
};

extern const struct arch arch_x86_64, arch_aarch64;

/* By a machine's name; NULL when there is no table for it. */
const struct arch *arch_find(const char *machine);
/* By an ELF file's machine. */
const struct arch *arch_of_elf(uint16_t machine);
/* That of the program itself, or NULL. */
const struct arch *arch_host(void);
/* A register's name; "unknown" where the table (or arch, NULL) has none. */
const char *arch_register(const struct arch *arch, unsigned number);

#endif
