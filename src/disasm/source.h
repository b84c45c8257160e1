/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of source files, read when first asked for. */
#ifndef PTK_DISASM_SOURCE_H
#define PTK_DISASM_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strtab.h"
#include "base/vec.h"

struct source_file {
	char *text;			/* NULL: not to be read; lines end in NUL, control characters are gone */
	VEC(uint32_t) lines;		/* offsets into text */
};

struct sources {
	struct strtab paths;		/* as debug information has them */
	VEC(struct source_file) files;	/* by id of its path */
	const char *prefix;		/* --prefix: in front of absolute paths; or NULL */
	unsigned strip;			/* --prefix-strip: first folders of a path that are taken off then */
};

/*
 * A line (from 1 on), or NULL when the file cannot be read (it is no
 * regular file, or above 64 MiB) or has no such line. Borrowed.
 */
const char *source_line(struct sources *sources, const char *path, uint32_t line);
void sources_deinit(struct sources *sources);

#endif
