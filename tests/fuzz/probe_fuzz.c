/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Definitions of probes, as typed, and lines of tracefs. */
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "probe/definition.h"
#include "probe/tracefs_probes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	struct tracefs_probe probe;
	struct arena arena = { 0 };
	struct probe_def def;
	struct error *err = probe_def_parse(text, &def);

	if (!err)
		probe_def_deinit(&def);
	error_destroy(err);
	tracefs_probe_parse(&arena, text, &probe);
	arena_deinit(&arena);
	free(text);
	return 0;
}
