/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is this a virtual machine or a container? Asked only to explain why something is not there. */
#ifndef PTK_OS_VIRT_H
#define PTK_OS_VIRT_H

#include <stdbool.h>

#include "os/root.h"

struct virt {
	bool machine;		/* a hypervisor is below the kernel */
	bool container;
	bool cpu_pmu;		/* the kernel found a PMU in the CPU: there is one to open events on */
};

void virt_read(const struct os *os, struct virt *virt);

#endif
