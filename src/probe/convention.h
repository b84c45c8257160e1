/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a function's arguments are at its first instruction, by the
 * architecture's calling convention: System V's ABI for x86_64 (3.2.3), Arm's
 * AAPCS64 (6.8.2). All-zero but `arch` and `types` to begin with; then what
 * the function gives, then each argument in order.
 *
 * Integers, pointers and structs of at most 16 bytes go to registers while
 * there are enough for all of one, then to the stack; floating-point numbers
 * and the parts of structs that hold only such to registers that probes do
 * not read. Larger structs are copied: to the stack on x86_64, to memory that
 * a pointer points to on aarch64.
 */
#ifndef PTK_PROBE_CONVENTION_H
#define PTK_PROBE_CONVENTION_H

#include "arch/arch.h"
#include "probe/scope.h"

struct convention {
	const struct arch *arch;
	const struct type_source *types;
	unsigned used;		/* general registers */
	unsigned floats;	/* floating-point registers */
	int64_t stack;		/* bytes of arguments on the stack so far */
};

/* The function gives something of that type, which may take a register for where to put it. */
void convention_returns(struct convention *c, const struct type_info *info);
/* Where the next argument, of that type (stripped), is; what cannot be fetched is FETCH_NOWHERE. */
struct fetch convention_place(struct convention *c, uint64_t type, const struct type_info *info);
/* The same of a C++ object that is handed over as a pointer to it. */
struct fetch convention_by_reference(struct convention *c);

#endif
