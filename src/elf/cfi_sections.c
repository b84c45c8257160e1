/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elf/cfi_sections.h"

#include <elf.h>
#include <string.h>

#include "base/cleanup.h"

static bool add_section(struct elf_cfi *cfi, const struct elf_file *f, const char *name, bool debug_frame)
{
	const struct elf_section *s = elf_file_section(f, name), *got = elf_file_section(f, ".got");
	const struct elf_section *text = elf_file_section(f, ".text");
	Elf_Data *data = s && f->header->type != ET_REL ? libelf_data(f->lib, s->scn, &s->header) : NULL;

	if (!data || !data->d_size || cfi->n == ARRAY_SIZE(cfi->sections))
		return false;
	cfi->sections[cfi->n++] = (struct cfi_section){
		.bytes = data->d_buf, .size = data->d_size, .address = s->header.sh_addr,
		.text = text ? text->header.sh_addr : 0, .data = got ? got->header.sh_addr : 0,
		.debug_frame = debug_frame, .word = f->header->is_64 ? 8 : 4,
	};
	return true;
}

bool elf_cfi_add(struct elf_cfi *cfi, const struct elf_file *f)
{
	add_section(cfi, f, ".eh_frame", false);
	return add_section(cfi, f, ".debug_frame", true);
}

void elf_cfi_deinit(struct elf_cfi *cfi)
{
	strbuf_deinit(&cfi->made);
}
