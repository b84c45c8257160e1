/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk stat: what its program for system calls has to know of this kernel. */
#ifndef PTK_CMD_STAT_KERNEL_H
#define PTK_CMD_STAT_KERNEL_H

#include "os/root.h"
#include "pmu/syscall_split.h"

/* By the kernel's type information (BTF). False where there is none, or on an architecture that this is not known of. */
bool stat_kernel_layout(const struct os *os, struct split_kernel *kernel);

#endif
