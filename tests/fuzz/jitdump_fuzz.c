/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A JIT dump of any bytes. */
#include "session/jitdump.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf_source source = { .bytes = data, .size = size, .fd = -1 };
	struct jitdump dump = { 0 };

	if (jitdump_parse(&dump, &source))
		for (size_t i = 0; i < dump.codes.len && i < 1000; i++) {
			const struct jit_code *code = &dump.codes.data[i];
			uint32_t found = jitdump_find(&dump, code->start, code->time);
			if (found != NO_ID && (dump.codes.data[found].start > code->start || dump.codes.data[found].end <= code->start))
				__builtin_trap();
			jitdump_find(&dump, code->end, 0);
		}
	jitdump_deinit(&dump);
	return 0;
}
