/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * places_of FILE [DEBUG-ROOT] <ADDRESSES: for each hexadecimal address of
 * standard input what addr2line -f -i -a prints of it. For inlines.t.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "elf/image.h"

int main(int argc, char **argv)
{
	struct source_place places[SOURCE_PLACES_MAX];
	struct image *image;
	uint64_t address;
	autoerror struct error *err = image_open(argc > 1 ? argv[1] : "", &image);

	if (err) {
		printf("%s\n", err->message);
		return 1;
	}
	struct debuginfo *d = image_debuginfo(image, argc > 2 ? argv[2] : "/nonexistent");
	while (scanf("%" SCNx64, &address) == 1) {
		size_t n = d ? debuginfo_find(d, address, places) : 0;
		printf("0x%016" PRIx64 "\n", address);
		if (!n)
			printf("??\n??:0\n");
		for (size_t i = 0; i < n; i++) {
			printf("%s\n%s:", places[i].function ? places[i].function : "??", places[i].file ? places[i].file : "??");
			if (places[i].line)
				printf("%" PRIu32 "\n", places[i].line);
			else
				printf("?\n");
		}
	}
	image_close(image);
	return 0;
}
