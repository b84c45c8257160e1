/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Call frame information that nobody has written. Some linkers (lld, and all
 * of them for aarch64) say nothing about PLT stubs, and the kernel nothing
 * about the trampoline in arm64's vdso, where handlers of signals return to.
 * Without a rule the frame pointer would be tried there, and it is the
 * caller's: that one would be left out. But what such code does is known, so
 * it is written down here as an .eh_frame, which goes the way of any other.
 *
 * A row of `plts` adds an architecture.
 */
#include <dwarf.h>
#include <elf.h>
#include <string.h>

#include "base/cleanup.h"
#include "elf/cfi_sections.h"

/* By DWARF's numbers. */
enum { X86_64_SP = 7, X86_64_RA = 16, ARM64_FP = 29, ARM64_LR = 30, ARM64_SP = 31, ARM64_PC = 32 };

/* ---- records */

static size_t begin_record(struct strbuf *b, uint32_t id)
{
	size_t at = b->len;

	strbuf_add(b, &(uint32_t){ 0 }, 4);
	strbuf_add(b, &id, 4);
	return at;
}

/* A record is as long as its first word says, padded by DW_CFA_nop, which is 0. */
static void end_record(struct strbuf *b, size_t at)
{
	uint32_t length;

	strbuf_add(b, &(uint64_t){ 0 }, (size_t)-(b->len - at) % 8);
	length = (uint32_t)(b->len - at) - 4;
	memcpy(b->data + at, &length, 4);
}

/* Addresses are absolute, the alignment of code 1 and of data -8. Gives where the entry is. */
static size_t add_cie(struct strbuf *b, const char *augmentation, uint8_t ra, const uint8_t *program, size_t size)
{
	size_t at = begin_record(b, 0);

	strbuf_add(b, "\1", 1);
	strbuf_add(b, augmentation, strlen(augmentation) + 1);
	strbuf_add(b, (uint8_t[]){ 1, 0x78, ra, 0 }, 3 + (*augmentation == 'z'));
	strbuf_add(b, program, size);
	end_record(b, at);
	return at;
}

static void add_fde(struct strbuf *b, size_t cie, bool augmented, uint64_t start, uint64_t size, const uint8_t *program, size_t n)
{
	size_t at = begin_record(b, (uint32_t)(b->len + 4 - cie));

	strbuf_add(b, &start, 8);
	strbuf_add(b, &size, 8);
	strbuf_add(b, "", augmented);
	strbuf_add(b, program, n);
	end_record(b, at);
}

/* ---- PLTs */

/* A stub has no frame: the return address is where the call has put it. */
static const uint8_t stub_x86_64[] = { DW_CFA_def_cfa, X86_64_SP, 8, DW_CFA_offset | X86_64_RA, 1 };
static const uint8_t stub_aarch64[] = { DW_CFA_def_cfa, ARM64_SP, 0 };

/* The .plt section, whose first stub is another: it calls the dynamic linker. */
struct lazy_plt {
	size_t cie;
	const uint8_t *code;
	uint64_t address, size;
};

enum { X86_64_STUB = 16, ARM64_HEADER = 32 };

/*
 * [endbr64 or jmp *slot(%rip)] push $number; jmp to the first stub. Behind the
 * push the return address is 8 bytes further, in each stub at the same place.
 */
static void add_pushing_x86_64(struct strbuf *b, const struct lazy_plt *plt)
{
	const uint8_t *stub = plt->code + X86_64_STUB;
	uint8_t push = stub[0] == 0xf3 && stub[4] == 0x68 ? 4 : stub[0] == 0xff && stub[6] == 0x68 ? 6 : 0;
	/* rsp + 8 + 8 * (rip % 16 >= behind the push) */
	const uint8_t program[] = {
		DW_CFA_def_cfa_expression, 11, DW_OP_breg0 + X86_64_SP, 8, DW_OP_breg0 + X86_64_RA, 0, DW_OP_lit15, DW_OP_and,
		(uint8_t)(DW_OP_lit0 + push + 5), DW_OP_ge, DW_OP_lit3, DW_OP_shl, DW_OP_plus,
	};

	add_fde(b, plt->cie, false, plt->address + X86_64_STUB, plt->size - X86_64_STUB, program, push ? sizeof(program) : 0);
}

/* push link_map(%rip), of 6 bytes, upon what a stub has pushed; jmp *resolver(%rip) */
static bool add_lazy_x86_64(struct strbuf *b, const struct lazy_plt *plt)
{
	static const uint8_t push[] = { 0xff, 0x35 };

	if (plt->size < 2 * X86_64_STUB || memcmp(plt->code, push, sizeof(push)))
		return false;
	add_fde(b, plt->cie, false, plt->address, X86_64_STUB, (uint8_t[]){
		DW_CFA_def_cfa_offset, 16, DW_CFA_advance_loc | 6, DW_CFA_def_cfa_offset, 24 }, 5);
	add_pushing_x86_64(b, plt);
	return true;
}

