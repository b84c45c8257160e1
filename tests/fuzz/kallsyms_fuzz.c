/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/kallsyms and perf maps of any bytes: files that a user names or anyone writes. */
#include "session/kallsyms.h"
#include "session/perf_map.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kallsyms kallsyms;
	struct perf_map map;
	struct strbuf first = { 0 }, second = { 0 };

	strbuf_add(&first, data, size);
	kallsyms_parse(&kallsyms, first);
	symtab_find(&kallsyms.symbols, 0xffffffff81000000);
	kallsyms_deinit(&kallsyms);
	strbuf_add(&second, data, size);
	perf_map_parse(&map, second);
	symtab_find(&map.symbols, 0x7f0000001000);
	perf_map_deinit(&map);
	return 0;
}
