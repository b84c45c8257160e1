/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * instructions_of [-i] [-o OBJDUMP] IMAGE [FUNCTION]: what the room makes of the
 * functions of an image, an instruction a line: address, size, text, and the
 * address it refers to. For comparing with objdump.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "disasm/disassembler.h"
#include "elf/image.h"

static struct error *print(struct image *image, const struct symtab_entry *symbol, const struct disassembler *how)
{
	size_t size = (size_t)(symbol->end - symbol->start);
	autofree uint8_t *bytes = xmalloc(size);
	struct code code = { .address = symbol->start, .bytes = bytes, .size = size, .machine = image_machine(image) };
	struct instructions in;

	if (!image_read(image, symbol->start, bytes, size))
		return error_create("%s cannot be read", symbol->name);
	TRY(disassembler_read(how, &code, &in));
	for (size_t i = 0; i < in.all.len; i++) {
		const struct instruction *one = &in.all.data[i];
		printf("%" PRIx64 "\t%u\t%s\t", code.address + one->offset, one->size, instruction_text(&in, one));
		if (one->has_target || one->has_data)
			printf("%" PRIx64, one->target);
		putchar('\n');
	}
	instructions_deinit(&in);
	return NULL;
}

static struct error *run(const char *path, const char *function, const struct disassembler *how)
{
	struct image *image;

	TRY(image_open(path, &image));
	const struct symtab *symbols = image_symbols(image, NULL);
	for (size_t i = 0; i < symbols->entries.len; i++) {
		const struct symtab_entry *e = &symbols->entries.data[i];
		if (function ? strcmp(e->name, function) != 0 : strstr(e->name, "@plt") != NULL)
			continue;
		TRY(print(image, e, how));
	}
	image_close(image);
	return NULL;
}

int main(int argc, char **argv)
{
	struct disassembler how = { 0 };
	int option;

	while ((option = getopt(argc, argv, "io:")) != -1) {
		if (option == 'i')
			how.syntax = SYNTAX_INTEL;
		else
			how.objdump = optarg;
	}
	if (optind >= argc)
		return 2;
	autoerror struct error *err = run(argv[optind], argv[optind + 1], &how);
	if (err)
		fprintf(stderr, "%s\n", err->message);
	return err ? 1 : 0;
}
