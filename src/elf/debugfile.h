/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the symbols of a stripped image are: its separate debug file. */
#ifndef PTK_ELF_DEBUGFILE_H
#define PTK_ELF_DEBUGFILE_H

#include <stdint.h>

#include "elf/header.h"

#define DEBUG_ROOT "/usr/lib/debug"

struct debug_wanted {
	const char *path;		/* of the image, or NULL */
	const uint8_t *build_id;
	size_t build_id_size;		/* 0: the image has none */
	const char *link;		/* file name in .gnu_debuglink, or NULL */
	uint32_t crc;			/* of the whole debug file, as .gnu_debuglink says */
};

/*
 * Opens the file below `root` by build-id, or the one that .gnu_debuglink
 * names beside the image, in .debug/ beside it, or below root, or that of
 * perf's build-id cache (NULL: there is none); only one that belongs to this
 * very build. -1 when there is none; *path is the caller's.
 */
int debug_file_open(const struct debug_wanted *wanted, const char *root, const char *build_id_cache, uint64_t *size,
		    char **path);

/* ROOT/.build-id/xx/yyyy… + suffix, for the caller to free; root NULL: DEBUG_ROOT. size is not 0. */
char *build_id_path(const char *root, const uint8_t *id, size_t size, const char *suffix);

#endif
