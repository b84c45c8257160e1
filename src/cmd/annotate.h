/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ptk annotate: what its files share. */
#ifndef PTK_CMD_ANNOTATE_H
#define PTK_CMD_ANNOTATE_H

#include "cmd/listings.h"
#include "cmd/report_file.h"

/* The command line, as typed. */
struct annotate_options {
	struct report_options report;
	const char *symbol;
	struct disassembler how;
	enum listing_percent percent;
	bool no_source, print_line, full_paths, asm_raw;
	bool color, no_color;		/* neither: at a terminal */
	const char *prefix;
	uint64_t prefix_strip;
};

/* A file that was read to be annotated. */
struct annotation {
	struct report_file *file;
	const struct annotate_options *o;
	struct functions functions;
	struct sources sources;
};

/* As text. */
void annotate_text(const struct annotation *a, const struct function *function, const struct listing *listing, FILE *out);

#endif