/* [bti c] stp x16, x30, [sp, #-16]! … br x17; the other stubs leave the stack alone. */
static bool add_lazy_aarch64(struct strbuf *b, const struct lazy_plt *plt)
{
	static const uint8_t push[] = { 0xf0, 0x7b, 0xbf, 0xa9 };

	if (plt->size < ARM64_HEADER)
		return false;
	for (uint8_t at = 0; at <= 4; at += 4) {
		if (memcmp(plt->code + at, push, sizeof(push)))
			continue;
		add_fde(b, plt->cie, false, plt->address, ARM64_HEADER, (uint8_t[]){
			DW_CFA_advance_loc | (uint8_t)(at + 4), DW_CFA_def_cfa_offset, 16, DW_CFA_offset | ARM64_LR, 1 }, 5);
		add_fde(b, plt->cie, false, plt->address + ARM64_HEADER, plt->size - ARM64_HEADER, NULL, 0);
		return true;
	}
	return false;
}

static const struct plt {
	uint16_t machine;
	uint8_t ra, program_size;
	const uint8_t *program;
	/* Describes a .plt through which functions are looked up; false: it is not one. */
	bool (*add_lazy)(struct strbuf *b, const struct lazy_plt *plt);
} plts[] = {
	{ EM_X86_64, X86_64_RA, sizeof(stub_x86_64), stub_x86_64, add_lazy_x86_64 },
	{ EM_AARCH64, ARM64_LR, sizeof(stub_aarch64), stub_aarch64, add_lazy_aarch64 },
};

static void add_plt(struct strbuf *b, const struct elf_file *f, const struct plt *plt)
{
	static const char *const names[] = { ".plt", ".iplt", ".plt.sec", ".plt.got" };
	size_t cie = add_cie(b, "", plt->ra, plt->program, plt->program_size);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct elf_section *s = elf_file_section(f, names[i]);
		Elf_Data *data = s && s->header.sh_flags & SHF_EXECINSTR ? libelf_data(f->lib, s->scn, &s->header) : NULL;

		if (!data || !data->d_size || plt->add_lazy(b, &(struct lazy_plt){ cie, data->d_buf, s->header.sh_addr, data->d_size }))
			continue;
		add_fde(b, cie, false, s->header.sh_addr, data->d_size, NULL, 0);
	}
}

/* ---- signals */

/*
 * At the trampoline the stack pointer points to what the kernel saved of the
 * interrupted function (struct rt_sigframe, arch/arm64/kernel/signal.c): 128
 * bytes of siginfo, then a ucontext whose registers x0 to x30, sp and pc begin
 * at 312. A handler returns to its first instruction; the byte before belongs
 * to it, as return addresses are looked up less one.
 */
static void add_signal_return(struct strbuf *b, const struct elf_file *f)
{
#define AT(offset) DW_OP_breg0 + ARM64_SP, 0x80 | ((offset) & 0x7f), (offset) >> 7
	static const uint8_t program[] = {
		DW_CFA_def_cfa_expression, 4, AT(560), DW_OP_deref,
		DW_CFA_expression, ARM64_FP, 3, AT(544), DW_CFA_expression, ARM64_LR, 3, AT(552), DW_CFA_expression, ARM64_PC, 3, AT(568),
	};
#undef AT
	enum { INSTRUCTION = 4, VDSO_MAX = 64 << 10 };
	const struct elf_section *text = elf_file_section(f, ".text");
	uint64_t at;

	/* The vdso is small: symbols of others are not searched. */
	if (!text || text->header.sh_size > VDSO_MAX || !elf_symbol_value(f, "__kernel_rt_sigreturn", &at))
		return;
	size_t cie = add_cie(b, "zS", ARM64_PC, program, sizeof(program));
	add_fde(b, cie, true, at - INSTRUCTION, 3 * INSTRUCTION, NULL, 0);
}

void elf_cfi_add_made(struct elf_cfi *cfi, const struct elf_file *f)
{
	struct strbuf *b = &cfi->made;

	if (f->header->type == ET_REL || !f->header->is_64 || cfi->n == ARRAY_SIZE(cfi->sections))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(plts); i++)
		if (plts[i].machine == f->header->machine)
			add_plt(b, f, &plts[i]);
	if (f->header->machine == EM_AARCH64)
		add_signal_return(b, f);
	if (b->len)
		cfi->sections[cfi->n++] = (struct cfi_section){ .bytes = (const uint8_t *)strbuf_str(b), .size = b->len, .word = 8 };
}
