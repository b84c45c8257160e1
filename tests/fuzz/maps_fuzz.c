/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/PID/maps and /proc/modules: names that other users chose. */
#include <limits.h>
#include <stdint.h>

#include "os/procfs.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *at = (const char *)bytes, *end = at + size;
	struct procfs_module module;
	struct procfs_map map;
	char name[PATH_MAX];

	while (procfs_next_map(&at, end, &map)) {
		procfs_map_name(&map, name, 8);
		procfs_map_name(&map, name, sizeof(name));
	}
	at = (const char *)bytes;
	while (procfs_next_module(&at, end, &module))
		;
	return 0;
}
