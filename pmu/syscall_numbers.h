/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of this architecture's system calls by the names that their tracepoints have. */
#ifndef PTK_PMU_SYSCALL_NUMBERS_H
#define PTK_PMU_SYSCALL_NUMBERS_H

/* name: of the kernel's function without sys_, as behind sys_enter_ ("newfstat"). -1: not known. */
int syscall_number(const char *name);

#endif
