/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libcapstone, loaded when the first function is disassembled (base/dynlib.h).
 * Its details (groups, operands) cost more than the text itself and are not
 * asked for: flow and targets are read off the words, as with objdump.
 */
#include "config.h"

#include "disasm/decoders.h"

#ifdef HAVE_LIBCAPSTONE
#include <capstone/capstone.h>
#include <elf.h>

#include "base/cleanup.h"
#include "base/dynlib.h"

#define LIBCAPSTONE_FUNCTIONS(F) F(cs_close) F(cs_disasm_iter) F(cs_free) F(cs_malloc) F(cs_open) F(cs_option)
DYNLIB_DECLARE(libcapstone, LIBCAPSTONE_FUNCTIONS);
DYNLIB_DEFINE(libcapstone, LIBCAPSTONE_SONAME, LIBCAPSTONE_FUNCTIONS);

/* To add a machine: a row. */
static const struct machine {
	uint16_t elf;
	cs_arch arch;
	cs_mode mode;
} machines[] = {
	{ EM_X86_64, CS_ARCH_X86, CS_MODE_64 },
	{ EM_386, CS_ARCH_X86, CS_MODE_32 },
	{ EM_AARCH64, CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN },
	{ EM_ARM, CS_ARCH_ARM, CS_MODE_ARM },
	{ EM_PPC64, CS_ARCH_PPC, CS_MODE_64 },
	{ EM_S390, CS_ARCH_SYSZ, CS_MODE_BIG_ENDIAN },
};

static bool open_for(const struct libcapstone *cs, uint16_t elf_machine, enum code_syntax syntax, csh *handle)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		if (machines[i].elf != elf_machine)
			continue;
		if (cs->cs_open(machines[i].arch, machines[i].mode, handle) != CS_ERR_OK)
			return false;
		if (machines[i].arch == CS_ARCH_X86 && syntax == SYNTAX_ATT)
			cs->cs_option(*handle, CS_OPT_SYNTAX, CS_OPT_SYNTAX_ATT);
		return true;
	}
	return false;
}

enum decoded capstone_decode(struct instructions *in, const struct code *code, enum code_syntax syntax)
{
	const struct libcapstone *cs = libcapstone();
	enum decoded result = DECODED;
	csh handle;

	if (!cs || !open_for(cs, code->machine, syntax, &handle))
		return DECODED_NOT;
	cs_insn *one = cs->cs_malloc(handle);
	for (uint32_t at = 0; one && at < code->size;) {
		const uint8_t *bytes = code->bytes + at;
		size_t left = code->size - at;
		uint64_t address = code->address + at;
		if (cs->cs_disasm_iter(handle, &bytes, &left, &address, one)) {
			instructions_add(in, code, at, one->size, one->mnemonic, one->op_str);
			at += one->size;
		} else {
			at += (uint32_t)instructions_add_unknown(in, code, at);
			result = DECODED_PARTLY;
		}
	}
	if (one)
		cs->cs_free(one, 1);
	cs->cs_close(&handle);
	return one ? result : DECODED_NOT;
}
#else
enum decoded capstone_decode(struct instructions *in, const struct code *code, enum code_syntax syntax)
{
	(void)in, (void)code, (void)syntax;
	return DECODED_NOT;
}
#endif
