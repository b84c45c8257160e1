/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of an image, open for as long as it is read; it is opened again where it was closed behind the symbols. */
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "elf/image_state.h"

void image_rest(struct image *image)
{
	if (image->source.fd >= 0)
		close(image->source.fd);
	image->source.fd = -1;
}

bool image_reopen(struct image *image)
{
	struct elf_header header = { 0 };
	bool same;

	if (image->source.bytes || image->source.fd >= 0)
		return true;
	image->source.fd = file_open_regular(image->path, 0, &image->source.size);
	if (image->source.fd < 0)
		return false;
	same = elf_header_read(&image->source, &header) && header.build_id_size == image->header.build_id_size &&
	       !memcmp(header.build_id, image->header.build_id, header.build_id_size);
	elf_header_deinit(&header);
	if (!same)
		image_rest(image);
	return same;
}

bool image_file_begin(struct image *image, struct image_file *file)
{
	*file = (struct image_file){ .image = image, .was_open = image->source.fd >= 0 };
	if (!image_reopen(image))
		return false;
	if (elf_file_open(&file->elf, &image->source, &image->header))
		return true;
	if (!file->was_open)
		image_rest(image);
	return false;
}

void image_file_end(struct image_file *file)
{
	elf_file_close(&file->elf);
	if (!file->was_open)
		image_rest(file->image);
}
