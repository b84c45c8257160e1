/* SPDX-License-Identifier: GPL-2.0-or-later */
/* symbols_of FILE [DEBUG-ROOT]: "ADDRESS NAME" for each symbol, and "build-id ID", for symbols.t. */
#include <inttypes.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "elf/image.h"

int main(int argc, char **argv)
{
	uint8_t id[BUILD_ID_MAX];
	struct image *image;
	autoerror struct error *err = image_open(argc > 1 ? argv[1] : "", &image);

	if (err) {
		printf("%s\n", err->message);
		return 1;
	}
	const struct symtab *symbols = image_symbols(image, argc > 2 ? argv[2] : "/nonexistent");
	for (size_t i = 0; i < symbols->entries.len; i++) {
		autofree char *plain = demangle(symbols->entries.data[i].name);
		printf("%016" PRIx64 " %s\n", symbols->entries.data[i].start, plain ? plain : symbols->entries.data[i].name);
	}
	size_t size = image_build_id(image, id);
	printf("build-id ");
	for (size_t i = 0; i < size; i++)
		printf("%02x", id[i]);
	printf("\n");
	image_close(image);
	return 0;
}
