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

/*
 * An .eh_frame of our own: a CIE that says "CFA = stack pointer + 8, return
 * address at CFA - 8", and an FDE for each section.
 */
static const uint8_t stub_cie_x86_64[] = {
	20, 0, 0, 0,  0, 0, 0, 0,	/* length; a CIE */
	1, 0,				/* version, no augmentation: addresses are absolute */
	1, 0x78, 16,			/* alignment of code 1, of data -8; the return address is column 16 */
	0x0c, 7, 8,			/* DW_CFA_def_cfa rsp + 8 */
	0x90, 1,			/* DW_CFA_offset rip at CFA - 8 */
	0, 0, 0, 0, 0, 0,
};

static void add_stub_fde(struct strbuf *b, const struct elf_section *s)
{
	uint32_t length = 20, cie = (uint32_t)b->len + 4;	/* back from this field to the start, where the CIE is */
	uint64_t start = s->header.sh_addr, size = s->header.sh_size;

	strbuf_add(b, &length, 4);
	strbuf_add(b, &cie, 4);
	strbuf_add(b, &start, 8);
	strbuf_add(b, &size, 8);
}

void elf_cfi_add_stubs(struct elf_cfi *cfi, const struct elf_file *f)
{
	static const char *const names[] = { ".plt", ".iplt", ".plt.sec", ".plt.got" };

	if (f->header->machine != EM_X86_64 || f->header->type == ET_REL || !f->header->is_64 ||
	    cfi->n == ARRAY_SIZE(cfi->sections))
		return;
	strbuf_add(&cfi->stubs, stub_cie_x86_64, sizeof(stub_cie_x86_64));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct elf_section *s = elf_file_section(f, names[i]);

		if (s && s->header.sh_flags & SHF_EXECINSTR)
			add_stub_fde(&cfi->stubs, s);
	}
	if (cfi->stubs.len > sizeof(stub_cie_x86_64))
		cfi->sections[cfi->n++] = (struct cfi_section){
			.bytes = (const uint8_t *)strbuf_str(&cfi->stubs), .size = cfi->stubs.len, .word = 8,
		};
}

void elf_cfi_deinit(struct elf_cfi *cfi)
{
	strbuf_deinit(&cfi->stubs);
}
