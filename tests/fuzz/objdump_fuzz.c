/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What objdump prints, as any text: of code at 0x401000, for x86_64 or, when its first byte is 'a', aarch64. */
#include <elf.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "disasm/decoders.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Instructions cover the code, one behind the other; each has its text. */
static void check(const struct instructions *in, const struct code *code)
{
	uint32_t at = 0;

	for (size_t i = 0; i < in->all.len; i++) {
		const struct instruction *one = &in->all.data[i];
		if (one->offset != at || !one->size || one->text >= in->text.len)
			abort();
		at += one->size;
	}
	if (at != code->size)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t bytes[64];
	bool arm = size && data[0] == 'a';
	struct code code = { .address = 0x401000, .bytes = bytes, .size = sizeof(bytes), .machine = arm ? EM_AARCH64 : EM_X86_64 };
	struct instructions in = { 0 };
	autofree char *text = xstrndup((const char *)data + arm, size - arm);

	if (objdump_parse(&in, &code, text) != DECODED_NOT)
		check(&in, &code);
	instructions_deinit(&in);
	return 0;
}
