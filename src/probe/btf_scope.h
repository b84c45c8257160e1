/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arguments of a kernel function where it begins: types from BTF, places by the calling convention. */
#ifndef PTK_PROBE_BTF_SCOPE_H
#define PTK_PROBE_BTF_SCOPE_H

#include "arch/arch.h"
#include "probe/btf.h"
#include "probe/scope.h"

/* False when it is no prototype. What is in no register and in no known place of the stack is FETCH_NOWHERE. */
bool btf_scope(const struct btf *btf, uint32_t prototype, const struct arch *arch, struct scope *scope);

#endif
