/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An ELF image of any bytes: its build-id, its symbols, where an offset lies, lines and inlined calls. */
#include "elf/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t id[BUILD_ID_MAX];
	struct image *image;
	struct error *err = image_open_memory(data, size, "fuzz", &image);
	struct source_place places[SOURCE_PLACES_MAX];
	uint64_t address, start, end;

	if (err) {
		error_destroy(err);
		return 0;
	}
	image_build_id(image, id);
	image_symbol_value(image, "_text", &address);
	const struct symtab *symbols = image_symbols(image, "/nonexistent");
	for (uint64_t offset = 0; offset < size; offset += 64)
		if (image_offset_to_address(image, offset, &address)) {
			symtab_find(symbols, address);
			image_function_range(image, "/nonexistent", address, &start, &end);
			struct debuginfo *d = image_debuginfo(image, "/nonexistent");
			if (d)
				debuginfo_find(d, address, places);
		}
	for (size_t i = 0; i < symbols->entries.len; i++)
		free(demangle(symbols->entries.data[i].name));
	image_close(image);
	return 0;
}
